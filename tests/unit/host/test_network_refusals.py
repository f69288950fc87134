# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a network must not be made on this host."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import (
    network_refusals,
    network_spec,
    replies,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import devices

from tests.host_tier import machines
from tests.host_tier import recordings as said

NETWORKS = [replies.network(machines.storage())]
ADDRESSES, ROUTES = devices.addresses(said.IP), devices.routes(said.IP)


def whole(**params: Any) -> dict[str, Any]:
    wanted = {"subnet": "10.99.0.0/24", "parent": "eth3", **params}
    found: dict[str, Any] = network_spec.target("new", network_spec.parse({"name": "new", **wanted}))
    return found


def nic(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "management": False, "default_route": False, "used_by": [], **changes}


@pytest.mark.parametrize(
    ("version", "driver", "refused"),
    [
        ("1.9.1", "bridge", True),
        ("1.10.3", "bridge", False),
        ("1.11.2", "macvlan", True),
        ("1.11.2", "ipvlan", True),
        ("1.12.0", "macvlan", False),
        ("17.03.1-ce", "macvlan", False),
        (None, "macvlan", False),
    ],
)
def test_docker_s_age(version: str | None, driver: str, refused: bool) -> None:
    found = network_refusals.of_version(version, driver)
    assert bool(found) == refused
    if refused:
        assert found[0].startswith(f"docker {version} found, 1.1")


def test_users() -> None:
    assert network_refusals.of_users("n", "removed", [], []) == []
    (running,) = network_refusals.of_users("n", "removed", ["a", "b"], ["a", "b"])
    assert "containers run in it: a, b" in running
    (stopped,) = network_refusals.of_users("n", "made anew", [], ["c", machines.DEAD])
    assert "could not be started without it: c;" in stopped
    assert network_refusals.of_users("n", "removed", [], [machines.DEAD]) == []


def test_differences_are_told_one_by_one() -> None:
    found = [("gateway", "10.0.0.1", None), ("labels", {"b": "2", "a": "1"}, {"a": "3"}), ("internal", None, True)]
    (told,) = network_refusals.of_differences("n", found, [], recreate=False)
    assert "gateway is 10.0.0.1, wanted unset, labels is a=1 b=2, wanted a=3, internal is unset, wanted true" in told
    assert "recreate: true" in told
    assert network_refusals.of_differences("n", found, [], recreate=True) == []
    (lost,) = network_refusals.of_differences("n", found, ["IPv6", "attachable"], recreate=True)
    assert "it has IPv6 and attachable, which would be lost" in lost


@pytest.mark.parametrize(
    ("nics", "told"),
    [
        ([nic("eth3")], None),
        ([nic("eth3", used_by=["vlan eth3.7"])], None),
        (
            [nic("eth1"), nic("eth2", used_by=["bridge x"])],
            "network new: parent device eth3 does not exist; unused devices: eth1",
        ),
        ([], "unused devices: none"),
        ([nic("eth3", used_by=["bridge data"])], "eth3 belongs to bridge data, .* use data itself as parent"),
        ([nic("eth3", used_by=["bond bond0"], management=True)], "eth3 belongs to bond bond0, .* use bond0 itself"),
        ([nic("eth3", used_by=["device ovs-system"])], "use another device as parent"),
        ([nic("eth3", management=True)], "eth3 carries the management network of the host; .*allow_management: true"),
        ([nic("eth3", management=True, default_route=True)], "eth3 carries the default route of the host"),
    ],
)
def test_parent(nics: list[dict[str, Any]], told: str | None) -> None:
    found = network_refusals.of_parent(whole(), nics, [], allow_management=False)
    assert len(found) == (told is not None)
    if told:
        assert re.search(told, found[0]), found[0]


def test_management_is_allowed_where_that_was_written() -> None:
    nics = [nic("eth3", management=True, default_route=True)]
    assert network_refusals.of_parent(whole(), nics, [], allow_management=True) == []
    enslaved = [nic("eth3", management=True, used_by=["bridge ovirtmgmt"])]
    assert len(network_refusals.of_parent(whole(), enslaved, [], allow_management=True)) == 1


def test_one_network_per_device() -> None:
    nics = [nic("eth1", used_by=["docker network storage"])]
    (told,) = network_refusals.of_parent(whole(parent="eth1"), nics, NETWORKS, allow_management=False)
    assert told.startswith("eth1 already serves the docker network storage")
    same = network_spec.target(
        "storage", network_spec.parse({"name": "storage", "subnet": "10.20.0.0/24", "parent": "eth1"})
    )
    assert network_refusals.of_parent(same, nics, NETWORKS, allow_management=False) == []


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, None),
        ({"subnet": "10.20.0.64/26"}, "overlaps 10.20.0.0/24 of the docker network storage"),
        ({"subnet": "10.0.0.0/8"}, "overlaps 10.20.0.0/24 of the docker network storage"),
        ({"subnet": "192.0.2.0/25"}, "192.0.2.0/25 of network new overlaps 192.0.2.10/24 of the host's ovirtmgmt"),
        ({"subnet": "10.30.0.0/24", "parent": "backend"}, "10.30.0.5 is the host's own address on backend"),
        ({"subnet": "10.30.0.0/24", "parent": "backend", "ip_range": "10.30.0.0/29"}, "10.30.0.5 is the host's own"),
        ({"subnet": "10.30.0.0/24", "parent": "backend", "ip_range": "10.30.0.128/25"}, None),
        ({"subnet": "10.30.0.0/24", "parent": "backend", "aux_addresses": {"host": "10.30.0.5"}}, None),
        # A site's large route does not contradict a network that never uses the host's routes ...
        ({"subnet": "172.20.0.0/24"}, None),
        # ... but a bridge of the host would take that part of the site away from it,
        ({"subnet": "172.20.0.0/24", "parent": None, "driver": "bridge"}, "overlaps the host's route to 172.16.0.0/12"),
        # and a route to just this network says that it is elsewhere.
        ({"subnet": "172.16.0.0/12"}, "overlaps the host's route to 172.16.0.0/12 through ovirtmgmt"),
        ({"subnet": "10.30.0.0/24", "parent": None, "driver": "bridge"}, "overlaps 10.30.0.5/24 of the host's backend"),
    ],
)
def test_subnet(params: dict[str, Any], told: str | None) -> None:
    found = network_refusals.of_subnet(whole(**params), NETWORKS, ADDRESSES, ROUTES)
    assert [told in sentence for sentence in found if told] == [True] * (told is not None)
    assert bool(found) == (told is not None)


def test_docker_s_own_devices_do_not_count_as_the_host_s() -> None:
    routes = ["10.99.0.0/24 dev br-0123456789ab proto kernel scope link"]
    assert network_refusals.of_subnet(whole(), [], {"br-0123456789ab": ["10.99.0.1/24"]}, routes) == []


def test_a_network_of_docker_without_subnet_chosen() -> None:
    assert (
        network_refusals.of_subnet(whole(subnet=None, parent=None, driver="bridge"), NETWORKS, ADDRESSES, ROUTES) == []
    )


def test_kernel() -> None:
    assert network_refusals.of_kernel("ipvlan", lacks=False) == []
    assert network_refusals.of_kernel("ipvlan", lacks=True)[0].startswith("the kernel has no ipvlan devices")


@pytest.mark.parametrize(
    ("params", "refused"),
    [
        ({"subnet": "10.77.0.0/16"}, "connected with 10.77.3.4, and 10.77.0.0/16 of network new would cut that off"),
        ({"subnet": "10.78.0.0/16"}, None),
        # Docker chooses, and the host reaches 172.18.0.9 by its default route alone.
        ({"subnet": None}, "connected with 172.18.0.9, and docker may choose their addresses for network new"),
        ({"subnet": "10.77.0.0/16", "driver": "macvlan", "parent": "eth3"}, None),
    ],
)
def test_peers(params: dict[str, Any], refused: str | None) -> None:
    wanted = {"parent": None, "driver": "bridge", **params}
    routes = ["default via 192.0.2.1 dev ovirtmgmt", "172.19.0.0/16 via 192.0.2.9 dev ovirtmgmt"]
    # A table of one network's own says nothing about all the others.
    routes.append("172.18.0.0/16 via 192.0.2.9 dev ovirtmgmt table 77")
    found = network_refusals.of_peers(whole(**wanted), ["10.77.3.4", "172.18.0.9", "172.19.0.7", "2001:db8::7"], routes)
    assert (found == []) if refused is None else refused in found[0]


def test_peers_in_pools_of_the_host_s_own() -> None:
    spec = whole(subnet=None, parent=None, driver="bridge")
    assert network_refusals.of_peers(spec, ["172.18.0.9"], [], ["10.200.0.0/16"]) == []
    (told,) = network_refusals.of_peers(spec, [f"10.200.0.{n}" for n in range(5)], [], ["10.200.0.0/16", "nonsense"])
    assert "connected with 10.200.0.0, 10.200.0.1, 10.200.0.2 and 2 others" in told


@pytest.mark.parametrize(
    ("changes", "kind", "told"),
    [
        ({}, None, None),
        ({}, "bond", None),
        ({"used_by": ["docker network new"]}, None, None),
        ({"addresses": ["10.20.0.5/24"]}, None, "eth3 has the address 10.20.0.5/24, which network new would cut off"),
        ({"used_by": ["vlan eth3.7"]}, None, "eth3 has vlan eth3.7, "),
        ({"used_by": ["macvtap macvtap0", "vlan eth3.7"]}, None, "eth3 has macvtap macvtap0 and vlan eth3.7, "),
        ({}, "bridge", "eth3 has the ports of a bridge, "),
        # The bridge that it belongs to is told with the parent.
        ({"used_by": ["bridge data"]}, None, None),
    ],
)
def test_passthru_takes_a_device_as_a_whole(changes: dict[str, Any], kind: str | None, told: str | None) -> None:
    nics, links = [nic("eth3", **{"addresses": [], **changes})], {"eth3": {"kind": kind}}
    found = network_refusals.of_passthru(whole(mode="passthru"), nics, links)
    assert (found == []) if told is None else found[0].startswith(told)
    assert network_refusals.of_passthru(whole(mode="private"), nics, links) == []
