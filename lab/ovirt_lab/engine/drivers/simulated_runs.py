# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of VMs on simulated hosts: the transitions of their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ovirtsdk4 import types

from .. import event_texts, notes
from ..resources import agents, containers, runs, transition

if TYPE_CHECKING:
    from ..core import Engine

LAUNCHED, UP, STOPPED = "vm.launched", "vm.up", "vm.stopped"
CONTAINER_DIED, SUSPENDED, MIGRATED = "vm.container_died", "vm.suspended", "vm.migrated"
_S = types.VmStatus
_ON_THE_WAY_UP = (_S.POWERING_UP, _S.REBOOT_IN_PROGRESS, _S.RESTORING_STATE)


@transition(LAUNCHED)
def launched(engine: Engine, ident: str, run: int) -> None:
    """The host has started the VM, which is powering up; or it has failed, and the next host follows."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != _S.WAIT_FOR_LAUNCH:
        return
    host, config = engine.store.follow(vm.host), runs.running_config(engine, vm)
    config.id, config.href = vm.id, vm.href
    container = containers.runs_as_container(engine, config, host)
    trouble = containers.refused(engine, config, host) if container else None
    if trouble is not None:
        runs.failed(engine, vm, host, f"Exit message: {trouble}")
        return
    runs.launched(engine, vm, host)
    if not container:
        runs.later(engine, vm, "boot", UP)
        return
    engine.store.run(vm).container = True
    runs.later(engine, vm, "powering_up", UP)
    dead_after = containers.lifetime(engine, config, host)
    if dead_after is not None:
        runs.later(engine, vm, dead_after, CONTAINER_DIED)


@transition(UP)
def up(engine: Engine, ident: str, run: int) -> None:
    """A VM is up after powering up, after a reboot, and after a shutdown that its container ignored."""
    vm = runs.same_run(engine, ident, run)
    if vm is None:
        return
    # A container ignores a shutdown, so its VM is up again. Any other VM goes on powering down.
    shut_down = engine.store.run(vm).wishes == notes.Ending.SHUTDOWN
    in_vain = vm.status == _S.POWERING_DOWN and shut_down
    if vm.status not in _ON_THE_WAY_UP and not (in_vain and notes.is_container(engine.store, vm)):
        return
    first = vm.status == _S.POWERING_UP
    if first or vm.status == _S.RESTORING_STATE:
        agents.awaken(engine, vm)
    runs.set_status(engine, vm, _S.UP)
    if first:
        runs.came_up(engine, vm)


@transition(CONTAINER_DIED)
def container_died(engine: Engine, ident: str, run: int) -> None:
    """The watchdog finds no unit. It reports a shutdown from within the guest, whatever the exit code (reason 7)."""
    vm = runs.same_run(engine, ident, run)
    if vm is not None and vm.status != _S.DOWN:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[7]}")
        runs.end(engine, vm)


@transition(STOPPED)
def stopped(engine: Engine, ident: str, run: int) -> None:
    """A power off or shutdown is complete."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status == _S.DOWN:
        return
    if engine.store.run(vm).wishes == notes.Ending.SHUTDOWN:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[6]}")
    runs.over(engine, vm)


@transition(SUSPENDED)
def suspended(engine: Engine, ident: str, run: int) -> None:
    """The VM is suspended. A container cannot be suspended: its VM is up again."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != _S.SAVING_STATE:
        return
    if notes.is_container(engine.store, vm):
        runs.set_status(engine, vm, _S.UP)
        return
    runs.event(engine, "USER_SUSPEND_VM_OK", vm)
    vm.host = vm.fqdn = None  # ResourceManager.resetVmAttributes
    runs.set_status(engine, vm, _S.SUSPENDED)


@transition(MIGRATED)
def migrated(engine: Engine, ident: str, run: int, host_id: str) -> None:
    """The VM is on its new host. The migration of a container fails, since Vdsm does not support the call."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != _S.MIGRATING:
        return
    if not notes.is_container(engine.store, vm):
        vm.host = engine.store.ref(engine.store.get("hosts", host_id))
    runs.set_status(engine, vm, _S.UP)
