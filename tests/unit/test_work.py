# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work on many VMs with an Engine that is not there: what is carried out, put off, left and told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.patience import Patience
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.progress import Progress
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.settle import Arrival
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.verdict import Goal, History, Verdict
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet import run as running
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet import work
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.manner import Manner
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.run import Result, described, run
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.members import Order
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Cluster, Host, Site
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm

from tests.unit.stand_in_engine import StandInEngine

SITE = Site(
    clusters={"Default": Cluster("c-1", "Default", (4, 1), "dc")},
    hosts={"host1": Host("h-1", "host1", "c-1", (4, 19), True)},
)


class Lab:
    """Writes are noted or fail; every VM arrives, or has the verdict that a test gives it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[str] = []
        self.failures: dict[str, list[Exception]] = {}
        self.verdicts: dict[str, Verdict] = {}
        monkeypatch.setattr(running, "observe", lambda *_words: SITE)
        monkeypatch.setattr(work, "observe", lambda *_words: SITE)
        monkeypatch.setattr(work, "writes", self.writes)
        monkeypatch.setattr(work, "settle", self.settle)
        monkeypatch.setattr(work.time, "sleep", lambda _seconds: None)

    def writes(self, made: Any, _site: Site) -> list[tuple[str, Any]]:
        """The requests of a plan."""
        return [(action, self._write(made.name, action)) for action in made.actions]

    def _write(self, name: str, action: str) -> Any:
        def write(_system: Any, vm_id: str | None) -> str:
            if self.failures.get(name):
                raise self.failures[name].pop(0)
            self.written.append(f"{action} {name}")
            return vm_id or f"id-{name}"

        return write

    def settle(self, _engine: Any, _hosts: Any, goals: dict[str, Goal], *_words: Any) -> dict[str, Arrival]:
        """Where VMs got."""
        found = {}
        for name, goal in goals.items():
            history = History(0.0, status="up" if goal.state == "up" else goal.state, host="host1")
            judged = self.verdicts.get(name, Verdict.ARRIVED)
            error = f"{name}: it fell" if judged is Verdict.FELL else None
            found[name] = Arrival(goal, history, judged, error)
        return found

    def run(self, *names: str, check: bool = False, **manner: Any) -> Result:
        """Let these run."""
        specs = tuple(ContainerVm(name, state="running", image="redis:7", cluster="Default") for name in names)
        engine: Any = StandInEngine()
        return run(engine, Order(specs), Patience(timeout=5), Manner(**manner), Progress(), check=check)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Nothing there yet."""
    return Lab(monkeypatch)


def test_a_new_vm_is_made_started_and_seen_to_stay(lab: Lab) -> None:
    result = lab.run("web")
    assert lab.written == ["create web", "start web"]
    outcome = result.report["web"]
    assert (outcome.status, outcome.host, outcome.error, outcome.vm_id) == ("up", "host1", None, "id-web")
    assert described(outcome)["image"] == "redis:7"


def test_check_mode_writes_nothing(lab: Lab) -> None:
    result = lab.run("web", check=True)
    assert (lab.written, result.changed, result.report["web"].status) == ([], True, "up")


def test_trouble_that_passes_is_no_failure(lab: Lab) -> None:
    lab.failures["web"] = [EngineError("busy", 503, passing=True)]
    assert lab.run("web").report["web"].error is None
    assert lab.written == ["create web", "start web"]


def test_a_refusal_is_the_end_of_one_vm(lab: Lab) -> None:
    lab.failures["web"] = [EngineError("Cannot add VM. No.", 400)]
    result = lab.run("web", "cache")
    assert result.report["web"].error == ("web: create failed: Cannot add VM. No [correlation id containers-1]")
    assert result.report["cache"].error is None


def test_a_conflict_that_stays_is_about_the_spec(lab: Lab) -> None:
    lab.failures["web"] = [EngineError("in use", 409) for number in range(9)]
    assert "create failed: in use" in str(lab.run("web").report["web"].error)


def test_with_fail_fast_others_are_left(lab: Lab) -> None:
    lab.failures["a"] = [EngineError("no", 400)]
    report = lab.run("a", "b", fail_fast=True).report
    assert (report["a"].phase.name, report["b"].phase.name) == ("FAILED", "LEFT")
    assert lab.written == []


def test_a_container_that_falls(lab: Lab) -> None:
    lab.verdicts["web"] = Verdict.FELL
    outcome = lab.run("web").report["web"]
    assert (outcome.error, outcome.done, outcome.changed) == ("web: it fell", ["create", "start"], True)


def test_what_cannot_be_planned_is_refused_before_the_first_change(lab: Lab) -> None:
    with pytest.raises(SpecError, match="no container VM has this name"):
        run(StandInEngine(), Order((ContainerVm("web", state="running"),)), Patience())  # type: ignore[arg-type]
    assert lab.written == []


def test_an_unreadable_vm_is_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Site(clusters=SITE.clusters, hosts=SITE.hosts, unread={"web": "a memory of much"})
    monkeypatch.setattr(running, "observe", lambda *_words: odd)
    assert "cannot be read (a memory of much)" in str(lab.run("web").report["web"].error)
    assert lab.written == []
