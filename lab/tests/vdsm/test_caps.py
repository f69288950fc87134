# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The capability: true, false, absent, and the call that fails."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import pytest

from .host_kit import Machine, Vdsm

ENOENT = "[Errno 2] No such file or directory: docker"


def _xml(vdsm: Vdsm, method: str, *params: Any) -> dict[str, Any]:
    answer, _ = xmlrpc.client.loads(vdsm.dispatcher.xml(xmlrpc.client.dumps(params, method).encode()).decode())
    found = answer[0]
    assert isinstance(found, dict)
    return found


def test_package_and_docker(vdsm: Vdsm) -> None:
    assert vdsm.ask("Host.getCapabilities")["containers"] is True


def test_docker_alone(machine: Machine) -> None:
    machine.package(there=False)
    assert Vdsm(machine).ask("Host.getCapabilities")["containers"] is False


def test_neither(machine: Machine) -> None:
    machine.package(there=False)
    machine.no_docker()
    assert Vdsm(machine).ask("Host.getCapabilities")["containers"] is False


@pytest.mark.parametrize("version", ["4.19.1", "4.19.51", "4.20.49", "4.30.0"])
def test_the_package_alone_makes_the_whole_call_fail(machine: Machine, version: str) -> None:
    machine.write("/usr/share/ovirt-lab/vdsm-version", f"{version}-1.el8")
    machine.no_docker()
    vdsm = Vdsm(machine)
    assert vdsm.ask("Host.getCapabilities") == {"error": {"code": -32603, "message": ENOENT}}
    assert _xml(vdsm, "getVdsCapabilities") == {"status": {"code": 16, "message": "Unexpected exception"}}
    assert vdsm.ask("Host.getStats")["vmCount"] == 0  # nothing else is amiss


def test_docker_that_comes_later_is_found_and_one_that_goes_is_remembered(machine: Machine) -> None:
    machine.no_docker()
    vdsm = Vdsm(machine)
    assert "error" in vdsm.ask("Host.getCapabilities")
    machine.command("docker")
    assert vdsm.ask("Host.getCapabilities")["containers"] is True
    machine.no_docker()
    assert vdsm.ask("Host.getCapabilities")["containers"] is True
    assert "error" in Vdsm(machine).ask("Host.getCapabilities")


def test_a_package_that_comes_later_is_not_seen(machine: Machine) -> None:
    machine.package(there=False)
    vdsm = Vdsm(machine)
    machine.package()
    assert vdsm.ask("Host.getCapabilities")["containers"] is False
    assert Vdsm(machine).ask("Host.getCapabilities")["containers"] is True


@pytest.mark.parametrize(("version", "there"), [("4.20.49", True), ("4.30.0", True), ("4.30.1", False),
                                                ("4.30.17", False)])  # fmt: skip
def test_which_versions_tell_it(machine: Machine, version: str, there: bool) -> None:
    machine.write("/usr/share/ovirt-lab/vdsm-version", f"{version}-1.el8")
    assert ("containers" in Vdsm(machine).ask("Host.getCapabilities")) is there


def test_the_rest_of_it(vdsm: Vdsm) -> None:
    caps = vdsm.ask("Host.getCapabilities")
    assert (caps["software_version"], caps["software_revision"]) == ("4.19.20", "1.el8")
    assert caps["clusterLevels"] == ["3.6", "4.0", "4.1"]
    assert caps["packages2"]["vdsm"] == {"version": "4.19.20", "release": "1.el8"}
    assert int(caps["memSize"]) > 0
    assert _xml(vdsm, "getVdsCapabilities")["info"]["containers"] is True


def test_storage_pool_manager_and_tasks(machine: Machine) -> None:
    pool = "b7b3fe5e-4d7c-4b1c-8b0f-7c4d1b7c2f11"
    machine.write("/etc/ovirt-lab/vdsm.json", f'{{"storage_pool": "{pool}", "spm": true, "tasks": {{"t1": {{}}}}}}')
    vdsm = Vdsm(machine)
    assert vdsm.ask("Host.getConnectedStoragePools") == [pool]
    assert vdsm.ask("StoragePool.getSpmStatus", storagepoolID=pool)["spmStatus"] == "SPM"
    assert vdsm.ask("Host.getAllTasksStatuses") == {"t1": {}}
    assert Vdsm(machine).ask("StoragePool.getSpmStatus", storagepoolID="x")["spmStatus"] == "Free"


def test_docker_that_is_no_file_on_path_counts_by_its_fixed_path(machine: Machine) -> None:
    machine.no_docker()
    machine.write("/usr/bin/docker", "not even a program")
    assert Vdsm(machine).ask("Host.getCapabilities")["containers"] is True
