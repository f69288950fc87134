# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a VM: a host is chosen, and its driver (../drivers) starts the VM and reports what becomes of it (runs.py).

`Store.run` is the state of the present run of a VM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from ..clock import as_datetime
from ..vm import scheduler, starts
from . import agents, containers, runs, transition

if TYPE_CHECKING:
    from ..core import Engine

DOWN, UP = types.VmStatus.DOWN, types.VmStatus.UP
_MOST_TRIES = 3  # MaxRerunVmOnVdsCount


def set_up(engine: Engine, vm: Any, host: Any = None) -> None:
    """Make a VM of the world run, on this host or any host of its cluster."""
    hosts = [h for h in engine.store.list("hosts") if h.cluster.id == vm.cluster.id]
    chosen = host or (hosts[0] if hosts else None)
    if chosen is None:
        raise ValueError(f"world: VM {vm.name} is to be up, but its cluster has no host")
    vm.host = engine.store.ref(chosen)
    vm.status = UP
    vm.start_time = as_datetime(engine.now())
    starts.is_up(engine, vm)
    agents.awaken(engine, vm)
    if containers.runs_as_container(engine, vm, chosen):
        engine.store.run(vm).container = True
    engine.store.touch(vm)


def launch(engine: Engine, vm: Any, host: Any) -> None:
    """Send a VM to a host. Its status is wait_for_launch until the host's driver reports a result."""
    run = engine.store.run(vm)
    run.number += 1
    run.tried.append(host.id)
    vm.host = engine.store.ref(host)
    starts.record(engine, vm, host, runs.running_config(engine, vm))
    runs.set_status(engine, vm, types.VmStatus.WAIT_FOR_LAUNCH)
    engine.drivers.of(host).create(vm, host)


@transition("vm.rerun")
def rerun(engine: Engine, ident: str, run: int) -> None:
    """Start the VM on a host that was not tried yet; at most three in all (MaxRerunVmOnVdsCount).

    RunVmCommand is executed again: it writes the event of a start, and uses the VM's present configuration, except for
    a run-once.
    """
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != DOWN:
        return
    tried = engine.store.run(vm).tried
    others = [h for h in scheduler.candidates(engine, vm, runs.running_config(engine, vm))[0] if h.id not in tried]
    if others and len(tried) < _MOST_TRIES:
        runs.event(engine, "USER_STARTED_VM", vm, host=others[0])
        launch(engine, vm, others[0])
        return
    runs.event(engine, "USER_FAILED_RUN_VM", vm, host=engine.store.get("hosts", tried[-1]), DueToError=" ")
    runs.end(engine, vm)


@transition("vm.cold_started")
def cold_started(engine: Engine, ident: str, run: int, host_id: str) -> None:
    """The second half of a cold reboot. AutoStartVmsRunner (of ColdRebootAutoStartVmsRunner) waits until a NEXT_RUN
    snapshot has been applied."""
    vm, host = runs.same_run(engine, ident, run), engine.store.get("hosts", host_id)
    if vm is not None and vm.status == DOWN and host is not None:
        launch(engine, vm, host)


@transition("vm.wanted")
def wanted(engine: Engine, ident: str, host_id: str) -> None:
    """Start a VM of the world as soon as a host can run it."""
    vm = engine.store.get("vms", ident)
    if vm is None or vm.status != DOWN:
        return
    fit = [host for host in scheduler.candidates(engine, vm, vm, host_id)[0] if not host_id or host.id == host_id]
    if fit:
        launch(engine, vm, fit[0])
    else:
        engine.schedule(1.0, "vm.wanted", ident=ident, host_id=host_id)
