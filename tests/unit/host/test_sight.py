# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen before and cannot be seen now is harm, and what nobody could see is no baseline."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

#: A host without rules of its own.
BARE = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
LOCKED = "Another app is currently holding the xtables lock"


@pytest.fixture
def machine(on: On) -> Machine:
    return on(machines.hypervisor).says("iptables-save", BARE)


def look(**options: Any) -> dict[str, Any]:
    found: dict[str, Any] = safety.state(Host(), **options)
    return found


def test_what_was_looked_at_is_told(machine: Machine) -> None:
    snap = look()
    assert snap["looks"] == {"iptables": "seen", "ip6tables": "seen", "nft": "absent", "ip": "seen"}
    assert (snap["unseen"], snap["untold"]) == ([], [])
    assert safety.harm(snap, look()) == []


@pytest.mark.parametrize("name", ["iptables-save", "ip6tables-save"])
def test_a_firewall_that_cannot_be_listed_any_more_is_harm(machine: Machine, name: str) -> None:
    before = look()
    machine.says(name, "", 4, LOCKED)
    told = f"{name} worked before the change and does not work now ({LOCKED})"
    assert safety.harm(before, look()) == [told], "once, and not as rules that are gone"


def test_a_command_that_is_gone_is_harm(machine: Machine) -> None:
    before = look()
    (machine.bin / "iptables-save").unlink()
    assert safety.harm(before, look()) == [
        "iptables-save worked before the change and does not work now (it is not installed any more)"
    ]


def test_a_command_that_came_and_does_not_answer_is_harm(machine: Machine) -> None:
    before = look()
    machine.says("nft list ruleset", "", 1, "Error: Could not process rule")
    assert safety.harm(before, look()) == [
        "nft list ruleset worked before the change and does not work now (Error: Could not process rule)"
    ]


def test_a_command_that_came_is_none(machine: Machine) -> None:
    before = look()
    machine.says("nft list ruleset", "")
    assert safety.harm(before, look()) == []


@pytest.mark.parametrize(
    "said",
    [
        "Unable to open /proc/net/ip6_tables_names: No such file or directory",
        "ip6tables-save v1.4.21: Cannot initialize: Address family not supported by protocol",
    ],
)
def test_a_kernel_without_the_tables_has_no_rules(machine: Machine, said: str) -> None:
    machine.says("ip6tables-save", "", 1, said)
    before = look()
    assert before["unseen"] == []
    machine.says("ip6tables-save", BARE.replace("FORWARD ACCEPT", "FORWARD DROP"))
    assert safety.harm(before, look()) == ["the policy of ip6tables FORWARD was ACCEPT and is DROP"]


def test_a_failed_look_is_no_baseline(machine: Machine) -> None:
    machine.says("iptables-save", "", 4, LOCKED)
    before = look()
    assert before["unseen"] == [f"iptables-save failed ({LOCKED})"]
    machine.says("iptables-save", BARE)
    assert safety.harm(before, look()) == [
        f"before the change iptables-save failed ({LOCKED}), so its effect is not known"
    ]


def test_a_host_without_any_look_at_the_firewall_tells_so(on: On) -> None:
    on(machines.empty)
    assert look()["unseen"] == ["neither iptables-save nor nft is installed", "ip is not installed"]


def test_addresses_and_routes_that_cannot_be_listed_are_harm_once(machine: Machine) -> None:
    before = look()
    machine.says("ip -o -batch -", "", 1, "Cannot open netlink socket")
    told = "ip addr show and ip route show worked before the change and does not work now (Cannot open netlink socket)"
    assert safety.harm(before, look(known_peers=before["paths"])) == [told]


def test_a_way_that_cannot_be_seen_any_more_is_harm(machine: Machine) -> None:
    before = look()
    peers = sorted(peer for peer, device in before["paths"].items() if device)
    assert len(peers) > 3
    machine.says("ip -force -o -batch -", "", 1, "Cannot open netlink socket")
    (told,) = safety.harm(before, look(known_peers=before["paths"]))
    assert told == f"how the host reaches {', '.join(peers[:3])} and {len(peers) - 3} others is not known any more"
    # Whom nobody asks for any more is another matter.
    machine.file("/proc/net/tcp", "").file("/proc/net/tcp6", "").file("/etc/resolv.conf", "")
    assert safety.harm(before, look()) == []


def test_packets_that_cannot_be_counted_any_more_are_harm(machine: Machine) -> None:
    before = dict(look(), bridged={"sent": 5, "lost": 0}, reachable={"192.0.2.20 ovirtmgmt": True})
    before["looks"] = dict(before["looks"], ping="seen", canary="seen")
    # Not asked for this time: no word about it.
    assert safety.harm(before, look()) == []
    machine.says("ip neigh show").says("ip link *", "", 2).says("ip netns *", "", 1)
    assert safety.harm(before, look(probe=True)) == [
        "the count of packets between two bridged namespaces worked before the change and does not work now "
        "(they could not be made)",
        "ping to neighbours worked before the change and does not work now (it is not installed any more)",
    ]


def test_what_hides_is_compared_as_it_was(machine: Machine) -> None:
    """One look that fails does not hide what the others see."""
    before = look()
    machine.says("ip6tables-save", "", 4, LOCKED).file("/proc/sys/net/ipv4/ip_forward", "1\n")
    found = safety.harm(before, copy.deepcopy(look()))
    assert [line for line in found if "ip6tables-save" not in line] == ["ipv4 forwarding was 0 and is 1"]


def test_a_look_that_fails_once_is_had_again(machine: Machine) -> None:
    before, once = look(), machine.bin.parent / "once"
    once.touch()
    saved = (machine.bin / "iptables-save").read_text()
    locked = f"[ -e {once} ] && {{ /bin/rm {once}; echo '{LOCKED}' >&2; exit 4; }}\n"
    machine._script("iptables-save", saved.replace("#!/bin/sh\n", "#!/bin/sh\n" + locked))
    assert safety.harm(before, look()) == []
    assert not once.exists()
