# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a VM: which host takes it, how its status moves on, how it ends. Leaving a host alive is in departures.py.

All moves are transitions of the Engine's clock. A VM's note holds what is true of the present run only:
`run` (its number; transitions of earlier runs are void), `config` (a run-once configuration), `container`,
`tried` (hosts that could not start it), `correlation` and `user` (of the request that started it). A host that has a
Vdsm of its own (../vdsm) tells the moves itself: there only `launch`, `failed` and `end` are of use.
"""

from __future__ import annotations

from typing import Any

import ovirtsdk4.types as types
from ovirtsdk4.reader import Reader

from .. import event_texts
from ..clock import as_datetime
from ..vdsm import commands
from ..vm import nextrun, scheduler
from . import containers, transition

DOWN, UP = types.VmStatus.DOWN, types.VmStatus.UP
_ON_THE_WAY_UP = (types.VmStatus.POWERING_UP, types.VmStatus.REBOOT_IN_PROGRESS, types.VmStatus.RESTORING_STATE)
_MOST_TRIES = 3  # MaxRerunVmOnVdsCount
_STRIKES = 3  # NumberOfFailedRunsOnVds
_PENANCE = 1800.0  # TimeToReduceFailedRunOnVdsInMinutes
_RUN_NOTES = ("config", "container", "tried", "cold_reboot", "correlation", "user", "wishes", "starting", "powered_off")


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
    vm.host = engine.store.ref(host)
    set_status(engine, vm, types.VmStatus.WAIT_FOR_LAUNCH)
    if engine.links.url(host):
        commands.create(engine, vm, host)
    else:
        later(engine, vm, "boot", "vm.launched")


def later(engine: Any, vm: Any, delay: str | float, name: str, **about: Any) -> None:
    """Schedule a transition of this run of a VM."""
    seconds = engine.world.delays[delay] if isinstance(delay, str) else delay
    engine.schedule(seconds, name, ident=vm.id, run=engine.store.note(vm).get("run", 0), **about)


def same_run(engine: Any, ident: str, run: int) -> Any:
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


def event(engine: Any, name: str, vm: Any, **about: Any) -> None:
    """Write an event of this run, in the name of who started it."""
    note = engine.store.note(vm)
    host = engine.store.follow(vm.host)
    about = {"UserName": note.get("user", "SYSTEM"), "host": host, **about}
    engine.journal.event(name, vm=vm, correlation_id=note.get("correlation"), **about)


@transition("vm.launched")
def launched(engine: Any, ident: str, run: int) -> None:
    """The host has tried to start it: powering up, or down with an error and on to the next host."""
    vm = same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.WAIT_FOR_LAUNCH:
        return
    host, config = engine.store.follow(vm.host), running_config(engine, vm)
    config.id, config.href = vm.id, vm.href
    container = containers.runs_as_container(engine, config, host)
    trouble = containers.refused(engine, config, host) if container else None
    if trouble is not None:
        failed(engine, vm, host, f"Exit message: {trouble}")
        return
    set_status(engine, vm, types.VmStatus.POWERING_UP)
    vm.start_time = as_datetime(engine.now())
    strike(engine, vm, host)
    note = engine.store.note(vm)
    if not container:
        later(engine, vm, "boot", "vm.up")
        return
    note["container"] = True
    later(engine, vm, "powering_up", "vm.up")
    dead_after = containers.lifetime(engine, config, host)
    if dead_after is not None:
        later(engine, vm, dead_after, "vm.container_died")


def failed(engine: Any, vm: Any, host: Any, trouble: str = "") -> None:
    """A start failed on a host (`trouble`: what it said after it had begun). VmAnalyzer.proceedDownVm (the same in
    4.1.9, 4.3.10 and 4.5.3.7) writes event 119 and clearVm saves the VM as Down; only then VdsEventListener.rerun has
    RunVmCommandBase.rerun try again, in a thread of its own. So between two tries a client sees a VM that is down, and
    another command may come first."""
    if trouble:
        event(engine, "VM_DOWN_ERROR", vm, ExitMessage=trouble)
    _down(engine, vm)
    event(engine, "USER_INITIATED_RUN_VM_FAILED", vm, host=host)
    later(engine, vm, "rerun", "vm.rerun")


@transition("vm.rerun")
def rerun(engine: Any, ident: str, run: int) -> None:
    """The next try: on a host that was not tried yet, at most three in all (MaxRerunVmOnVdsCount). RunVmCommand is
    executed anew, so it says again that it starts; with what the VM has by now, unless it is a run-once."""
    vm = same_run(engine, ident, run)
    if vm is None or vm.status != DOWN:
        return
    tried = engine.store.note(vm)["tried"]
    others = [h for h in scheduler.candidates(engine, vm, running_config(engine, vm))[0] if h.id not in tried]
    if others and len(tried) < _MOST_TRIES:
        event(engine, "USER_STARTED_VM", vm, host=others[0])
        launch(engine, vm, others[0])
        return
    event(engine, "USER_FAILED_RUN_VM", vm, host=engine.store.get("hosts", tried[-1]), DueToError=" ")
    end(engine, vm)


def strike(engine: Any, vm: Any, host: Any) -> None:
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
    vm = same_run(engine, ident, run)
    if vm is None:
        return
    # a shutdown that a container did not notice ends here; any other VM that is on its way down stays so
    in_vain = vm.status == types.VmStatus.POWERING_DOWN and engine.store.note(vm).get("wishes") == "shutdown"
    if vm.status not in _ON_THE_WAY_UP and not (in_vain and engine.store.note(vm).get("container")):
        return
    first = vm.status == types.VmStatus.POWERING_UP
    set_status(engine, vm, UP)
    if first:
        event(engine, "USER_RUN_VM", vm)


@transition("vm.container_died")
def container_died(engine: Any, ident: str, run: int) -> None:
    """The watchdog misses the unit: a clean shutdown from within, whatever the exit code was (reason 7)."""
    vm = same_run(engine, ident, run)
    if vm is not None and vm.status != DOWN:
        event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[7]}")
        end(engine, vm)


@transition("vm.stopped")
def stopped(engine: Any, ident: str, run: int) -> None:
    """A power off or shutdown has been carried out."""
    vm = same_run(engine, ident, run)
    if vm is None or vm.status == DOWN:
        return
    again = engine.store.note(vm).get("cold_reboot", False)
    shutdown = engine.store.note(vm).get("wishes") == "shutdown"
    if shutdown:
        event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[6]}")
    host = engine.store.follow(vm.host)
    end(engine, vm)
    if again and host is not None:
        later(engine, vm, "next_run", "vm.cold_started", host_id=host.id)


@transition("vm.cold_started")
def cold_started(engine: Any, ident: str, run: int, host_id: str) -> None:
    """The second half of a cold reboot. AutoStartVmsRunner (of ColdRebootAutoStartVmsRunner) waits until a NEXT_RUN
    snapshot has been applied."""
    vm, host = same_run(engine, ident, run), engine.store.get("hosts", host_id)
    if vm is not None and vm.status == DOWN and host is not None:
        launch(engine, vm, host)


def end(engine: Any, vm: Any) -> None:
    """The run is over: the VM is down, and a little later what waited for that becomes its configuration.

    VmsMonitoring.perform first saves that it is down; the NEXT_RUN snapshot is applied by ProcessDownVmCommand, which
    VdsEventListener.processOnVmStop (and RunVmCommandBase.processVmOnDown) hand to a thread pool.
    """
    forget(engine, vm)
    note = engine.store.note(vm)
    note["run"] = note.get("run", 0) + 1
    vm.run_once = False
    _down(engine, vm)
    if nextrun.waits(engine.store, vm):
        later(engine, vm, "next_run", "vm.configured")


@transition("vm.configured")
def configured(engine: Any, ident: str, run: int) -> None:
    """ProcessDownVmCommand.applyNextRunConfiguration. When the VM was started meanwhile the configuration goes on
    waiting: either RunVmCommand still holds the VM ("Could not acquire lock for UpdateVmCommand to apply Next Run
    Config"), or UpdateVmCommand finds it running and puts the configuration aside again."""
    vm = same_run(engine, ident, run)
    if vm is None or not nextrun.waits(engine.store, vm):
        return
    vm = nextrun.apply(engine.store, vm)
    engine.journal.event("SYSTEM_UPDATE_VM", vm=vm)  # UpdateVmCommand as an internal command


def forget(engine: Any, vm: Any) -> None:
    """What was true of a run is true no more."""
    for key in _RUN_NOTES:
        engine.store.note(vm).pop(key, None)


def _down(engine: Any, vm: Any) -> None:
    """ResourceManager.internalSetVmStatus(Down)."""
    vm.host = None
    vm.stop_time = as_datetime(engine.now())
    vm.start_time = None
    set_status(engine, vm, DOWN)
