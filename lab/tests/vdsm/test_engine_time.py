# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance, slow answers, old answers, and what is kept."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from client import Lab

from ovirt_lab.engine import Engine, ManualClock

from .engine_kit import LinkedLab, RealHost
from .host_kit import wait_until

# --- maintenance


def test_maintenance_waits_for_the_hosts_own_vms(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    vm_id = host.vdsm.create(custom={})  # the Engine does not know of it
    fresh.host_act("h1", "deactivate")
    fresh.poll(10)
    assert fresh.host_status("h1") == "preparing_for_maintenance"
    host.vdsm.ask("VM.destroy", vmID=vm_id)
    fresh.poll()
    assert fresh.host_status("h1") == "maintenance"
    host.silence()
    fresh.poll(200)
    assert fresh.host_status("h1") == "maintenance"  # nobody asks
    host.listen()
    fresh.host_act("h1", "activate")
    assert fresh.host_status("h1") == "unassigned"
    fresh.poll()
    assert fresh.host_status("h1") == "up"


def test_maintenance_with_a_running_vm(lab: LinkedLab) -> None:
    vm = lab.vm("db1")
    lab.act(vm, "start")
    running = next(name for name, host in lab.hosts.items() if vm.id in host.vdsm.manager.vms)
    lab.created(lab.hosts[running], vm)
    lab.poll(61)
    lab.host_act(running, "deactivate")
    lab.poll(10)
    assert lab.host_status(running) == "preparing_for_maintenance"
    assert lab.status(vm) == "up"
    assert 602 in lab.codes()
    lab.act(vm, "stop")
    lab.poll()
    lab.poll()
    assert lab.host_status(running) == "maintenance"


# --- the world, and time


def test_what_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"vdsm_url of host h1 is 'h1:54321', but http://ADDRESS:PORT is needed"):
        Engine("4.1", {"hosts": [{"name": "h1", "vdsm_url": "h1:54321"}], "vms": []}, ManualClock())


def test_simulated_hosts_beside_it(host: RealHost) -> None:
    lab = Lab("4.1", {"hosts": [{"name": "h1", "vdsm_url": host.url}, {"name": "s1"}], "vms": []})
    statuses = {found.name: found.status.value for found in lab.ask("GET", "hosts")}
    assert statuses == {"h1": "unassigned", "s1": "up"}
    vm = lab.vm("db1")
    lab.run(vm)
    assert lab.get(vm).host.id == lab.engine.store.named("hosts", "s1").id


def test_a_slow_host_is_waited_for_by_nobody_else(fresh: LinkedLab, host: RealHost, monkeypatch: Any) -> None:
    fresh.poll()
    vm = fresh.container()
    fresh.act(vm, "start")
    fresh.created(host, vm)
    fresh.poll(61)
    may_end, destroy = threading.Event(), host.vdsm.manager.destroy

    def slowly(vm_id: str) -> None:
        assert may_end.wait(10)
        destroy(vm_id)

    monkeypatch.setattr(host.vdsm.manager, "destroy", slowly)
    stopping = threading.Thread(target=fresh.act, args=(vm, "stop"))
    stopping.start()
    started = time.monotonic()
    for _ in range(3):
        fresh.poll()
        assert fresh.status(vm) == "up"
        fresh.ask("GET", "vms")
    assert time.monotonic() - started < 5
    assert stopping.is_alive()
    may_end.set()
    stopping.join(10)
    assert fresh.status(vm) == "powering_down"
    fresh.poll()
    assert fresh.status(vm) == "down"


def test_an_answer_that_is_too_old_is_not_believed(fresh: LinkedLab, host: RealHost, monkeypatch: Any) -> None:
    """A list of VMs that was made before a start, and comes after it, does not end the VM."""
    fresh.poll()
    vm = fresh.container()
    asked, may_answer, stats = threading.Event(), threading.Event(), host.vdsm.dispatcher.api.methods
    old = stats["Host.getAllVmStats"]

    def late() -> Any:
        answer = old()
        asked.set()
        assert may_answer.wait(10)
        return answer

    monkeypatch.setitem(stats, "Host.getAllVmStats", late)
    looking = threading.Thread(target=fresh.poll)
    looking.start()
    assert asked.wait(10)
    fresh.act(vm, "start")
    may_answer.set()
    looking.join(10)
    assert fresh.status(vm) == "wait_for_launch"


def test_looking_after_a_host_changes_nothing(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    before = fresh.engine.state()
    fresh.poll()
    assert fresh.engine.state() == before


def test_the_state_can_be_kept(fresh: LinkedLab, host: RealHost, tmp_path: Path) -> None:
    fresh.poll()
    vm = fresh.container()
    fresh.act(vm, "start")
    fresh.created(host, vm)
    fresh.poll(61)
    fresh.engine.save(tmp_path / "state")
    again = Engine.load(tmp_path / "state", ManualClock())
    (found,) = again.drivers.vdsm.links.hosts()
    again.drivers.vdsm.links.poll(found.id)
    assert again.vm("web").status.value == "up"
    wait_until(lambda: found.status.value == "up")
