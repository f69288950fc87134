# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of commands that are not what they should be: a sentence, or nothing known; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cases import container_host_snapshot, container_network
from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.support.modules import Answer, run_module
from tests.support.samples import sample
from tests.unit.host.conftest import On

ANSWERS = {
    "nothing": "",
    "a word": "bridge\n" + "a" * 64 + "\n",
    "a list of other things": '[null, 1, "x", [], {}]\n',
    "an object": '{"Driver": [], "containers": {}, "spmStatus": 3, "Swarm": [1]}\n',
    "objects of another shape": json.dumps(
        [
            {"IPAM": 1, "Name": "n", "Id": 5},
            {"IPAM": {"Config": {"Subnet": 1}}, "Name": ["x"], "Options": ["a"], "Labels": 1, "Containers": [2]},
            {
                "IPAM": {"Config": [{"Subnet": 1}, {"Subnet": "x", "Gateway": 7, "AuxiliaryAddresses": [1]}]},
                "Name": "m",
            },
            {"State": "up", "Name": f"/{machines.RUNNING}", "Config": [], "NetworkSettings": {"Networks": [1]}},
            {"State": {"StartedAt": 5}, "Name": f"/{machines.DEAD}", "Image": ["x"], "HostConfig": 1},
        ]
    ),
    "very deep": "[" * 100000,
    "half a line": "-A\n:\n[1:2]\n*\n:X\n-A FORWARD\ntable\ntable {\nchain {\nunreachable\ndefault\n1: eth0 inet\n"
    "1: eth0 inet 10.0.0.1 peer\n10.0.0.9 dev\n"
    "Id=docker.service\nActiveState\nExecStart={ argv[]=\nEnvironmentFiles=x\n",
    "marks": "\x00\x01 \x00=\x00\n\N{REPLACEMENT CHARACTER}\n",
    "text version": "Client:\n Version:\nServer:\nVersion: \n Running: many\n",
}


def commands(machine: Machine) -> list[str]:
    return sorted(path.name for path in machine.bin.iterdir())


def every(build: Any, only: str = "") -> list[Any]:
    """Each command of a host with each answer, well ended and not."""
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        names = [name for name in commands(build(Path(place) / "host")) if name in (only.split() or [name])]
    # A command that fails says little; what it says then is one more kind.
    return sample([(name, kind, int(kind == "marks")) for name in names for kind in ANSWERS])


def answers_oddly(machine: Machine, name: str, kind: str, code: int) -> None:
    """Let a command say that, whatever it is asked."""
    machine.said.pop(name, None)
    machine.says(f"{name} *", ANSWERS[kind], code, ANSWERS[kind] if code else "")


def sound(answer: Answer) -> Answer:
    """No traceback, and a failure is one line."""
    assert "Traceback" not in answer.text
    assert "\n" not in answer.msg
    return answer


@pytest.mark.parametrize(("name", "kind", "code"), every(machines.el7))
def test_info(on: On, name: str, kind: str, code: int) -> None:
    answers_oddly(on(machines.el7), name, kind, code)
    assert not sound(run_module("container_host_info", {"probe": True})).failed


@pytest.mark.parametrize(("name", "kind", "code"), every(container_network.host, "docker ip systemctl unshare"))
def test_network(on: On, name: str, kind: str, code: int) -> None:
    machine = on(container_network.host)
    answers_oddly(machine, name, kind, code)
    answer = sound(run_module("container_network", container_network.CREATE))
    assert answer.failed or answer.data["network"]["name"] == "backend"


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    every(lambda place: container_host_snapshot.host(place).docker(), "docker rpm systemctl iptables-save ip"),
)
def test_snapshot(on: On, name: str, kind: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import firewall_back

    monkeypatch.setattr(firewall_back, "DOCKER_SECONDS", 0)
    machine = on(lambda place: container_host_snapshot.host(place).docker())
    args = {"name": "x", "files": ["/etc/docker/daemon.json"], "services": ["docker.service"]}
    assert not run_module("container_host_snapshot", args).failed
    answers_oddly(machine, name, kind, code)
    sound(run_module("container_host_snapshot", {**args, "name": "y"}))
    for state in ("rolled_back", "restored"):
        sound(run_module("container_host_snapshot", {**args, "state": state}))


def test_a_network_of_one_word_does_not_stop_a_snapshot(on: On) -> None:
    """Seen: `docker network ls` with a line of one word."""
    machine = on(container_host_snapshot.host)
    machine.says("docker *", "NETWORK ID  NAME\nword\n")
    assert not sound(run_module("container_host_snapshot", {"name": "x"})).failed


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": {"a\x00b": "c"}},
        {"labels": {"a": "c\x00"}},
        {"labels": {"a=b": "c"}},
        {"labels": {"": "c"}},
        {"options": {"a\n": "c"}},
        {"aux_addresses": {"a\x00": "10.30.0.5"}},
        # A NUL in an option that is a text itself is ansible-core's own to refuse; 2.16 stumbles over it (syslog).
        {"parent": "backend\n"},
        {"name": "backend\n"},
        {"name": "-f"},
        {"subnet": "10.30.0.0/24\n"},
        {"gateway": "10.30.0.1\n"},
        {"ip_range": "10.30.0.128/25\n"},
        {"gateway": "-1"},
    ],
)
def test_input_that_no_command_line_carries(on: On, wrong: dict[str, Any]) -> None:
    machine = on(container_network.host)
    assert sound(run_module("container_network", {**container_network.CREATE, **wrong})).failed
    assert machine.changes == []


@pytest.mark.parametrize(
    "key", ["-f lo", "192.0.2.1", "192.0.2.1 -I", "192.0.2.1 a b", "", "é lo", "192.0.2.1 lo\n", "x lo"]
)
def test_neighbours_are_no_options_of_ping(on: On, key: str) -> None:
    machine = on(machines.el7).says("ping *")
    answer = sound(run_module("container_host_info", {"probe": True, "neighbours": [key]}))
    assert answer.failed
    assert not [line for line in machine.asked if line.startswith("ping")]


def test_peers_are_addresses(on: On) -> None:
    on(machines.el7)
    assert sound(run_module("container_host_info", {"peers": ["-force"]})).failed


def test_services_with_odd_names_are_a_sentence(on: On) -> None:
    on(container_host_snapshot.host)
    answer = sound(run_module("container_host_snapshot", {"name": "x", "services": ["a\x00b"]}))
    assert not answer.failed, answer.msg
