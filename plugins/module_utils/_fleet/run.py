# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The one way to change container VMs in the Engine: observe, plan, apply, settle, for one VM or a thousand."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from .._engine.engine import Engine
from .._engine.faults import EngineError
from .._engine.observe import observe
from .._engine.patience import Patience
from .._engine.progress import Progress
from .._engine.tags import make_tag, refuse_tags_below
from .._vm.errors import SpecError, VmStateError
from .._vm.members import Order, check_fleet, sentences, surplus
from .._vm.plan import Plan, plan, untouched, way_back
from .._vm.presentation import Scope, plan_lines
from .._vm.site import Site, facts
from .._vm.spec import ContainerVm
from .._vm.text import dotted, folded
from .ending import ending, grouped
from .failures import unreadable
from .manner import Manner
from .outcome import Outcome
from .work import Work

#: How it went with each VM, by name.
Report = dict[str, Outcome]


@dataclass(frozen=True)
class Result:
    """What came of a run: how it went with each VM, and the plan screen, which is the same in check mode.

    ``made_tag`` says that the fleet's tag was made, which is a change by itself.
    """

    report: Report
    plan: list[str]
    made_tag: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything was or may have been changed, or in check mode would be."""
        return self.made_tag or any(outcome.changed for outcome in self.report.values())


def run(
    engine: Engine,
    asked: Order,
    patience: Patience,
    manner: Manner | None = None,
    progress: Progress | None = None,
    check: bool = False,
    screen: bool = True,
) -> Result:
    """Make the Engine agree with what is ``asked``; with ``check`` only say what would be done.

    The plan screen is shown by ``progress``, unless this is part of another run (``screen``).

    Raises :class:`SpecError` before the first change when any spec cannot be fulfilled, and :class:`EngineError` when
    the Engine cannot be observed. What fails later is in the report, VM by VM, and does not stop the others.
    """
    progress, manner, began = progress or Progress(), manner or Manner(), time.monotonic()
    progress.say("looking at the Engine")
    site = observe(engine, list(asked.specs), asked.fleet)
    check_fleet(site)
    too_many = surplus(asked, site)
    if too_many and site.fleet:
        refuse_tags_below(engine, site.fleet)
    report = _plan_all([*asked.specs, *too_many], site, manner.now)
    lines = plan_lines(
        {name: outcome.plan for name, outcome in report.items()}, _scope(engine, asked, site, report, manner, patience)
    )
    progress.show(lines if screen else [])
    made_tag = False
    if not check and any(_has_work(outcome, patience) for outcome in report.values()):
        made_tag = _carry_out(Work(engine, site, report, patience, progress, manner.now, manner.fail_fast), manner)
        progress.show([*lines, _ending(report, time.monotonic() - began)] if screen else [])
    return Result(report, lines, made_tag)


def _has_work(outcome: Outcome, patience: Patience) -> bool:
    """Whether there is something to do about a VM, or to wait for: it is on its way, and a state of it is wanted."""
    waits = patience.wait and outcome.moving and outcome.spec.state in ("running", "stopped")
    return outcome.plan.changed or outcome.needs_proof or waits


def _carry_out(work: Work, manner: Manner) -> bool:
    """Carry out all plans; whether the fleet's tag was made for them."""
    report, made_tag = work.report, False
    if work.site.fleet and any("tag" in outcome.plan.actions for outcome in report.values()):
        made_tag = make_tag(work.engine, work.site.fleet)
    work.carry_out(name for name, outcome in report.items() if not (outcome.error or outcome.plan.replaces))
    # The next batch begins only after one that was waited for.
    work.patience = replace(work.patience, wait=True)
    _replace(work, manner)
    return made_tag


def _scope(engine: Engine, asked: Order, site: Site, report: Report, manner: Manner, patience: Patience) -> Scope:
    title = asked.fleet or (asked.specs[0].name if len(asked.specs) == 1 else "container VMs")
    return Scope(
        title=title,
        engine=engine.server,
        version=dotted(site.version[:2]) if site.version else None,
        listed=frozenset(spec.name for spec in asked.specs),
        counted=asked.counted,
        batch=manner.batch,
        settle=patience.settle,
        refused={name: outcome.error for name, outcome in report.items() if outcome.error},
    )


def _ending(report: Report, seconds: float) -> str:
    failed = [name for name, outcome in report.items() if outcome.error]
    left = [name for name, outcome in report.items() if outcome.left]
    done = [name for name, outcome in report.items() if outcome.done and name not in {*failed, *left}]
    return ending(done, failed, left, seconds)


def _plan_all(specs: list[ContainerVm], site: Site, now: bool) -> Report:
    report: Report = {}
    problems = {}
    for spec in specs:
        if spec.name in site.unread:
            error = f"{spec.name}: {unreadable(site.unread[spec.name])}"
            report[spec.name] = Outcome(spec, Plan(spec.name), "unknown", error=error, seen=("unknown", None))
            continue
        try:
            report[spec.name] = _as_planned(spec, plan(spec, site, now))
        except VmStateError as problem:
            report[spec.name] = _as_found(spec, site, str(problem))
        except SpecError as problem:
            problems[spec.name] = str(problem)
    if problems:
        raise SpecError(sentences(grouped(problems)))
    return report


def _as_found(spec: ContainerVm, site: Site, problem: str) -> Outcome:
    """The outcome of a VM that is left as it is; ``problem`` says why."""
    vm = site.vm_for(spec)
    if vm is None:
        raise SpecError(problem)
    return Outcome(spec, untouched(vm), vm.status, vm.host, error=problem)


def _as_planned(spec: ContainerVm, made: Plan) -> Outcome:
    """The outcome of a planned VM, with the status and host that it will have when all goes well."""
    if not made.after:
        return Outcome(spec, made, "absent")
    stays = made.vm if made.vm and not {"stop", "start"} & set(made.actions) else None
    status = stays.status if stays else "up" if made.after["running"] else "down"
    return Outcome(spec, made, status, stays.host if stays else None)


def _replace(work: Work, manner: Manner) -> None:
    """Replace running containers batch by batch; the first batch that does not settle is put back and is the last."""
    names = [name for name, outcome in work.report.items() if outcome.plan.replaces]
    failed = manner.fail_fast and any(outcome.error for outcome in work.report.values())
    batches = -(-len(names) // manner.batch)
    for first in range(0, len(names), manner.batch):
        batch = names[first : first + manner.batch]
        work.progress.batch = f"batch {first // manner.batch + 1} of {batches}: "
        if failed:
            for name in batch:
                work.report[name].pass_over()
        else:
            # A rollout takes its time, and others may have changed what was seen when it began.
            work.carry_out(batch, anew=first > 0)
            broken = [work.report[name] for name in batch if work.report[name].error]
            _put_back(work, [outcome for outcome in broken if outcome.done])
            failed = bool(broken)
    work.progress.batch = ""


def _put_back(work: Work, broken: list[Outcome]) -> None:
    """Give containers that did not settle their former configuration back, in a run of its own."""
    if not broken:
        return
    specs = tuple(way_back(outcome.plan, outcome.spec) for outcome in broken)
    back: Report = {}
    trouble = ""
    for image in dict.fromkeys(spec.image for spec in specs):
        names = folded(spec.name for spec in specs if spec.image == image)
        work.progress.say(f"restoring image {image} of {names}")
    work.progress.batch = work.progress.batch.replace(": ", ", restoring: ")
    try:
        back = run(work.engine, Order(specs), work.patience, progress=work.progress, screen=False).report
    except (SpecError, EngineError) as problem:
        trouble = str(problem)
    for outcome, spec in zip(broken, specs, strict=True):
        returned = back.get(spec.name)
        error = returned.error if returned else trouble
        newer = " and the new secrets, since the former ones are stored nowhere" if outcome.plan.other_secrets else ""
        old = f"its former configuration (image {spec.image}){newer}"
        went = f"Restoring {old} failed too: {error}" if error else f"It runs again with {old}"
        outcome.error = f"{str(outcome.error).rstrip('.')}. {went}"
        if returned:
            outcome.status, outcome.host, outcome.doing = returned.status, returned.host, returned.doing
            status, host = returned.last_seen
            outcome.seen = (status or "unknown", host)


def described(outcome: Outcome) -> dict[str, Any]:
    """A container VM as modules return it."""
    vm = outcome.plan.vm
    as_found = outcome.left or (outcome.error and not outcome.done)
    status, host = outcome.last_seen
    words = facts(vm.config if vm and as_found else outcome.doing.config)
    if outcome.spec.state == "absent":  # whose hosts and networks are not looked up
        host, words = None, {**words, "hosts": None, "networks": None}
    return {
        "name": outcome.plan.name,
        "id": outcome.vm_id,
        "status": status,
        "runtime": outcome.plan.runtime,
        "host": host,
        **words,
    }
