# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that are old: of a run that has ended, of another boot, of a clock that was set; and runs that meet."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.host_tier.machine import Machine
from tests.unit.host import runs
from tests.unit.host.conftest import On
from tests.unit.host.runs import CONFIG, FIRST, SECOND, THIRD, docker_comes, names, noted, record, run

NEIGHBOUR = "192.0.2.50 dev ovirtmgmt lladdr 52:54:00:00:00:01 REACHABLE\n"


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return boot(runs.quiet(on, monkeypatch), "one", 1000)


def boot(machine: Machine, name: str, uptime: float) -> Machine:
    machine.file("/proc/sys/kernel/random/boot_id", f"{name}\n")
    return machine.file("/proc/uptime", f"{uptime} 1.0\n")


def answered(machine: Machine) -> None:
    """A neighbour answered when the snapshot was taken, and does not now: somebody has switched it off."""
    content = record(machine)
    content["safety"]["reachable"] = {"192.0.2.50 ovirtmgmt": True}
    noted(machine, content)
    machine.says("ping *", "", 1)


class TestEnded:
    def test_a_run_that_was_rolled_back_leaves_nothing_to_compare_with(self, machine: Machine) -> None:
        run("begun", drained=True)
        run("taken", probe=True)
        answered(machine)
        machine.file(CONFIG, "{}")
        run("rolled_back", discard=True)
        assert record(machine)["stage"] == "begun"
        assert record(machine)["safety"] is None
        for owner in (SECOND, THIRD):
            answer = run("recovered", owner, gone=SECOND)
            assert (answer.failed, answer.data["harm"]) == (False, [])

    @pytest.mark.parametrize("stage", ["begun", "proven"])
    def test_harm_counts_only_where_changes_are_open(self, machine: Machine, stage: str) -> None:
        """Also where an earlier version has kept what VMs depended on."""
        run("begun", drained=True)
        run("taken")
        answered(machine)
        noted(machine, {**record(machine), "stage": stage, "baseline": None})
        assert run("recovered", SECOND, gone=FIRST).data["harm"] == []

    def test_where_they_are_open_it_does(self, machine: Machine) -> None:
        run("taken", way_back=False)
        answered(machine)
        assert run("recovered", SECOND, gone=FIRST).data["harm"] == ["192.0.2.50 on ovirtmgmt does not answer any more"]

    def test_nobody_waits_for_a_run_that_has_ended(self, machine: Machine) -> None:
        run("begun", drained=True)
        run("taken")
        run("rolled_back")
        assert not run("recovered", SECOND).failed


class TestBoot:
    def test_vms_of_another_boot_are_nobodys_fault(self, machine: Machine) -> None:
        machine.process(4711, "/usr/libexec/qemu-kvm", "-name", "web")
        machine.device("vnet7", kind="tun", master="ovirtmgmt")
        run("taken", probe=True)
        answered(machine)
        shutil.rmtree(machine.root / "proc/4711")
        (machine.root / "sys/class/net/ovirtmgmt/brif/vnet7").unlink()
        harm = run("recovered", SECOND, gone=FIRST, check=True).data["harm"]
        assert len(harm) == 3
        boot(machine, "two", 60)
        assert run("recovered", SECOND, gone=FIRST).data["harm"] == []
        # The gate of the run that goes on compares with this.
        safety = record(machine)["safety"]
        assert (safety["vms"], safety["reachable"]) == ([], {})
        assert "vnet7" not in safety["bridges"]["ovirtmgmt"]

    def test_what_docker_does_when_it_starts_with_the_host_is(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        boot(machine, "two", 60)
        answer = run("recovered", SECOND, gone=FIRST)
        assert "set the policy of iptables FORWARD to ACCEPT" in answer.data["steps"]
        assert answer.data["harm"] == []


class TestSilence:
    def refused(self, machine: Machine) -> Any:
        return run("recovered", SECOND, check=True)

    def test_the_clock_of_the_boot_counts(self, machine: Machine) -> None:
        run("taken")
        noted(machine, {**record(machine), "touched": record(machine)["touched"] + 86400 * 365})
        boot(machine, "one", 1100)
        assert "was heard of 100 s ago" in self.refused(machine).msg
        boot(machine, "one", 1000 + 3601)
        assert not self.refused(machine).failed

    def test_after_a_restart_it_is_silent_for_this_boot_at_least(self, machine: Machine) -> None:
        run("taken")
        noted(machine, {**record(machine), "touched": record(machine)["touched"] + 86400 * 365})
        boot(machine, "two", 50)
        assert "was heard of 50 s ago" in self.refused(machine).msg
        boot(machine, "two", 3601)
        assert not self.refused(machine).failed

    @pytest.mark.parametrize(("ahead", "fails"), [(60, True), (86400 * 365, False)])
    def test_a_clock_that_was_set_back_says_nothing(self, machine: Machine, ahead: int, fails: bool) -> None:
        run("taken")
        noted(machine, {**record(machine), "touched": record(machine)["touched"] + ahead, "boot": "", "uptime": None})
        answer = self.refused(machine)
        assert answer.failed is fails
        assert "-" not in answer.msg


class TestMeeting:
    @pytest.mark.parametrize("state", ["taken", "begun", "rolled_back", "recovered", "restored", "absent", "sealed"])
    def test_a_play_of_another_role_waits(self, machine: Machine, state: str) -> None:
        run("taken", name="docker")
        run("sealed", name="docker")
        run("taken", name="container_host")
        before = machine.contents()
        answer = run(state, SECOND, name="docker")
        assert answer.failed
        assert answer.data["busy"] == FIRST
        assert "process 11 on admin has begun container_host" in answer.msg
        assert machine.contents() == before

    def test_a_role_within_another_is_the_same_run(self, machine: Machine) -> None:
        run("taken", name="container_host")
        assert not run("taken", name="docker").failed

    def test_a_killed_one_is_not_waited_for(self, machine: Machine) -> None:
        run("taken", name="container_host")
        assert not run("taken", SECOND, gone=FIRST, name="docker").failed

    def test_a_damaged_record_stands_in_nobodys_way(self, machine: Machine) -> None:
        run("taken", name="docker")
        machine.file(f"/{runs.RECORDS}/container_host.json", "{")
        assert not run("sealed", name="docker").failed
        assert names(machine) == ["container_host", "docker"]
