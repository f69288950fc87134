# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices, addresses and routes."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import devices

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On


def test_addresses_that_stay() -> None:
    assert devices.addresses(said.IP) == {
        "ovirtmgmt": ["192.0.2.10/24", "2001:db8::10/64"],
        "backend": ["10.30.0.5/24"],
    }


def test_an_address_with_a_peer() -> None:
    line = "3: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\\       valid_lft forever"
    assert devices.addresses(line) == {"tun0": ["10.8.0.1/32"]}


def test_routes_without_what_passes() -> None:
    found = devices.routes(said.IP)
    assert found[0] == "default via 192.0.2.1 dev ovirtmgmt"
    assert "2001:db8::/64 dev ovirtmgmt proto kernel metric 256" in found
    assert "default via fe80::1 dev ovirtmgmt proto ra metric 1024" in found
    assert "default via 10.30.0.1 dev backend table 169738245" in found
    assert not [line for line in found if line.startswith(("fe80", "ff00", "local", "broadcast", "unreachable", "4:"))]


def test_the_kernel_s_own_table_is_left_out() -> None:
    assert devices.routes("2001:db8:: via :: dev ovirtmgmt  table local  proto none  metric 0\n") == []


def test_the_same_routes_of_a_newer_iproute2_are_the_same() -> None:
    old = "172.17.0.0/16 dev docker0  proto kernel  scope link  src 172.17.0.1 linkdown \n"
    new = "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 \n"
    assert devices.routes(old) == devices.routes(new)


def test_a_route_of_several_gateways() -> None:
    line = "default proto static \\\tnexthop via 192.0.2.1 dev eth0 weight 1\\\tnexthop via 192.0.2.2 dev eth1 weight 1"
    assert devices.route_parts(devices.routes(line)[0]) == {
        "to": "default",
        "devices": ["eth0", "eth1"],
        "via": ["192.0.2.1", "192.0.2.2"],
        "table": "main",
    }
    assert devices.default_route_devices(devices.routes(line)) == {"eth0", "eth1"}


def test_the_default_route_is_that_of_the_main_table() -> None:
    assert devices.default_route_devices(devices.routes(said.IP)) == {"ovirtmgmt"}


def nics(
    machine: Machine, login: str | None = None, networks: tuple[dict[str, str], ...] = ()
) -> dict[str, dict[str, object]]:
    assert machine
    found = devices.nics(devices.links(Host()), devices.addresses(said.IP), devices.routes(said.IP), networks, login)
    return {str(nic["name"]): nic for nic in found}


def test_devices(on: On) -> None:
    found = nics(on(machines.hypervisor), networks=({"name": "web", "parent": "eth2"},))
    assert list(found) == ["backend", "bond0", "eth0", "eth1", "eth2", "eth2.5", "ovirtmgmt", "vnet0"]
    assert {name for name, nic in found.items() if nic["management"]} == {"ovirtmgmt", "bond0", "eth0"}
    assert {name for name, nic in found.items() if nic["default_route"]} == {"ovirtmgmt"}
    assert (found["bond0"]["bridge"], found["eth0"]["bridge"]) == ("ovirtmgmt", None)
    assert found["eth0"]["used_by"] == ["bond bond0"]
    assert found["eth2"]["used_by"] == ["vlan eth2.5", "docker network web"]
    assert found["eth1"] == {
        "name": "eth1",
        "bridge": None,
        "addresses": [],
        "up": True,
        "virtual": False,
        "default_route": False,
        "management": False,
        "used_by": [],
    }
    assert found["backend"]["virtual"]


def test_where_ansible_came_in_is_management_too(on: On) -> None:
    found = nics(on(machines.hypervisor), login="10.30.0.5")
    assert found["backend"]["management"]
    assert found["eth2.5"]["management"]
    assert not found["eth2"]["management"]


def test_a_down_device_and_one_of_open_vswitch(on: On) -> None:
    def build(place: Path) -> Machine:
        machine = Machine(place).device("ovs-system", kind="openvswitch").device("eth0", master="ovs-system")
        return machine.file("/sys/class/net/eth0/flags", "0x1002\n")

    on(build)
    found = {nic["name"]: nic for nic in devices.nics(devices.links(Host()), {}, [])}
    assert found["eth0"]["used_by"] == ["openvswitch ovs-system"]
    assert (found["eth0"]["up"], found["eth0"]["bridge"]) == (False, None)


def test_docker_s_devices() -> None:
    docker = ["docker0", "docker_gwbridge", "br-0123456789ab", "veth01234ab", "docker12"]
    others = ["ovirtmgmt", "br-storage", "br-0123456789abc", "veth0", "vethx1234ab", "docker", "eth0", "vnet0"]
    assert [name for name in docker + others if devices.docker_device(name)] == docker
