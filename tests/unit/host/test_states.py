# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed, and runs that meet: what the next one does with what it finds on the host."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import lock, orphans

from tests.contract.cases.container_host_snapshot import host as hypervisor
from tests.host_tier.machine import Machine
from tests.host_tier.recordings import IPTABLES as RECORDED
from tests.support.modules import Answer, run_module
from tests.support.samples import sample
from tests.unit.host.conftest import On

#: Without docker's.
IPTABLES = "".join(line + "\n" for line in RECORDED.splitlines() if "docker" not in line.lower())
CONFIG = "/etc/docker/daemon.json"
RECORDS = "var/lib/ovirt-containers"
FIRST, SECOND = ({"controller": "admin", "place": "boot", "pid": pid, "started": 1} for pid in (11, 22))
ABOUT = {"files": [CONFIG], "services": ["docker.service", "vdsmd.service"], "trees": ["/var/lib/docker"]}
DOCKERS = "docker-ce.x86_64 20.10.24-3 2000\ncontainerd.io.x86_64 1.6-1 2000\n"


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A hypervisor on which nothing else is at work."""
    monkeypatch.setattr(orphans, "QUIET", 0.0)
    machine = on(hypervisor)
    machine.says("systemctl is-enabled -- docker.service", "", 1).says(
        "systemctl is-active -- docker.service", "inactive", 3
    )
    machine.says("rpm -e *").says("systemctl stop *").says("systemctl disable *")
    # A firewall with a state: whatever iptables is told, it is as before then.
    firewall(machine, IPTABLES)
    tables = machine.bin.parent / "tables"
    machine._script("iptables-save", f"#!/bin/sh\nexec /bin/cat {tables}\n")
    machine._script("iptables", f"#!/bin/sh\nexec /bin/cp {tables}.before {tables}\n")
    (machine.bin.parent / "tables.before").write_text(IPTABLES)
    return (
        machine.says("systemctl daemon-reload")
        .says("systemctl reset-failed *")
        .says("systemctl restart *")
        .says("vdsm-client *", "{}")
    )


def firewall(machine: Machine, saved: str) -> None:
    """What iptables-save says from now on."""
    (machine.bin.parent / "tables").write_text(saved)


def run(state: str, owner: dict[str, Any] | None = FIRST, *, check: bool = False, **options: Any) -> Answer:
    """One task of a run."""
    if "take_over" in options:
        options["take_over"] = [options["take_over"]]
    options = {**(ABOUT if state == "taken" else {}), **({"run": owner} if owner else {}), **options}
    return run_module("container_host_snapshot", {"name": "x", "state": state, **options}, check=check)


def record(machine: Machine, name: str = "x") -> Any:
    return json.loads((machine.root / RECORDS / f"{name}.json").read_text())


def docker_comes(machine: Machine, extra: str = "") -> None:
    """What a run does before it is killed: all that docker brings, and VMs are cut off."""
    machine.says("rpm -qa *", "vdsm.noarch 4.19.20-1.el7.centos 1500000000\n" + DOCKERS + extra)
    machine.says("systemctl is-enabled -- docker.service", "enabled")
    machine.says("systemctl is-active -- docker.service", "active")
    firewall(machine, IPTABLES.replace(":FORWARD ACCEPT", ":FORWARD DROP"))
    machine.file(CONFIG, "{}").file("/proc/sys/net/ipv4/ip_forward", "1\n").file("/var/lib/docker/x", "")


class TestKilled:
    """A run took a snapshot, changed the host and was killed."""

    def test_the_baseline_is_never_overwritten(self, machine: Machine) -> None:
        run("taken", None)
        docker_comes(machine)
        run("taken", None)
        answer = run("rolled_back", None, check=True)
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in answer.data["steps"]
        assert "set the policy of iptables FORWARD to ACCEPT" in answer.data["steps"]
        assert "set net.ipv4.ip_forward to 0" in answer.data["steps"]
        assert f"delete {CONFIG}" in answer.data["steps"]
        assert "stop docker.service" in answer.data["steps"]
        assert answer.data["differences"] != []

    def test_the_next_run_gates_against_the_record(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        answer = run("recovered", SECOND, take_over=FIRST, check=True)
        assert "the policy of iptables FORWARD was ACCEPT and is DROP" in answer.data["harm"]
        assert "stop docker.service" in answer.data["steps"]

    def test_harm_is_rolled_back(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        answer = run("recovered", SECOND, take_over=FIRST, discard=True)
        assert (answer.data["problems"], answer.data["harm"]) == ([], [])
        assert not (machine.root / CONFIG[1:]).exists()
        assert (machine.root / "proc/sys/net/ipv4/ip_forward").read_text() == "0\n"
        assert not (machine.root / RECORDS).exists()

    def test_without_harm_the_next_run_goes_on(self, machine: Machine) -> None:
        run("taken")
        machine.file(CONFIG, "{}")
        answer = run("recovered", SECOND, take_over=FIRST)
        assert answer.data["steps"] == ["go on with the snapshot x"]
        assert record(machine)["owner"] == SECOND
        # It is ours now: a failure of this run still leads back to what was before the first one.
        run("taken", SECOND)
        assert f"delete {CONFIG}" in run("rolled_back", SECOND).data["steps"]

    def test_what_others_installed_meanwhile_is_kept(self, machine: Machine) -> None:
        """Days may lie between the two runs."""
        run("taken")
        docker_comes(machine, "tcpdump.x86_64 4.9-1 2500\n")
        answer = run("recovered", SECOND, take_over=FIRST, check=True)
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in answer.data["steps"]
        assert answer.data["kept"][-1:] == [
            "tcpdump.x86_64 is kept: it came while a run was cut short, and may be somebody else's"
        ]
        assert not [line for line in answer.data["differences"] if "tcpdump" in line]

    def test_what_was_sealed_by_the_next_run_is_only_ours(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine, "tcpdump.x86_64 4.9-1 2500\n")
        firewall(machine, IPTABLES)
        machine.file("/proc/sys/net/ipv4/ip_forward", "0\n")
        assert run("recovered", SECOND, take_over=FIRST).data["harm"] == []
        run("sealed", SECOND)
        answer = run("restored", SECOND, check=True)
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in answer.data["steps"]
        assert any("tcpdump" in sentence for sentence in answer.data["kept"])

    def test_restored_takes_along_what_the_killed_run_did(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        answer = run("restored", SECOND, take_over=FIRST, check=True)
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in answer.data["steps"]

    @pytest.mark.parametrize("state", ["recovered", "restored", "rolled_back"])
    def test_its_last_module_is_waited_for(self, machine: Machine, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
        run("taken")
        monkeypatch.setattr(orphans, "PATIENCE", 0.3)
        machine.process(4000, "/usr/bin/python3", "/root/.ansible/tmp/x/AnsiballZ_dnf.py")
        answer = run(state, SECOND, take_over=FIRST)
        assert answer.failed
        assert "still at work here: AnsiballZ_dnf (pid 4000)" in answer.msg

    def test_a_way_back_with_problems_is_not_forgotten(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        machine.says("systemctl stop *", "", 1, "no such luck")
        answer = run("rolled_back")
        assert any("no such luck" in problem for problem in answer.data["problems"])
        assert record(machine)["stage"] == "open"


class TestEngine:
    """What was done with the host in the Engine is noted on the host."""

    def test_names_survive_kills_and_the_way_back(self, machine: Machine) -> None:
        run("begun", drained=True, stopped_vms=["cache"])
        run("begun", SECOND, take_over=FIRST, drained=True, stopped_vms=["archive"])
        assert record(machine)["engine"] == {"drained": True, "stopped_vms": ["archive", "cache"]}
        run("taken", SECOND)
        run("rolled_back", SECOND)
        assert record(machine)["stage"] == "begun"
        run("taken", SECOND)
        run("proven", SECOND)
        assert record(machine)["engine"] == {"drained": True, "stopped_vms": ["archive", "cache"]}
        assert record(machine)["stage"] == "proven"
        run("absent", SECOND)
        assert not (machine.root / RECORDS).exists()

    def test_info_tells_it(self, machine: Machine) -> None:
        run("begun", drained=True, stopped_vms=["cache"])
        run("taken")
        under_way = run_module("container_host_info", {}).data["container_host"]["under_way"]["x"]
        assert under_way["engine"] == {"drained": True, "stopped_vms": ["cache"]}
        assert (under_way["stage"], under_way["way_back"], under_way["problem"]) == ("open", True, None)
        assert under_way["safety"]["policies"]["iptables FORWARD"] == "ACCEPT"

    def test_a_damaged_record_is_told_too(self, machine: Machine) -> None:
        machine.file(f"/{RECORDS}/x.json", "{")
        under_way = run_module("container_host_info", {}).data["container_host"]["under_way"]["x"]
        assert "x.json is damaged" in under_way["problem"]

    def test_without_a_way_back_only_safety_is_kept(self, machine: Machine) -> None:
        run("taken", way_back=False)
        assert record(machine)["baseline"] is None
        assert not run("rolled_back").data["found"]
        safety = record(machine)["safety"]
        run("taken", SECOND, take_over=FIRST)
        assert record(machine)["baseline"] is not None
        assert record(machine)["safety"] == safety


class TestTwoRuns:
    @pytest.mark.parametrize(
        "state", ["taken", "begun", "sealed", "recovered", "rolled_back", "restored", "absent", "proven"]
    )
    def test_another_run_keeps_its_hands_off(self, machine: Machine, state: str) -> None:
        run("taken")
        before = machine.contents()
        answer = run(state, SECOND)
        assert answer.failed
        assert answer.data["busy"] == FIRST
        assert "another run is changing this host: process 11 on admin" in answer.msg
        assert machine.contents() == before

    def test_an_hour_of_silence_is_enough(self, machine: Machine) -> None:
        run("taken")
        old = {**record(machine), "touched": record(machine)["touched"] - 3601}
        machine.file(f"/{RECORDS}/x.json", json.dumps(old))
        assert not run("recovered", SECOND).failed

    def test_one_module_waits_for_another(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        import fcntl

        run("taken")
        monkeypatch.setattr(lock, "SECONDS", 0.3)
        handle = os.open(machine.root / RECORDS, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        answer = run("rolled_back")
        os.close(handle)
        assert answer.failed
        assert "locked by another process" in answer.msg
        assert not run("rolled_back").failed


class TestRecord:
    def test_a_full_disk_is_a_sentence_and_leaves_nothing(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_handle: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        before = machine.contents()
        monkeypatch.setattr(os, "fsync", full)
        answer = run("taken")
        assert answer.failed
        assert "No space left on device" in answer.msg
        assert "Nothing was changed" in answer.msg
        assert machine.contents() == before
        assert not (machine.root / RECORDS).exists()

    def test_it_is_on_the_disk_before_the_first_change(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        synced: list[str] = []
        real = os.fsync

        def sync(handle: int) -> None:
            synced.append(os.readlink(f"/proc/self/fd/{handle}"))
            real(handle)

        monkeypatch.setattr(os, "fsync", sync)
        run("taken")
        directory = str(machine.root / RECORDS)
        assert synced[0].startswith(directory + "/.")
        assert synced[0].endswith(".tmp")
        assert synced[1:3] == [directory, str(Path(directory).parent)]

    def test_who_may_not_read_the_records_is_told_so(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        """And does not wait for ever: the directory is there, and only root may open it."""
        run("taken")

        def refused(*_how: object) -> int:
            raise OSError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(lock.os, "open", refused)
        answer = run("sealed")
        assert answer.failed
        assert "cannot be opened: Permission denied; run this as root" in answer.msg

    def test_what_a_killed_write_left_goes_though_another_record_stays(self, machine: Machine) -> None:
        run("taken")
        run("sealed")
        machine.file(f"/{RECORDS}/.abc.tmp", "{")
        run("begun")
        assert [path.suffix for path in (machine.root / RECORDS).iterdir()] == [".json"]

    def test_what_a_killed_write_left_goes_with_the_record(self, machine: Machine) -> None:
        run("taken")
        machine.file(f"/{RECORDS}/.abc.tmp", "{")
        run("rolled_back")
        assert not (machine.root / RECORDS).exists()

    @pytest.mark.parametrize(
        "wrong",
        sample(
            [
                lambda r: [],
                lambda r: "text",
                lambda r: {},
                lambda r: {**r, "format": 1},
                lambda r: {**r, "baseline": []},
                lambda r: {**r, "baseline": {}},
                lambda r: {**r, "baseline": {**r["baseline"], "packages": []}},
                lambda r: {**r, "about": [[], []]},
                lambda r: {**r, "about": [1, 2, 3]},
                lambda r: {**r, "own": {}},
                lambda r: {**r, "others": []},
                lambda r: {**r, "stage": "closed"},
                lambda r: {**r, "engine": {}},
                lambda r: {**r, "since": True},
                lambda r: {**r, "owner": "me"},
            ]
        ),
    )
    @pytest.mark.parametrize("state", ["taken", "rolled_back", "restored", "recovered"])
    def test_its_shape_is_checked(self, machine: Machine, state: str, wrong: Callable[[Any], Any]) -> None:
        run("taken")
        machine.file(f"/{RECORDS}/x.json", json.dumps(wrong(record(machine))))
        before = machine.contents()
        answer = run(state)
        assert answer.failed
        assert "x.json is damaged" in answer.msg
        assert "Traceback" not in answer.text
        assert machine.contents() == before

    @pytest.mark.parametrize("name", ["x\n", "", "a/b", "..", "é"])
    def test_names(self, machine: Machine, name: str) -> None:
        answer = run("taken", name=name)
        assert answer.failed
        assert not (machine.root / RECORDS).exists()


def test_records_of_other_roles_come_back_as_they_were(machine: Machine) -> None:
    run("taken", name="docker")
    run("sealed", name="docker")
    before = record(machine, "docker")
    run("taken")
    run("taken", name="docker")
    run("taken", name="vdsm_containers")
    run("rolled_back")
    assert record(machine, "docker") == before
    assert sorted(path.name for path in (machine.root / RECORDS).iterdir()) == ["docker.json"]


def test_a_later_run_undoes_what_it_has_done_itself(machine: Machine) -> None:
    """An earlier run has sealed its snapshot. What the next one changes is that one's own, and nobody was killed."""
    run("taken")
    machine.file(CONFIG, "{}")
    run("sealed")
    assert not run("taken", SECOND).failed
    assert not record(machine)["late"]
    machine.file(CONFIG, '{"no-such-option": true}')
    answer = run("rolled_back", SECOND, discard=True)
    assert (answer.data["kept"], answer.data["problems"], answer.data["differences"]) == ([], [], [])
    assert (machine.root / CONFIG[1:]).read_text() == "{}"


def test_an_inner_run_leaves_the_record_around_it_alone(machine: Machine) -> None:
    run("begun", name="container_host", drained=True)
    run("taken", name="container_host")
    run("taken", name="docker")
    run("begun", name="container_host", stopped_vms=["late"])
    run("rolled_back", name="docker")
    assert record(machine, "container_host")["engine"]["stopped_vms"] == ["late"]
