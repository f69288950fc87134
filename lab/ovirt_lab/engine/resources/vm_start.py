# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting a VM: the configuration of the run, what RunVmCommand checks, and the first move."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types
from ovirtsdk4.writer import Writer

from .. import texts
from ..context import Context
from ..refusal import Refusal
from ..store import merge
from ..vm import checks, initialization, properties
from . import power

_S = types.VmStatus


def configuration(ctx: Context, vm: Any, body: Any) -> tuple[Any, str]:
    """The configuration of this run, and the id of the first host named in a run-once, where it must run, or ""."""
    sent = body.vm
    if sent is None:
        return vm, ""
    only = ""
    if sent.placement_policy is not None:
        checks.hosts_by_id(ctx, sent)
        hosts = sent.placement_policy.hosts or []
        only = hosts[0].id if hosts else ""
        sent.placement_policy = None
    sent.id = sent.href = None
    config = merge(vm, sent)
    config.initialization = initialization.merged(ctx, vm.initialization, sent.initialization) or vm.initialization
    if sent.memory is not None and config.memory_policy.max < sent.memory:
        raise ctx.refuse("MEMORY_EXCEEDS_SUPPORTED_LIMIT", "start", "vm")
    config.custom_properties = properties.check(ctx, config, config.custom_properties, "start")
    initialization.check(ctx, config.initialization, "start")
    return config, only


def check(ctx: Context, vm: Any, config: Any) -> None:
    """Check a start in the order of RunVmValidator: properties, boot sequence, status, stateless, disks."""
    properties.check(ctx, config, config.custom_properties, "start")
    _check_boot(ctx, vm, config)
    if vm.status not in (_S.DOWN, _S.SUSPENDED):
        raise Refusal(*texts.vm_status_illegal(vm.status.value, "start", ctx.engine.version_text))
    if config.stateless and config.high_availability.enabled:
        raise ctx.refuse("VM_CANNOT_RUN_STATELESS_HA", "start", "vm")
    attached = [ctx.store.get("disks", a.id) for a in ctx.store.list(f"vms/{vm.id}/diskattachments") if a.active]
    locked = [disk.name for disk in attached if disk is not None and disk.status == types.DiskStatus.LOCKED]
    if locked and not config.high_availability.enabled:
        raise ctx.refuse("DISKS_LOCKED", "start", "vm", diskAliases=", ".join(locked))


def _check_boot(ctx: Context, vm: Any, config: Any) -> None:
    """Check a boot sequence of one device, or [hd, cdrom] in 4.1; others are not checked (validateBootSequence)."""
    if vm.status == _S.SUSPENDED:
        return
    boot = config.os.boot if config.os is not None else None
    devices = [device.value for device in (boot.devices or [])] if boot is not None else []
    if devices in ([], ["hd"]) and not ctx.store.list(f"vms/{vm.id}/diskattachments"):
        raise ctx.refuse("VM_CANNOT_RUN_FROM_DISK_WITHOUT_DISK", "start", "vm")
    iso = any(d.type == types.StorageDomainType.ISO for d in ctx.store.list("storagedomains"))
    if ctx.version < (4, 2) and devices == ["hd", "cdrom"] and not iso:
        raise ctx.refuse("VM_CANNOT_RUN_FROM_CD_WITHOUT_ACTIVE_STORAGE_DOMAIN_ISO", "start", "vm")
    if devices == ["network"] and not ctx.store.list(f"vms/{vm.id}/nics"):
        raise ctx.refuse("VM_CANNOT_RUN_FROM_NETWORK_WITHOUT_NETWORK", "start", "vm")


def begin(ctx: Context, vm: Any, config: Any, host: Any, initialize: str) -> None:
    """Start the VM on this host. `config` is the VM itself, or the configuration of a run-once; `initialize` how the
    guest is initialized (vm/starts.py)."""
    if vm.status == _S.DOWN:
        ctx.store.end_run(vm)  # an earlier start may be between two tries
    run = ctx.store.run(vm)
    run.user, run.correlation, run.initialize = ctx.user, ctx.correlation_id, initialize
    once = config is not vm
    if once:
        run.config = Writer.write(config)
        vm.run_once = True
    ctx.job = ctx.engine.journal.job(ctx, "RunVmOnce" if once else "RunVm", VM=vm.name)
    ctx.event("USER_STARTED_VM", vm=vm, host=host)
    vm.stop_reason = None
    if vm.status == _S.SUSPENDED:
        vm.host = ctx.store.ref(host)
        ctx.engine.drivers.of(host).restore(vm, host)
        return
    power.launch(ctx.engine, vm, host)
