# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as iptables-save and nft print them, and which are docker's."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import firewall

from tests.host_tier import recordings as said

RULES = {"iptables": firewall.iptables_rules(said.IPTABLES), "ip6tables": {}, "nft": []}


def test_iptables_without_counters() -> None:
    tables = RULES["iptables"]
    assert set(tables) == {"nat", "filter"}
    assert tables["filter"][:4] == [":INPUT ACCEPT", ":FORWARD ACCEPT", ":OUTPUT ACCEPT", ":DOCKER -"]
    assert not [line for lines in tables.values() for line in lines if "[" in line or "#" in line]


def test_counters_in_front_of_rules_go_too() -> None:
    saved = "*filter\n:FORWARD DROP [1:2]\n[12:720] -A FORWARD -j ACCEPT\nCOMMIT\n"
    assert firewall.iptables_rules(saved) == {"filter": [":FORWARD DROP", "-A FORWARD -j ACCEPT"]}


def test_policies_are_those_of_the_table_filter() -> None:
    assert firewall.iptables_policies(RULES["iptables"]) == {"INPUT": "ACCEPT", "FORWARD": "ACCEPT", "OUTPUT": "ACCEPT"}


def test_what_is_docker_s() -> None:
    own, others = firewall.docker_rules(RULES)
    assert others["iptables"]["nat"] == [
        ":PREROUTING ACCEPT",
        ":INPUT ACCEPT",
        ":OUTPUT ACCEPT",
        ":POSTROUTING ACCEPT",
        "-A POSTROUTING -s 10.9.0.0/24 -o ovirtmgmt -j MASQUERADE",
    ]
    assert [line for line in others["iptables"]["filter"] if "-A" in line] == [
        "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
        "-A INPUT -p tcp -m tcp --dport 54321 -j ACCEPT",
        "-A INPUT -j REJECT --reject-with icmp-host-prohibited",
        "-A FORWARD -m physdev ! --physdev-is-bridged -j REJECT --reject-with icmp-host-prohibited",
    ]
    both = own["iptables"]["filter"] + others["iptables"]["filter"]
    assert sorted(both) == sorted(RULES["iptables"]["filter"])


@pytest.mark.parametrize(
    ("line", "docker"),
    [
        (":DOCKER-USER -", True),
        (":DOCKER-ISOLATION-STAGE-1 -", True),
        (":DOCKER-FORWARD -", True),
        (":DOCKER_OUTPUT -", False),  # of a docker around the host, which is none of its own
        (":DOCKERISH -", False),
        (":FORWARD ACCEPT", False),
        ("-A FORWARD -j DOCKER-USER", True),
        ("-A FORWARD -i br-0123456789ab -j ACCEPT", True),
        ("-A FORWARD ! -i br-0123456789ab -o eth0 -j ACCEPT", True),
        ("-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP", True),
        ("-A FORWARD -i cbr0 -j ACCEPT", False),
        ("-A DOCKER-USER -j RETURN", True),
        ("-A DOCKER-USER -s 198.51.100.7/32 -j DROP", False),
        ("-A DOCKER-USER -i ovirtmgmt -j RETURN", False),
        ("-A FORWARD -i ovirtmgmt -j ACCEPT", False),
        ('-A FORWARD -m comment --comment "docker0 is not here" -j ACCEPT', False),
        ("-A IN_docker_allow -j ACCEPT", True),
        ("-A FORWARD_direct -j ACCEPT", False),
        ("-A POSTROUTING -s 172.17.0.9/32 -d 172.17.0.9/32 -p tcp -m tcp --dport 80 -j MASQUERADE", False),
    ],
)
def test_a_single_rule(line: str, docker: bool) -> None:
    own, others = firewall.docker_rules({"iptables": {"filter": [line]}})
    assert own["iptables"]["filter"] == ([line] if docker else [])
    assert others["iptables"]["filter"] == ([] if docker else [line])


#: What docker 20.10 makes for `docker network create -o com.docker.network.bridge.name=cbr0`, among others.
NAMED = {
    "filter": [
        ":DOCKER -",
        ":DOCKER-ISOLATION-STAGE-1 -",
        "-A FORWARD -j DOCKER-ISOLATION-STAGE-1",
        "-A FORWARD -o cbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A FORWARD -o cbr0 -j DOCKER",
        "-A FORWARD -i cbr0 ! -o cbr0 -j ACCEPT",
        "-A FORWARD -i cbr0 -o cbr0 -j ACCEPT",
        "-A DOCKER-ISOLATION-STAGE-1 -i cbr0 ! -o cbr0 -j DOCKER-ISOLATION-STAGE-2",
    ],
    "nat": ["-A POSTROUTING -s 10.9.0.0/24 ! -o docker0 -j MASQUERADE"],
}


def test_a_bridge_of_docker_with_a_name_of_its_own() -> None:
    rules = {"iptables": NAMED}
    assert firewall.docker_bridges(rules) == ["cbr0"]
    assert firewall.docker_rules(rules)[1] == {"iptables": {"filter": [], "nat": []}}
    assert len(firewall.docker_steps(rules)) == 9


def test_a_device_of_the_host_that_docker_took_is_not_dockers() -> None:
    rules = {"iptables": NAMED}
    assert firewall.docker_bridges(rules, foreign=["cbr0"]) == []
    assert "-A FORWARD -i cbr0 -o cbr0 -j ACCEPT" in firewall.docker_rules(rules, ["cbr0"])[1]["iptables"]["filter"]


@pytest.mark.parametrize(
    "line",
    [
        "-A DOCKER-USER -i ovirtmgmt -j DROP",
        "-A FORWARD -i ovirtmgmt -j DOCKER-USER",
        "-A DOCKER -d 172.17.0.2/32 -i eth1 -o docker0 -j ACCEPT",
        "-A FORWARD -i eth1 -j ACCEPT",
    ],
)
def test_rules_that_name_no_bridge_of_docker(line: str) -> None:
    assert firewall.docker_bridges({"iptables": {"filter": [line]}, "nft": []}) == []


def test_nft() -> None:
    lines, policies = firewall.nft_rules(said.NFT)
    assert policies == {
        "ip filter FORWARD": "accept",
        "inet firewalld filter_FORWARD": "drop",
        "ip docker-bridges filter-FORWARD": "accept",
    }
    assert "inet firewalld filter_FORWARD: ct state established,related counter accept" in lines
    assert "ip filter FORWARD: counter jump DOCKER-USER" in lines
    assert "inet firewalld: set banned" in lines
    assert not [line for line in lines if "198.51.100" in line or "handle" in line or "packets" in line]
    # What follows the set is in its table again.
    assert lines[lines.index("inet firewalld: set banned") + 1] == "chain inet firewalld filter_FORWARD"


def test_tables_that_iptables_told_are_left_out() -> None:
    lines, policies = firewall.nft_rules(said.NFT, ["ip filter"])
    assert not [line for line in lines if "ip filter" in line]
    assert "ip filter FORWARD" not in policies
    assert "inet firewalld filter_FORWARD" in policies


def test_docker_s_part_of_nft() -> None:
    own, others = firewall.docker_rules({"nft": firewall.nft_rules(said.NFT)[0]})
    assert own["nft"] == [
        "ip filter FORWARD: counter jump DOCKER-USER",
        'inet firewalld filter_FORWARD_ZONES: iifname "docker0" goto filter_FWD_docker',
        "chain inet firewalld filter_FWD_docker",
        "inet firewalld filter_FWD_docker: accept",
        "table ip docker-bridges",
        "chain ip docker-bridges filter-FORWARD",
        "ip docker-bridges filter-FORWARD: type filter hook forward priority filter; policy accept;",
        "ip docker-bridges filter-FORWARD: oifname vmap @filter-forward-in-jumps",
    ]
    assert not [line for line in others["nft"] if "docker" in line.lower()]


@pytest.mark.parametrize(
    ("saved", "nft"), [("v1.8.4 (nf_tables)", True), ("xtables-save v1.8.2", True), ("v1.4.21", False)]
)
def test_which_iptables(saved: str, nft: bool) -> None:
    header = f"# Generated by {saved if 'xtables' in saved else 'iptables-save ' + saved} on Thu\n*filter\n"
    assert firewall.in_nftables(header) is nft


def test_steps_take_rules_before_chains() -> None:
    steps = firewall.docker_steps(RULES)
    assert [step for step in steps if "chain" in step] == [
        {"command": "iptables", "table": "filter", "chain": "DOCKER"},
        {"command": "iptables", "table": "filter", "chain": "DOCKER-ISOLATION"},
        {"command": "iptables", "table": "nat", "chain": "DOCKER"},
    ]
    assert "rule" in steps[0]
    assert "chain" in steps[-1]
    own = firewall.docker_rules(RULES)[0]["iptables"]
    assert len(steps) == len(own["filter"]) + len(own["nat"])


def test_the_admin_s_rules_in_docker_s_chain_stay_with_the_way_to_them() -> None:
    lines = [
        ":DOCKER-USER -",
        "-A FORWARD -j DOCKER-USER",
        "-A DOCKER-USER -s 198.51.100.7/32 -j DROP",
        "-A DOCKER-USER -j RETURN",
    ]
    assert firewall.docker_steps({"iptables": {"filter": lines}}) == []
    assert len(firewall.docker_steps({"iptables": {"filter": lines[:2] + lines[3:]}})) == 3
