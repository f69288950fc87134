# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Wait until VMs are where they should be: all together, one list request per look, by predicate."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._vm.site import RUNNING
from .._vm.spec import SpecError
from .credentials import MOST_SECONDS
from .engine import Call, Engine
from .faults import EngineError
from .lists import SeenVm, list_vms
from .progress import Progress
from .queries import quoted, search_names

#: What Vdsm's refusal of a start means (exit messages of virt/vm.py and virt/containers, Vdsm 4.19).
HINTS = {
    "memory": "its maximum memory equals its memory",
    "image path not found": "its CD-ROM device was removed; recreate the VM",
    "missing container type": "containerType or containerImage is empty",
}
#: Audit log codes that say why a VM is down, the most telling first: down with an error, down, failed to run.
DOWN_EVENTS = (119, 61, 54, 151)
#: Audit log codes of a start; what the Engine said before it is another story.
START_EVENTS = (32, 150, 153)
#: Audit log code of a VM that somebody powered off.
STOPPED = 33
#: Audit log codes after which Engine does not start the VM on yet another host by itself.
FINAL_EVENTS = (61, 54)
#: Seconds. Between two hosts that Engine tries, and before a configuration that waited for the next run is applied, a
#: VM is down for a moment (VmAnalyzer.proceedDownVm, VdsEventListener.rerun and processOnVmStop, Engine 4.1).
MOMENT = 5
#: Seconds until the first look; later ones come more and more slowly.
FIRST_LOOK = 0.6


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds. ``settle`` is how long a started container must stay up to be believed."""

    wait: bool = True
    timeout: float = 180
    poll_interval: float = 3
    settle: float = 20


@dataclass(frozen=True)
class Goal:
    """Where a VM should get: ``down``, ``absent``, or ``up`` and still so ``hold`` seconds later."""

    state: str
    hold: float = 0


@dataclass
class Arrival:
    """Where a VM got.

    ``watched`` is when the watching began, ``since`` when it was first seen to run, ``down_since`` since when it is
    down (monotonic seconds). ``config_waits`` says that a configuration waits for its next run, ``again`` that
    somebody else has started what should go down, or stopped what should run.
    """

    status: str = "unknown"
    host: str | None = None
    error: str | None = None
    since: float | None = None
    down_since: float | None = None
    config_waits: bool = False
    again: bool = False
    done: bool = False
    watched: float = field(default_factory=time.monotonic)


def settle(
    engine: Engine,
    hosts: Mapping[str, str],
    goals: Mapping[str, Goal],
    ids: Mapping[str, str | None],
    patience: Patience,
    progress: Progress,
) -> dict[str, Arrival]:
    """Watch until every VM has arrived, has failed, or the time is over. ``hosts`` are names by id."""
    arrivals = {name: Arrival() for name in goals}
    deadline = time.monotonic() + patience.timeout
    waiting, trouble, pause = dict(arrivals), None, min(FIRST_LOOK, patience.poll_interval)
    # Nothing starts or stops in no time.
    time.sleep(pause if waiting else 0)
    while waiting:
        began = time.monotonic()
        try:
            _look(engine, hosts, goals, ids, waiting, deadline - began)
            trouble = None
        except EngineError as error:
            # The VMs go on without an Engine that is in trouble for a while, and so does the waiting.
            trouble = error
        now = time.monotonic()
        for name, arrival in waiting.items():
            progress.done(name) if arrival.done else progress.at(name, arrival.status)
        waiting = {name: arrival for name, arrival in waiting.items() if not arrival.done}
        if now >= deadline or (trouble and not trouble.passing):
            _give_up(engine, goals, waiting, patience.timeout, trouble)
            break
        held = [arrival.since + goals[name].hold - now for name, arrival in waiting.items() if arrival.since]
        # A look at very many VMs takes its time; looking is never more than half of the work.
        time.sleep(max(0.05, now - began, min([pause, deadline - now, *held])) if waiting else 0)
        pause = min(pause * 1.5, patience.poll_interval)
    return arrivals


def _look(
    engine: Engine,
    hosts: Mapping[str, str],
    goals: Mapping[str, Goal],
    ids: Mapping[str, str | None],
    arrivals: dict[str, Arrival],
    within: float,
) -> None:
    found = engine.call(lambda system: list_vms(system, search_names(list(arrivals)), SeenVm), within)
    by_id, now = {vm.id: vm for vm in found}, time.monotonic()
    for name, arrival in arrivals.items():
        vm = by_id.get(ids[name])
        arrival.status = "absent" if vm is None else vm.status.value if vm.status else "unknown"
        if vm and vm.host:
            arrival.host = hosts.get(vm.host.id, vm.host.id)
        arrival.config_waits = bool(vm and vm.next_run_configuration_exists)
        if arrival.status not in ("down", "absent"):
            arrival.down_since = None
        elif arrival.down_since is None:
            arrival.down_since = now
    fallen = [
        name for name, arrival in arrivals.items() if goals[name].state == "up" and arrival.down_since is not None
    ]
    told = told_about(engine, fallen)
    for name in fallen:
        # It may be gone before it was ever seen to run; the event of its start tells where that was.
        started = [hosts.get(event.host.id, event.host.id) for event in told[name] if event.host]
        arrivals[name].host = arrivals[name].host or next(iter(started), None)
    for name, arrival in arrivals.items():
        _judge(name, goals[name], arrival, told.get(name, ()), now)


def _judge(name: str, goal: Goal, arrival: Arrival, told: Sequence[Any], now: float) -> None:
    """Decide whether a VM has arrived, well or not. ``told`` are the events since the start of one that is down."""
    long_down = arrival.down_since is not None and now - arrival.down_since >= MOMENT
    if goal.state == "absent":
        # An answer to a removal says little; a VM that stays for a while was not removed.
        arrival.again = arrival.status != "absent" and now - arrival.watched >= MOMENT
        arrival.done = arrival.status == "absent" or arrival.again
    elif goal.state == "down":
        # Starting it before the waiting configuration is applied would start the old one.
        went_down = arrival.down_since is not None and (long_down or not arrival.config_waits)
        # What was told to stop does not launch; and Engine shows it as going down at once (DestroyVmVDSCommand.java).
        runs_on = arrival.status in RUNNING and now - arrival.watched >= MOMENT
        arrival.again = arrival.status == "wait_for_launch" or runs_on
        arrival.done = went_down or arrival.again
    elif arrival.status in RUNNING:
        arrival.since = now if arrival.since is None else arrival.since
        arrival.done = now - arrival.since >= goal.hold
    elif arrival.down_since is not None:
        # Engine has given up, and does not try the next host.
        final = any(event.code in FINAL_EVENTS for event in told)
        if any(event.code == STOPPED for event in told):
            arrival.done = arrival.again = True
        elif arrival.since is not None or long_down or final:
            arrival.done = True
            arrival.error = _why_down(name, arrival, words(told))


def _why_down(name: str, arrival: Arrival, told: str) -> str:
    """A container that ended by itself looks like a clean shutdown to Engine; only this look tells it from success."""
    where = f" on {arrival.host}" if arrival.host else ""
    hint = next((f" That means: {text}." for words, text in HINTS.items() if f"message: {words}" in told), "")
    if arrival.since is not None or "shut down" in told.lower():
        hint = (
            " Its container was started and ended at once: the image cannot be pulled, its docker network is missing "
            "on the host, or its process ended. 'docker ps -a' and 'journalctl -u vdsm-*' on the host tell which."
        )
    return f"{name}: it was started{where} and is {arrival.status} again. Engine says: {told}.{hint}"


def _give_up(
    engine: Engine, goals: Mapping[str, Goal], waiting: dict[str, Arrival], timeout: float, trouble: EngineError | None
) -> None:
    told = {} if trouble else told_about(engine, [name for name, arrival in waiting.items() if arrival.since is None])
    for name, arrival in waiting.items():
        found = f"it is {arrival.status} after {timeout:g} s (timeout)"
        if trouble:
            found = f"it was {arrival.status} when it was last seen, since the Engine does not answer: {trouble}"
        elif arrival.since is not None:
            found += f", but not for {goals[name].hold:g} s (settle) yet"
        else:
            found += f". Engine says: {words(told[name])}"
        arrival.error = f"{name}: {goals[name].state} was wanted, {found}. Run the task again to go on"


def words(told: Sequence[Any]) -> str:
    """What the Engine logged about a VM since its last start: why it is down, or else the newest."""
    telling = [event for event in told if event.code in DOWN_EVENTS]
    event = min(telling, key=lambda event: DOWN_EVENTS.index(event.code)) if telling else next(iter(told), None)
    return event.description.rstrip(".") if event and event.description else "nothing"


def told_about(engine: Engine, names: Iterable[str]) -> dict[str, list[Any]]:
    """The Engine's events about each VM, newest first, back to its last start; none where it cannot be asked."""
    asked = engine.each({name: _events(name) for name in names})
    return {name: [] if isinstance(events, EngineError) else _since_start(events) for name, events in asked.items()}


def _events(name: str) -> Call:
    search = f"event_vm={quoted(name)} sortby time desc"
    return lambda system: system.events_service().list(search=search, max=20)


def _since_start(events: Iterable[Any]) -> list[Any]:
    told = []
    for event in events:
        told.append(event)
        if event.code in START_EVENTS:
            break
    return told


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
            f"timeout is {params['timeout']} s and settle {params['settle']:g} s: a container cannot prove itself that "
            "long before the time is over. Make timeout longer, or settle shorter"
        )
    return Patience(**{name: params[name] for name in patience_options()})
