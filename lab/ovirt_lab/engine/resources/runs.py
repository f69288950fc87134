# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a VM: its status, its events, how it comes up, fails and ends.

power.py starts it. The driver of its host (../drivers) moves it on: by these functions, with the Engine's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types
from ovirtsdk4.reader import Reader

from .. import notes
from ..clock import as_datetime
from ..vm import nextrun, starts
from . import transition

if TYPE_CHECKING:
    from ..core import Engine

DOWN = types.VmStatus.DOWN
_STRIKES = 3  # NumberOfFailedRunsOnVds
_PENANCE = 1800.0  # TimeToReduceFailedRunOnVdsInMinutes


def later(engine: Engine, vm: Any, delay: str | float, name: str, **about: Any) -> None:
    """Schedule a transition of this run of a VM."""
    seconds = engine.world.delays[delay] if isinstance(delay, str) else delay
    engine.schedule(seconds, name, ident=vm.id, run=engine.store.run(vm).number, **about)


def same_run(engine: Engine, ident: str, run: int) -> Any:
    """The VM if this run is its present one; else None, and the transition does nothing."""
    vm = engine.store.get("vms", ident)
    return vm if vm is not None and engine.store.run(vm).number == run else None


def set_status(engine: Engine, vm: Any, status: Any) -> None:
    """Change a VM's status."""
    vm.status = status
    engine.store.touch(vm)


def running_config(engine: Engine, vm: Any) -> Any:
    """The configuration of this run: the VM's, or that of a run-once."""
    text = engine.store.run(vm).config
    return Reader.read(text) if text else vm


def event(engine: Engine, name: str, vm: Any, **about: Any) -> None:
    """Write an event of this run, with the user who started it."""
    run = engine.store.run(vm)
    host = engine.store.follow(vm.host)
    about = {"UserName": run.user or "SYSTEM", "host": host, **about}
    engine.journal.event(name, vm=vm, correlation_id=run.correlation or None, **about)


def launched(engine: Engine, vm: Any, host: Any) -> None:
    """The host has started the VM, which is powering up."""
    set_status(engine, vm, types.VmStatus.POWERING_UP)
    vm.start_time = as_datetime(engine.now())
    strike(engine, vm, host)


def came_up(engine: Engine, vm: Any) -> None:
    """The start has succeeded: the VM is up for the first time in this run."""
    set_status(engine, vm, types.VmStatus.UP)
    starts.is_up(engine, vm)
    event(engine, "USER_RUN_VM", vm)


def going_down(engine: Engine, vm: Any, wishes: notes.Ending) -> None:
    """The host has agreed to end the VM, as a user wishes."""
    engine.store.run(vm).wishes = wishes
    set_status(engine, vm, types.VmStatus.POWERING_DOWN)


def failed(engine: Engine, vm: Any, host: Any, trouble: str = "") -> None:
    """A start failed on a host; `trouble` is the exit message, if the host had begun.

    VmAnalyzer.proceedDownVm (the same in 4.1.9, 4.3.10 and 4.5.3.7) writes event 119, and clearVm saves the VM as Down.
    Only then VdsEventListener.rerun calls RunVmCommandBase.rerun in another thread. So between two tries a client sees
    a VM that is down, and another command may come first.
    """
    if trouble:
        event(engine, "VM_DOWN_ERROR", vm, ExitMessage=trouble)
    _down(engine, vm)
    event(engine, "USER_INITIATED_RUN_VM_FAILED", vm, host=host)
    later(engine, vm, "rerun", "vm.rerun")


def strike(engine: Engine, vm: Any, host: Any) -> None:
    """Count a failure for each host that failed before this one; a host with three is in error for half an hour."""
    for ident in engine.store.run(vm).tried:
        failed = engine.store.get("hosts", ident)
        if failed is None or failed.id == host.id:
            continue
        note = notes.of_host(engine.store, failed)
        note["strikes"] = note.get("strikes", 0) + 1
        if note["strikes"] >= _STRIKES and failed.status == types.HostStatus.UP:
            note["strikes"] = 0
            failed.status = types.HostStatus.ERROR
            engine.store.touch(failed)
            engine.journal.event("VDS_FAILED_TO_RUN_VMS", host=failed, Time=int(_PENANCE / 60))
            engine.schedule(_PENANCE, "host.forgiven", ident=failed.id)


@transition("host.forgiven")
def forgiven(engine: Engine, ident: str) -> None:
    """The host is up again after its half hour in error."""
    host = engine.store.get("hosts", ident)
    if host is not None and host.status == types.HostStatus.ERROR:
        host.status = types.HostStatus.UP
        engine.store.touch(host)


def over(engine: Engine, vm: Any) -> None:
    """End the run, which the host says is over; the second half of a cold reboot follows."""
    host, again = vm.host, engine.store.run(vm).cold_reboot
    end(engine, vm)
    if again and host is not None:
        later(engine, vm, "next_run", "vm.cold_started", host_id=host.id)


def end(engine: Engine, vm: Any) -> None:
    """End the run: the VM is down. A configuration that waits is applied a little later.

    VmsMonitoring.perform first saves that it is down; the NEXT_RUN snapshot is applied by ProcessDownVmCommand, which
    VdsEventListener.processOnVmStop (and RunVmCommandBase.processVmOnDown) hand to a thread pool.
    """
    engine.store.end_run(vm)
    vm.run_once = False
    _down(engine, vm)
    if nextrun.waits(engine.store, vm):
        later(engine, vm, "next_run", "vm.configured")


@transition("vm.configured")
def configured(engine: Engine, ident: str, run: int) -> None:
    """Apply the waiting configuration (ProcessDownVmCommand.applyNextRunConfiguration).

    If the VM was started meanwhile, the configuration waits for the end of that run. Either RunVmCommand still holds
    the VM ("Could not acquire lock for UpdateVmCommand to apply Next Run Config"), or UpdateVmCommand finds the VM
    running and saves the configuration again.
    """
    vm = same_run(engine, ident, run)
    if vm is None or not nextrun.waits(engine.store, vm):
        return
    vm = nextrun.apply(engine.store, vm)
    engine.journal.event("SYSTEM_UPDATE_VM", vm=vm)  # UpdateVmCommand as an internal command


def _down(engine: Engine, vm: Any) -> None:
    """ResourceManager.internalSetVmStatus(Down)."""
    vm.host = None
    vm.stop_time = as_datetime(engine.now())
    vm.start_time = None
    vm.fqdn = None  # ResourceManager.resetVmAttributes
    set_status(engine, vm, DOWN)
