# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting a container VM: the command line, the network, the state file, and what keeps it from starting."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from .host_kit import Machine, Vdsm, cdrom, nic, vm_params

UUID4 = re.compile(r"vdsm-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
DOCKER = {"containerType": "docker", "containerImage": "redis:3.2"}


def test_the_command_line_is_vdsms(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    (call,) = machine.calls("systemd-run")
    name, _ = machine.container()
    assert call == [
        str(machine.bin / "systemd-run"),
        f"--unit={name}",
        "--slice=machine",
        "--property=CPUAccounting=1",
        "--property=MemoryAccounting=1",
        "--property=BlockIOAccounting=1",
        str(machine.bin / "docker"),
        "run",
        f"--name={name}",
        "--net=bridge",
        "redis:3.2",
    ]
    assert UUID4.fullmatch(name)
    assert vm_id not in name


def test_every_command_may_use_all_processors(machine: Machine) -> None:
    """Vdsm keeps to one of them (cpu_affinity, lib/vdsm/cmdutils.py); this is told by the stand-in of taskset."""
    everywhere = f"0-{os.sysconf('SC_NPROCESSORS_CONF') - 1}"
    vdsm = Vdsm(machine)
    before = len(machine.affinities())
    vm_id = vdsm.create()
    vdsm.manager.watch_containers()
    vdsm.ask("VM.destroy", vmID=vm_id)
    done = machine.affinities()[before:]
    assert done == [("systemd-run", everywhere), ("systemctl", everywhere), ("systemctl", everywhere)]
    machine.write("/etc/vdsm/vdsm.conf", "[vars]\ncpu_affinity =\n")
    Vdsm(machine).create()
    assert machine.affinities()[-1] == ("systemd-run", "")


def test_an_empty_slice_is_left_out(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[containers]\ncgroup_slice =\n")
    Vdsm(machine).create()
    (call,) = machine.calls("systemd-run")
    assert not [word for word in call if word.startswith("--slice")]


def test_docker_is_called_by_the_path_that_is_looked_at_first(machine: Machine) -> None:
    machine.write("/bin/docker", "#!/bin/false\n")
    Vdsm(machine).create()
    assert machine.calls("systemd-run")[0][6] == str(machine.root / "bin/docker")


def test_every_start_has_a_name_of_its_own(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    first, _ = machine.container()
    vdsm.ask("VM.destroy", vmID=vm_id)
    vdsm.create(vmId=vm_id)
    second = machine.calls("systemd-run")[1][1]
    assert second != f"--unit={first}"


def test_slice_and_network_come_from_the_configuration(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[containers]\ncgroup_slice = boxes\nnetwork_name = backend\n")
    Vdsm(machine).create()
    (call,) = machine.calls("systemd-run")
    assert call[2] == "--slice=boxes"
    assert call[9] == "--net=backend"


@pytest.mark.parametrize(
    ("nics", "network"),
    [
        ([nic("ovirtmgmt")], "ovirtmgmt"),
        ([nic("backend"), nic("ovirtmgmt")], "backend"),
        ([nic("backend", linked=False), nic("ovirtmgmt")], "ovirtmgmt"),
        ([nic("backend", linked=False)], "bridge"),
        ([nic("")], ";vdsmdummy;"),
        ([nic("", device="hostdev"), nic("backend")], "backend"),
        ([nic("backend", device="hostdev")], "bridge"),
        ([], "bridge"),
    ],
)
def test_the_first_linked_nic_decides_on_the_network(
    machine: Machine, vdsm: Vdsm, nics: list[dict[str, Any]], network: str
) -> None:
    vdsm.create(devices=[*nics, cdrom()])
    assert machine.calls("systemd-run")[0][9] == f"--net={network}"


def test_the_state_file_says_which_vm_it_is(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={**DOCKER, "volumeMap": "data1:vda, data2:vdb"}, devices=[nic("backend"), cdrom()])
    (path,) = machine.state_files()
    name, _ = machine.container()
    assert path.stem == name.removeprefix("vdsm-")
    root = machine.state_xml()
    assert (root.tag, root.findtext("./uuid"), root.findtext("./name")) == ("domain", vm_id, "web")
    container = root.find("./metadata/{http://ovirt.org/vm/containers/1.0}container")
    assert container is not None
    assert (container.text, container.get("image")) == ("docker", "redis:3.2")
    drives = root.find("./metadata/{http://ovirt.org/vm/containers/drivemap/1.0}drivemap")
    assert drives is not None
    assert [(drive.get("name"), drive.get("drive")) for drive in drives] == [("data1", "vda"), ("data2", "vdb")]
    assert root.findtext("./maxMemory") == str(512 * 1024)
    assert root.find('./devices/interface/source[@bridge="backend"]') is not None
    text = path.read_text(encoding="utf-8")
    assert 'xmlns:ovirtcnt="http://ovirt.org/vm/containers/1.0"' in text
    assert "<ovirtcnt:container" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maxMemSize": None}, "memory"),
        ({"devices": []}, "image path not found"),
        ({"devices": [], "maxMemSize": None}, "memory"),
        ({"custom": {"containerType": "docker"}}, "missing container type"),
        ({"custom": {"containerType": "docker", "containerImage": ""}}, "missing container type"),
        ({"custom": {"containerType": "", "containerImage": "redis"}}, "missing container type"),
        ({"custom": {**DOCKER, "volumeMap": "data"}}, "need more than 1 value to unpack"),
        ({"custom": {**DOCKER, "volumeMap": ""}}, "need more than 1 value to unpack"),
        ({"devices": [{**nic(), "linkActive": None}, cdrom()]}, None),
    ],
)
def test_what_it_lacks_is_told_in_one_word(
    machine: Machine, vdsm: Vdsm, changes: dict[str, Any], message: str | None
) -> None:
    for device in changes.get("devices", ()):
        if device.get("linkActive", "") is None:
            del device["linkActive"]
            message = "'NoneType' object has no attribute 'get'"
    vm_id = vdsm.create(**changes)
    stats = vdsm.stats(vm_id)
    told = (stats["status"], stats["exitCode"], stats["exitReason"], stats["exitMessage"])
    assert told == ("Down", 1, 1, message)
    assert machine.calls("systemd-run") == []
    assert machine.state_files() == []


def test_an_incomplete_volume_map_harms_only_containers(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={"volumeMap": "nonsense"})
    assert vdsm.status(vm_id) == "Powering up"
    assert machine.units()["qemu-web"]


@pytest.mark.parametrize("kind", ["none", "rkt", "docker"])
def test_the_key_decides_and_not_its_value(machine: Machine, vdsm: Vdsm, kind: str) -> None:
    vdsm.create(custom={"containerType": kind, "containerImage": "redis"})
    assert machine.calls("systemd-run")[0][7] == "run"


def test_an_image_alone_makes_no_container(machine: Machine, vdsm: Vdsm) -> None:
    vdsm.create(custom={"containerImage": "redis"})
    assert machine.calls("systemd-run")[0][1] == "--unit=qemu-web"


@pytest.mark.parametrize(("version", "container"), [("4.19.1", True), ("4.20.0", True), ("4.20.1", False),
                                                    ("4.20.49", False), ("4.30.17", False)])  # fmt: skip
def test_since_4_20_1_it_becomes_an_ordinary_vm(machine: Machine, version: str, container: bool) -> None:
    machine.write("/usr/share/ovirt-lab/vdsm-version", f"{version}-1.el8")
    Vdsm(machine).create()
    assert machine.calls("systemd-run")[0][1].startswith("--unit=vdsm-") is container


def test_the_status_is_up_after_a_minute_whatever_becomes_of_it(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={"containerType": "docker", "containerImage": "missing"})
    assert vdsm.status(vm_id) == "Powering up"
    assert vdsm.status(vm_id, 59) == "Powering up"
    assert vdsm.status(vm_id, 2) == "Up"
    stats = vdsm.stats(vm_id)
    assert (stats["elapsedTime"], stats["guestIPs"], stats["appsList"], stats["pid"]) == ("61", "", [], "0")
    assert (stats["cpuUser"], stats["cpuSys"]) == ("0.00", "0.00")  # there are no samples of it


def test_the_create_call_says_wait_for_launch(vdsm: Vdsm) -> None:
    params = vm_params()
    answer = vdsm.ask("VM.create", vmID=params["vmId"], vmParams=params)
    assert answer["status"] == "WaitForLaunch"
    assert (answer["vmId"], answer["vmName"]) == (params["vmId"], "web")


def test_what_systemd_run_complains_of_is_the_exit_message(machine: Machine, vdsm: Vdsm) -> None:
    machine.set("refuse", "Failed to start transient service unit: Invalid slice")
    vm_id = vdsm.create()
    stats = vdsm.stats(vm_id)
    assert stats["exitMessage"] == "['Failed to start transient service unit: Invalid slice']"
    assert len(machine.state_files()) == 1  # written before, and nobody removes it


def test_without_the_package_the_call_itself_fails(machine: Machine) -> None:
    machine.package(there=False)
    params = vm_params()
    answer = Vdsm(machine).ask("VM.create", vmID=params["vmId"], vmParams=params)
    assert answer == {"error": {"code": 16, "message": "Unexpected exception"}}


def test_without_docker_too(machine: Machine) -> None:
    machine.no_docker()
    params = vm_params()
    answer = Vdsm(machine).ask("VM.create", vmID=params["vmId"], vmParams=params)
    assert answer == {"error": {"code": 9, "message": "Error creating the requested VM"}}


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"memSize": None}, 11, "Missing required parameter"),
        ({"memSize": 0}, 11, "Missing required parameter"),
        ({"boot": "c"}, 11, "Missing required parameter"),
        ({"vmId": "7F4AB7E0-6D3C-4A0E-9D0E-1D2C3B4A5F60"}, 11, "Missing required parameter"),
        ({"vmId": "7f4ab7e06d3c4a0e9d0e1d2c3b4a5f60"}, 11, "Missing required parameter"),
    ],
)
def test_parameters_that_have_to_be_there(vdsm: Vdsm, changes: dict[str, Any], code: int, message: str) -> None:
    params = vm_params(**changes)
    answer = vdsm.ask("VM.create", vmID=params["vmId"], vmParams=params)
    assert answer == {"error": {"code": code, "message": message}}


def test_what_awaits_a_migration_starts_nothing(machine: Machine, vdsm: Vdsm) -> None:
    params = vm_params(migrationDest="libvirt")
    vdsm.ask("VM.create", vmID=params["vmId"], vmParams=params)
    assert vdsm.status(params["vmId"], 100) == "Migration Destination"
    assert machine.calls("systemd-run") == []
    assert vdsm.ask("VM.destroy", vmID=params["vmId"]) is True


def test_a_vm_that_is_there_is_not_created_again(vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    answer = vdsm.ask("VM.create", vmID=vm_id, vmParams=vm_params())
    assert answer == {"error": {"code": 4, "message": "Virtual machine already exists"}}
