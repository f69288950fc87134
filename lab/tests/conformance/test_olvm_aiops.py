# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of olvm-aiops (JSON only, written for 4.5), unmodified, against the embedded Engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from client import Lab

from ovirt_lab.engine import Engine, serve

from . import clients

WORLD = {"vms": [{"name": "db1", "cluster": "Default", "status": "up", "disk": 10, "nics": ["ovirtmgmt"]}]}


@pytest.fixture(autouse=True)
def client() -> None:
    """Skip with one line when it cannot be had."""
    if sys.version_info < (3, 11):
        pytest.skip("olvm-aiops needs Python 3.11")
    found = clients.installed("olvm-aiops")
    if isinstance(found, str):
        pytest.skip(found)


def call(engine: Engine, folder: Path, *calls: tuple[str, str, dict[str, Any]]) -> list[Any]:
    """What these operations return, none of which may raise."""
    with serve(engine, folder / "tls") as endpoint:
        base = endpoint.url.removesuffix("/ovirt-engine/api")
        arguments = (base, "secret", str(endpoint.ca_file), json.dumps(calls))
        found = clients.run("olvm-aiops", "olvm_aiops_calls.py", folder, {}, *arguments)
    assert not [answer for answer in found if "error" in answer], found
    return found


def test_inventory_and_activity(tmp_path: Path) -> None:
    """Every list says what is there, events are paged both ways, jobs come sorted."""
    lab = Lab("4.5", WORLD)
    for name in ("web", "mail", "shop"):
        vm = lab.vm(name)
        lab.run(vm)
    db1 = lab.engine.vm("db1")
    found = call(
        lab.engine,
        tmp_path,
        ("inventory", "list_datacenters", {}),
        ("inventory", "list_clusters", {}),
        ("inventory", "list_hosts", {"search": "status=up"}),
        ("storage", "list_storage_domains", {}),
        ("vms", "list_vms", {"limit": 2}),
        ("vms", "get_vm", {"vm_id": db1.id}),
        ("vms", "vm_statistics", {"vm_id": db1.id}),
        ("activity", "list_events", {"limit": 3}),
        ("activity", "list_events", {"limit": 3, "page": 2}),
        ("activity", "list_events", {"limit": 3, "after_index": 1}),
        ("activity", "list_jobs", {"limit": 2}),
        ("inventory", "get_host", {"host_id": db1.host.id}),
    )
    centers, clusters, hosts, domains, vms, one, gauges, newest, page, after, jobs, host = found
    assert [center["status"] for center in centers["dataCenters"]] == ["up"]
    assert {cluster["upgradeInProgress"] for cluster in clusters["clusters"]} == {False}
    assert [found["name"] for found in hosts["hosts"]] == ["host1", "host2", "host3"]
    assert host["vmsActive"] > 0 and host["reinstallationRequired"] is False
    (domain,) = domains["storageDomains"]
    assert (domain["status"], domain["statusSource"], domain["master"]) == ("active", "dataCenter", True)
    assert (vms["returned"], vms["truncated"]) == (2, True)
    assert (one["name"], one["status"], one["vcpus"], one["memoryBytes"]) == ("db1", "up", 1, db1.memory)
    assert gauges["statistics"]["memory.installed"]["value"] == db1.memory
    indexes = [event["index"] for event in (*newest["events"], *page["events"])]
    assert indexes == sorted(indexes, reverse=True) and len(set(indexes)) == 6
    assert [event["index"] for event in after["events"]] == [2, 3, 4]
    launched = {"Launching VM shop", "Creating VM shop in Cluster Default"}  # of one moment of this clock
    assert {job["description"] for job in jobs["jobs"]} == launched


def test_a_host_that_is_gone_is_found(tmp_path: Path) -> None:
    """The diagnoses see a healthy Engine, and then the host and the VM that are lost."""
    lab = Lab("4.5", WORLD)
    diagnoses = (
        ("diagnose", "host_health_rca", {}),
        ("diagnose", "vm_health_rca", {}),
        ("diagnose", "storage_capacity_rca", {}),
    )
    assert [found["healthy"] for found in call(lab.engine, tmp_path, *diagnoses)] == [True, True, True]
    host = lab.engine.store.follow(lab.engine.vm("db1").host)
    lab.engine.faults.add(f"host_gone:host={host.name}")
    hosts, vms, storage = call(lab.engine, tmp_path, *diagnoses)
    assert (hosts["findings"][0]["host"], hosts["findings"][0]["signal"][:22]) == (host.name, "status=non_responsive")
    assert vms["findings"][0]["signal"] == "status=unknown" and storage["healthy"]


def test_the_engine_itself(tmp_path: Path) -> None:
    """Its health page, version, and the summary of the root."""
    engine = Engine("4.5", WORLD)
    (found,) = call(engine, tmp_path, ("engine_health", "engine_health_rca", {}))
    assert found["healthServlet"]["ok"] is True and found["engineVersion"] == engine.release.full
    assert found["summary"]["vms"] == {"active": 1, "total": 1} and found["healthy"] is True
