# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VM monitoring: how a host's report changes its VMs (VmAnalyzer of ovirt-engine 4.1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from ..clock import as_datetime
from ..resources import runs
from . import commands
from .rpc import Answer

if TYPE_CHECKING:
    from ..core import Engine

QUESTION = "Host.getAllVmStats"
_S = types.VmStatus
STATUSES = {
    "Up": _S.UP,
    "Powering up": _S.POWERING_UP,
    "RebootInProgress": _S.REBOOT_IN_PROGRESS,
    "Powering down": _S.POWERING_DOWN,
    "WaitForLaunch": _S.WAIT_FOR_LAUNCH,
    "Paused": _S.PAUSED,
    "Down": _S.DOWN,
}
_SHOWN = {_S.UP: "Up", _S.POWERING_UP: "PoweringUp", _S.POWERING_DOWN: "PoweringDown", _S.PAUSED: "Paused",
          _S.REBOOT_IN_PROGRESS: "RebootInProgress", _S.WAIT_FOR_LAUNCH: "WaitForLaunch"}  # fmt: skip
_POWER_OFF = 20.0  # POWER_OFF_TIMEOUT_NANOSEC of DestroyVmVDSCommand


def hear(engine: Engine, host: Any, answer: Answer | None, since: int) -> None:
    """Apply a report to the VMs in it, and to the VMs of the host that are missing from it.

    The report is too old for a VM that was called since; the next one counts.
    """
    if answer is None or not answer.ok:
        return
    told = {stats["vmId"]: stats for stats in answer.result}
    for vm_id, stats in told.items():
        vm = engine.store.get("vms", vm_id)
        if vm is not None and engine.drivers.vdsm.links.undisturbed(
            vm_id, since
        ):  # VMs that this Engine does not know are ignored
            _reported(engine, host, vm, stats)
    for vm in _on(engine, host):
        if vm.id not in told and engine.drivers.vdsm.links.undisturbed(vm.id, since):
            _disappeared(engine, vm)


def lose(engine: Engine, host: Any) -> None:
    """Set the VMs of a host that does not answer to unknown (VdsManager.moveVmsToUnknown)."""
    for vm in _on(engine, host):
        engine.store.run(vm).starting = False
        runs.set_status(engine, vm, _S.UNKNOWN)
        engine.journal.event("VM_SET_TO_UNKNOWN_STATUS", vm=vm)


def _on(engine: Engine, host: Any) -> list[Any]:
    return list(engine.store.vms_on(host))


def _reported(engine: Engine, host: Any, vm: Any, stats: dict[str, Any]) -> None:
    status = STATUSES.get(stats["status"])
    here = vm.host is not None and vm.host.id == host.id
    if status is None or (not here and status == _S.WAIT_FOR_LAUNCH and vm.status == _S.UNKNOWN):
        return
    if status == _S.DOWN:
        commands.forget(engine, vm, host)
        if here:
            _down(engine, vm, host, stats)
        return
    if not here:  # proceedVmReportedOnOtherHost: the host is right
        vm.host = engine.store.ref(host)
        vm.start_time = vm.start_time or as_datetime(engine.now())
        engine.store.touch(vm)
    _running(engine, vm, status)


def _running(engine: Engine, vm: Any, status: Any) -> None:
    """proceedVmReportedOnTheSameHost."""
    before, run = vm.status, engine.store.run(vm)
    if before == _S.UNKNOWN:
        engine.journal.event("VM_STATUS_RESTORED", vm=vm, VmStatus=_SHOWN[status])
    if before == _S.POWERING_DOWN and status == _S.UP:
        runs.event(engine, "VM_POWER_DOWN_FAILED", vm)
    if before != status:
        runs.set_status(engine, vm, status)
    if status == _S.UP and run.starting:
        run.starting = False
        runs.strike(engine, vm, engine.store.follow(vm.host))
        runs.came_up(engine, vm)


def _down(engine: Engine, vm: Any, host: Any, stats: dict[str, Any]) -> None:
    """proceedDownVm."""
    message = f"Exit message: {stats['exitMessage']}"
    run = engine.store.run(vm)
    if stats["exitCode"] == 0:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=" " if _powered_off(engine, vm) else message)
        runs.over(engine, vm)
    elif run.starting:
        run.starting = False
        runs.failed(engine, vm, host, message)
    else:
        runs.event(engine, "VM_DOWN_ERROR", vm, ExitMessage=message)
        runs.end(engine, vm)


def _disappeared(engine: Engine, vm: Any) -> None:
    """proceedDisappearedVm: the VM is down. There is an event after a power off only."""
    host, run = engine.store.follow(vm.host), engine.store.run(vm)
    if _powered_off(engine, vm):
        runs.event(engine, "VM_DOWN", vm, ExitMessage=" ")
        runs.over(engine, vm)
    elif vm.status != _S.POWERING_DOWN and run.starting:
        run.starting = False
        runs.failed(engine, vm, host)
    else:
        runs.over(engine, vm)


def _powered_off(engine: Engine, vm: Any) -> bool:
    """Whether the user powered the VM off in the last twenty seconds."""
    return bool(engine.now() - engine.store.run(vm).powered_off < _POWER_OFF)
