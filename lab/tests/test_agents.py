# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guest agents: addresses, name and system of a guest, when they come, and when they go."""

from __future__ import annotations

from typing import Any

import pytest
from client import Lab
from ovirtsdk4 import types

WORLD: dict[str, Any] = {
    "networks": [
        {"name": "ovirtmgmt", "subnet": "192.0.2.0/24"},
        {"name": "backend"},
    ],
    "templates": [{"name": "agent", "agent": True, "disk": 1}, {"name": "silent", "disk": 1}],
    "vms": [],
}


def guest(lab: Lab, name: str = "web", template: str = "agent", networks: tuple[str, ...] = (), **fields: Any) -> Any:
    vm = lab.vm(name, template=types.Template(name=template), **fields)
    lab.clock.advance(3)
    profiles = {profile.name: profile.id for profile in lab.ask("GET", "vnicprofiles")}
    for number, network in enumerate(networks or ("ovirtmgmt",), 1):
        nic = types.Nic(name=f"nic{number}", vnic_profile=types.VnicProfile(id=profiles[network]))
        lab.ask("POST", f"vms/{vm.id}/nics", nic)
    lab.clock.advance(3)
    return vm


def up(lab: Lab, vm: Any, seconds: float = 5, body: str = "<action/>") -> Any:
    lab.act(vm, "start", body)
    lab.clock.advance(seconds)
    return lab.get(vm)


def addresses(lab: Lab, vm: Any) -> dict[str, list[str]]:
    found = lab.ask("GET", f"vms/{vm.id}/reporteddevices")
    return {device.name: [ip.address for ip in device.ips or []] for device in found}


@pytest.mark.parametrize("version", ("4.1", "4.3", "4.5"))
def test_an_agent_reports_a_moment_after_the_guest_is_up(version: str) -> None:
    lab = Lab(version, WORLD)
    vm = guest(lab)
    found = up(lab, vm, 2.5)
    assert (found.status.value, found.fqdn, addresses(lab, vm)) == ("up", None, {})
    lab.clock.advance(2)
    found = lab.get(vm)
    assert (found.fqdn, found.guest_operating_system.family) == ("web", "Linux")
    assert addresses(lab, vm) == {"eth0": ["192.0.2.10"]}
    device = lab.ask("GET", f"vms/{vm.id}/reporteddevices")[0]
    nic = lab.ask("GET", f"vms/{vm.id}/nics")[0]
    assert (device.type.value, device.mac.address, device.vm.id) == ("network", nic.mac.address, vm.id)
    assert lab.ask("GET", f"vms/{vm.id}/reporteddevices/{device.id}").name == "eth0"


def test_one_request_has_the_addresses_of_all() -> None:
    lab = Lab("4.5", WORLD)
    for name in ("a", "b"):
        up(lab, guest(lab, name))
    guest(lab, "c", "silent")
    found = {vm.name: vm.reported_devices for vm in lab.ask("GET", "vms?follow=reported_devices")}
    assert [found[name][0].ips[0].address for name in ("a", "b")] == ["192.0.2.10", "192.0.2.11"]
    assert not found["c"]


def test_interfaces_have_the_addresses_of_their_networks() -> None:
    lab = Lab("4.5", WORLD)
    vm = guest(lab, networks=("ovirtmgmt", "backend"))
    up(lab, vm)
    assert addresses(lab, vm) == {"eth0": ["192.0.2.10"], "eth1": ["10.65.0.10"]}
    nics = lab.ask("GET", f"vms/{vm.id}/nics")
    found = [lab.ask("GET", f"vms/{vm.id}/nics/{nic.id}/reporteddevices")[0].name for nic in nics]
    assert found == ["eth0", "eth1"]


def test_a_guest_without_an_agent_says_nothing() -> None:
    lab = Lab("4.5", WORLD)
    vm = guest(lab, template="silent")
    assert (up(lab, vm, 100).fqdn, addresses(lab, vm)) == (None, {})


def test_an_unplugged_interface_has_no_address() -> None:
    lab = Lab("4.5", WORLD)
    vm = guest(lab)
    nic = lab.ask("GET", f"vms/{vm.id}/nics")[0]
    lab.ask("PUT", f"vms/{vm.id}/nics/{nic.id}", types.Nic(linked=False))
    up(lab, vm)
    assert addresses(lab, vm) == {"eth0": []}


def test_the_addresses_of_the_last_run_stay_and_the_name_does_not() -> None:
    lab = Lab("4.5", WORLD)
    vm = guest(lab)
    up(lab, vm)
    lab.act(vm, "stop")
    lab.clock.advance(3)
    found = lab.get(vm)
    assert (found.status.value, found.fqdn, addresses(lab, vm)) == ("down", None, {"eth0": ["192.0.2.10"]})
    assert up(lab, vm).fqdn == "web" and addresses(lab, vm) == {"eth0": ["192.0.2.10"]}


def test_cloud_init_gives_a_name_and_a_static_address_that_stay() -> None:
    lab = Lab("4.5", WORLD)
    nic = types.NicConfiguration(
        name="eth0", boot_protocol=types.BootProtocol.STATIC, on_boot=True, ip=types.Ip(address="192.0.2.99")
    )
    vm = guest(lab, initialization=types.Initialization(host_name="web.example.com", nic_configurations=[nic]))
    for _ in range(2):  # the second start gives nothing to the guest
        assert up(lab, vm).fqdn == "web.example.com"
        assert addresses(lab, vm) == {"eth0": ["192.0.2.99"]}
        lab.act(vm, "stop")
        lab.clock.advance(3)


def test_a_wrong_interface_name_is_no_network_as_in_a_real_guest() -> None:
    """cloud-init takes the name for the interface's; there is none of it, and no other configuration."""
    lab = Lab("4.5", WORLD)
    nic = types.NicConfiguration(name="enp9s0", boot_protocol=types.BootProtocol.DHCP, on_boot=True)
    vm = guest(lab, initialization=types.Initialization(nic_configurations=[nic]))
    up(lab, vm)
    assert addresses(lab, vm) == {"eth0": []}


def test_vms_of_the_world_and_templates_of_them() -> None:
    world = {**WORLD, "vms": [{"name": "old", "status": "up", "agent": True, "nics": ["ovirtmgmt"]}]}
    lab = Lab("4.5", world)
    lab.clock.advance(3)
    old = next(vm for vm in lab.ask("GET", "vms") if vm.name == "old")
    assert (old.fqdn, addresses(lab, old)) == ("old", {"eth0": ["192.0.2.10"]})
    lab.act(old, "stop")
    lab.clock.advance(3)
    lab.ask("POST", "templates", types.Template(name="new", vm=types.Vm(id=old.id)))
    lab.clock.advance(3)
    assert up(lab, lab.vm("twin", template=types.Template(name="new")), 10).fqdn == "twin"


def test_a_subnet_of_the_world_has_to_be_one() -> None:
    wrong = {**WORLD, "networks": [{"name": "ovirtmgmt", "subnet": "192.0.2.0/30"}]}
    with pytest.raises(ValueError, match="networks: ovirtmgmt: subnet is '192.0.2.0/30', but a subnet such as"):
        Lab("4.5", wrong)


def test_a_drive_of_the_vm_is_not_cloud_inits() -> None:
    files = [types.File(name="openstack/latest/user_data", content="x"),
             types.File(name="openstack/latest/meta_data.json", content="not json")]  # fmt: skip
    lab = Lab("4.5", WORLD)
    vm = guest(lab, payloads=[types.Payload(type=types.VmDeviceType.CDROM, files=files)])
    assert up(lab, vm).fqdn == "web"


def test_a_full_subnet_has_no_address_for_the_next() -> None:
    lab = Lab("4.5", {**WORLD, "networks": [{"name": "ovirtmgmt", "subnet": "192.0.2.0/27"}]})
    lab.engine.store.note(lab.engine.store.named("networks", "ovirtmgmt"))["leases"] = {
        f"00:00:00:00:00:{number:02x}": number for number in range(20)
    }
    first, second = guest(lab, "a"), guest(lab, "b")
    up(lab, first)
    up(lab, second)
    assert addresses(lab, first) == {"eth0": ["192.0.2.30"]}
    assert addresses(lab, second) == {"eth0": []}


def test_a_suspended_guest_answers_for_no_name_until_it_is_back() -> None:
    lab = Lab("4.5", WORLD)
    vm = guest(lab)
    up(lab, vm)
    lab.act(vm, "suspend")
    lab.clock.advance(5)
    assert lab.get(vm).fqdn is None
    assert up(lab, vm).fqdn == "web"
