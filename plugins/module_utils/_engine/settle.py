# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Wait until VMs have the state that they should have: all together, one list request per look."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .._vm.runtimes.choice import RUNTIMES
from .engine import Engine
from .events import FINAL_EVENTS, STOPPED, events_about, words
from .faults import EngineError
from .lists import SeenVm, list_vms
from .patience import Patience
from .progress import Progress
from .queries import search_names
from .verdict import Goal, History, Verdict, verdict

#: Seconds until the first look; later ones come more and more slowly.
FIRST_LOOK = 0.6


@dataclass(frozen=True)
class Clock:
    """Where the time comes from: seconds that only go forward, and how to let some pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Arrival:
    """Where a VM got, and what was seen of it on its way. ``error`` is the sentence for the user when it failed."""

    goal: Goal
    history: History
    verdict: Verdict = Verdict.WAIT
    error: str | None = None

    @property
    def status(self) -> str:
        """The Engine's word for its state at the last look, or ``absent``."""
        return self.history.status

    @property
    def host(self) -> str | None:
        """The host it was last seen on."""
        return self.history.host

    @property
    def ran(self) -> bool:
        """Whether it should run, and was seen to."""
        return self.goal.state == "up" and self.history.ran

    @property
    def undone(self) -> bool:
        """Whether somebody else has started what should go down, or stopped what should run."""
        return self.verdict is Verdict.UNDONE


def settle(
    engine: Engine,
    hosts: Mapping[str, str],
    goals: Mapping[str, Goal],
    ids: Mapping[str, str | None],
    patience: Patience,
    progress: Progress,
    clock: Clock = Clock(),
) -> dict[str, Arrival]:
    """Watch until every VM has arrived, has failed, or the time is over.

    ``goals`` and ``ids`` are by the VM's name, ``hosts`` are names by id.
    """
    arrivals = {name: Arrival(goal, History(clock.now())) for name, goal in goals.items()}
    deadline = clock.now() + patience.timeout
    waiting, trouble, pause = dict(arrivals), None, min(FIRST_LOOK, patience.poll_interval)
    # Nothing starts or stops in no time.
    clock.sleep(pause if waiting else 0)
    while waiting:
        began = clock.now()
        try:
            _look(engine, hosts, ids, waiting, deadline - began, clock)
            trouble = None
        except EngineError as error:
            # The VMs go on without an Engine that is in trouble for a while, and so does the waiting.
            trouble = error
        now = clock.now()
        waiting = _still_waiting(waiting, progress)
        if now >= deadline or (trouble and not trouble.passing):
            _give_up(engine, waiting, patience.timeout, trouble)
            break
        # A look at very many VMs takes its time; looking is never more than half of the work.
        clock.sleep(max(0.05, now - began, min([pause, deadline - now, *_holds(waiting, now)])) if waiting else 0)
        pause = min(pause * 1.5, patience.poll_interval)
    return arrivals


def _still_waiting(waiting: dict[str, Arrival], progress: Progress) -> dict[str, Arrival]:
    for name, arrival in waiting.items():
        if arrival.verdict is Verdict.WAIT:
            progress.at(name, arrival.status)
        else:
            progress.done(name)
    return {name: arrival for name, arrival in waiting.items() if arrival.verdict is Verdict.WAIT}


def _holds(waiting: dict[str, Arrival], now: float) -> list[float]:
    """Seconds until containers that run will have run long enough."""
    return [(one.history.runs_since or 0) + one.goal.hold - now for one in waiting.values() if one.ran]


def _look(
    engine: Engine,
    hosts: Mapping[str, str],
    ids: Mapping[str, str | None],
    arrivals: dict[str, Arrival],
    within: float,
    clock: Clock,
) -> None:
    """See all of them in one list, and judge; ``within`` is how many seconds the Engine has to answer."""
    more = {"follow": "reported_devices"} if any(arrival.goal.sign for arrival in arrivals.values()) else {}
    query = {**search_names(list(arrivals)), **more}
    found = engine.call(lambda system: list_vms(system, query, SeenVm), within)
    by_id, now = {vm.id: vm for vm in found}, clock.now()
    for name, arrival in arrivals.items():
        vm = by_id.get(ids[name])
        status = "absent" if vm is None else vm.status.value if vm.status else "unknown"
        waits = bool(vm and vm.next_run_configuration_exists)
        sign = arrival.goal.sign
        runs = status == "up" and sign in vm.interfaces if vm and sign else None
        arrival.history.see(status, now, waits, runs)
        arrival.history.interfaces = vm.interfaces if vm else ()
        arrival.history.addresses = vm.addresses if vm else ()
        if vm and vm.host:
            arrival.history.host = hosts.get(vm.host.id, vm.host.id)
    reasons = _ask_why(engine, hosts, arrivals)
    for name, arrival in arrivals.items():
        arrival.verdict = verdict(arrival.goal, arrival.history, now)
        if arrival.verdict is Verdict.FELL:
            arrival.error = _why_down(name, arrival, reasons[name])


def _ask_why(engine: Engine, hosts: Mapping[str, str], arrivals: dict[str, Arrival]) -> dict[str, str]:
    """The Engine's reasons for VMs that should run and are down, by name. Their histories are completed too."""
    fallen = [name for name, arrival in arrivals.items() if _is_down_again(arrival)]
    found = events_about(engine, fallen)
    for name, events in found.items():
        history = arrivals[name].history
        # It may be gone before it was ever seen to run; the event of its start names the host.
        started = [hosts.get(event.host.id, event.host.id) for event in events if event.host]
        history.host = history.host or next(iter(started), None)
        history.powered_off = any(event.code == STOPPED for event in events)
        history.given_up = any(event.code in FINAL_EVENTS for event in events)
    return {name: words(events) for name, events in found.items()}


def _is_down_again(arrival: Arrival) -> bool:
    return arrival.goal.state == "up" and arrival.history.down_since is not None


def _why_down(name: str, arrival: Arrival, reason: str) -> str:
    """A container that ended by itself looks like a clean shutdown to Engine; only this look shows the failure."""
    where = f" on {arrival.host}" if arrival.host else ""
    runtime = RUNTIMES.get(arrival.goal.runtime or "")
    hints = runtime.hints if runtime else {}
    hint = next((f" That means: {text}." for part, text in hints.items() if f"message: {part}" in reason), "")
    if runtime and (arrival.history.ran or "shut down" in reason.lower()):
        hint = runtime.why(arrival.history.interfaces) or runtime.ended
    return f"{name}: it was started{where} and is {arrival.status} again. Engine says: {reason}.{hint}"


def _give_up(engine: Engine, waiting: dict[str, Arrival], timeout: float, trouble: EngineError | None) -> None:
    """Say of each VM that has not arrived what it is, and what is known of why."""
    events = {} if trouble else events_about(engine, [name for name, arrival in waiting.items() if not arrival.ran])
    for name, arrival in waiting.items():
        found = f"it is {arrival.status} after {timeout:g} s (timeout)"
        if trouble:
            found = f"it was {arrival.status} when it was last seen, since the Engine does not answer: {trouble}"
        elif arrival.ran:
            found += f", but not for {arrival.goal.hold:g} s (settle) yet"
        elif arrival.goal.sign and arrival.status == "up":
            found += (
                ", but no agent in its guest has reported that its container runs. The VM's console shows what it "
                "does; its template needs cloud-init and qemu-guest-agent"
            )
        else:
            found += f". Engine says: {words(events[name])}"
        arrival.error = f"{name}: {arrival.goal.state} was wanted, {found}. Run the task again to go on"
