# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A spec for a docker network, what differs from it, and the commands that lead there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import network_spec, replies
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import HostError

from tests.host_tier import machines, stand_in_docker

STORAGE = {"name": "storage", "subnet": "10.20.0.0/24", "gateway": "10.20.0.1", "parent": "eth1"}


def spec(**params: Any) -> dict[str, Any]:
    found: dict[str, Any] = network_spec.parse({"name": "storage", **params})
    return found


def there(**changes: Any) -> dict[str, Any]:
    """The parts of a macvlan network that is there."""
    found: dict[str, Any] = network_spec.parts(replies.network(machines.storage(**changes)))
    return found


def test_a_spec_is_what_was_written() -> None:
    assert spec() == {}
    assert spec(subnet=None, internal=False, labels={}) == {"internal": False, "labels": {}}


def test_values_of_options_are_text_as_docker_keeps_them() -> None:
    assert spec(options={"mtu": 9000, "icc": False, "x": "é"})["options"] == {"mtu": "9000", "icc": "false", "x": "é"}


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"name": "-x"}, "name: -x cannot be the name"),
        ({"name": "a b"}, "name: a b cannot be the name"),
        ({"name": ""}, "name:  cannot be the name"),
        ({"subnet": ""}, "subnet:  is not an IPv4 network"),
        ({"subnet": "10.0.0.0"}, "subnet: 10.0.0.0 is not an IPv4 network"),
        ({"subnet": "10.0.0.0/33"}, "is not an IPv4 network"),
        ({"subnet": "fd00::/64"}, "is not an IPv4 network"),
        ({"subnet": "10.0.0.7/24"}, "subnet: 10.0.0.7/24 is an address in 10.0.0.0/24; write the network"),
        ({"ip_range": "10.0.0.7/24"}, "ip_range: 10.0.0.7/24 is an address"),
        ({"gateway": "10.0.0.1/24"}, "gateway: 10.0.0.1/24 is not an IPv4 address"),
        ({"gateway": ""}, "gateway:  is not an IPv4 address"),
        ({"aux_addresses": {"a": "10.0.0"}}, "aux_addresses.a: 10.0.0 is not an IPv4 address"),
        ({"labels": {"a": None}}, "labels: every name needs a value"),
        ({"options": {"parent": "eth1"}}, "options: parent has an option of its own here"),
        ({"options": {"macvlan_mode": "vepa"}}, "options: macvlan_mode has an option of its own"),
    ],
)
def test_nonsense(params: dict[str, Any], told: str) -> None:
    with pytest.raises(HostError, match=told.replace(".", r"\.")):
        spec(**params)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({}, []),
        (STORAGE, []),
        ({"driver": "macvlan", "mode": "bridge", "internal": False, "aux_addresses": {}, "labels": {}}, []),
        ({"gateway": "10.20.0.2"}, [("gateway", "10.20.0.1", "10.20.0.2")]),
        ({"ip_range": ""}, [("ip_range", "10.20.0.128/25", None)]),
        ({"mode": "vepa"}, [("mode", "bridge", "vepa")]),
        ({"internal": True}, [("internal", None, True)]),
        ({"driver": "bridge"}, [("driver", "macvlan", "bridge")]),
        ({"aux_addresses": {"a": "10.20.0.9"}}, [("aux_addresses", None, {"a": "10.20.0.9"})]),
        ({"labels": {"a": "b"}}, []),
        ({"options": {"mtu": 9000}}, [("options", None, {"mtu": "9000"})]),
    ],
)
def test_differences(written: dict[str, Any], found: list[Any]) -> None:
    assert network_spec.differences(spec(**written), there()) == found


def test_options_and_labels_of_others_are_left_alone() -> None:
    now = there(Options={"parent": "eth1", "x": "1"}, Labels={"owner": "admin", "a": "b"})
    assert network_spec.differences(spec(labels={"a": "b"}, options={"x": "1"}), now) == []
    assert network_spec.differences(spec(labels={}, options={}), now) == []
    whole = network_spec.target("storage", spec(labels={"a": "c"}), now)
    assert (whole["labels"], whole["options"]) == ({"owner": "admin", "a": "c"}, {"x": "1"})


def test_the_command_that_makes_it() -> None:
    whole = network_spec.target(
        "storage",
        spec(
            **STORAGE,
            ip_range="10.20.0.128/25",
            aux_addresses={"b": "10.20.0.131", "a": "10.20.0.130"},
            mode="vepa",
            options={"mtu": 9000},
            labels={"owner": "admin of x"},
            internal=True,
        ),
    )
    assert network_spec.create_command(whole) == [
        "docker", "network", "create", "--driver", "macvlan", "--subnet", "10.20.0.0/24", "--gateway", "10.20.0.1",
        "--ip-range", "10.20.0.128/25", "--aux-address", "a=10.20.0.130", "--aux-address", "b=10.20.0.131",
        "--opt", "macvlan_mode=vepa", "--opt", "mtu=9000", "--opt", "parent=eth1", "--label", "owner=admin of x",
        "--internal", "storage",
    ]  # fmt: skip


def test_a_usual_mode_is_not_written() -> None:
    assert "macvlan_mode" not in " ".join(
        network_spec.create_command(network_spec.target("s", spec(**STORAGE, mode="bridge")))
    )
    command = network_spec.create_command(network_spec.target("s", spec(**STORAGE, driver="ipvlan", mode="l3")))
    assert "ipvlan_mode=l3" in command


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({}, "subnet: a macvlan network needs"),
        ({"subnet": "10.0.0.0/24"}, "parent: a macvlan network needs the device"),
        (
            {"subnet": "10.0.0.0/24", "parent": "eth1", "mode": "l2"},
            "mode: macvlan has bridge, vepa, passthru, private, not l2",
        ),
        (
            {"subnet": "10.0.0.0/24", "parent": "eth1", "driver": "ipvlan", "mode": "vepa"},
            "mode: ipvlan has l2, l3, l3s",
        ),
        ({"driver": "bridge", "parent": "eth1"}, "parent: a network of driver bridge has none"),
        ({"driver": "bridge", "mode": "vepa"}, "mode: a network of driver bridge has none"),
        ({"driver": "bridge", "gateway": "10.0.0.1"}, "gateway: 10.0.0.1 needs the subnet"),
        ({**STORAGE, "gateway": "10.20.1.1"}, "gateway: 10.20.1.1 is outside the subnet 10.20.0.0/24"),
        ({**STORAGE, "ip_range": "10.20.0.0/23"}, "ip_range: 10.20.0.0/23 is outside"),
        ({**STORAGE, "aux_addresses": {"a": "10.21.0.1"}}, "aux_addresses.a: 10.21.0.1 is outside"),
    ],
)
def test_parts_that_do_not_fit_together(written: dict[str, Any], told: str) -> None:
    with pytest.raises(HostError, match=told):
        network_spec.target("storage", spec(**written))


def test_an_internal_macvlan_needs_no_device() -> None:
    assert network_spec.target("s", spec(subnet="10.0.0.0/24", internal=True))["parent"] is None


def test_what_is_there_stays_where_nothing_was_written() -> None:
    whole = network_spec.target("storage", spec(gateway="10.20.0.2"), there(Labels={"a": "b"}))
    assert (whole["parent"], whole["subnet"], whole["ip_range"]) == ("eth1", "10.20.0.0/24", "10.20.0.128/25")
    assert (whole["gateway"], whole["labels"], whole["mode"]) == ("10.20.0.2", {"a": "b"}, "bridge")


def test_another_driver_takes_over_what_it_understands() -> None:
    whole = network_spec.target(
        "storage", spec(driver="bridge"), there(Options={"parent": "eth1", "macvlan_mode": "vepa"})
    )
    assert (whole["driver"], whole["parent"], whole["mode"]) == ("bridge", None, None)
    assert whole["subnet"] == "10.20.0.0/24"


@pytest.mark.parametrize(
    "written",
    [
        STORAGE,
        {**STORAGE, "mode": "private", "labels": {"a": "b"}, "internal": True, "ip_range": "10.20.0.64/26"},
        {"name": "inside", "driver": "bridge", "subnet": "10.9.0.0/24", "options": {"x": "y"}},
        {**STORAGE, "aux_addresses": {"a": "10.20.0.9"}, "driver": "ipvlan", "mode": "l3"},
    ],
)
def test_what_is_made_is_what_was_foreseen(written: dict[str, Any]) -> None:
    """By a docker that shows what it was given."""
    wanted = spec(**written)
    whole = network_spec.target(written["name"], wanted)
    foreseen = network_spec.entry(whole)
    state: dict[str, Any] = {"version": "20.10.24", "networks": []}
    assert stand_in_docker.created(state, network_spec.create_command(whole)[3:]) == 0
    made = replies.network(state["networks"][0])
    assert network_spec.shown(made) == network_spec.shown(foreseen)
    assert network_spec.differences(wanted, network_spec.parts(made)) == []
    assert made.keys() == foreseen.keys()
