# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What container_fleet returns of a run. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .._vm.members import sentences
from .._vm.text import folded
from .ending import grouped
from .outcome import Outcome
from .run import Report, described

RESULTS = ("unchanged", "changed", "failed", "left")


def result_of(outcome: Outcome) -> str:
    """One word for how it went with a container VM."""
    if outcome.error:
        return "failed"
    return "left" if outcome.left else "changed" if outcome.plan.changed else "unchanged"


def entry(outcome: Outcome, check: bool) -> dict[str, Any]:
    """A container VM as it is returned."""
    return {
        **described(outcome),
        "result": result_of(outcome),
        "error": outcome.error,
        "actions": list(outcome.plan.actions),
        "done": [] if check else list(outcome.done),
        "restart_needed": outcome.restart_needed,
    }


def totals(report: Report, check: bool) -> dict[str, int]:
    """How many of each result, and of each action: planned ones in check mode, else done ones."""
    results = Counter(dict.fromkeys(RESULTS, 0))
    results.update(result_of(outcome) for outcome in report.values())
    actions: Counter[str] = Counter()
    for outcome in report.values():
        actions.update(outcome.plan.actions if check else outcome.done)
    return {**results, **actions}


def failure(report: Report) -> str | None:
    """The sentence for a fleet of which not all is as it should be."""
    errors = {name: outcome.error for name, outcome in report.items() if outcome.error}
    left = [name for name, outcome in report.items() if outcome.left]
    if not errors:
        return None
    failed = f"{len(errors)} of {len(report)} container VMs failed: {sentences(grouped(errors)).rstrip('.')}."
    return failed + (f" Left as they are, for another run: {folded(left)} ({len(left)})." if left else "")
