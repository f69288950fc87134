# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks are what was asked for (asked by `docker network inspect`, trap 8), and a container can be reached."""

from __future__ import annotations

import json
from typing import Any

from testinfra.host import Host

testinfra_hosts = ["ansible://el9"]


def network(host: Host, name: str) -> Any:
    return json.loads(host.check_output(f"docker network inspect {name}"))[0]


def test_macvlan_on_a_nic_of_its_own(host: Host) -> None:
    found = network(host, "containers")
    assert (found["Driver"], found["Options"]["parent"]) == ("macvlan", "eth1")
    (config,) = found["IPAM"]["Config"]
    assert config == {
        "Subnet": "10.20.0.0/24",
        "Gateway": "10.20.0.1",
        "IPRange": "10.20.0.128/25",
        "AuxiliaryAddresses": {"printer": "10.20.0.200"},
    }


def test_the_network_of_an_ovirt_network_has_the_name_of_its_bridge(host: Host) -> None:
    found = network(host, "storage")
    assert (found["Driver"], found["Options"]["parent"]) == ("macvlan", "storage")


def test_inside(host: Host) -> None:
    assert network(host, "inside")["Internal"] is True


def test_a_container_reaches_its_wire(host: Host) -> None:
    """On the oVirt network storage there is a server, beyond the host."""
    host.check_output("lab-images load pause")
    ping = "docker run --rm --net=storage --entrypoint ping lab/pause -c 1 -W 3 10.214.0.10"
    assert host.run(ping).succeeded
