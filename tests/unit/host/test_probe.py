# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe on hosts that are directories: what it asks, and that it leaves nothing."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import probe

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

NEIGHBOURS = """\
192.0.2.1 dev ovirtmgmt lladdr 00:1a:4a:00:00:01 REACHABLE
192.0.2.21 dev ovirtmgmt lladdr 00:1a:4a:00:00:21 STALE
192.0.2.22 dev ovirtmgmt  FAILED
192.0.2.23 dev ovirtmgmt lladdr 00:1a:4a:00:00:23 INCOMPLETE
10.0.0.9 dev eth1 lladdr 00:1a:4a:00:00:09 REACHABLE
172.17.0.2 dev docker0 lladdr 02:42:ac:11:00:02 REACHABLE
2001:db8::21 dev ovirtmgmt lladdr 00:1a:4a:00:00:21 router REACHABLE
"""
PING = "5 packets transmitted, {0} received, 0% packet loss, time 801ms\n"


def prober(place: Path) -> Machine:
    machine = machines.hypervisor(place).says("ip neigh show", NEIGHBOURS)
    machine.says("ping *", "", 1).says("ping -n -q -c 1 -W 1 -I ovirtmgmt 192.0.2.1", "")
    machine.says("ping6 *", "", 1).says("ip link *").says("ip netns *").says("ip netns exec *", PING.format(5))
    return machine


def test_neighbours_of_bridges() -> None:
    assert probe.neighbours(NEIGHBOURS, ["ovirtmgmt"]) == [
        "192.0.2.1 ovirtmgmt",
        "192.0.2.21 ovirtmgmt",
        "2001:db8::21 ovirtmgmt",
    ]


def test_a_probe(on: On) -> None:
    machine = on(prober)
    snap = safety.state(Host(), probe=True)
    assert snap["reachable"] == {
        "192.0.2.1 ovirtmgmt": True,
        "192.0.2.21 ovirtmgmt": False,
        "2001:db8::21 ovirtmgmt": False,
    }
    assert snap["bridged"] == {"sent": 5, "lost": 0}
    pings = [line for line in machine.asked if line.startswith("ping")]
    # Who did not answer is asked a second time.
    assert len(pings) == 5
    assert sum(line.startswith("ping6") for line in pings) == 2
    (machine.bin / "ping6").unlink()
    safety.state(Host(), probe=True)
    assert sum(line.startswith("ping -6 ") for line in machine.asked) == 2


def test_neighbours_of_before_are_asked_though_forgotten(on: On) -> None:
    on(prober)
    known = ["192.0.2.99 ovirtmgmt"]
    assert safety.state(Host(), probe=True, neighbours=known)["reachable"][known[0]] is False


def test_a_host_of_many_neighbours_is_asked_for_some(on: On) -> None:
    many = "".join(f"192.0.2.{number} dev ovirtmgmt lladdr 00:1a:4a:00:00:01 STALE\n" for number in range(1, 200))
    on(prober).says("ip neigh show", many).says("ping *", "")
    assert len(safety.state(Host(), probe=True)["reachable"]) == probe.MOST


def test_the_canary_is_taken_away(on: On) -> None:
    machine = on(prober)
    assert probe.bridged(Host()) == {"sent": 5, "lost": 0}
    made = [line.split()[3] for line in machine.asked if line.startswith("ip netns add")]
    removed = [line.split()[3] for line in machine.asked if line.startswith("ip netns del")]
    assert len(made) == 2
    assert made == removed


def test_a_canary_that_cannot_be_built_is_taken_away_too(on: On) -> None:
    machine = on(prober).says("ip link set *", "", 2, "RTNETLINK answers: Operation not permitted")
    assert probe.bridged(Host()) is None
    assert not [line for line in machine.asked if " ping " in line]
    assert sum(line.startswith("ip netns del") for line in machine.asked) == 4, "it is tried twice"


def test_lost_packets_are_counted(on: On) -> None:
    on(prober).says("ip netns exec *", PING.format(1))
    assert probe.bridged(Host()) == {"sent": 5, "lost": 4}


def test_names_fit_into_the_kernel_s_fifteen_letters() -> None:
    canary = probe._Canary(None, 2**31)
    assert all(len(name) <= 15 for name in [canary.bridge, *canary.outer, *canary.inner])


def test_without_ping_nothing_is_known(on: On) -> None:
    machine = on(prober)
    (machine.bin / "ping").unlink()
    machine.says("ip netns exec *", "", 1)
    snap = safety.state(Host(), probe=True)
    assert (snap["reachable"], snap["bridged"]) == (None, None)
