# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Vdsm 4.19 host makes of a VM with containerType: every trap of its start, its life and its end."""

from __future__ import annotations

import pytest
from client import MIB, Lab, props
from ovirtsdk4 import types
from test_vms import refused

LOOSE = "containerType=.*;containerImage=.*;volumeMap=.*"  # what an administrator may have allowed


def events(lab: Lab, code: int) -> list[str]:
    return [e.description for e in lab.engine.store.list("events") if e.code == code]


def test_powering_up_for_a_minute_then_up() -> None:
    lab = Lab()
    vm = lab.container()
    lab.act(vm, "start")
    assert lab.status(vm) == "wait_for_launch"
    assert lab.status(vm, 1.5) == "powering_up"
    assert lab.status(vm, 58) == "powering_up"
    assert lab.status(vm, 3) == "up"
    assert lab.status(vm, 10_000) == "up"
    assert lab.codes("web") == [34, 153, 32]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {
                "memory_policy": types.MemoryPolicy(guaranteed=256 * MIB, max=256 * MIB),
                "custom_properties": props(containerType="docker", containerImage="redis"),
            },
            "memory",
        ),
        ({"custom_properties": props(containerType="docker")}, "missing container type"),
        ({"custom_properties": props(containerType="none", containerImage="")}, "missing container type"),
        (
            {"custom_properties": props(containerType="docker", containerImage="redis", volumeMap="data")},
            "need more than 1 value to unpack",
        ),
        (
            {"custom_properties": props(containerType="docker", containerImage="redis", volumeMap="")},
            "need more than 1 value to unpack",
        ),
    ],
)
def test_conditions_of_the_start(fields: dict, message: str) -> None:
    lab = Lab(world={"properties": {"4.1": LOOSE}})
    vm = lab.vm(**fields)
    lab.act(vm, "start")
    assert lab.status(vm, 30) == "down"
    failures = events(lab, 119)
    assert len(failures) == 2  # both hosts of the cluster were tried
    assert all(f"Exit message: {message}" in text for text in failures)
    assert lab.codes("web") == [34, 153, 119, 151, 153, 119, 151, 54]


def test_the_key_decides_not_its_value() -> None:
    lab = Lab(world={"properties": {"4.1": LOOSE}})
    vm = lab.vm(custom_properties=props(containerType="none", containerImage="redis"))
    lab.act(vm, "start")
    assert lab.status(vm, 30) == "powering_up"
    plain = lab.vm("plain", custom_properties=props(containerImage="redis"))
    lab.act(plain, "start")
    assert lab.status(plain, 5) == "up"


def test_without_a_cdrom_it_does_not_start() -> None:
    lab = Lab()
    vm = lab.container()
    lab.engine.store.note(lab.engine.vm("web"))["no_cdrom"] = True
    lab.act(vm, "start")
    assert lab.status(vm, 30) == "down" and "image path not found" in events(lab, 119)[0]


@pytest.mark.parametrize(("kind", "noticed"), [("missing", 15), ("exits", 30)])
def test_a_dead_container_is_a_clean_shutdown(kind: str, noticed: int) -> None:
    lab = Lab(world={"images": {kind: ["broken*"]}})
    vm = lab.container(image="broken")
    lab.act(vm, "start")
    assert lab.status(vm, noticed) == "powering_up"  # the start itself takes a second
    assert lab.status(vm, 2) == "down"
    assert lab.codes("web") == [34, 153, 61]
    assert events(lab, 61) == ["VM web is down. Exit message: User shut down from within the guest"]


class TestNetworks:
    """The first linked interface decides the docker network."""

    def start(self, lab: Lab, *nics: types.Nic) -> str:
        vm = lab.container()
        for nic in nics:
            lab.ask("POST", f"vms/{vm.id}/nics", nic)
        lab.act(vm, "start")
        return lab.status(vm, 100)

    def nic(self, lab: Lab, profile: str, name: str = "nic1", **fields: bool) -> types.Nic:
        found = lab.engine.store.named("vnicprofiles", profile)
        return types.Nic(name=name, vnic_profile=types.VnicProfile(id=found.id), **fields)

    def test_a_network_that_docker_has(self) -> None:
        lab = Lab()
        assert self.start(lab, self.nic(lab, "ovirtmgmt")) == "up"

    def test_a_network_that_docker_does_not_have_kills_it(self) -> None:
        hosts = [{"name": "a", "containers": True, "docker_networks": ["bridge", "ovirtmgmt"]}]
        lab = Lab(world={"hosts": hosts, "vms": []})
        assert self.start(lab, self.nic(lab, "backend")) == "down"

    def test_an_empty_profile_means_the_dummy_bridge_and_kills_it(self) -> None:
        assert self.start(Lab(), types.Nic(name="nic1")) == "down"

    def test_unlinked_and_unplugged_interfaces_do_not_count(self) -> None:
        hosts = [{"name": "a", "containers": True, "docker_networks": ["bridge"]}]
        lab = Lab(world={"hosts": hosts, "vms": []})
        off = [self.nic(lab, "backend", "a", linked=False), self.nic(lab, "backend", "b", plugged=False)]
        assert self.start(lab, *off) == "up"


def test_an_incapable_host_is_passed_over_and_gets_strikes() -> None:
    hosts = [
        {"name": "a", "containers": False, "vdsm": "4.19.20"},
        {"name": "b", "containers": True, "vdsm": "4.19.20"},
    ]
    lab = Lab(world={"hosts": hosts, "vms": []})
    for number in range(3):
        vm = lab.container(f"c{number}")
        lab.run(vm)
        assert lab.engine.store.follow(lab.engine.vm(f"c{number}").host).name == "b"
        lab.act(vm, "stop")
        lab.clock.advance(5)
    a = lab.engine.store.named("hosts", "a")
    assert lab.ask("GET", f"hosts/{a.id}").status == types.HostStatus.ERROR
    assert 500 in lab.codes()
    lab.clock.advance(1801)
    assert lab.ask("GET", f"hosts/{a.id}").status == types.HostStatus.UP


@pytest.mark.parametrize("vdsm", ["4.20.17", "4.30.17"])
def test_later_hosts_start_an_ordinary_vm(vdsm: str) -> None:
    lab = Lab(world={"hosts": [{"name": "new", "vdsm": vdsm, "containers": True}], "vms": []})
    vm = lab.container()
    lab.act(vm, "start")
    assert lab.status(vm, 3) == "up"  # no minute of powering up


def test_shutdown_does_nothing_for_five_minutes() -> None:
    lab = Lab()
    vm = lab.container()
    lab.run(vm)
    lab.act(vm, "shutdown")
    assert lab.status(vm, 299) == "powering_down"
    assert lab.status(vm, 2) == "up"


def test_shutdown_in_the_first_minute_is_a_power_off() -> None:
    lab = Lab()
    vm = lab.container()
    lab.act(vm, "start")
    assert lab.status(vm, 10) == "powering_up"
    lab.act(vm, "shutdown")
    assert lab.status(vm, 2) == "down"
    assert lab.codes("web")[-1] == 76


def test_reboot_suspend_and_migrate_do_nothing() -> None:
    lab = Lab()
    vm = lab.container()
    host = lab.run(vm).host.id
    lab.act(vm, "reboot")
    assert lab.status(vm, 59) == "reboot_in_progress"
    assert lab.status(vm, 2) == "up"
    lab.act(vm, "suspend")
    assert lab.status(vm, 5) == "up"
    lab.act(vm, "migrate")
    assert lab.status(vm, 10) == "up" and lab.get(vm).host.id == host
    assert 65 in lab.codes("web")


def test_a_pinned_one_may_not_migrate() -> None:
    lab = Lab()
    policy = types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name="host1")])
    vm = lab.container(placement_policy=policy)
    lab.run(vm)
    refused(lab, 409, "VM is pinned to Host", lambda: lab.act(vm, "migrate"))


def test_properties_that_no_longer_fit_stop_the_start() -> None:
    lab = Lab()
    vm = lab.container()
    lab.engine.world.properties["4.1"] = "containerType=^docker$"
    refused(lab, 400, "not configured by the system. The keys are: containerImage", lambda: lab.act(vm, "start"))


def test_a_stop_ends_an_old_watchdog() -> None:
    """The watchdog of an earlier run has no say in the next one."""
    lab = Lab(world={"images": {"missing": ["broken"]}})
    vm = lab.container(image="broken")
    lab.act(vm, "start")
    lab.status(vm, 5)
    lab.act(vm, "stop")
    lab.status(vm, 3)
    lab.put(vm, custom_properties=props(containerType="docker", containerImage="good"))
    lab.act(vm, "start")
    assert lab.status(vm, 30) == "powering_up"
