# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine drives Vdsm: starts, statuses, ends, and what either of them gets wrong."""

from __future__ import annotations

import pytest
from client import MIB, Refused
from ovirtsdk4 import types

from .engine_kit import LinkedLab, RealHost


def test_create_up_stop(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    lab.act(vm, "start")
    assert lab.status(vm) == "wait_for_launch"
    lab.created(hosts["h1"], vm)
    lab.poll()
    assert lab.status(vm) == "powering_up"
    lab.poll(61)
    assert lab.status(vm) == "up"
    name, container = hosts["h1"].machine.container()
    assert (container["status"], container["image"]) == ("running", "redis:3.2")
    lab.act(vm, "stop")
    assert lab.status(vm) == "powering_down"
    assert hosts["h1"].machine.containers()[name]["status"] == "exited"
    lab.poll()
    assert lab.status(vm) == "down"
    assert lab.get(vm).host is None
    assert lab.codes("web") == [34, 153, 32, 33, 61]
    assert hosts["h1"].vdsm.ask("Host.getVMList") == []


def test_what_the_create_call_carries(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    profile = next(found for found in lab.ask("GET", "vnicprofiles") if found.name == "backend")
    for name, fields in (
        ("unplugged", {"plugged": False}),
        ("unlinked", {"linked": False}),
        ("nic1", {}),
        ("nowhere", {"vnic_profile": types.VnicProfile()}),
    ):
        chosen = {"vnic_profile": types.VnicProfile(id=profile.id), **fields}
        lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name=name, **chosen))
    lab.act(vm, "start")
    lab.created(hosts["h1"], vm)
    conf = hosts["h1"].vdsm.ask("VM.getInfo", vmID=vm.id)
    assert (conf["vmName"], conf["memSize"], conf["maxMemSize"], conf["vmType"]) == ("web", 256, 512, "kvm")
    assert conf["custom"] == {"containerType": "docker", "containerImage": "redis:3.2"}
    nics = [device for device in conf["devices"] if device["type"] == "interface"]
    assert [(nic["network"], nic["linkActive"]) for nic in nics] == [("backend", "false"), ("backend", "true"),
                                                                    ("", "true")]  # fmt: skip
    assert all(nic["device"] == "bridge" and nic["macAddr"] for nic in nics)
    (cdrom,) = (device for device in conf["devices"] if device["device"] == "cdrom")
    assert cdrom["path"] == ""
    assert hosts["h1"].machine.calls("systemd-run")[0][9] == "--net=backend"


def test_max_memory_equal_to_memory_is_not_sent(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    policy = types.MemoryPolicy(guaranteed=256 * MIB, max=256 * MIB)
    vm = lab.pinned(memory_policy=policy)
    lab.act(vm, "start")
    lab.created(hosts["h1"], vm)
    assert "maxMemSize" not in hosts["h1"].vdsm.ask("VM.getInfo", vmID=vm.id)
    lab.poll()
    lab.settle()
    assert lab.status(vm) == "down"
    texts = [event.description for event in lab.ask("GET", "events?search=event_vm%3Dweb")]
    assert "VM web is down with error. Exit message: memory." in texts
    assert hosts["h1"].vdsm.ask("Host.getVMList") == []  # the Engine has taken note
    lab.poll()
    assert lab.codes("web") == [34, 153, 119, 151, 54]


def test_an_ordinary_vm(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.vm("db1")
    lab.act(vm, "start")
    running = next(host for host in hosts.values() if vm.id in host.vdsm.manager.vms)
    lab.created(running, vm)
    lab.poll(61)
    assert lab.status(vm) == "up"
    assert "qemu-db1" in running.machine.units()
    assert not lab.engine.store.run(lab.engine.vm("db1")).container
    for action in ("suspend", "migrate"):
        with pytest.raises(Refused) as refused:
            lab.act(vm, action)
        assert refused.value.status == 501


def test_a_container_that_ends_is_a_clean_end(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.running()
    name, _ = hosts["h1"].machine.container()
    hosts["h1"].machine.kill(name)
    lab.poll(20)
    assert lab.status(vm) == "up"  # the watchdog has not looked yet
    hosts["h1"].vdsm.manager.watch_containers()
    lab.poll()
    assert lab.status(vm) == "down"
    (event,) = lab.ask("GET", "events?search=event_vm%3Dweb%20and%20type%3D61")
    assert event.description == "VM web is down. Exit message: User shut down from within the guest"
    lab.settle()
    assert hosts["h1"].vdsm.ask("Host.getVMList") == []


def test_a_stop_of_what_is_gone_is_refused_and_comes_right(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.running()
    name, _ = hosts["h1"].machine.container()
    hosts["h1"].machine.kill(name)
    with pytest.raises(Refused) as refused:
        lab.act(vm, "stop")
    assert (refused.value.status, refused.value.detail) == (400, "[Unexpected exception]")
    assert lab.codes("web")[-1] == 56
    lab.poll()
    assert lab.status(vm) == "powering_down"  # so Vdsm says
    hosts["h1"].vdsm.manager.watch_containers()
    lab.poll()
    assert lab.status(vm) == "down"


def test_shutdown_in_vain(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.running()
    lab.act(vm, "shutdown")
    assert lab.status(vm) == "powering_down"
    lab.poll(100)
    assert lab.status(vm) == "powering_down"
    lab.poll(201)
    assert lab.status(vm) == "up"
    assert lab.codes("web")[-2:] == [73, 147]


def test_shutdown_before_it_is_up_is_a_power_off(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    lab.act(vm, "start")
    lab.created(hosts["h1"], vm)
    lab.poll()
    lab.act(vm, "shutdown")
    lab.poll()
    assert lab.status(vm) == "down"
    assert 76 in lab.codes("web")


def test_reboot_shows_for_a_minute(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.running()
    lab.act(vm, "reboot")
    assert lab.status(vm) == "reboot_in_progress"
    lab.poll(59)
    assert lab.status(vm) == "reboot_in_progress"
    lab.poll()
    assert lab.status(vm) == "up"


def test_an_orphan_is_no_matter_to_the_engine(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    hosts["h1"].machine.set("stop-timeout", "0.2")
    vm = lab.running(image="deaf")
    name, _ = hosts["h1"].machine.container()
    lab.act(vm, "stop")
    lab.poll()
    assert lab.status(vm) == "down"
    assert hosts["h1"].machine.containers()[name]["status"] == "running"
