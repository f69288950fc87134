# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a host talks to, and which way."""

from __future__ import annotations

import socket
import sys

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import devices, peers

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.unit.host.conftest import On

FOUND = ["192.0.2.1", "192.0.2.2", "192.0.2.53", "2001:db8::20", "2001:db8::53"]
ASKED = "ip -force -o -batch -"

little = pytest.mark.skipif(sys.byteorder == "big", reason="The recording is a little-endian machine's")


@little
def test_connections_and_name_servers(on: On) -> None:
    on(machines.hypervisor)
    assert peers.peers(Host(), devices.addresses(said.IP)) == FOUND


@little
def test_itself_is_left_out(on: On) -> None:
    on(machines.hypervisor).file("/etc/resolv.conf", "nameserver 192.0.2.10\nnameserver 10.30.0.5\nnameserver x\n")
    assert peers.peers(Host(), devices.addresses(said.IP)) == ["192.0.2.1", "192.0.2.2", "2001:db8::20"]


def test_a_host_that_tells_nothing(on: On) -> None:
    machine = on(machines.empty)
    assert peers.peers(Host(), {}) == []
    assert peers.paths(Host(), []) == {}
    assert peers.paths(Host(), ["192.0.2.1"]) == {}
    assert machine.asked == []


def test_a_connection_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's real table, in this machine's order of bytes."""
    monkeypatch.setattr(peers, "_is_far", lambda _address: True)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]):
        found = peers._connections(Host().read("/proc/net/tcp") or "")
    assert ("127.0.0.1", "127.0.0.1") in found


@little
def test_ways(on: On) -> None:
    machine = on(machines.hypervisor)
    snap = safety.state(Host())
    assert snap["paths"] == {
        "192.0.2.1": "ovirtmgmt",
        "192.0.2.2": "ovirtmgmt",
        "192.0.2.53": "ovirtmgmt",
        "2001:db8::20": "backend",
        "2001:db8::53": "ovirtmgmt",
    }
    assert machine.asked.count(ASKED) == 1


def test_no_way_is_told(on: On) -> None:
    machine = on(machines.empty)
    out = "unreachable 2001:db8::9 from :: dev lo table unspec proto kernel metric 4294967295 error -101\n"
    out += "local 192.0.2.10 dev lo src 192.0.2.10 uid 0 \\    cache <local>\n"
    err = "RTNETLINK answers: Network is unreachable\nCommand failed -:1\n"
    err += "RTNETLINK answers: No route to host\nCommand failed -:3\n"
    machine.says(ASKED, out, 1, err)
    wanted = ["203.0.113.9", "2001:db8::9", "198.51.100.1", "192.0.2.10"]
    assert peers.paths(Host(), wanted) == {
        "203.0.113.9": None,
        "2001:db8::9": None,
        "198.51.100.1": None,
        "192.0.2.10": "lo",
    }


@pytest.mark.parametrize("err", ["broken", "Usage: ip [ OPTIONS ] OBJECT\nCommand failed -:1"])
def test_an_ip_that_does_not_know_says_nothing(on: On, err: str) -> None:
    on(machines.empty).says(ASKED, "", 255, err)
    assert peers.paths(Host(), ["192.0.2.1"]) == {}


def test_so_many_at_most_and_known_ones_first(on: On) -> None:
    machine = on(machines.hypervisor)
    heard = machine.bin.parent / "heard"
    script = (machine.bin / "ip").read_text()
    (machine.bin / "ip").write_text(
        script.replace('case "$*" in', f'[ "$*" = "-force -o -batch -" ] && cat > {heard}\ncase "$*" in')
    )
    many = [f"198.51.100.{number}" for number in range(100)]
    safety.state(Host(), known_peers=["x", "; reboot", *many[:60]])
    lines = heard.read_text().splitlines()
    assert len(lines) == peers.MOST
    assert lines[0] == "route get 198.51.100.0"
    assert lines[60:62] == ["route get 192.0.2.53", "route get 2001:db8::53"]
    safety.state(Host(), known_peers=many)
    assert len(heard.read_text().splitlines()) == peers.MOST


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:0DB8::0001", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", None),
        ("192.0.2", None),
        ("é", None),
        ("", None),
    ],
)
def test_addresses_in_one_way_of_writing(address: str, shown: str | None) -> None:
    assert peers.canonical(address) == shown
