# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways back on hosts that cannot be looked at, or on which nothing can be noted: what can be undone is undone."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import files
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import firewall_back, records

from tests.host_tier.machine import Machine
from tests.unit.host import runs
from tests.unit.host.conftest import On
from tests.unit.host.runs import CONFIG, FIRST, RECORDS, SECOND, docker_comes, firewall, names, record, run

RPM_IS_BROKEN = "error: db5 error(-30973) from dbenv->failchk: BDB0087 DB_RUNRECOVERY: Fatal error\n"


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(firewall_back, "DOCKER_SECONDS", 0.3)
    return runs.quiet(on, monkeypatch)


def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_how: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.tempfile, "mkstemp", full)


def is_safe(machine: Machine) -> None:
    """VMs have back what they depend on, and docker is stopped."""
    assert ":FORWARD ACCEPT" in (machine.bin.parent / "tables").read_text()
    assert (machine.root / "proc/sys/net/ipv4/ip_forward").read_text() == "0\n"
    assert "systemctl stop -- docker.service" in machine.asked


class TestFullDisk:
    @pytest.mark.parametrize("state", ["rolled_back", "recovered", "restored"])
    def test_the_undo_comes_first(self, machine: Machine, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
        run("begun", drained=True)
        run("taken")
        docker_comes(machine)
        no_room(monkeypatch)
        answer = run(state, FIRST if state == "rolled_back" else SECOND, gone=FIRST, discard=True)
        assert not answer.failed, answer.msg
        is_safe(machine)
        assert "rpm -e containerd.io-1.6-1 docker-ce-20.10.24-3" in machine.asked
        assert not (machine.root / CONFIG[1:]).exists()
        if state != "restored":  # that deletes the record, which takes no room
            (problem,) = answer.data["problems"]
            assert "x.json cannot be written: No space left on device. Make room, then run it again." in problem

    def test_the_next_run_finishes_it(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        run("begun", drained=True)
        run("taken")
        docker_comes(machine)
        with monkeypatch.context() as meanwhile:
            no_room(meanwhile)
            run("rolled_back", discard=True)
        assert record(machine)["stage"] == "open"
        answer = run("rolled_back", discard=True)
        assert answer.data["problems"] == []
        assert (record(machine)["stage"], record(machine)["engine"]["drained"]) == ("begun", True)

    @pytest.mark.parametrize("state", ["sealed", "proven"])
    def test_who_has_changed_something_does_not_say_that_nothing_is(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch, state: str
    ) -> None:
        run("taken")
        docker_comes(machine)
        no_room(monkeypatch)
        answer = run(state)
        assert answer.failed
        assert "No space left" in answer.msg
        assert "Nothing" not in answer.msg

    def test_a_record_that_cannot_be_deleted_is_a_problem(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("taken")
        real = os.unlink

        def refused(path: str, **more: object) -> None:
            if str(path).endswith("x.json"):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
            real(path)

        monkeypatch.setattr(records.os, "unlink", refused)
        (problem,) = run("rolled_back").data["problems"]
        assert "x.json cannot be deleted: Read-only file system. Delete it by hand." in problem


class TestLooks:
    def test_rpm(self, machine: Machine) -> None:
        """Usual on EL 7 after a killed yum."""
        run("taken")
        docker_comes(machine)
        machine.says("rpm -qa *", "", 1, RPM_IS_BROKEN)
        answer = run("rolled_back", discard=True)
        is_safe(machine)
        assert not (machine.root / CONFIG[1:]).exists()
        (problem,) = answer.data["problems"]
        assert problem.startswith("Could not look at packages: rpm -qa failed: error: db5 error")
        assert problem.endswith("Correct the cause, then run it again.")
        assert not [line for line in answer.data["differences"] if "packages" in line]
        # A second run finishes it.
        machine.says("rpm -qa *", runs.VDSM + runs.DOCKERS)
        assert run("rolled_back", discard=True).data["problems"] == []
        assert "rpm -e containerd.io-1.6-1 docker-ce-20.10.24-3" in machine.asked
        assert names(machine) == []

    def test_what_was_sealed_is_undone_but_for_packages(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        run("sealed")
        machine.says("rpm -qa *", "", 1, RPM_IS_BROKEN)
        answer = run("restored")
        assert "Could not look at packages" in answer.data["problems"][0]
        assert not (machine.root / CONFIG[1:]).exists()
        machine.says("rpm -qa *", runs.VDSM + runs.DOCKERS)
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in run("restored").data["steps"]
        assert names(machine) == []

    @pytest.mark.parametrize("ours", [True, False])
    def test_a_file_that_became_a_directory(self, machine: Machine, ours: bool) -> None:
        run("taken")
        docker_comes(machine)
        (machine.root / CONFIG[1:]).unlink()
        (machine.root / CONFIG[1:]).mkdir()
        answer = run("rolled_back" if ours else "restored", FIRST if ours else SECOND, gone=FIRST)
        is_safe(machine)
        assert answer.data["problems"] == [
            f"Could not look at {CONFIG}: {CONFIG} is neither a file nor a link. Correct the cause, then run it again."
        ]
        assert (machine.root / CONFIG[1:]).is_dir()
        assert not [line for line in answer.data["differences"] if line.startswith("files")]

    def test_the_firewall(self, machine: Machine) -> None:
        """The policy goes back without a look: docker changes that of FORWARD."""
        run("taken")
        docker_comes(machine)
        saves = (machine.bin / "iptables-save").read_text()
        machine._script("iptables-save", "#!/bin/sh\necho 'another app holds the xtables lock' >&2\nexit 4\n")
        answer = run("rolled_back", discard=True)
        is_safe(machine)
        assert any("iptables-save failed: another app holds" in line for line in answer.data["problems"])
        assert "set the policy of iptables FORWARD to ACCEPT" in answer.data["steps"]
        machine._script("iptables-save", saves)
        assert run("rolled_back", discard=True).data["problems"] == []
        assert names(machine) == []

    def test_a_systemd_that_does_not_answer(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        machine.says("systemctl is-active -- docker.service", "", 1, "Failed to connect to bus: No such file\n")
        answer = run("rolled_back", discard=True)
        is_safe(machine)
        assert "systemctl disable -- docker.service" in machine.asked
        assert any("systemctl does not say whether docker.service runs" in line for line in answer.data["problems"])

    @pytest.mark.parametrize(
        "command", ["rpm -qa *", "iptables-save", "ip6tables-save", "systemctl is-active -- docker.service"]
    )
    def test_no_snapshot_is_taken_blindly(self, machine: Machine, command: str) -> None:
        machine.says(command, "", 1, "Failed to connect to bus: No such file\n")
        answer = run("taken")
        assert answer.failed
        assert "A snapshot needs that" in answer.msg
        assert not (machine.root / RECORDS).exists()


class TestOtherRecords:
    def test_a_damaged_one_that_came_is_told(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        machine.file(f"/{RECORDS}/docker.json", "{")
        answer = run("rolled_back", discard=True)
        is_safe(machine)
        (problem,) = answer.data["problems"]
        assert "docker.json is damaged" in problem
        assert "then delete it" in problem
        assert names(machine) == ["docker"]

    def test_one_that_was_there_is_put_back(self, machine: Machine) -> None:
        run("taken", name="docker")
        run("sealed", name="docker")
        before = record(machine, "docker")
        run("taken")
        machine.file(f"/{RECORDS}/docker.json", "{")
        assert run("rolled_back").data["problems"] == []
        assert record(machine, "docker") == before

    def test_a_copy_that_somebody_has_made_is_no_record(self, machine: Machine) -> None:
        run("taken")
        copy = Path(machine.root / RECORDS / "x (copy).json")
        copy.write_text((machine.root / RECORDS / "x.json").read_text())
        run("rolled_back")
        assert copy.exists()


def test_a_firewall_of_one_family_that_cannot_be_read_does_not_keep_the_others_rules(machine: Machine) -> None:
    run("taken")
    docker_comes(machine)
    tables = machine.bin.parent / "tables"
    firewall(machine, tables.read_text().replace("COMMIT", "-A FORWARD -o docker0 -j DOCKER\nCOMMIT", 1))
    machine.says("ip6tables-save", "", 1, "no")
    forget = f"#!/bin/sh\n/bin/cp {tables}.before {tables}\n"
    Path(f"{tables}.before").write_text(runs.IPTABLES)
    machine._script("iptables", forget)
    answer = run("rolled_back")
    assert "docker0" not in tables.read_text()
    assert any(
        "remove docker's rules" in line and "ip6tables-save failed: no" in line for line in answer.data["problems"]
    )
