# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What container_fleet returns of a run, and the sentence for a run that failed."""

from __future__ import annotations

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.answer import (
    entry,
    failure,
    result_of,
    totals,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.failures import (
    failed,
    not_done,
    unreadable,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.outcome import Outcome
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import Plan
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm


def outcome(name: str, *actions: str) -> Outcome:
    """The work on a VM that is planned and not begun."""
    return Outcome(ContainerVm(name), Plan(name, actions=actions, config={"properties": {}}))


def changed(name: str) -> Outcome:
    """The work on a VM that is done."""
    work = outcome(name, "update")
    work.did("update")
    return work


def broken(name: str, error: str = "no") -> Outcome:
    """The work on a VM that failed."""
    work = outcome(name, "create", "start")
    work.did("create")
    work.fail(f"{name}: {error}")
    return work


def left(name: str) -> Outcome:
    """The work on a VM that was not begun since another one failed."""
    work = outcome(name, "update")
    work.pass_over()
    return work


def test_the_word_for_each_end() -> None:
    ends = [outcome("a"), changed("b"), broken("c"), left("d")]
    assert [result_of(one) for one in ends] == ["unchanged", "changed", "failed", "left"]


def test_nothing_is_done_in_check_mode() -> None:
    assert entry(changed("web"), check=True)["done"] == []
    assert entry(changed("web"), check=False)["done"] == ["update"]
    assert entry(changed("web"), check=True)["actions"] == ["update"]


def test_totals_count_planned_actions_in_check_mode_and_done_ones_else() -> None:
    report = {one.plan.name: one for one in (changed("a"), broken("b"))}
    results = {"unchanged": 0, "changed": 1, "failed": 1, "left": 0}
    assert totals(report, check=False) == {**results, "update": 1, "create": 1}
    assert totals(report, check=True) == {**results, "update": 1, "create": 1, "start": 1}


def test_no_sentence_for_a_run_that_went_well() -> None:
    assert failure({"a": changed("a")}) is None


def test_the_sentence_names_what_failed_and_what_was_left() -> None:
    report = {one.plan.name: one for one in (broken("web-1"), broken("web-2"), left("db"))}
    said = "2 of 3 container VMs failed: web-1, web-2: no. Left as they are, for another run: db (1)."
    assert failure(report) == said


def test_a_failed_action_is_named_with_what_was_done_before() -> None:
    work = outcome("web", "create", "start")
    work.did("create")
    said = "web: start failed (create done): it is locked [correlation id fleet-1]"
    assert failed(work, EngineError("it is locked."), "fleet-1") == said
    work.unsure = True
    assert "Whether the start was done all the same is not known" in failed(work, EngineError("no"), "fleet-1")


def test_a_vm_that_missed_the_timeout() -> None:
    work = outcome("web", "update")
    assert not_done(work, 180, "fleet-1") == (
        "web: it is absent for 180 s (timeout); nothing was changed. Try again later"
    )
    work.put_off(unreadable("no status"))
    assert not_done(work, 180, "fleet-1").endswith(
        "it was tried for 180 s (timeout). Run the task again to finish the work"
    )
