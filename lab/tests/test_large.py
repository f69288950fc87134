# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large sites: what is kept so that a request does not have to look at all VMs is what looking at them would tell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import MIB, Lab
from ovirtsdk4 import types

from ovirt_lab.engine import Engine

HOSTS = [{"name": f"host{n}", "cluster": "Default", "vdsm": "4.19.20", "containers": True} for n in range(3)]


def calls(do: Callable[[], Any]) -> int:
    """How many Python functions are called on the way."""
    count = 0

    def count_calls(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(count_calls)
    try:
        do()
    finally:
        sys.setprofile(None)
    return count


def site(size: int) -> tuple[Lab, list[Any]]:
    """A site on which all VMs but one run."""
    lab = Lab(world={"hosts": HOSTS})
    vms = [lab.container(f"web{number}", memory_policy=None, memory=1024 * MIB) for number in range(size)]
    for vm in vms[:-1]:
        lab.act(vm, "start")
    lab.clock.advance(120)
    lab.ask("GET", "hosts")  # what has changed on the way up is looked at once, by whoever asks first
    return lab, vms


COSTS = {
    "start": lambda lab, vms: lab.act(vms[-1], "start"),
    "add": lambda lab, vms: lab.container("another"),
    "find by name": lambda lab, vms: lab.ask("GET", 'vms?search=name%3D"WEB7"%20and%20cluster%3DDefault'),
    "find by names": lambda lab, vms: lab.ask("GET", "vms?search=name%3Dweb7%20or%20name%3Dweb2%20or%20name%3Dno"),
    "stop": lambda lab, vms: lab.act(vms[3], "stop"),
    "remove": lambda lab, vms: lab.ask("DELETE", f"vms/{vms[-1].id}"),
}


@pytest.mark.parametrize("name", COSTS)
def test_a_request_costs_as_much_on_a_large_site(name: str) -> None:
    small, large = (calls(lambda: COSTS[name](*here)) for here in (site(12), site(120)))  # noqa: B023
    assert large < small + 100  # looking at each of 108 more VMs would be at least as many calls


def assert_as_counted(engine: Engine) -> None:
    """Compare what is kept with what a look at all VMs tells."""
    store = engine.store
    for host in store.list("hosts"):
        there = [vm for vm in store.list("vms") if vm.host is not None and vm.host.id == host.id]
        assert [vm.name for vm in store.vms_on(host)] == [vm.name for vm in there]
        assert store.load_of(host) == (len(there), sum(vm.memory_policy.guaranteed for vm in there))


def test_what_is_on_a_host_follows_all_that_moves_a_vm(tmp_path: Path) -> None:
    lab = Lab(world={"hosts": HOSTS})
    store = lab.engine.store
    vms = [lab.vm(f"vm{number}") for number in range(9)]

    def on(number: int) -> str:
        return store.follow(store.get("vms", vms[number].id).host).name

    assert_as_counted(lab.engine)
    for vm in vms[:7]:
        lab.act(vm, "start")
        assert_as_counted(lab.engine)  # nothing is told twice, nothing forgotten
    assert [on(number) for number in range(4)] == ["host1", "host2", "host0", "host1"]
    lab.clock.advance(120)
    lab.ask("POST", f"vms/{vms[0].id}/migrate", "<action><host><name>host2</name></host></action>")
    lab.act(vms[1], "stop")
    lab.act(vms[2], "suspend")
    lab.put(vms[3], memory_policy=types.MemoryPolicy(guaranteed=128 * MIB))
    assert lab.status(vms[2], after=120) == "suspended"
    assert on(0) == "host2" and store.load_of(store.named("hosts", "host2"))[0] == 2
    assert_as_counted(lab.engine)
    lab.ask("DELETE", f"vms/{vms[1].id}")
    lab.ask("POST", f"hosts/{store.named('hosts', 'host0').id}/deactivate", "<action/>")
    lab.clock.advance(120)
    lab.get(vms[0])
    assert_as_counted(lab.engine)
    lab.engine.faults.add("host_gone:host=host2")
    assert lab.status(vms[0]) == "unknown"
    lab.engine.save(tmp_path / "state")
    assert_as_counted(Engine.load(tmp_path / "state", lab.clock))


def test_a_name_is_found_in_any_case_and_after_it_was_changed() -> None:
    lab = Lab()
    vms = [lab.vm(name) for name in ("old", "New", "other")]
    lab.put(vms[0], name="NEW")

    def found(text: str) -> list[str]:
        return [vm.name for vm in lab.ask("GET", f"vms?search={text}")]

    assert found("name%3Dnew") == ["NEW", "New"]  # the older VM first
    assert found("name%3Dnew%20or%20name%3Dother") == ["NEW", "New", "other"]
    assert found("name%3Dother%20or%20status%3Dup") == ["db1", "other"]
    assert found("name%3Dnew%20and%20status%3Dup") == found("name%3Dold") == []
    assert [vm.name for vm in lab.ask("GET", "vms?search=name%3Dnew&case_sensitive=true")] == []
    assert lab.engine.vm("New").id == vms[1].id and lab.engine.vm("old") is None
    assert found("name!%3Dnew") == ["db1", "other"]
