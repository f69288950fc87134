# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of a VM: start, stop, shutdown, reboot, suspend, migrate. They are checked here, and done
by the driver of the VM's host (../drivers)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ovirtsdk4 import types

from .. import texts
from ..context import Context
from ..refusal import NotFound, Refusal
from ..routes import GUID
from ..vm import checks, scheduler, starts
from . import action, runs, vm_start

if TYPE_CHECKING:
    from ..drivers.interface import HostDriver

_S = types.VmStatus
# Running or paused, for StopVmCommandBase (VMStatus.java)
_RUNNING = (_S.UP, _S.POWERING_UP, _S.POWERING_DOWN, _S.REBOOT_IN_PROGRESS, _S.WAIT_FOR_LAUNCH, _S.MIGRATING,
            _S.PAUSED, _S.NOT_RESPONDING, _S.SUSPENDED)  # fmt: skip
_SAVING = (_S.SAVING_STATE, _S.RESTORING_STATE)


class VmActions:
    """Mixed into the kind of VMs."""

    actions: ClassVar[dict[str, Callable[..., Any]]]

    def absent(self, ctx: Context, name: str, body: Any) -> Refusal:
        """The refusal of an action on a VM that does not exist.

        The command finds out, since the API does not look up the VM (BackendVmResource.doAction). It is a plain 404 for
        a run-once, which reads the VM first (createRunVmOnceParams), and for a text that is not an id (asGuidOr404).
        """
        read_first = name == "start" and body.vm is not None
        if name not in self.actions or read_first or not GUID.fullmatch(ctx.ident or ""):
            return NotFound()
        return ctx.refuse("VM_NOT_FOUND", name, "vm")

    # --- start

    @action
    def start(self, ctx: Context, obj: Any, body: Any) -> None:
        """RunVmCommand, or RunVmOnceCommand when the body has a VM (RunVmValidator.canRunVm)."""
        checks.unlocked(ctx, obj, "start")
        checks.managed(ctx, obj, "start")
        asked = starts.asked_for(ctx, body)
        if obj.status == _S.PAUSED:
            driver, host = _host_of(ctx, obj)
            driver.refuse(obj, "resume")
            driver.resume(ctx, obj, host)
            return
        config, only = vm_start.configuration(ctx, obj, body)
        vm_start.check(ctx, obj, config)
        initialize = starts.decide(ctx, obj, config, asked, bool(body.use_initialization))
        hosts, reasons = scheduler.candidates(ctx.engine, obj, config, only)
        if not hosts:
            raise Refusal(*texts.no_host_fits(reasons, "start", "vm", ctx.engine.version_text))
        if obj.status == _S.SUSPENDED:
            ctx.engine.drivers.of(hosts[0]).refuse(obj, "restore")
        vm_start.begin(ctx, obj, config, hosts[0], initialize)

    # --- stop, shutdown, reboot

    @action
    def stop(self, ctx: Context, obj: Any, body: Any) -> None:
        """Power off. A VM that is down stays so, with 200 (StopVmCommandBase.shouldSkipCommandExecution)."""
        if not _may_stop(ctx, obj, "stop", "Stop VM"):
            return
        ctx.job = ctx.engine.journal.job(ctx, "StopVm", VM=obj.name)
        _power_off(ctx, obj, "USER_STOP_VM", body)

    @action
    def shutdown(self, ctx: Context, obj: Any, body: Any) -> None:
        """Shut the guest down. A VM that is not up is powered off instead (ShutdownVmCommand)."""
        if not _may_stop(ctx, obj, "shutdown", "Shutdown VM"):
            return
        ctx.job = ctx.engine.journal.job(ctx, "ShutdownVm", VM=obj.name)
        if obj.status != _S.UP:
            _power_off(ctx, obj, "USER_STOPPED_VM_INSTEAD_OF_SHUTDOWN", body)
            return
        driver, host = _host_of(ctx, obj)
        driver.shut_down(ctx, obj, host, "USER_INITIATED_SHUTDOWN_VM", _reason(ctx, body))

    @action
    def reboot(self, ctx: Context, obj: Any, body: Any) -> None:
        """RebootVmCommand: cold (down and up again) after a run-once or when a configuration waits."""
        checks.unlocked(ctx, obj, "reboot")
        checks.managed(ctx, obj, "reboot")
        if obj.status not in (_S.UP, _S.POWERING_UP):
            raise Refusal(*texts.vm_status_illegal(obj.status.value, "reboot", ctx.engine.version_text))
        ctx.job = ctx.engine.journal.job(ctx, "RebootVm", VM=obj.name)
        run = ctx.store.run(obj)
        cold = (obj.run_once or obj.next_run_configuration_exists) and not run.container
        driver, host = _host_of(ctx, obj)
        if not cold:
            driver.reboot(ctx, obj, host)
            return
        ctx.event("USER_REBOOT_VM", vm=obj, host=host)
        run.cold_reboot = True
        driver.shut_down(ctx, obj, host, "", {})

    @action
    def reset(self, ctx: Context, obj: Any, body: Any) -> None:
        """Reset the VM."""
        checks.managed(ctx, obj, "reset")
        if obj.status not in (_S.UP, _S.POWERING_UP):
            raise Refusal(*texts.vm_status_illegal(obj.status.value, "reset", ctx.engine.version_text))
        driver, host = _host_of(ctx, obj)
        driver.reset(ctx, obj, host)

    # --- elsewhere, later

    @action
    def suspend(self, ctx: Context, obj: Any, body: Any) -> None:
        """Suspend the VM (HibernateVmCommand)."""
        checks.unlocked(ctx, obj, "suspend")
        checks.managed(ctx, obj, "suspend")
        if obj.status != _S.UP:
            raise ctx.refuse("VM_IS_NOT_UP", "suspend", "vm")
        if obj.stateless:
            raise ctx.refuse("VM_CANNOT_SUSPEND_STATELESS_VM", "suspend", "vm")
        driver, host = _host_of(ctx, obj)
        driver.refuse(obj, "suspend")
        ctx.job = ctx.engine.journal.job(ctx, "HibernateVm", VM=obj.name)
        ctx.event("USER_SUSPEND_VM", vm=obj, host=host)
        driver.suspend(ctx, obj, host)

    @action
    def migrate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Migrate the VM to another host of the cluster."""
        checks.unlocked(ctx, obj, "migrate")
        if obj.status != _S.UP:
            raise ctx.refuse("VM_IS_NOT_UP", "migrate", "vm")
        if obj.placement_policy.affinity == types.VmAffinity.PINNED:
            raise ctx.refuse("VM_IS_PINNED_TO_HOST", "migrate", "vm")
        wanted = ctx.find("hosts", body.host).id if body.host is not None else ""
        driver, source = _host_of(ctx, obj)
        driver.refuse(obj, "migrate")
        hosts, reasons = scheduler.candidates(ctx.engine, obj, obj, wanted)
        # Only between hosts of one kind: the others would know nothing of the VM.
        hosts = [host for host in hosts if host.id != obj.host.id and ctx.engine.drivers.of(host) is driver]
        if not hosts:
            raise Refusal(*texts.no_host_fits(reasons, "migrate", "vm", ctx.engine.version_text))
        ctx.event("VM_MIGRATION_START", vm=obj, host=source, DestinationVdsName=hosts[0].name)
        driver.migrate(ctx, obj, source, hosts[0])


def _host_of(ctx: Context, vm: Any) -> tuple[HostDriver, Any]:
    """The host that a VM is on, and its driver."""
    host = ctx.store.follow(vm.host)
    return ctx.engine.drivers.of(host), host


# --- stop


def _may_stop(ctx: Context, vm: Any, verb: str, title: str) -> bool:
    """Check a stop or shutdown; False if the VM is down already."""
    checks.unlocked(ctx, vm, verb)
    if vm.status == _S.DOWN:
        ctx.event("VM_ALREADY_IN_REQUESTED_STATUS", vm=vm, VmStatus="Down", Action=title)
        return False
    checks.managed(ctx, vm, verb)
    if vm.status not in _RUNNING:
        raise ctx.refuse("VM_IS_SAVING_RESTORING" if vm.status in _SAVING else "VM_IS_NOT_RUNNING", verb, "vm")
    return True


def _reason(ctx: Context, body: Any) -> dict[str, str]:
    """The `reason` of a stop, where the Engine has it (4.4 and later)."""
    reason = body.reason if ctx.version >= (4, 4) else None
    return {"OptionalReason": f" (Reason: {reason})"} if reason else {}


def _power_off(ctx: Context, vm: Any, event: str, body: Any) -> None:
    if vm.status == _S.SUSPENDED:
        ctx.event("USER_STOP_SUSPENDED_VM", vm=vm, **_reason(ctx, body))
        runs.end(ctx.engine, vm)
        return
    if ctx.version >= (4, 4) and body.reason:
        vm.stop_reason = body.reason
    driver, host = _host_of(ctx, vm)
    driver.power_off(ctx, vm, host, event, _reason(ctx, body))
