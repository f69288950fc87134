# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""virt-who's rhevm mode: a report of hosts and their guests, by its own requests.

The program is neither on PyPI nor in Debian, and lost this mode in its version for RHEL 9, so its requests and what it
reads of the answers are spoken here: three lists below /ovirt-engine/api/v4, by Basic authentication, of a client that
accepts anything (virtwho/virt/rhevm/rhevm.py of 1.31.24).
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from client import AUTHORIZATION, Lab

WORLD = {
    "clusters": [{"name": "Default", "version": "4.1"}],
    "hosts": [{"name": "h1", "cluster": "Default"}, {"name": "h2", "cluster": "Default"}],
    "vms": [{"name": "one", "cluster": "Default", "status": "up"}, {"name": "two", "cluster": "Default"}],
}
# What python-requests sends.
HEADERS = {
    "User-Agent": "python-requests/2.32.3",
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
    "Authorization": AUTHORIZATION,
}


def asked(lab: Lab, name: str) -> list[Any]:
    """The elements of a list, as ElementTree of the standard library reads them."""
    answer = lab.engine.handle("GET", f"/ovirt-engine/api/v4/{name}s", HEADERS, b"")
    assert answer.status == 200
    found: list[Any] = ElementTree.fromstring(answer.body).findall(name)  # noqa: S314 - of our own Engine
    return found


def report(lab: Lab) -> dict[str, dict[str, Any]]:
    """Facts and guests of each host, by its id."""
    clusters = {one.get("id"): one.find("name").text for one in asked(lab, "cluster") if _virt(one)}
    hosts = {}
    for host in asked(lab, "host"):
        hosts[host.get("id")] = {
            "cluster": clusters[host.find("cluster").get("id")],
            "uuid": host.find("hardware_information").find("uuid").text,
            "name": host.find("address").text,
            "sockets": host.find("cpu").find("topology").find("sockets").text,
            "version": host.find("version").find("full_version").text,
            "guests": {},
        }
    for vm in asked(lab, "vm"):
        if vm.find("host") is not None:
            hosts[vm.find("host").get("id")]["guests"][vm.get("id")] = vm.find("status").text
    return hosts


def _virt(cluster: Any) -> bool:
    return cluster.find("virt_service").text.lower() == "true"


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_report(version: str) -> None:
    """Every host has what virt-who reads; a VM that runs is a guest of its host, one that is down is of none."""
    lab = Lab(version, WORLD if version != "4.5" else {**WORLD, "clusters": [{"name": "Default", "version": "4.5"}]})
    found = report(lab)
    hosts = {host.name: host for host in lab.engine.store.list("hosts")}
    assert sorted(facts["name"] for facts in found.values()) == [hosts["h1"].address, hosts["h2"].address]
    assert {facts["cluster"] for facts in found.values()} == {"Default"}
    assert len({facts["uuid"] for facts in found.values()}) == 2
    assert all(facts["sockets"].isdigit() and facts["version"] for facts in found.values())
    one = lab.engine.vm("one")
    assert {host: facts["guests"] for host, facts in found.items()} == {
        host.id: ({one.id: "up"} if host.id == one.host.id else {}) for host in hosts.values()
    }
    assert lab.engine.handle("GET", "/ovirt-engine/api/v4/clusters", {}, b"").status == 401  # its `--status`
