# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What the Engine logged about VMs since their last start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .engine import Call, Engine
from .faults import EngineError
from .queries import quoted

#: Audit log codes that say why a VM is down, the most telling first: down with an error, down, failed to run.
DOWN_EVENTS = (119, 61, 54, 151)
#: Audit log codes of a start; what the Engine said before it is another story.
START_EVENTS = (32, 150, 153)
#: Audit log code of a VM that somebody powered off.
STOPPED = 33
#: Audit log codes after which Engine does not start the VM on yet another host by itself.
FINAL_EVENTS = (61, 54)


def events_about(engine: Engine, names: Iterable[str]) -> dict[str, list[Any]]:
    """The Engine's events about each VM, newest first, back to its last start; none where it cannot be asked."""
    asked = engine.each({name: _events(name) for name in names})
    return {name: [] if isinstance(events, EngineError) else _since_start(events) for name, events in asked.items()}


def words(events: Sequence[Any]) -> str:
    """Why a VM is down in the Engine's words, or else the newest of these events; "nothing" where there are none."""
    telling = [event for event in events if event.code in DOWN_EVENTS]
    event = min(telling, key=lambda event: DOWN_EVENTS.index(event.code)) if telling else next(iter(events), None)
    return event.description.rstrip(".") if event and event.description else "nothing"


def _events(name: str) -> Call:
    search = f"event_vm={quoted(name)} sortby time desc"
    return lambda system: system.events_service().list(search=search, max=20)


def _since_start(events: Iterable[Any]) -> list[Any]:
    since: list[Any] = []
    for event in events:
        since.append(event)
        if event.code in START_EVENTS:
            break
    return since
