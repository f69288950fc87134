# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts: what they report, maintenance and out of it with the Engine's refusals, adding and removing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from client import AUTHORIZATION, Lab, Refused
from ovirtsdk4 import types

ACTION = "<action/>"


def host(lab: Lab, name: str) -> Any:
    return lab.ask("GET", f"hosts?search=name={name}")[0]


def act(lab: Lab, name: str, action: str, body: str = ACTION) -> Any:
    return lab.ask("POST", f"hosts/{host(lab, name).id}/{action}", body)


def status(lab: Lab, name: str, after: float = 0) -> str:
    lab.clock.advance(after)
    return host(lab, name).status.value


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_a_host_says_what_clients_ask_for(version: str) -> None:
    shown = host(Lab(version), "host1")
    assert (shown.version.major, shown.status) == (4, types.HostStatus.UP)
    assert shown.power_management.enabled is False
    assert shown.os.custom_kernel_cmdline is not None or shown.os.type == "RHEL"
    assert shown.spm.status == types.SpmStatus.SPM
    assert shown.summary.total == 1  # db1


def test_maintenance_moves_ordinary_vms_and_comes_back() -> None:
    lab = Lab()
    assert lab.engine.vm("db1").host.id == host(lab, "host1").id
    act(lab, "host1", "deactivate")
    assert status(lab, "host1") == "preparing_for_maintenance"
    assert status(lab, "host1", 60) == "maintenance"
    assert lab.engine.vm("db1").host.id == host(lab, "host2").id
    assert host(lab, "host2").spm.status == types.SpmStatus.SPM
    act(lab, "host1", "activate")
    assert status(lab, "host1", 60) == "up"
    assert lab.codes()[-5:] == [620, 63, 15, 16, 13]


def test_maintenance_refusals() -> None:
    lab = Lab()
    vm = lab.container(placement_policy=types.VmPlacementPolicy(
        affinity=types.VmAffinity.PINNED, hosts=[types.Host(id=host(lab, "host2").id)]))  # fmt: skip
    lab.run(vm)
    with pytest.raises(Refused, match="non-migratable VMs are: web") as caught:
        act(lab, "host2", "deactivate")
    assert caught.value.status == 409
    act(lab, "host3", "deactivate")
    assert status(lab, "host3", 60) == "maintenance"
    with pytest.raises(Refused, match="already in Maintenance"):
        act(lab, "host3", "deactivate")
    with pytest.raises(Refused, match="Host in Up status"):
        act(lab, "host1", "activate")


def test_maintenance_of_the_last_host_with_vms() -> None:
    lab = Lab(world={"hosts": [{"name": "only", "cluster": "Default"}]})
    with pytest.raises(Refused, match="at least one Host in UP state: Default"):
        act(lab, "only", "deactivate")


def test_a_container_vm_that_is_not_pinned_keeps_its_host_waiting() -> None:
    lab = Lab()
    vm = lab.run(lab.container())
    name = lab.engine.store.follow(vm.host).name
    act(lab, name, "deactivate")
    assert status(lab, name, 300) == "preparing_for_maintenance"
    lab.act(vm, "stop")
    assert status(lab, name, 60) == "maintenance"


def test_a_host_that_is_gone() -> None:
    lab = Lab()
    lab.engine.faults.add("host_gone:host=host1")
    assert status(lab, "host1") == "non_responsive"
    with pytest.raises(Refused, match="Non Responsive"):
        act(lab, "host1", "deactivate")
    with pytest.raises(Refused, match="non responsive state"):
        act(lab, "host1", "activate")


def test_add_update_remove() -> None:
    lab = Lab()
    new = types.Host(name="new", address="new.example", root_password="x", cluster=types.Cluster(name="Default"))
    assert lab.ask("POST", "hosts", new).status == types.HostStatus.INSTALLING
    assert status(lab, "new", 60) == "up"
    with pytest.raises(Refused, match="Host name is already in use"):
        lab.ask("POST", "hosts", new)
    address = f"hosts/{host(lab, 'new').id}"
    with pytest.raises(Refused, match="Host is operational"):
        lab.ask("DELETE", address)
    with pytest.raises(Refused, match="switch Host to Maintenance mode"):
        lab.ask("PUT", address, types.Host(cluster=types.Cluster(name="Modern")))
    act(lab, "new", "deactivate")
    lab.clock.advance(60)
    lab.ask("PUT", address, types.Host(cluster=types.Cluster(name="Modern"), comment="moved"))
    assert lab.ask("GET", "hosts?search=cluster=Modern and name=new")[0].comment == "moved"
    lab.ask("DELETE", address)
    assert not lab.ask("GET", "hosts?search=name=new")


def test_statistics_know_the_memory() -> None:
    lab = Lab()
    found = {s.name: s for s in lab.ask("GET", f"hosts/{host(lab, 'host1').id}/statistics")}
    assert found["memory.total"].values[0].datum == 64 << 30
    assert found["memory.used"].unit == types.StatisticUnit.BYTES


def agents(lab: Lab) -> dict[str, Any]:
    return {each.name: each.hosted_engine for each in lab.ask("GET", "hosts?all_content=true")}


@pytest.mark.parametrize("version", ["4.1", "4.3"])
def test_a_hosted_engine_is_told_to_who_asks_for_everything(version: str) -> None:
    lab = Lab(version, {"hosted_engine": {"global_maintenance": False}})
    assert host(lab, "host1").hosted_engine is None
    agent = agents(lab)["host1"]
    assert (agent.configured, agent.active, agent.score) == (True, True, 3400)
    assert (agent.global_maintenance, agent.local_maintenance) == (False, False)
    (vm,) = lab.ask("GET", "vms?search=name=HostedEngine")
    assert (vm.origin, vm.status) == ("managed_hosted_engine", types.VmStatus.UP)
    act(lab, "host2", "deactivate")
    agent = agents(lab)["host2"]
    assert (agent.local_maintenance, agent.score, agent.global_maintenance) == (True, 0, False)


def test_global_maintenance_is_set_outside_the_engine() -> None:
    lab = Lab(world={"hosted_engine": {"global_maintenance": True}, "vms": []})
    assert {agent.global_maintenance for agent in agents(lab).values()} == {True}
    sent = {"Authorization": AUTHORIZATION}
    answer = lab.engine.handle("POST", "/ovirt-lab/hosted-engine", sent, b'{"global_maintenance": false}')
    assert (answer.status, json.loads(answer.body)) == (200, ["host1", "host2", "host3"])
    assert {agent.global_maintenance for agent in agents(lab).values()} == {False}


def test_other_engines_are_not_hosted() -> None:
    assert set(agents(Lab()).values()) == {None}
    assert Lab().engine.vm("HostedEngine") is None
    with pytest.raises(ValueError, match="known is global_maintenance"):
        Lab(world={"hosted_engine": {"maintenance": True}})
