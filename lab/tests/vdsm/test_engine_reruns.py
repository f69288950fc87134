# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts that fail on one host, VMs that turn up, and VMs that get lost."""

from __future__ import annotations

import pytest
from client import Refused, props
from ovirtsdk4 import types

from .engine_kit import LinkedLab, RealHost
from .host_kit import wait_until


def test_a_host_that_cannot_is_left_for_one_that_can(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    hosts["h1"].machine.package(there=False)
    hosts["h1"].restart()
    for name in ("h1", "h2"):  # the scheduler takes the first of two empty ones
        assert lab.host_status(name) == "up"
    vm = lab.container()
    lab.act(vm, "start")  # 200: the next host is tried by itself
    assert lab.status(vm) == "down"
    lab.poll(1)
    wait_until(lambda: vm.id in hosts["h2"].vdsm.manager.vms)
    lab.settle()
    lab.created(hosts["h2"], vm)
    lab.poll(61)
    assert lab.status(vm) == "up"
    assert lab.codes("web") == [34, 153, 151, 153, 32]
    failed = [event.description for event in lab.ask("GET", "events") if event.code == 10802]
    assert failed == ["VDSM h1 command CreateVDS failed: Unexpected exception"]
    assert lab.engine.store.note(lab.engine.store.named("hosts", "h1"))["strikes"] == 1


def test_no_host_left(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    hosts["h1"].machine.no_docker()
    hosts["h1"].restart()
    vm = lab.pinned()
    lab.act(vm, "start")
    lab.poll(1)
    assert lab.status(vm) == "down"
    assert lab.codes("web") == [34, 153, 151, 54]


def test_a_host_that_goes_silent_in_the_middle_of_a_start(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    hosts["h1"].silence()
    with pytest.raises(Refused) as refused:
        lab.act(vm, "start")
    assert refused.value.status == 400
    assert refused.value.detail == "[Network error during communication with the Host.]"
    assert lab.status(vm) == "down"
    assert lab.codes("web")[-1] == 54


def test_a_vm_that_runs_without_the_engines_knowledge_is_taken_up(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    hosts["h2"].vdsm.create(vmId=vm.id)
    lab.poll(61)
    assert lab.status(vm) == "up"
    assert lab.get(vm).host.id == lab.host("h2").id


def test_vms_of_somebody_else_are_left_alone(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm_id = hosts["h1"].vdsm.create(maxMemSize=None)
    lab.poll()
    lab.settle()
    assert hosts["h1"].vdsm.ask("Host.getVMList") == [vm_id]


def test_a_vm_that_vanishes(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.running()
    hosts["h1"].vdsm.manager.destroy(vm.id)
    lab.poll()
    assert lab.status(vm) == "down"


def test_the_world_starts_what_is_to_be_up(hosts: dict[str, RealHost]) -> None:
    lab = LinkedLab(hosts, vms=[{"name": "db1", "status": "up", "host": "h2"}])
    assert lab.engine.vm("db1").status.value == "down"
    lab.poll()
    lab.poll(2)
    lab.settle()
    lab.created(hosts["h2"], lab.engine.vm("db1"))
    assert "qemu-db1" in hosts["h2"].machine.units()


def test_run_once_and_changed_properties(lab: LinkedLab, hosts: dict[str, RealHost]) -> None:
    vm = lab.pinned()
    once = types.Action(vm=types.Vm(custom_properties=props(containerType="docker", containerImage="nginx")))
    lab.ask("POST", f"vms/{vm.id}/start", once)
    lab.created(hosts["h1"], vm)
    assert hosts["h1"].machine.calls("systemd-run")[0][10] == "nginx"
