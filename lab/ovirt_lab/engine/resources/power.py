# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a VM: which host takes it, how its status moves on, how it ends.

All moves are transitions of the Engine's clock. A VM's note holds what is true of the present run only:
`run` (its number; transitions of earlier runs are void), `config` (a run-once configuration), `container`,
`tried` (hosts that could not start it), `correlation` and `user` (of the request that started it).
"""

from __future__ import annotations

from typing import Any

import ovirtsdk4.types as types
from ovirtsdk4.reader import Reader

from .. import event_texts
from ..clock import as_datetime
from ..vm import nextrun, scheduler
from . import containers, transition

DOWN, UP = types.VmStatus.DOWN, types.VmStatus.UP
_ON_THE_WAY_UP = (types.VmStatus.POWERING_UP, types.VmStatus.REBOOT_IN_PROGRESS, types.VmStatus.RESTORING_STATE)
_MOST_TRIES = 3  # MaxRerunVmOnVdsCount
_STRIKES = 3  # NumberOfFailedRunsOnVds
_PENANCE = 1800.0  # TimeToReduceFailedRunOnVdsInMinutes
_RUN_NOTES = ("config", "container", "tried", "cold_reboot", "correlation", "user", "wishes")


def set_up(engine: Any, vm: Any, host: Any = None) -> None:
    """Have a VM run already, on this or any host of its cluster (for the world's start)."""
    hosts = [h for h in engine.store.list("hosts") if h.cluster.id == vm.cluster.id]
    chosen = host or (hosts[0] if hosts else None)
    if chosen is None:
        raise ValueError(f"world: VM {vm.name} is to be up, but its cluster has no host")
    vm.host = engine.store.ref(chosen)
    vm.status = UP
    vm.start_time = as_datetime(engine.now())
    if containers.runs_as_container(engine, vm, chosen):
        engine.store.note(vm)["container"] = True
    engine.store.touch(vm)


def launch(engine: Any, vm: Any, host: Any) -> None:
    """Hand a VM to a host: the create call has returned, nothing is known yet."""
    note = engine.store.note(vm)
    note["run"] = note.get("run", 0) + 1
    note.setdefault("tried", []).append(host.id)
    set_status(engine, vm, types.VmStatus.WAIT_FOR_LAUNCH)
    vm.host = engine.store.ref(host)
    later(engine, vm, "boot", "vm.launched")


def later(engine: Any, vm: Any, delay: str | float, name: str) -> None:
    """Schedule a transition of this run of a VM."""
    seconds = engine.world.delays[delay] if isinstance(delay, str) else delay
    engine.schedule(seconds, name, ident=vm.id, run=engine.store.note(vm).get("run", 0))


def _same_run(engine: Any, ident: str, run: int) -> Any:
    """The VM, if it is still the run that something was scheduled for."""
    vm = engine.store.get("vms", ident)
    return vm if vm is not None and engine.store.note(vm).get("run", 0) == run else None


def set_status(engine: Any, vm: Any, status: Any) -> None:
    """Change a VM's status."""
    vm.status = status
    engine.store.touch(vm)


def running_config(engine: Any, vm: Any) -> Any:
    """What the VM runs with: its configuration, or that of a run-once."""
    text = engine.store.note(vm).get("config")
    return Reader.read(text) if text else vm


def _event(engine: Any, name: str, vm: Any, **about: Any) -> None:
    note = engine.store.note(vm)
    host = engine.store.follow(vm.host)
    about = {"UserName": note.get("user", "SYSTEM"), "host": host, **about}
    engine.journal.event(name, vm=vm, correlation_id=note.get("correlation"), **about)


@transition("vm.launched")
def launched(engine: Any, ident: str, run: int) -> None:
    """The host has tried to start it: powering up, or down with an error and on to the next host."""
    vm = _same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.WAIT_FOR_LAUNCH:
        return
    host, config = engine.store.follow(vm.host), running_config(engine, vm)
    config.id, config.href = vm.id, vm.href
    container = containers.runs_as_container(engine, config, host)
    trouble = containers.refused(engine, config, host) if container else None
    if trouble is not None:
        _rerun(engine, vm, host, trouble)
        return
    set_status(engine, vm, types.VmStatus.POWERING_UP)
    vm.start_time = as_datetime(engine.now())
    _strike(engine, vm, host)
    note = engine.store.note(vm)
    if not container:
        later(engine, vm, "boot", "vm.up")
        return
    note["container"] = True
    later(engine, vm, "powering_up", "vm.up")
    dead_after = containers.lifetime(engine, config, host)
    if dead_after is not None:
        later(engine, vm, dead_after, "vm.container_died")


def _rerun(engine: Any, vm: Any, host: Any, trouble: str) -> None:
    """Start failed on a host: try others, at most three (VdsEventListener.rerun, RunVmCommandBase@4.1.9)."""
    _event(engine, "VM_DOWN_ERROR", vm, ExitMessage=f"Exit message: {trouble}")
    _event(engine, "USER_INITIATED_RUN_VM_FAILED", vm)
    tried = engine.store.note(vm)["tried"]
    config = running_config(engine, vm)
    others = [h for h in scheduler.candidates(engine, vm, config)[0] if h.id not in tried]
    if others and len(tried) < _MOST_TRIES:
        launch(engine, vm, others[0])
        return
    _event(engine, "USER_FAILED_RUN_VM", vm)
    end(engine, vm)


def _strike(engine: Any, vm: Any, host: Any) -> None:
    """It runs here, so those who failed before are to blame: three strikes put a host to error for half an hour."""
    for ident in engine.store.note(vm).get("tried", []):
        failed = engine.store.get("hosts", ident)
        if failed is None or failed.id == host.id:
            continue
        note = engine.store.note(failed)
        note["strikes"] = note.get("strikes", 0) + 1
        if note["strikes"] >= _STRIKES and failed.status == types.HostStatus.UP:
            note["strikes"] = 0
            failed.status = types.HostStatus.ERROR
            engine.store.touch(failed)
            engine.journal.event("VDS_FAILED_TO_RUN_VMS", host=failed, Time=int(_PENANCE / 60))
            engine.schedule(_PENANCE, "host.forgiven", ident=failed.id)


@transition("host.forgiven")
def forgiven(engine: Any, ident: str) -> None:
    """The half hour is over."""
    host = engine.store.get("hosts", ident)
    if host is not None and host.status == types.HostStatus.ERROR:
        host.status = types.HostStatus.UP
        engine.store.touch(host)


@transition("vm.up")
def up(engine: Any, ident: str, run: int) -> None:
    """Powering up, rebooting and shutting down in vain end in Up."""
    vm = _same_run(engine, ident, run)
    if vm is None:
        return
    # a shutdown that a container did not notice ends here; any other VM that is on its way down stays so
    in_vain = vm.status == types.VmStatus.POWERING_DOWN and engine.store.note(vm).get("wishes") == "shutdown"
    if vm.status not in _ON_THE_WAY_UP and not (in_vain and engine.store.note(vm).get("container")):
        return
    first = vm.status == types.VmStatus.POWERING_UP
    set_status(engine, vm, UP)
    if first:
        _event(engine, "USER_RUN_VM", vm)


@transition("vm.container_died")
def container_died(engine: Any, ident: str, run: int) -> None:
    """The watchdog misses the unit: a clean shutdown from within, whatever the exit code was (reason 7)."""
    vm = _same_run(engine, ident, run)
    if vm is not None and vm.status != DOWN:
        _event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[7]}")
        end(engine, vm)


@transition("vm.stopped")
def stopped(engine: Any, ident: str, run: int) -> None:
    """A power off or shutdown has been carried out."""
    vm = _same_run(engine, ident, run)
    if vm is None or vm.status == DOWN:
        return
    again = engine.store.note(vm).get("cold_reboot", False)
    shutdown = engine.store.note(vm).get("wishes") == "shutdown"
    if shutdown:
        _event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[6]}")
    host = engine.store.follow(vm.host)
    vm = end(engine, vm)
    if again and host is not None:
        launch(engine, vm, host)


@transition("vm.suspended")
def suspended(engine: Any, ident: str, run: int) -> None:
    """The memory has been saved; a container has none that could be."""
    vm = _same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.SAVING_STATE:
        return
    if engine.store.note(vm).get("container"):
        set_status(engine, vm, UP)
        return
    _event(engine, "USER_SUSPEND_VM_OK", vm)
    vm.host = None
    set_status(engine, vm, types.VmStatus.SUSPENDED)


@transition("vm.migrated")
def migrated(engine: Any, ident: str, run: int, host_id: str) -> None:
    """A migration is over; that of a container has failed: Vdsm does not support the call."""
    vm = _same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.MIGRATING:
        return
    if not engine.store.note(vm).get("container"):
        vm.host = engine.store.ref(engine.store.get("hosts", host_id))
    set_status(engine, vm, UP)


def end(engine: Any, vm: Any) -> Any:
    """The VM is down: forget the run, and let what waited for it become its configuration."""
    note = engine.store.note(vm)
    for key in _RUN_NOTES:
        note.pop(key, None)
    note["run"] = note.get("run", 0) + 1
    vm.host = None
    vm.run_once = False
    vm.stop_time = as_datetime(engine.now())
    vm.start_time = None
    set_status(engine, vm, DOWN)
    return nextrun.apply(engine.store, vm)
