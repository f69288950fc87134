# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Carry out the plans of many VMs together: stop; write and start; look whether it holds.

What fails because the Engine is in trouble, or because somebody else was faster, is observed, planned and carried out
anew: the Engine knows what became of a request whose answer was lost. Nothing is decided here but that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._engine.apply import note_applied, stop, writes
from .._engine.engine import Call, Engine
from .._engine.faults import EngineError
from .._engine.observe import observe
from .._engine.patience import Patience
from .._engine.progress import Progress
from .._engine.settle import Arrival, settle
from .._engine.verdict import Goal
from .._vm.errors import SpecError
from .._vm.plan import plan
from .._vm.runtimes.choice import RUNTIMES
from .._vm.runtimes.interface import Runtime
from .._vm.site import Site
from .failures import AGAIN, failed, not_done, unreadable
from .outcome import Outcome
from .phase import Phase

#: What a VM is after these actions when nobody waits for the end of them.
NOT_WAITED_FOR = {"start": "wait_for_launch", "stop": "powering_down"}


@dataclass
class Work:
    """The work of one run. ``now`` is that of :func:`plan.plan`; with ``fail_fast`` a failure is the end of it."""

    engine: Engine
    site: Site
    report: dict[str, Outcome]
    patience: Patience
    progress: Progress
    now: bool = False
    fail_fast: bool = False

    def __post_init__(self) -> None:
        self._failed = threading.Event()

    def carry_out(self, names: Iterable[str], anew: bool = False) -> None:
        """Carry out the plans of these VMs, and see whether their containers stay; ``anew`` looks and plans first."""
        mine = {name: self.report[name] for name in names}
        for outcome in mine.values() if anew else ():
            outcome.put_off()
        deadline, pause = time.monotonic() + self.patience.timeout, min(0.25, self.patience.poll_interval)
        looked = False
        while True:
            self._round(_in(Phase.READY, mine))
            if not _in(Phase.LATER, mine):
                self._prove(mine)
            later = _in(Phase.LATER, mine)
            # A request whose answer never came has taken all the time; what became of it is looked up all the same.
            if not later or (looked and time.monotonic() + pause > deadline):
                break
            looked = True
            time.sleep(pause)
            pause = min(pause * 2, self.patience.poll_interval)
            self._look_again(later)
            self._resume(mine)
        # Where time is over for some, the others still have to prove themselves.
        self._prove({name: outcome for name, outcome in mine.items() if outcome.phase is not Phase.LATER})
        for outcome in _in(Phase.LATER, mine).values():
            outcome.fail(not_done(outcome, self.patience.timeout, self.engine.correlation_id))

    def _round(self, todo: dict[str, Outcome]) -> None:
        """Carry out what is to do: first all stops, then what follows them."""
        stopping = {name: outcome for name, outcome in todo.items() if "stop" in outcome.to_do}
        self._wave("stopping", {name: self._stopping(outcome) for name, outcome in stopping.items()})
        down = {
            name: self._goal(o, "down") for name, o in stopping.items() if "stop" in o.done and self._must_be_down(o)
        }
        self._settle("waiting for the stop", down)
        writing = {name: self._writing(outcome) for name, outcome in _in(Phase.READY, todo).items()}
        self._wave("writing and starting", writing)
        self._wait_for_disks(todo)
        removed = {name: o for name, o in _in(Phase.DONE, todo).items() if "remove" in o.done}
        gone = {name: self._goal(outcome, "absent") for name, outcome in removed.items()}
        self._settle("waiting for the removal", gone)

    def _goal(self, outcome: Outcome, state: str, hold: float = 0) -> Goal:
        runtime = _runtime(outcome)
        # What goes on running although its record is another one does not show the sign of that.
        shows = runtime is not None and not outcome.doing.restart_needed
        return Goal(state, hold, outcome.doing.runtime, runtime.sign(outcome.doing.record) if runtime and shows else "")

    def _must_be_down(self, outcome: Outcome) -> bool:
        """Whether somebody waits for the stop to be over: the user, or what is to be done next."""
        return self.patience.wait or bool(outcome.to_do)

    def _wave(self, what: str, calls: dict[str, Call]) -> None:
        """Run one call per VM, all together; a failure stays with its VM."""
        if not calls:
            return
        with self.progress.phase(what, calls):
            results = self.engine.each({name: self._turn(name, call) for name, call in calls.items()})
        for name, result in results.items():
            outcome = self.report[name]
            if not isinstance(result, EngineError):
                continue
            outcome.unsure = result.passing
            if result.passing or result.conflict:
                outcome.put_off(result)
            else:
                outcome.fail(failed(outcome, result, self.engine.correlation_id))

    def _turn(self, name: str, call: Call) -> Call:
        """``call``, left out if another VM has failed before this one was begun."""
        outcome = self.report[name]

        def run(system: Any) -> None:
            if self._failed.is_set() and not outcome.done:
                outcome.pass_over()
                return
            try:
                call(system)
            except Exception:
                if self.fail_fast:
                    self._failed.set()
                raise

        return self.progress.followed(name, run)

    def _stopping(self, outcome: Outcome) -> Call:
        runtime = _runtime(outcome)
        shut_down = runtime is not None and runtime.shuts_down

        def call(system: Any) -> None:
            stop(system, str(outcome.vm_id), shut_down)
            outcome.did("stop")

        return call

    def _writing(self, outcome: Outcome) -> Call:
        """The VM's writes, one after another."""
        steps = writes(outcome.doing, self.site)

        def call(system: Any) -> None:
            for number, (action, write) in enumerate(steps, 1):
                outcome.vm_id = write(system, outcome.vm_id)
                outcome.wrote = True
                if number == len(steps) or steps[number][0] != action:
                    outcome.did(action)
                if action == "create" and outcome.doing.template and outcome.to_do:
                    return  # its disks are made; it is locked until then

        return call

    def _wait_for_disks(self, todo: dict[str, Outcome]) -> None:
        """Wait until the disks of new VMs are there, which are locked until then. What is left is planned anew."""
        made = {name: o for name, o in _in(Phase.READY, todo).items() if "create" in o.done and o.doing.template}
        self._settle("waiting for the disks", {name: self._goal(outcome, "down") for name, outcome in made.items()})
        for outcome in _in(Phase.READY, made).values():
            outcome.put_off()

    def _look_again(self, later: dict[str, Outcome]) -> None:
        """Observe these and plan them anew."""
        fleet = self.site.fleet.name if self.site.fleet else None
        try:
            site = observe(self.engine, [outcome.spec_now for outcome in later.values()], fleet)
        except EngineError as trouble:
            for outcome in later.values():
                if trouble.passing:
                    outcome.put_off(trouble)
                else:
                    outcome.fail(failed(outcome, trouble, self.engine.correlation_id))
            return
        # Other VMs' plans still speak of what was seen before.
        site.hosts = {**self.site.hosts, **site.hosts}
        site.profiles = {**self.site.profiles, **site.profiles}
        self.site = site
        for name, outcome in later.items():
            self._plan_anew(name, outcome)

    def _resume(self, mine: dict[str, Outcome]) -> None:
        """Begin the VMs that were left, once it shows that no VM has failed."""
        if any(outcome.error for outcome in self.report.values()):
            return
        self._failed.clear()
        for outcome in _in(Phase.LEFT, mine).values():
            outcome.resume()

    def _plan_anew(self, name: str, outcome: Outcome) -> None:
        if name in self.site.unread:
            outcome.put_off(unreadable(self.site.unread[name]))
            return
        outcome.unsure = False
        try:
            new = plan(outcome.spec_now, self.site, self.now)
        except SpecError as problem:
            outcome.fail(str(problem))
            return
        outcome.seen = (new.vm.status, new.vm.host) if new.vm else None
        failure = outcome.failure
        same = (list(new.actions), new.networks) == (outcome.to_do, outcome.doing.networks)
        if same and outcome.to_do and failure and not (failure.passing or failure.locked or outcome.moving):
            # Nobody else has changed anything, so the Engine's refusal is about the spec.
            outcome.fail(failed(outcome, failure, self.engine.correlation_id))
            return
        for action in set(outcome.to_do) - set(new.actions):
            outcome.did(action)
        outcome.follow(new)

    def _prove(self, mine: dict[str, Outcome]) -> None:
        """See whether the containers stay that were started and have not been seen to."""
        if self.patience.wait:
            unproven = _in(Phase.PROVING, mine)
            goals = {name: self._goal(outcome, "up", self.patience.settle) for name, outcome in unproven.items()}
            self._settle("waiting until all have settled", goals)
            stayed = _in(Phase.PROVING, unproven)
            for outcome in stayed.values():
                outcome.stayed()
            self._note_applied(stayed)
            return
        for outcome in mine.values():
            if not (outcome.error or outcome.left):
                last = outcome.done[-1] if outcome.done else ""
                outcome.status = NOT_WAITED_FOR.get(last, outcome.status)

    def _note_applied(self, proven: dict[str, Outcome]) -> None:
        """Note in VMs that keep a record that their guests are as it says. One that fails is noted by the next run."""
        calls = {}
        for name, outcome in proven.items():
            record = outcome.doing.record
            if record is not None and not (record.is_applied or outcome.doing.restart_needed):
                calls[name] = partial(note_applied, vm_id=str(outcome.vm_id), record=record)
        if calls:
            with self.progress.phase("noting what runs", calls):
                self.engine.each({name: self.progress.followed(name, call) for name, call in calls.items()})

    def _settle(self, what: str, goals: dict[str, Goal]) -> None:
        if not goals:
            return
        # What was removed has no id any more, and is looked for by the one that it had.
        doing = {name: self.report[name].doing.vm for name in goals}
        ids = {name: self.report[name].vm_id or (vm.id if vm else None) for name, vm in doing.items()}
        hosts = {host.id: host.name for host in self.site.hosts.values()}
        with self.progress.phase(what, goals, together=True):
            arrivals = settle(self.engine, hosts, goals, ids, self.patience, self.progress)
        for name, arrival in arrivals.items():
            self._arrived(name, self.report[name], arrival)

    def _arrived(self, name: str, outcome: Outcome, arrival: Arrival) -> None:
        """Take over where a VM got."""
        goal = arrival.goal.state
        outcome.seen = (arrival.status, arrival.host)
        if arrival.goal.sign:
            outcome.addresses = arrival.history.addresses
        # Being down is only half the way where a start or a removal follows; the plan knows the end of it.
        if arrival.error or goal != "down":
            outcome.status, outcome.host = arrival.status, arrival.host
        if arrival.error:
            outcome.fail(arrival.error)
            if self.fail_fast:
                self._failed.set()
        elif arrival.undone:
            if goal == "absent":
                outcome.undone("remove")
            outcome.put_off(EngineError(AGAIN[goal], 409, locked=goal == "absent"))
        elif arrival.status == "absent" and goal == "down":
            outcome.put_off(EngineError("somebody else has removed it", 404))


def _runtime(outcome: Outcome) -> Runtime | None:
    """The runtime of a VM, None for one that is not a container VM."""
    return RUNTIMES.get(outcome.doing.runtime or "")


def _in(phase: Phase, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Those of ``outcomes`` that are in this phase."""
    return {name: outcome for name, outcome in outcomes.items() if outcome.phase is phase}
