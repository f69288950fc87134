# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a network must not be made on this host."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import answers as docker
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import network_refusals as refusals
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import network_wish as plans
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import devices as net

from tests.host_tier import machines
from tests.host_tier import recordings as said

NETWORKS = [docker.network(machines.storage())]
ADDRESSES, ROUTES = net.addresses(said.IP), net.routes(said.IP)


def whole(**params: Any) -> dict[str, Any]:
    wanted = {"subnet": "10.99.0.0/24", "parent": "eth3", **params}
    found: dict[str, Any] = plans.target("new", plans.wish({"name": "new", **wanted}))
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
    found = refusals.of_version(version, driver)
    assert bool(found) == refused
    if refused:
        assert found[0].startswith(f"docker {version} found, 1.1")


def test_users() -> None:
    assert refusals.of_users("n", "removed", [], []) == []
    (running,) = refusals.of_users("n", "removed", ["a", "b"], ["a", "b"])
    assert "containers run in it: a, b" in running
    (stopped,) = refusals.of_users("n", "made anew", [], ["c", machines.DEAD])
    assert "could not be started without it: c;" in stopped
    assert refusals.of_users("n", "removed", [], [machines.DEAD]) == []


def test_differences_are_told_one_by_one() -> None:
    found = [("gateway", "10.0.0.1", None), ("labels", {"b": "2", "a": "1"}, {"a": "3"}), ("internal", None, True)]
    (told,) = refusals.of_differences("n", found, [], recreate=False)
    assert "gateway is 10.0.0.1, wanted unset, labels is a=1 b=2, wanted a=3, internal is unset, wanted true" in told
    assert "recreate: true" in told
    assert refusals.of_differences("n", found, [], recreate=True) == []
    (lost,) = refusals.of_differences("n", found, ["IPv6", "attachable"], recreate=True)
    assert "it has IPv6 and attachable, which would be lost" in lost


@pytest.mark.parametrize(
    ("nics", "told"),
    [
        ([nic("eth3")], None),
        ([nic("eth3", used_by=["vlan eth3.7"])], None),
        (
            [nic("eth1"), nic("eth2", used_by=["bridge x"])],
            "there is no device eth3, which network new shall be on; free are eth1",
        ),
        ([], "no other is free either"),
        ([nic("eth3", used_by=["bridge data"])], "eth3 belongs to bridge data, .* use data itself as parent"),
        ([nic("eth3", used_by=["bond bond0"], management=True)], "eth3 belongs to bond bond0, .* use bond0 itself"),
        ([nic("eth3", used_by=["device ovs-system"])], "use another device as parent"),
        ([nic("eth3", management=True)], "eth3 carries the management network of the host; .*allow_management: true"),
        ([nic("eth3", management=True, default_route=True)], "eth3 carries the default route of the host"),
    ],
)
def test_parent(nics: list[dict[str, Any]], told: str | None) -> None:
    found = refusals.of_parent(whole(), nics, [], allow_management=False)
    assert len(found) == (told is not None)
    if told:
        assert re.search(told, found[0]), found[0]


def test_management_is_allowed_where_that_was_written() -> None:
    nics = [nic("eth3", management=True, default_route=True)]
    assert refusals.of_parent(whole(), nics, [], allow_management=True) == []
    enslaved = [nic("eth3", management=True, used_by=["bridge ovirtmgmt"])]
    assert len(refusals.of_parent(whole(), enslaved, [], allow_management=True)) == 1


def test_one_network_per_device() -> None:
    nics = [nic("eth1", used_by=["docker network storage"])]
    (told,) = refusals.of_parent(whole(parent="eth1"), nics, NETWORKS, allow_management=False)
    assert told.startswith("eth1 already serves the docker network storage")
    same = plans.target("storage", plans.wish({"name": "storage", "subnet": "10.20.0.0/24", "parent": "eth1"}))
    assert refusals.of_parent(same, nics, NETWORKS, allow_management=False) == []


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
    found = refusals.of_subnet(whole(**params), NETWORKS, ADDRESSES, ROUTES)
    assert [told in sentence for sentence in found if told] == [True] * (told is not None)
    assert bool(found) == (told is not None)


def test_docker_s_own_devices_do_not_count_as_the_host_s() -> None:
    routes = ["10.99.0.0/24 dev br-0123456789ab proto kernel scope link"]
    assert refusals.of_subnet(whole(), [], {"br-0123456789ab": ["10.99.0.1/24"]}, routes) == []


def test_a_network_of_docker_without_subnet_chosen() -> None:
    assert refusals.of_subnet(whole(subnet=None, parent=None, driver="bridge"), NETWORKS, ADDRESSES, ROUTES) == []


def test_kernel() -> None:
    assert refusals.of_kernel("ipvlan", lacks=False) == []
    assert refusals.of_kernel("ipvlan", lacks=True)[0].startswith("the kernel has no ipvlan devices")
