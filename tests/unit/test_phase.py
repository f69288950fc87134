# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the work on a VM has come: every pair of phase and event, as the table in the docstring says it."""

from __future__ import annotations

import inspect
import re

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.outcome import Outcome
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.phase import Event, Phase, next_phase
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import Plan
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm


def table() -> dict[tuple[Phase, Event], Phase]:
    """The table of the docstring: an empty cell leaves the phase as it is."""
    lines = inspect.cleandoc(next_phase.__doc__ or "").splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith("===")]
    starts = [match.start() for match in re.finditer(r"=+", lines[rules[0]])]
    columns = list(zip(starts, [*starts[1:], None], strict=True))
    heads, *rows = [
        [line[start:end].strip() for start, end in columns] for line in lines[rules[0] : rules[2]] if line[0] != "="
    ]
    return {
        (Phase[row[0]], Event[head]): Phase[cell or row[0]]
        for row in rows
        for head, cell in zip(heads[1:], row[1:], strict=True)
    }


def test_the_table_is_whole() -> None:
    assert set(table()) == {(phase, event) for phase in Phase for event in Event}


@pytest.mark.parametrize(("phase", "event"), [(phase, event) for phase in Phase for event in Event])
def test_every_pair(phase: Phase, event: Event) -> None:
    assert next_phase(phase, event) is table()[phase, event]


def outcome(*actions: str, proof: bool = False) -> Outcome:
    """The work on a VM with this plan."""
    return Outcome(ContainerVm("web"), Plan("web", actions=actions, proof_needed=proof))


def test_the_way_of_a_new_vm() -> None:
    work = outcome("create", "start", proof=True)
    seen = [work.phase]
    for step in (lambda: work.did("create"), lambda: work.did("start"), work.stayed):
        step()
        seen.append(work.phase)
    assert seen == [Phase.READY, Phase.READY, Phase.PROVING, Phase.DONE]
    assert (work.to_do, work.done) == ([], ["create", "start"])


def test_trouble_is_planned_anew_and_an_error_is_the_end() -> None:
    work = outcome("start", proof=True)
    work.put_off(EngineError("busy", 503, passing=True))
    assert (work.phase, str(work.failure)) == (Phase.LATER, "busy")
    work.follow(Plan("web", actions=("start",), proof_needed=True))
    assert (work.phase, work.failure) == (Phase.READY, None)
    work.fail("web: start failed")
    work.put_off(EngineError("busy", 503, passing=True))
    assert (work.phase, work.error) == (Phase.FAILED, "web: start failed")


def test_what_is_passed_over_can_be_begun_after_all() -> None:
    work = outcome("create")
    work.pass_over()
    assert work.left
    assert not work.changed
    work.resume()
    assert work.phase is Phase.READY


def test_a_removal_without_effect_is_to_do_again() -> None:
    work = outcome("remove")
    work.did("remove")
    assert work.phase is Phase.DONE
    work.undone("remove")
    work.put_off()
    assert (work.phase, work.to_do, work.done) == (Phase.LATER, ["remove"], [])


def test_nothing_to_do_is_done() -> None:
    assert outcome().phase is Phase.DONE
    assert outcome(proof=True).phase is Phase.PROVING
    assert Outcome(ContainerVm("web"), Plan("web"), error="web: no").phase is Phase.FAILED
