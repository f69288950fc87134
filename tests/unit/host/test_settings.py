# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel settings are as before, those too that the kernel rewrites by itself when another one is written."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import settings

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host import test_states as states
from tests.unit.host.conftest import On

V4, V6 = "/proc/sys/net/ipv4", "/proc/sys/net/ipv6"
FORWARD, REDIRECTS = "net.ipv4.ip_forward", "net.ipv4.conf.all.accept_redirects"
machine = states.machine


def kernel(machine: Machine, **values: str) -> Machine:
    """A kernel that forwards nothing, but what comes by eth1."""
    values = {"default": "0", "eth0": "0", "eth1": "1", "eth2.5": "0", "vnet0": "0", "docker0": "1", **values}
    for device, value in values.items():
        machine.file(f"{V4}/conf/{device}/forwarding", f"{value}\n")
    return machine.file(f"{V4}/conf/all/forwarding", "0\n").file(f"{V4}/conf/all/accept_redirects", "0\n")


def forwards(machine: Machine) -> None:
    """What the kernel does when docker writes 1 into ip_forward: hardened redirects stay as they are."""
    for path in (machine.root / V4[1:]).glob("conf/*/forwarding"):
        path.write_text("1\n")
    machine.file(f"{V4}/ip_forward", "1\n")


def test_the_values(on: On) -> None:
    kernel(on(machines.hypervisor)).file(f"{V6}/conf/default/forwarding", "0\n")
    found = settings.values(Host())
    assert {key: value for key, value in found.items() if value is not None} == {
        FORWARD: "0",
        REDIRECTS: "0",
        "net.ipv4.conf.default.forwarding": "0",
        "net.ipv4.conf.eth0.forwarding": "0",
        "net.ipv4.conf.eth1.forwarding": "1",
        "net.ipv4.conf.eth2/5.forwarding": "0",
        "net.ipv6.conf.all.forwarding": "0",
        "net.ipv6.conf.default.forwarding": "0",
    }
    assert found["net.bridge.bridge-nf-call-iptables"] is None
    assert settings.path("net.ipv4.conf.eth2/5.forwarding") == f"{V4}/conf/eth2.5/forwarding"


def changed(**keys: tuple[str | None, str]) -> dict[str, Any]:
    names = {"forward": FORWARD, "redirects": REDIRECTS}
    return {
        names.get(name, f"net.ipv4.conf.{name}.forwarding"): {"before": before, "after": after}
        for name, (before, after) in keys.items()
    }


@pytest.mark.parametrize(
    ("change", "now", "order"),
    [
        # What the kernel makes of eth0 is what it was; eth1 was on all the time, and redirects were off.
        (
            changed(forward=("0", "1"), default=("0", "1"), eth0=("0", "1")),
            {"default": "1", "eth0": "1", "eth1": "1", "redirects": "0"},
            [("forward", "0"), ("redirects", "0"), ("eth1", "1")],
        ),
        # Redirects were on: the kernel turns them on again.
        (
            changed(forward=("0", "1"), default=("0", "1"), redirects=("1", "0")),
            {"default": "1", "redirects": "0"},
            [("forward", "0")],
        ),
        # Devices that came with the change, and one that somebody has set since.
        (
            changed(forward=("0", "1"), default=("0", "1"), eth0=("0", "1"), eth7=(None, "1"), eth8=("1", "0")),
            {"default": "1", "eth0": "0", "eth7": "1", "eth8": "1"},
            [("forward", "0"), ("eth8", "1")],
        ),
        # Nobody has turned the switch.
        (changed(eth1=("1", "0")), {"eth1": "0", "eth0": "1"}, [("eth1", "1")]),
        # A record from before these settings were known.
        (changed(forward=("0", "1")), {"default": "1", "eth0": "1"}, [("forward", "0")]),
    ],
)
def test_the_order(change: dict[str, Any], now: dict[str, str], order: list[tuple[str, str]]) -> None:
    names = {"forward": FORWARD, "redirects": REDIRECTS}
    told = {names.get(name, f"net.ipv4.conf.{name}.forwarding"): value for name, value in now.items()}
    told[FORWARD] = "1"
    wanted = {
        key: value["before"]
        for key, value in change.items()
        if value["before"] is not None and told.get(key) == value["after"]
    }
    assert settings.in_order(wanted, change, told) == [
        (names.get(name, f"net.ipv4.conf.{name}.forwarding"), value) for name, value in order
    ]


def test_a_way_back_leaves_each_device_as_it_was(machine: Machine) -> None:
    kernel(machine)
    states.run("taken")
    states.docker_comes(machine)
    forwards(machine)
    steps = states.run("rolled_back", check=True).data["steps"]
    assert [step for step in steps if step.startswith("set net.ipv4")] == [
        "set net.ipv4.ip_forward to 0",
        "set net.ipv4.conf.all.accept_redirects to 0",
        "set net.ipv4.conf.eth1.forwarding to 1",
    ]


def test_another_setting_of_a_device_is_a_difference(machine: Machine) -> None:
    kernel(machine)
    states.run("taken")
    machine.file(f"{V4}/conf/eth1/forwarding", "0\n").file(f"{V4}/conf/vnet7/forwarding", "1\n")
    told = states.run("rolled_back", check=True).data["differences"]
    assert told == ["sysctls: net.ipv4.conf.eth1.forwarding was 1 and is 0"]
