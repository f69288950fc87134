# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of others that are gone get to their places again, or are told."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import firewall
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import rules

from tests.host_tier.machine import Machine
from tests.unit.host import runs
from tests.unit.host.conftest import On
from tests.unit.host.runs import FIRST, IPTABLES, SECOND, docker_comes, run

DEVICES = ["eth0", "ovirtmgmt", "docker0"]
#: A packet filter that takes rules at a place, and new chains.
FILTER = """#!{python} -S
import sys
words = sys.argv[1:]
lines = open({tables!r}).read().splitlines()
log = open({log!r}, "a")
log.write("iptables " + " ".join(words) + "\\n")
if words[1] == "-P":
    lines = [":%s %s [0:0]" % (words[2], words[3]) if line.startswith(":%s " % words[2]) else line for line in lines]
else:
    start = lines.index("*" + words[2])
    end = lines.index("COMMIT", start)
    if words[3] == "-N":
        lines.insert(start + 1, ":%s - [0:0]" % words[4])
    elif words[3] == "-I":
        there = [n for n in range(start, end) if lines[n].split()[:2] == ["-A", words[4]]] + [end]
        place = there[int(words[5]) - 1]
        text = " ".join('"%s"' % word if " " in word else word for word in words[6:])
        lines.insert(place, "-A %s %s" % (words[4], text))
    elif words[3] == "-D":
        lines.remove("-A " + " ".join(words[4:]))
    elif words[3] == "-X":
        lines = [line for line in lines if not line.startswith(":%s " % words[4])]
open({tables!r}, "w").write("\\n".join(lines) + "\\n")
"""


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = runs.quiet(on, monkeypatch)
    tables = str(machine.bin.parent / "tables")
    machine._script("iptables", FILTER.format(python=sys.executable, tables=tables, log=str(machine.log)))
    return machine


def saved(machine: Machine) -> Any:
    return firewall.iptables_rules((machine.bin.parent / "tables").read_text())


def without(*starts: str) -> str:
    """The firewall without some of its rules."""
    return "".join(line + "\n" for line in IPTABLES.splitlines() if not line.startswith(starts))


class TestHost:
    def test_all_of_a_chain(self, machine: Machine) -> None:
        before = saved(machine)
        run("taken")
        docker_comes(machine)
        runs.firewall(machine, without("-A FORWARD").replace(":FORWARD ACCEPT", ":FORWARD DROP"))
        answer = run("rolled_back", discard=True)
        assert "put back the rules that are gone of iptables filter" in answer.data["steps"]
        assert (answer.data["problems"], answer.data["harm"]) == ([], [])
        assert saved(machine) == before

    def test_among_dockers(self, machine: Machine) -> None:
        """Docker's rules are taken away first: the places are counted then."""
        before = saved(machine)
        run("taken")
        docker_comes(machine)
        dockers = without("-A FORWARD").replace(":FORWARD ACCEPT [0:0]", ":DOCKER - [0:0]\n:FORWARD DROP [0:0]", 1)
        end = dockers.rindex("COMMIT")
        runs.firewall(machine, dockers[:end] + "-A FORWARD -o docker0 -j DOCKER\n" + dockers[end:])
        assert run("rolled_back", discard=True).data["problems"] == []
        assert saved(machine) == before

    def test_what_may_be_somebodys_decision_is_only_told(self, machine: Machine) -> None:
        """The run was killed days ago."""
        run("taken")
        docker_comes(machine)
        runs.firewall(machine, without("-A FORWARD").replace(":FORWARD ACCEPT", ":FORWARD DROP"))
        answer = run("recovered", SECOND, gone=FIRST)
        assert not [step for step in answer.data["steps"] if "put back" in step]
        assert [line for line in answer.data["harm"] if "FORWARD" in line]

    def test_a_refusal_is_a_problem(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        runs.firewall(machine, without("-A FORWARD"))
        machine._script("iptables", "#!/bin/sh\necho 'No chain by that name.' >&2\nexit 1\n")
        problems = run("rolled_back").data["problems"]
        assert any("-I FORWARD 1" in line and "No chain by that name." in line for line in problems)


def picture(*lines: str) -> dict[str, Any]:
    return {"rules": {"iptables": {"filter": list(lines)}, "ip6tables": {}}, "devices": DEVICES}


def gone(before: list[str], now: list[str]) -> list[str]:
    """The chains that are put back."""
    found = rules.gone(picture(*before), picture(*now), ["eth0", "ovirtmgmt"])
    lines = found.get("iptables", {}).get("filter", [])
    return sorted({line.split()[1] if line.startswith("-A") else line.split()[0][1:] for line in lines})


BUILT_IN = [":INPUT ACCEPT", ":FORWARD ACCEPT"]


@pytest.mark.parametrize(
    ("before", "now", "chains"),
    [
        (["-A FORWARD -i eth0 -j ACCEPT", "-A FORWARD -j DROP"], ["-A FORWARD -j DROP"], ["FORWARD"]),
        (["-A FORWARD -j DROP"], ["-A FORWARD -j DROP"], []),
        # More has happened to it.
        (["-A FORWARD -j DROP"], ["-A FORWARD -j LOG"], []),
        (["-A FORWARD -j LOG", "-A FORWARD -j DROP"], ["-A FORWARD -j DROP", "-A FORWARD -j LOG"], []),
        # A device has gone with its VM.
        (["-A FORWARD -m physdev --physdev-in vnet3 -j DROP"], [], []),
        (["-A FORWARD -i vnet+ -j DROP"], [], ["FORWARD"]),
        # A ban has ended.
        (
            [":f2b - ", "-A INPUT -j f2b", "-A f2b -s 192.0.2.7 -j DROP", "-A f2b -j RETURN"],
            [":f2b - ", "-A INPUT -j f2b", "-A f2b -j RETURN"],
            [],
        ),
        # A chain went with what leads to it, or by itself.
        ([":site -", "-A FORWARD -j site", "-A site -j DROP"], [], ["FORWARD", "site"]),
        ([":site -", "-A FORWARD -j site", "-A site -j DROP"], [":site -", "-A FORWARD -j site"], ["site"]),
        ([":lost -", "-A lost -j DROP"], [], []),
        # Docker's own are its own.
        (["-A FORWARD -o docker0 -j DOCKER"], [], []),
    ],
)
def test_which_chains(before: list[str], now: list[str], chains: list[str]) -> None:
    assert gone(BUILT_IN + before, BUILT_IN + now) == chains


def test_places_are_those_among_what_is_there() -> None:
    """A docker that was there stays, and its rules keep their places."""
    wanted = [
        ":FORWARD ACCEPT",
        "-A FORWARD -j DOCKER-USER",
        "-A FORWARD -i eth0 -j ACCEPT",
        "-A FORWARD -o docker0 -j DOCKER",
        '-A FORWARD -m comment --comment "the end" -j DROP',
    ]
    now = [":FORWARD ACCEPT", "-A FORWARD -j DOCKER-USER", "-A FORWARD -o docker0 -j DOCKER"]
    base = ["iptables", "-w", "-t", "filter", "-I", "FORWARD"]
    assert rules.commands("iptables", "filter", wanted, now, []) == [
        [*base, "2", "-i", "eth0", "-j", "ACCEPT"],
        [*base, "4", "-m", "comment", "--comment", "the end", "-j", "DROP"],
    ]
    assert rules.commands("iptables", "filter", wanted, [*now, "-A FORWARD -j LOG"], []) is None


def test_new_chains_come_before_what_leads_to_them() -> None:
    wanted = [":FORWARD ACCEPT", ":site -", "-A FORWARD -j site", "-A site -j DROP"]
    found = rules.commands("ip6tables", "filter", wanted, [":FORWARD ACCEPT"], [])
    assert [words[4:] for words in found] == [
        ["-N", "site"],
        ["-I", "FORWARD", "1", "-j", "site"],
        ["-I", "site", "1", "-j", "DROP"],
    ]
