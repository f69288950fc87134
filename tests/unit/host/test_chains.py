# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rules VMs' packets can meet."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import chains, firewall

IPTABLES = """\
*raw
:PREROUTING ACCEPT
:OUTPUT ACCEPT
-A PREROUTING -j early
-A OUTPUT -j late
*filter
:INPUT ACCEPT
:FORWARD ACCEPT
:OUTPUT ACCEPT
:f2b-sshd -
:DOCKER-USER -
:site -
:deep -
:nobody -
:shared -
-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
-A INPUT -j shared
-A FORWARD -j DOCKER-USER
-A FORWARD -j shared
-A DOCKER-USER -s 198.51.100.0/24 -g site
-A site -j deep
-A f2b-sshd -j RETURN
-A nobody -j DROP
"""
NFT = """\
table inet f2b-table {
    set addr-set-sshd { type ipv4_addr; }
    chain f2b-chain {
        type filter hook input priority filter - 1; policy accept;
        tcp dport 22 ip saddr @addr-set-sshd reject
    }
}
table inet site {
    chain in { type filter hook input priority filter; policy accept; jump own; }
    chain forward {
        type filter hook forward priority filter; policy accept;
        iifname vmap { "eth0" : jump first, "eth1" : goto second }
    }
    chain first {
        jump third
    }
    chain second {
        accept
    }
    chain third {
        accept
    }
    chain own {
        accept
    }
}
table ip mapped {
    chain post {
        type nat hook postrouting priority srcnat; policy accept;
        oifname vmap @targets
    }
    chain in {
        type filter hook input priority filter; policy accept;
        jump known
    }
    chain known {
        accept
    }
    chain element {
        jump further
    }
    chain further {
        accept
    }
}
table bridge vms {
    chain local {
        type filter hook output priority filter; policy accept;
    }
}
table netdev tap {
    chain in {
        type filter hook ingress device "vnet0" priority filter; policy accept;
    }
}
"""


def rules() -> dict[str, Any]:
    listed = firewall.nft_rules(
        NFT.replace("chain in { type", "chain in {\n type").replace("; jump own; }", ";\njump own\n}")
    )
    return {"iptables": firewall.iptables_rules(IPTABLES), "ip6tables": {}, "nft": listed[0]}


def test_passed_chains() -> None:
    found = chains.passed_chains(rules())
    tables = {
        chain for table, chain in found if table == "iptables filter" and chain not in ("PREROUTING", "POSTROUTING")
    }
    assert tables == {"FORWARD", "DOCKER-USER", "site", "deep", "shared"}
    assert ("iptables raw", "early") in found
    assert ("iptables raw", "late") not in found
    assert {chain for table, chain in found if table == "nft"} == {
        "inet site forward",
        "inet site first",
        "inet site second",
        "inet site third",
        "ip mapped post",
        "ip mapped element",
        "ip mapped further",
        "bridge vms local",
        "netdev tap in",
    }


def iptables(line: str, table: str = "filter") -> list[str]:
    now = copy.deepcopy(rules())
    now["iptables"].setdefault(table, []).append(line)
    added, gone = chains.differences(rules(), now), chains.differences(now, rules())
    assert [text.replace("added", "gone") for text in added] == gone
    return added


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("-A INPUT -j DROP", "filter"),
        ("-A OUTPUT -j DROP", "filter"),
        ("-A f2b-sshd -s 198.51.100.7/32 -j REJECT --reject-with icmp-port-unreachable", "filter"),
        (":f2b-nginx -", "filter"),
        ("-A nobody -j ACCEPT", "filter"),
        ("-A late -j DROP", "raw"),
        ("-A OUTPUT -j DNAT --to-destination 192.0.2.9", "nat"),
        ("-A INPUT -j SNAT --to-source 192.0.2.9", "nat"),
        (":POSTROUTING ACCEPT", "mangle"),
    ],
)
def test_rules_of_the_host_s_own_traffic_are_no_harm(line: str, table: str) -> None:
    assert iptables(line, table) == []


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("-A FORWARD -j DROP", "filter"),
        ("-A shared -j DROP", "filter"),
        ("-A deep -j DROP", "filter"),
        ("-A DOCKER-USER -j DROP", "filter"),
        ("-A early -j DROP", "raw"),
        ("-A PREROUTING -j DNAT --to-destination 192.0.2.9", "nat"),
        ("-A POSTROUTING -j MASQUERADE", "nat"),
        ("-A FORWARD -j MARK --set-mark 1", "mangle"),
        ("-A FORWARD -j SECMARK --selctx x", "security"),
    ],
)
def test_rules_on_the_way_of_a_vm_are(line: str, table: str) -> None:
    assert iptables(line, table) == [f"iptables {table}: rule added: {line}"]


def test_a_chain_that_nothing_leads_to_any_more_is_told_once() -> None:
    now = copy.deepcopy(rules())
    now["iptables"]["filter"].remove("-A FORWARD -j shared")
    assert chains.differences(rules(), now) == ["iptables filter: rule gone: -A FORWARD -j shared"]


@pytest.mark.parametrize(
    ("line", "harm"),
    [
        ("inet f2b-table f2b-chain: tcp dport 80 ip saddr @addr-set-http reject", False),
        ("inet f2b-table: set addr-set-http", False),
        ("inet f2b-table: flags dormant", False),
        ("chain inet f2b-table other", False),
        ("inet site own: drop", False),
        ("ip mapped known: drop", False),
        ("table ip6 f2b", False),
        ("inet site: set banned", False),
        ("inet site forward: drop", True),
        ("inet site second: drop", True),
        ("inet site third: tcp dport { 80: drop }", True),
        ("ip mapped further: drop", True),
        ("bridge vms local: drop", True),
        ("netdev tap in: drop", True),
        ("inet site: flags dormant", True),
        ("inet new forward: type filter hook prerouting priority raw; policy drop;", True),
    ],
)
def test_nft(line: str, harm: bool) -> None:
    now = rules()
    now["nft"] = [*now["nft"], line]
    expected = ["nft: rule added: " + line.replace(" policy drop;", "")]
    assert chains.differences(rules(), now) == (expected if harm else [])


@pytest.mark.parametrize(
    ("chain", "harm"),
    [
        ("iptables FORWARD", True),
        ("ip6tables FORWARD", True),
        ("iptables INPUT", False),
        ("ip6tables OUTPUT", False),
        ("nft inet site forward", True),
        ("nft bridge vms local", True),
        ("nft netdev tap in", True),
        ("nft inet f2b-table f2b-chain", False),
        ("nft inet site in", False),
        ("nft ip docker-bridges filter-FORWARD", False),
    ],
)
def test_policies(chain: str, harm: bool) -> None:
    found = chains.policies({}, {chain: "DROP"}, rules(), rules())
    accept = "accept" if chain.startswith("nft") else "ACCEPT"
    assert found == ([f"the policy of {chain} was {accept} and is DROP"] if harm else [])
