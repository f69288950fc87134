# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a VM: choosing its host, and the transitions of its status. Suspension and migration are in departures.py.

The note of a VM (notes.py) has the state of its present run. A host with a Vdsm of its own (../vdsm) reports the
status itself: for such a host only `launch`, and `failed` and `end` of runs.py are used.
"""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import event_texts, notes
from ..clock import as_datetime
from ..vdsm import commands
from ..vm import scheduler, starts
from . import agents, containers, runs, transition

DOWN, UP = types.VmStatus.DOWN, types.VmStatus.UP
_ON_THE_WAY_UP = (types.VmStatus.POWERING_UP, types.VmStatus.REBOOT_IN_PROGRESS, types.VmStatus.RESTORING_STATE)
_MOST_TRIES = 3  # MaxRerunVmOnVdsCount


def set_up(engine: Any, vm: Any, host: Any = None) -> None:
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
        notes.of_vm(engine.store, vm)["container"] = True
    engine.store.touch(vm)


def launch(engine: Any, vm: Any, host: Any) -> None:
    """Send a VM to a host. Its status is wait_for_launch until the host reports a result."""
    note = notes.of_vm(engine.store, vm)
    note["run"] = note.get("run", 0) + 1
    note.setdefault("tried", []).append(host.id)
    vm.host = engine.store.ref(host)
    starts.record(engine, vm, host, runs.running_config(engine, vm))
    runs.set_status(engine, vm, types.VmStatus.WAIT_FOR_LAUNCH)
    if engine.links.url(host):
        commands.create(engine, vm, host)
    else:
        runs.later(engine, vm, "boot", "vm.launched")


@transition("vm.launched")
def launched(engine: Any, ident: str, run: int) -> None:
    """The host has started the VM, which is powering up; or it has failed, and the next host follows."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.WAIT_FOR_LAUNCH:
        return
    host, config = engine.store.follow(vm.host), runs.running_config(engine, vm)
    config.id, config.href = vm.id, vm.href
    container = containers.runs_as_container(engine, config, host)
    trouble = containers.refused(engine, config, host) if container else None
    if trouble is not None:
        runs.failed(engine, vm, host, f"Exit message: {trouble}")
        return
    runs.set_status(engine, vm, types.VmStatus.POWERING_UP)
    vm.start_time = as_datetime(engine.now())
    runs.strike(engine, vm, host)
    note = notes.of_vm(engine.store, vm)
    if not container:
        runs.later(engine, vm, "boot", "vm.up")
        return
    note["container"] = True
    runs.later(engine, vm, "powering_up", "vm.up")
    dead_after = containers.lifetime(engine, config, host)
    if dead_after is not None:
        runs.later(engine, vm, dead_after, "vm.container_died")


@transition("vm.rerun")
def rerun(engine: Any, ident: str, run: int) -> None:
    """Start the VM on a host that was not tried yet; at most three in all (MaxRerunVmOnVdsCount).

    RunVmCommand is executed again: it writes the event of a start, and uses the VM's present configuration, except for
    a run-once.
    """
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != DOWN:
        return
    tried = notes.of_vm(engine.store, vm)["tried"]
    others = [h for h in scheduler.candidates(engine, vm, runs.running_config(engine, vm))[0] if h.id not in tried]
    if others and len(tried) < _MOST_TRIES:
        runs.event(engine, "USER_STARTED_VM", vm, host=others[0])
        launch(engine, vm, others[0])
        return
    runs.event(engine, "USER_FAILED_RUN_VM", vm, host=engine.store.get("hosts", tried[-1]), DueToError=" ")
    runs.end(engine, vm)


@transition("vm.up")
def up(engine: Any, ident: str, run: int) -> None:
    """A VM is up after powering up, after a reboot, and after a shutdown that its container ignored."""
    vm = runs.same_run(engine, ident, run)
    if vm is None:
        return
    # A container ignores a shutdown, so its VM is up again. Any other VM goes on powering down.
    shut_down = notes.of_vm(engine.store, vm).get("wishes") == notes.Ending.SHUTDOWN
    in_vain = vm.status == types.VmStatus.POWERING_DOWN and shut_down
    if vm.status not in _ON_THE_WAY_UP and not (in_vain and notes.is_container(engine.store, vm)):
        return
    first = vm.status == types.VmStatus.POWERING_UP
    if first or vm.status == types.VmStatus.RESTORING_STATE:
        agents.awaken(engine, vm)
    runs.set_status(engine, vm, UP)
    if first:
        starts.is_up(engine, vm)
        runs.event(engine, "USER_RUN_VM", vm)


@transition("vm.container_died")
def container_died(engine: Any, ident: str, run: int) -> None:
    """The watchdog finds no unit. It reports a shutdown from within the guest, whatever the exit code (reason 7)."""
    vm = runs.same_run(engine, ident, run)
    if vm is not None and vm.status != DOWN:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[7]}")
        runs.end(engine, vm)


@transition("vm.stopped")
def stopped(engine: Any, ident: str, run: int) -> None:
    """A power off or shutdown is complete."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status == DOWN:
        return
    again = notes.of_vm(engine.store, vm).get("cold_reboot", False)
    shutdown = notes.of_vm(engine.store, vm).get("wishes") == notes.Ending.SHUTDOWN
    if shutdown:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[6]}")
    host = engine.store.follow(vm.host)
    runs.end(engine, vm)
    if again and host is not None:
        runs.later(engine, vm, "next_run", "vm.cold_started", host_id=host.id)


@transition("vm.cold_started")
def cold_started(engine: Any, ident: str, run: int, host_id: str) -> None:
    """The second half of a cold reboot. AutoStartVmsRunner (of ColdRebootAutoStartVmsRunner) waits until a NEXT_RUN
    snapshot has been applied."""
    vm, host = runs.same_run(engine, ident, run), engine.store.get("hosts", host_id)
    if vm is not None and vm.status == DOWN and host is not None:
        launch(engine, vm, host)


@transition("vm.wanted")
def wanted(engine: Any, ident: str, host_id: str) -> None:
    """Start a VM of the world as soon as a host can run it."""
    vm = engine.store.get("vms", ident)
    if vm is None or vm.status != DOWN:
        return
    fit = [host for host in scheduler.candidates(engine, vm, vm, host_id)[0] if not host_id or host.id == host_id]
    if fit:
        launch(engine, vm, fit[0])
    else:
        engine.schedule(1.0, "vm.wanted", ident=ident, host_id=host_id)
