# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is harm to a VM and what is docker's own business."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import firewall

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.unit.host.conftest import On

Snapshot = dict[str, Any]
BEFORE: Snapshot = {
    "forwarding": {"ipv4": 0, "ipv6": 0},
    "bridge_netfilter": {"iptables": None, "ip6tables": None, "arptables": None},
    "policies": {"iptables FORWARD": "ACCEPT", "nft inet firewalld filter_FORWARD": "drop"},
    "rules": {
        "iptables": {"filter": [":FORWARD ACCEPT", "-A FORWARD -i ovirtmgmt -j ACCEPT", "-A FORWARD -j LOG"]},
        "ip6tables": {},
        "nft": [
            "table inet firewalld",
            "chain inet firewalld filter_FORWARD",
            "inet firewalld filter_FORWARD: type filter hook forward priority filter + 10; policy drop;",
            'inet firewalld filter_FORWARD: iifname "lo" accept',
        ],
    },
    "bridges": {"ovirtmgmt": ["eth0", "vnet0"], "docker0": ["veth0123456"]},
    "routes": ["default via 192.0.2.1 dev ovirtmgmt", "192.0.2.0/24 dev ovirtmgmt", "172.17.0.0/16 dev docker0"],
    "addresses": {"ovirtmgmt": ["192.0.2.10/24"], "docker0": ["172.17.0.1/16"]},
    "paths": {"192.0.2.9": "ovirtmgmt", "172.17.0.2": "docker0", "198.51.100.1": None},
    "vms": ["web (pid 1)", "db (pid 2)"],
    "reachable": {"192.0.2.20 ovirtmgmt": True, "192.0.2.21 ovirtmgmt": False},
    "bridged": {"sent": 5, "lost": 0},
}


def after(change: Callable[[Snapshot], Any]) -> list[str]:
    """What harm() says once something has changed."""
    now = copy.deepcopy(BEFORE)
    change(now)
    return safety.harm(BEFORE, now)


def test_nothing_is_no_harm() -> None:
    assert safety.harm(BEFORE, copy.deepcopy(BEFORE)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s["forwarding"].update(ipv4=1), "ipv4 forwarding was 0 and is 1"),
        (lambda s: s["bridge_netfilter"].update(iptables=1), "bridge-nf-call-iptables was 0 and is 1"),
        (
            lambda s: s["policies"].update({"iptables FORWARD": "DROP"}),
            "the policy of iptables FORWARD was ACCEPT and is DROP",
        ),
        (
            lambda s: s["policies"].update({"ip6tables FORWARD": "DROP"}),
            "the policy of ip6tables FORWARD was ACCEPT and is DROP",
        ),
        (
            lambda s: s["policies"].pop("nft inet firewalld filter_FORWARD"),
            "the policy of nft inet firewalld filter_FORWARD was drop and is accept",
        ),
        (
            lambda s: s["rules"]["iptables"]["filter"].pop(1),
            "iptables filter: rule gone: -A FORWARD -i ovirtmgmt -j ACCEPT",
        ),
        (
            lambda s: s["rules"]["iptables"]["filter"].append("-A FORWARD -j DROP"),
            "iptables filter: rule added: -A FORWARD -j DROP",
        ),
        (
            lambda s: s["rules"]["iptables"]["filter"].append("-A FORWARD -j LOG"),
            "iptables filter: rule added: -A FORWARD -j LOG",
        ),
        (lambda s: s["rules"]["iptables"]["filter"].reverse(), "iptables filter: rules are in another order"),
        (
            lambda s: s["rules"]["nft"].append("inet firewalld filter_FORWARD: drop"),
            "nft: rule added: inet firewalld filter_FORWARD: drop",
        ),
        (
            lambda s: s["rules"]["iptables"].update(raw=["-A PREROUTING -j DROP"]),
            "iptables raw: rule added: -A PREROUTING -j DROP",
        ),
        (lambda s: s["bridges"]["ovirtmgmt"].remove("vnet0"), "bridge ovirtmgmt lost its port vnet0"),
        (lambda s: s["bridges"].pop("ovirtmgmt"), "bridge ovirtmgmt is gone"),
        (lambda s: s["routes"].pop(0), "route gone: default via 192.0.2.1 dev ovirtmgmt"),
        (
            lambda s: s["routes"].insert(0, "default via 192.0.2.9 dev eth1"),
            "route added: default via 192.0.2.9 dev eth1",
        ),
        (lambda s: s["routes"].append("192.0.2.0/24 dev docker0"), "route added: 192.0.2.0/24 dev docker0"),
        (lambda s: s["addresses"].pop("ovirtmgmt"), "ovirtmgmt lost its address 192.0.2.10/24"),
        (
            lambda s: s["paths"].update({"192.0.2.9": "docker0"}),
            "192.0.2.9 was reached through ovirtmgmt and is reached now through docker0",
        ),
        (
            lambda s: s["paths"].update({"192.0.2.9": None}),
            "192.0.2.9 was reached through ovirtmgmt and has no route now",
        ),
        (lambda s: s["vms"].remove("web (pid 1)"), "VM web (pid 1) does not run any more"),
        (
            lambda s: s["reachable"].update({"192.0.2.20 ovirtmgmt": False}),
            "192.0.2.20 on ovirtmgmt does not answer any more",
        ),
        (lambda s: s["reachable"].clear(), "192.0.2.20 on ovirtmgmt does not answer any more"),
        (
            lambda s: s["bridged"].update(lost=5),
            "5 of 5 packets between two bridged namespaces are lost, before it was 0",
        ),
    ],
)
def test_harm(change: Callable[[Snapshot], Any], sentence: str) -> None:
    assert after(change) == [sentence]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["bridge_netfilter"].update(iptables=0, ip6tables=0, arptables=0),
        lambda s: s["policies"].update({"ip6tables FORWARD": "ACCEPT", "iptables INPUT": "ACCEPT"}),
        lambda s: s["policies"].update({"nft ip docker-bridges filter-FORWARD": "drop"}),
        lambda s: s["rules"]["iptables"]["filter"].insert(0, "-A FORWARD -j DOCKER-USER"),
        lambda s: s["rules"]["iptables"].update(
            firewall.iptables_rules(
                said.IPTABLES.partition("*filter")[0].replace(
                    "-A POSTROUTING -s 10.9.0.0/24 -o ovirtmgmt -j MASQUERADE\n", ""
                )
            )
        ),
        lambda s: s["rules"]["ip6tables"].update(filter=[":FORWARD ACCEPT", ":DOCKER-USER -"]),
        lambda s: s["rules"]["nft"].append("table ip docker-bridges"),
        lambda s: s["bridges"].update({"br-0123456789ab": []}),
        lambda s: s["bridges"].pop("docker0"),
        lambda s: s["bridges"]["docker0"].clear(),
        lambda s: s["bridges"]["ovirtmgmt"].append("vnet1"),
        lambda s: s["routes"].append("172.18.0.0/16 dev br-0123456789ab"),
        lambda s: s["routes"].remove("172.17.0.0/16 dev docker0"),
        lambda s: s["routes"].append("10.9.0.0/24 via 192.0.2.9 dev ovirtmgmt"),
        lambda s: s["addresses"].pop("docker0"),
        lambda s: s["addresses"].update({"eth1": ["10.0.0.1/24"]}),
        lambda s: s["paths"].clear(),
        lambda s: s.pop("paths"),
        lambda s: s["paths"].update({"172.17.0.2": "ovirtmgmt", "198.51.100.1": "eth1", "192.0.2.7": "docker0"}),
        lambda s: s["policies"].update({"iptables INPUT": "DROP", "ip6tables OUTPUT": "DROP"}),
        lambda s: s["rules"]["iptables"]["filter"].extend([":f2b-sshd -", "-A INPUT -p tcp -j f2b-sshd"]),
        lambda s: s["rules"]["iptables"].update(nat=["-A OUTPUT -j DNAT --to-destination 192.0.2.9"]),
        lambda s: s["vms"].append("new (pid 3)"),
        lambda s: s.update(reachable=None, bridged=None),
        lambda s: s["reachable"].update({"192.0.2.22 ovirtmgmt": False}),
    ],
)
def test_no_harm(change: Callable[[Snapshot], Any]) -> None:
    assert after(change) == []


def with_network(snap: Snapshot, bridge: str) -> Snapshot:
    """What docker 20.10 makes for a network whose bridge has a name of its own."""
    now = copy.deepcopy(snap)
    now["rules"]["iptables"]["filter"][1:1] = [
        f"-A FORWARD -o {bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        f"-A FORWARD -o {bridge} -j DOCKER",
        f"-A FORWARD -i {bridge} ! -o {bridge} -j ACCEPT",
        f"-A FORWARD -i {bridge} -o {bridge} -j ACCEPT",
    ]
    now["bridges"].setdefault(bridge, [])
    now["addresses"].setdefault(bridge, ["10.9.0.1/24"])
    now["routes"].append(f"10.9.0.0/24 dev {bridge}")
    return now


def test_a_bridge_of_docker_with_a_name_of_its_own_comes_and_goes() -> None:
    now = with_network(BEFORE, "cbr0")
    assert safety.harm(BEFORE, now) == []
    assert safety.harm(now, BEFORE) == []


def test_a_bridge_of_the_host_that_docker_takes_over_is_harm() -> None:
    now = with_network(BEFORE, "ovirtmgmt")
    now["addresses"]["ovirtmgmt"] = ["10.9.0.1/24"]
    found = safety.harm(BEFORE, now)
    assert "ovirtmgmt lost its address 192.0.2.10/24" in found
    assert "iptables filter: rule added: -A FORWARD -i ovirtmgmt -o ovirtmgmt -j ACCEPT" in found


def test_lost_packets_that_were_lost_before_are_no_harm() -> None:
    before = copy.deepcopy(BEFORE)
    before["bridged"]["lost"] = 5
    assert safety.harm(before, copy.deepcopy(before)) == []
    assert safety.harm(before, copy.deepcopy(BEFORE)) == []


def test_a_snapshot(on: On) -> None:
    machine = on(machines.modern)
    machine.file("/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n")
    snap = safety.state(Host())
    assert snap["forwarding"] == {"ipv4": 0, "ipv6": 0}
    assert snap["bridge_netfilter"] == {"iptables": 1, "ip6tables": None, "arptables": None}
    assert snap["policies"]["iptables FORWARD"] == "ACCEPT"
    assert snap["policies"]["nft inet firewalld filter_FORWARD"] == "drop"
    # iptables-save has told it.
    assert "nft ip filter FORWARD" not in snap["policies"]
    assert snap["bridges"] == {"ovirtmgmt": ["bond0", "vnet0"], "backend": ["eth2.5"]}
    assert snap["vms"] == ["web-é (pid 4711)"]
    assert (snap["reachable"], snap["bridged"]) == (None, None)
    assert safety.harm(snap, safety.state(Host())) == []
    assert machine.changes == []


def test_processes_that_are_no_vms(on: On) -> None:
    machine = on(machines.hypervisor)
    machine.process(1, "/usr/bin/qemu-ga", "--daemonize").process(2, "/usr/bin/qemu-img", "convert").process(3, "")
    machine.process(4, "/usr/bin/qemu-system-x86_64", "-name", "old", "-m", "1").process(5, "/usr/libexec/qemu-kvm")
    assert sorted(safety.vms(Host())) == ["old (pid 4)", "qemu (pid 5)", "web-é (pid 4711)"]


def cut(change: Callable[[Snapshot], Any]) -> list[str]:
    now = copy.deepcopy(BEFORE)
    change(now)
    return safety.cut_off(now)


DROPS = {"iptables FORWARD": "DROP", "ip6tables FORWARD": "DROP"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda s: None, []),
        # Bridged packets do not meet it.
        (lambda s: s["policies"].update(DROPS), []),
        (lambda s: s["bridge_netfilter"].update(iptables=1, ip6tables=1), []),
        (lambda s: s["bridged"].update(lost=5), ["5 of 5 packets between two bridged namespaces are lost"]),
        # The admin's rules let them pass.
        (lambda s: (s["policies"].update({"iptables FORWARD": "DROP"}), s["bridge_netfilter"].update(iptables=1)), []),
        (
            lambda s: (s["policies"].update(DROPS), s["bridge_netfilter"].update(iptables=1), s.update(bridged=None)),
            ["the policy of iptables FORWARD is DROP, and bridged packets meet it (bridge-nf-call-iptables is 1)"],
        ),
        (
            lambda s: (s["policies"].update(DROPS), s["bridge_netfilter"].update(ip6tables=1)),
            ["the policy of ip6tables FORWARD is DROP, and bridged packets meet it (bridge-nf-call-ip6tables is 1)"],
        ),
        (lambda s: s.update(unseen=["iptables-save failed (no)"]), ["iptables-save failed (no)"]),
    ],
)
def test_what_cuts_vms_off_whatever_was_before(change: Callable[[Snapshot], Any], found: list[str]) -> None:
    assert cut(change) == found
