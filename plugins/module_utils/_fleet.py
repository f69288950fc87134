# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The one way to change container VMs in the Engine: observe, plan, apply, settle, for one VM or a thousand."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ._apply import stop, writes
from ._engine import Call, Engine
from ._faults import EngineError
from ._observe import observe
from ._plan import Plan, plan
from ._runtimes import check as check_runtime
from ._settle import Goal, Patience, settle
from ._site import PASSING, Site, facts
from ._spec import ContainerVm, SpecError, parse

#: What a VM is after these actions when nobody waits for the end of them.
NOT_WAITED_FOR = {"start": "wait_for_launch", "stop": "powering_down"}


@dataclass
class Outcome:
    """How it went with one VM: the plan, what of it is done, where the VM is now, and the error if there was one."""

    plan: Plan
    status: str | None = None
    host: str | None = None
    vm_id: str | None = None
    error: str | None = None
    done: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was changed, or in check mode would be."""
        return bool(self.done) if self.error else self.plan.changed


#: How it went with each VM, by name.
Report = dict[str, Outcome]


def wishes_of(asked: list[dict[str, Any]]) -> list[ContainerVm]:
    """What is asked for, checked as far as that goes without an Engine. Raises :class:`SpecError`."""
    wishes, problems = [], []
    for params in asked:
        try:
            wishes.append(parse(params))
            check_runtime(wishes[-1])
        except SpecError as problem:
            problems.append(str(problem))
    if problems:
        raise SpecError("; ".join(problems))
    return wishes


def run(engine: Engine, wishes: list[ContainerVm], patience: Patience, check: bool = False) -> Report:
    """Make the Engine agree with ``wishes``; with ``check`` only say what would be done.

    Raises :class:`SpecError` before the first change when any wish cannot be fulfilled, and :class:`EngineError` when
    the Engine cannot be observed. What fails later is in the report, VM by VM, and does not stop the others.
    """
    deadline = time.monotonic() + patience.timeout
    site = _observe_at_rest(engine, wishes, patience, deadline, check)
    plans = _plan_all(wishes, site)
    report = {name: _as_planned(made) for name, made in plans.items()}
    if not check:
        _Work(engine, site, patience, deadline, report).carry_out()
    return report


def _observe_at_rest(
    engine: Engine, wishes: list[ContainerVm], patience: Patience, deadline: float, check: bool
) -> Site:
    """Observe, and again while a VM is on its way to somewhere else: what it will be decides what is to be done."""
    pause = min(0.5, patience.poll_interval)
    while True:
        site = observe(engine, wishes)
        wanted = {wish.name for wish in wishes}
        moving = [vm for vm in site.vms if vm.name in wanted and vm.runtime and vm.status in PASSING]
        if not moving or check:
            return site
        if time.monotonic() + pause > deadline:
            states = ", ".join(f"{vm.name} is {vm.status}" for vm in moving)
            raise EngineError(f"{states} for {patience.timeout:g} s (timeout); nothing was changed. Try again later")
        time.sleep(pause)
        pause = min(pause * 2, patience.poll_interval)


def _plan_all(wishes: list[ContainerVm], site: Site) -> dict[str, Plan]:
    plans, problems = {}, []
    for wish in wishes:
        try:
            plans[wish.name] = plan(wish, site)
        except SpecError as problem:
            problems.append(str(problem))
    if problems:
        raise SpecError("; ".join(problems))
    return plans


def _as_planned(made: Plan) -> Outcome:
    vm = made.vm
    if not made.after:
        return Outcome(made, "absent", vm_id=vm.id if vm else None)
    stays = vm if vm and not {"stop", "start"} & set(made.actions) else None
    status = stays.status if stays else "up" if made.after["running"] else "down"
    return Outcome(made, status, stays.host if stays else None, vm.id if vm else None)


@dataclass
class _Work:
    """Carrying out the plans of one run, in three waves: stop; write and start; look whether it holds."""

    engine: Engine
    site: Site
    patience: Patience
    deadline: float
    report: Report

    def carry_out(self) -> None:
        self._wave({name: self._stopping(name) for name in self._with("stop")})
        self._settle({name: Goal("down") for name in self._with("stop") if self._must_be_down(name)})
        self._wave(
            {name: self._writing(name) for name in self._with("create", "update", "networks", "start", "remove")}
        )
        if self.patience.wait:
            proof = Goal("up", self.patience.settle)
            self._settle({name: proof for name, one in self.report.items() if one.plan.proof_needed and not one.error})
        else:
            for outcome in self.report.values():
                last = outcome.plan.actions[-1] if outcome.plan.actions and not outcome.error else ""
                outcome.status = NOT_WAITED_FOR.get(last, outcome.status)

    def _with(self, *actions: str) -> list[str]:
        """Names of the VMs that one of these actions is planned for and nothing has gone wrong with."""
        return [
            name
            for name, outcome in self.report.items()
            if not outcome.error and set(actions) & set(outcome.plan.actions)
        ]

    def _must_be_down(self, name: str) -> bool:
        """Whether somebody waits for the stop to be over: the user, or what is to be done next."""
        return self.patience.wait or self.report[name].plan.actions != ("stop",)

    def _wave(self, calls: dict[str, Call]) -> None:
        """Run one call per VM, all together; a failure stays with its VM."""
        patient = {name: self.engine.patiently(call, self.deadline) for name, call in calls.items()}
        for name, result in self.engine.each(patient).items():
            if isinstance(result, EngineError):
                outcome = self.report[name]
                failed = next(action for action in outcome.plan.actions if action not in outcome.done)
                done = f" ({', '.join(outcome.done)} done)" if outcome.done else ""
                outcome.error = f"{name}: {failed} failed{done}: {result} [correlation id {self.engine.correlation_id}]"

    def _stopping(self, name: str) -> Call:
        outcome = self.report[name]

        def call(system: Any) -> None:
            stop(system, str(outcome.vm_id))
            outcome.done.append("stop")

        return call

    def _writing(self, name: str) -> Call:
        """The VM's writes one after another. What is done stays done when a locked VM makes the call start again."""
        outcome = self.report[name]
        left = writes(outcome.plan, self.site)

        def call(system: Any) -> None:
            while left:
                action, write = left[0]
                outcome.vm_id = write(system, outcome.vm_id)
                del left[0]
                if not left or left[0][0] != action:
                    outcome.done.append(action)

        return call

    def _settle(self, goals: dict[str, Goal]) -> None:
        if not goals:
            return
        ids = {name: self.report[name].vm_id for name in goals}
        for name, arrival in settle(self.engine, self.site, goals, ids, self.deadline, self.patience).items():
            outcome = self.report[name]
            outcome.error = arrival.error
            # Being down is only half the way where a start or a removal follows; the plan knows the end of it.
            if arrival.error or goals[name].state == "up":
                outcome.status, outcome.host = arrival.status, arrival.host


def described(outcome: Outcome) -> dict[str, Any]:
    """A container VM as modules return it."""
    return {
        "name": outcome.plan.name,
        "id": outcome.vm_id,
        "status": outcome.status,
        "runtime": outcome.plan.runtime,
        "host": outcome.host,
        **facts(outcome.plan.config),
    }
