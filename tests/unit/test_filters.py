# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that roles read their lists and judge their hosts with."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.filter.address_parts import address_parts
from ansible_collections.ovirt_contrib.containers.plugins.filter.cut_off import cut_off
from ansible_collections.ovirt_contrib.containers.plugins.filter.docker_networks import CHOICES, docker_networks
from ansible_collections.ovirt_contrib.containers.plugins.filter.dockers_bridge import dockers_bridge
from ansible_collections.ovirt_contrib.containers.plugins.filter.harm import harm
from ansible_collections.ovirt_contrib.containers.plugins.filter.table import table
from ansible_collections.ovirt_contrib.containers.plugins.filter.with_addresses import with_addresses
from ansible_collections.ovirt_contrib.containers.plugins.modules import container_network


def test_an_ovirt_network_gives_name_and_parent() -> None:
    """Vdsm hands the bridge of the VM's NIC to docker as the network's name (trap 9)."""
    read = docker_networks([{"ovirt_network": "backend", "subnet": "192.0.2.0/24"}])
    assert read == {
        "networks": [{"name": "backend", "parent": "backend", "subnet": "192.0.2.0/24"}],
        "conflicts": [],
    }


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ([{}], "needs a name or an ovirt_network"),
        ([{"name": "a", "gatway": "x"}], "has gatway, which is not an option"),
        ([{"name": "a", "subnet": "10.0.0.1/24"}], "10.0.0.1/24 is not a network"),
        ([{"name": "a", "state": "abesnt"}], "entry 1 (a): state abesnt is not one of present, absent"),
        ([{"name": "a", "state": None}], "entry 1 (a): state None is not one of present, absent"),
        ([{"name": "a", "driver": "overlay"}], "entry 1 (a): driver overlay is not one of macvlan, ipvlan, bridge"),
        ([{"name": "a", "mode": "l4"}], "entry 1 (a): mode l4 is not one of bridge, vepa,"),
        ([{"name": "a"}, {"name": "a"}], "name a is in 2 entries"),
        ([{"name": "a", "parent": "eth1"}, {"name": "b", "parent": "eth1"}], "parent eth1 is in 2 entries: a, b"),
        ([{"name": "a", "parent": "net"}, {"ovirt_network": "net"}], "parent net is in 2 entries: a, net"),
        (
            [{"name": "a", "subnet": "10.0.0.0/8"}, {"name": "b", "subnet": "10.2.0.0/16"}],
            "subnet 10.0.0.0/8 of a overlaps 10.2.0.0/16 of b",
        ),
    ],
)
def test_a_list_that_contradicts_itself(wanted: list[dict[str, Any]], told: str) -> None:
    assert any(told in sentence for sentence in docker_networks(wanted)["conflicts"])


BRIDGE = "com.docker.network.bridge.name"


@pytest.mark.parametrize(
    ("others", "bridge", "told"),
    [
        (
            [],
            "ovirtmgmt",
            f"a: options: {BRIDGE}: ovirtmgmt is oVirt's management network, which docker would take over",
        ),
        ([], "docker0", f"a: options: {BRIDGE}: docker0 is a name that docker, Vdsm or the kernel give themselves"),
        ([], "br-0123456789ab", "is a name that docker, Vdsm or the kernel give themselves"),
        ([], "a/b", "cannot be the name of a device"),
        ([], "", "cannot be the name of a device"),
        (
            [{"ovirt_network": "backend"}],
            "backend",
            "bridge backend of a is the parent of backend; give it another name",
        ),
        ([{"name": "b", "parent": "eth1"}], "eth1", "bridge eth1 of a is the parent of b"),
        (
            [{"name": "b", "driver": "bridge", "options": {BRIDGE: "cbr0"}}],
            "cbr0",
            "bridge cbr0 is in two entries: b, a",
        ),
    ],
)
def test_a_bridge_is_nobodys_device(others: list[dict[str, Any]], bridge: str, told: str) -> None:
    entries = [*others, {"name": "a", "driver": "bridge", "options": {BRIDGE: bridge}}]
    assert any(told in sentence for sentence in docker_networks(entries)["conflicts"])


@pytest.mark.parametrize(
    "entry",
    [
        {"driver": "bridge", "options": {BRIDGE: "cbr0"}},
        {"driver": "bridge", "options": {"com.docker.network.driver.mtu": 1400}},
        {"driver": "bridge", "options": {BRIDGE: "ovirtmgmt"}, "state": "absent"},
        {"driver": "bridge", "options": None},
    ],
)
def test_a_bridge_with_a_name_of_its_own_is_fine(entry: dict[str, Any]) -> None:
    assert docker_networks([{"name": "a", **entry}])["conflicts"] == []


def test_an_absent_network_takes_no_parent() -> None:
    entries = [{"name": "old", "parent": "eth1", "state": "absent"}, {"name": "new", "parent": "eth1"}]
    assert docker_networks(entries)["conflicts"] == []


def test_the_choices_are_those_of_the_module() -> None:
    options = yaml.safe_load(container_network.DOCUMENTATION)["options"]
    assert {key: tuple(options[key]["choices"]) for key in CHOICES} == CHOICES


@pytest.mark.parametrize("wrong", ["eth1", [1], {"name": "a"}])
def test_what_is_no_list(wrong: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="is not a list of dictionaries"):
        docker_networks(wrong)


def test_cut_off_wants_a_vm_safety_state() -> None:
    with pytest.raises(AnsibleFilterError, match="this is not a VM safety state"):
        cut_off({"failed": True})
    calm = {"policies": {}, "bridged": None, "bridge_netfilter": {"iptables": None, "ip6tables": 0}}
    assert cut_off(calm) == []


def test_harm_wants_vm_safety_states() -> None:
    with pytest.raises(AnsibleFilterError, match="before is not a VM safety state"):
        harm({"policies": {}}, {"failed": True})


def test_an_address_is_that_of_the_running_container() -> None:
    vms: list[dict[str, Any]] = [{"name": "cache", "id": "1"}, {"name": "web", "id": "2"}, {"name": "down", "id": "3"}]
    containers: list[dict[str, Any]] = [
        {"vm_id": "1", "status": "exited", "addresses": {"a": "10.0.0.1"}},
        {"vm_id": "1", "status": "running", "addresses": {"b": "10.0.0.3", "a": "10.0.0.2"}},
        {"vm_id": "2", "status": "running", "addresses": {"bridge": None}},
        {"vm_id": None, "status": "running", "addresses": {"a": "10.0.0.9"}},
    ]
    rows = with_addresses(vms, containers)
    assert [row["address"] for row in rows] == ["10.0.0.2, 10.0.0.3", None, None]
    assert "address" not in vms[0]


def test_addresses_are_of_lists_of_dictionaries() -> None:
    with pytest.raises(AnsibleFilterError, match="needs a list of container VMs"):
        with_addresses(["cache"], [])  # type: ignore[list-item]


def test_a_table_shows_no_control_characters_and_keeps_its_columns() -> None:
    rows = [{"name": "容器", "status": "up\x1b[2J\n"}, {"name": "web-1", "status": "down\u202e"}]
    assert table(rows, ["name", "status"]) == ["NAME   STATUS", "容器   up\ufffd[2J", "web-1  down\ufffd"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", {}),
        ("/root/a@b.rpm", {"address": "/root/a@b.rpm", "shown": "/root/a@b.rpm"}),
        ("file:///opt/repo", {"address": "file:///opt/repo", "shown": "file:///opt/repo"}),
        (
            "https://repo.example.com:8443/$releasever/x",
            {"address": "https://repo.example.com:8443/$releasever/x"},
        ),
        (
            "http://lab:s3cret%21+%40@127.0.0.1:8099/x",
            {"address": "http://127.0.0.1:8099/x", "username": "lab", "password": "s3cret!+@", "secret": True},
        ),
        ("https://u:p:w@h/x", {"address": "https://h/x", "username": "u", "password": "p:w", "secret": True}),
        ("https://[2001:db8::1]:8443/x", {"address": "https://[2001:db8::1]:8443/x"}),
        ("https://h/x?tok=1#2", {"address": "https://h/x?tok=1#2", "shown": "https://h/x", "secret": True}),
    ],
)
def test_an_address_in_parts(address: str, expected: dict[str, Any]) -> None:
    shown = expected.get("shown", expected.get("address", ""))
    empty = {"username": "", "password": "", "secret": False, "problem": "", "address": ""}
    assert address_parts(address) == {**empty, "shown": shown, **expected}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        # A token alone would be the name, which is shown.
        ("https://TOKEN:@h/x", "has a name or a password before the host and not both"),
        ("https://:TOKEN@h/x", "has a name or a password before the host and not both"),
        ("https://TOKEN@h/x", "has a name or a password before the host and not both"),
        ("https://u:TO/KEN@h/x", "write @ as %40"),
        ("https://u:TO?KEN@h/x", "write @ as %40"),
        ("https://u:TO#KEN@h/x", "write @ as %40"),
        ("https://u:TO@KEN@h/x", "write @ as %40"),
        ("https://TOKEN/x@h/x", "write @ as %40"),
        ("u:TOKEN@h/x", "write @ as %40"),
        ("https://u:12/TOKEN@h/x", "write @ as %40"),
        ("https://u:TOK%0aEN@h/x", "control characters"),
        ("https://u:TOK\nEN@h/x", "control characters"),
        ("https://h:TOKEN/x", "is not a valid address"),
        ("https://[TOKEN/x", "is not a valid address"),
    ],
)
def test_what_may_be_a_login_is_told_of_no_address(address: str, told: str) -> None:
    found = address_parts(address)
    assert told in found["problem"]
    assert "TOK" not in str(found)
    assert found["secret"] is True


ROUTES = ["default via 192.0.2.1 dev ovirtmgmt", "192.0.2.0/24 dev ovirtmgmt"]
TAKEN = "172.17.0.0/17 via 192.0.2.9 dev ovirtmgmt"


@pytest.mark.parametrize(
    ("routes", "config", "subnet", "peers"),
    [
        ([], {}, "172.17.0.0/16", ["172.17.3.4"]),
        ([TAKEN], {}, "172.18.0.0/16", ["172.18.0.9"]),
        # Docker does not see the table of a single network.
        ([f"{TAKEN} table 77"], {}, "172.17.0.0/16", ["172.17.3.4"]),
        (["172.0.0.0/8 dev eth1", "192.168.0.0/24 dev eth2"], {}, "", []),
        ([], {"bip": "10.250.0.1/24"}, "10.250.0.1/24", []),
        ([], {"bip": "10.77.0.1/16"}, "10.77.0.1/16", ["10.77.3.4"]),
        (
            [],
            {"default-address-pools": [{"base": "10.78.0.0/16"}, {"base": "10.77.0.0/16", "size": 24}]},
            "10.78.0.0/16, 10.77.0.0/16",
            ["10.77.3.4"],
        ),
        ([], {"bridge": "none"}, "", []),
        ([], {"bip": "nonsense"}, "nonsense", []),
    ],
)
def test_what_docker_takes_for_itself(routes: list[str], config: Any, subnet: str, peers: list[str]) -> None:
    host = {"peers": ["10.77.3.4", "172.17.3.4", "172.18.0.9", "2001:db8::1"], "safety": {"routes": ROUTES + routes}}
    assert dockers_bridge(host, config) == {"subnet": subnet, "peers": peers}


def test_what_docker_takes_is_asked_of_a_host() -> None:
    with pytest.raises(AnsibleFilterError, match="this is not a host"):
        dockers_bridge({"failed": True}, {})
