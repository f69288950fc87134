# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that roles read their lists and judge their hosts with."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.filter.docker_networks import CHOICES, docker_networks
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
        ([{"name": "a", "gatway": "x"}], "says gatway, which is no option"),
        ([{"name": "a", "subnet": "10.0.0.1/24"}], "10.0.0.1/24 is no network"),
        ([{"name": "a", "state": "abesnt"}], "entry 1 (a): state abesnt is none of present, absent"),
        ([{"name": "a", "state": None}], "entry 1 (a): state None is none of present, absent"),
        ([{"name": "a", "driver": "overlay"}], "entry 1 (a): driver overlay is none of macvlan, ipvlan, bridge"),
        ([{"name": "a", "mode": "l4"}], "entry 1 (a): mode l4 is none of bridge, vepa,"),
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
        ([], "a/b", "is no name of a device"),
        ([], "", "is no name of a device"),
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
    with pytest.raises(AnsibleFilterError, match="no list of dictionaries"):
        docker_networks(wrong)


def test_harm_wants_snapshots() -> None:
    with pytest.raises(AnsibleFilterError, match="before is no snapshot"):
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
