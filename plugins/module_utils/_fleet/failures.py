# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Why the work on a VM failed, in sentences for the user. Pure."""

from __future__ import annotations

from .._engine.faults import EngineError
from .outcome import Outcome

#: What has happened when a VM is not where its goal is, although the Engine has answered that it is on its way.
AGAIN = {
    "down": "somebody else has started it again",
    "up": "somebody else has stopped it again",
    "absent": "the Engine answered that it was removed, and it is still there",
}


def unreadable(why: str) -> EngineError:
    """The failure of a VM that the Engine shows in a way that nobody can read."""
    return EngineError(
        f"Engine's answer about it cannot be read ({why}), so nothing is done to it. Look at the VM in Engine",
        passing=True,
    )


def failed(outcome: Outcome, failure: EngineError, correlation_id: str) -> str:
    """The error of a VM whose next action failed: which, what was done before, and what the Engine said."""
    action = next(iter(outcome.to_do), "looking at it")
    done = f" ({', '.join(outcome.done)} done)" if outcome.done else ""
    why = str(failure).rstrip(".")
    doubt = f". Whether the {action} was done all the same is not known" if outcome.unsure else ""
    return f"{outcome.spec.name}: {action} failed{done}: {why}{doubt} [correlation id {correlation_id}]"


def not_done(outcome: Outcome, timeout: float, correlation_id: str) -> str:
    """The error of a VM that missed the timeout, which is in seconds."""
    seconds = f"{timeout:g} s (timeout)"
    if outcome.failure:
        words = failed(outcome, outcome.failure, correlation_id)
        return f"{words}; it was tried for {seconds}. Run the task again to finish the work"
    vm = outcome.doing.vm
    done = f"{', '.join(outcome.done)} done" if outcome.done else "nothing was changed"
    return f"{outcome.spec.name}: it is {vm.status if vm else 'absent'} for {seconds}; {done}. Try again later"
