# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How long a task waits: the options ``wait``, ``timeout``, ``poll_interval`` and ``settle``. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._vm.errors import SpecError
from .credentials import MOST_SECONDS


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds. ``settle`` is how long a started container must stay up to be believed."""

    wait: bool = True
    timeout: float = 180
    poll_interval: float = 3
    settle: float = 20


def patience_options() -> dict[str, dict[str, Any]]:
    """The argument spec of waiting."""
    return {
        "wait": {"type": "bool", "default": True},
        "timeout": {"type": "int", "default": 180},
        "poll_interval": {"type": "int", "default": 3},
        "settle": {"type": "float", "default": 20},
    }


def patience_from(params: dict[str, Any], states: Iterable[str]) -> Patience:
    """Module parameters as a :class:`Patience`, for VMs that are to get into these states.

    Raises :class:`SpecError` when one cannot be had with another.
    """
    for name, least in (("timeout", 1), ("poll_interval", 1), ("settle", 0)):
        if not params[name] >= least:
            raise SpecError(f"{name} is {params[name]:g} s; {least} or more is needed. Correct {name}")
        if params[name] > MOST_SECONDS:
            raise SpecError(f"{name} is {params[name]:g} s; {MOST_SECONDS} at most is taken. Correct {name}")
    starts = {"running", "restarted"} & set(states)
    waits = params["wait"] or params.get("update") == "now"
    if starts and waits and params["timeout"] <= params["settle"]:
        raise SpecError(
            f"timeout is {params['timeout']} s and settle {params['settle']:g} s: the wait ends before "
            "a container can have stayed up that long. Make timeout longer, or settle shorter"
        )
    return Patience(**{name: params[name] for name in patience_options()})
