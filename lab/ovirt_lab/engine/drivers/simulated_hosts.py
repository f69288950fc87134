# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance of simulated hosts: their VMs go to other hosts, and they wait for what stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..resources import maintenance, transition

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

_AGAIN = 10.0  # seconds between two looks whether VMs are still there


def maintain(ctx: Context, host: Any, vms: Sequence[Any]) -> None:
    """Migrate the VMs that can, and say which cannot. Maintenance follows when none is left."""
    engine = ctx.engine
    for vm in vms:
        if notes.is_container(ctx.store, vm):
            ctx.event("USER_VDS_MAINTENANCE_MIGRATION_FAILED", host=host, failedVms=vm.name)
        elif vm.status == types.VmStatus.UP:
            vm.status = types.VmStatus.MIGRATING
            ctx.store.touch(vm)
            engine.schedule(engine.world.delays["migrate"], "host.migrated", vm_id=vm.id, source_id=host.id)
    engine.schedule(engine.world.delays["host"], "host.maintenance", ident=host.id)


@transition("host.migrated")
def migrated(engine: Engine, vm_id: str, source_id: str) -> None:
    """A VM has arrived on another host."""
    vm, source = engine.store.get("vms", vm_id), engine.store.get("hosts", source_id)
    if vm is None or source is None or vm.status != types.VmStatus.MIGRATING:
        return
    targets = [host for host in maintenance.others_up(engine, source) if engine.drivers.of(host).pretends]
    vm.status = types.VmStatus.UP
    if targets:
        vm.host = engine.store.ref(targets[0])
        engine.journal.event(
            "VM_MIGRATION_DONE",
            vm=vm,
            host=targets[0],
            VdsName=source.name,
            DestinationVdsName=targets[0].name,
            Duration="2 seconds",
            TotalDuration="2 seconds",
            ActualDowntime="(N/A)",
        )
    engine.store.touch(vm)


@transition("host.maintenance")
def in_maintenance(engine: Engine, ident: str) -> None:
    """Complete maintenance when no VM runs on the host; until then look every ten seconds."""
    host = engine.store.get("hosts", ident)
    if host is None or host.status != types.HostStatus.PREPARING_FOR_MAINTENANCE:
        return
    if engine.store.vms_on(host):
        engine.schedule(_AGAIN, "host.maintenance", ident=ident)
        return
    maintenance.complete(engine, host)
