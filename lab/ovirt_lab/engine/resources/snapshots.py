# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of a VM can be made, listed and removed. They hold no data and cannot be restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from ..clock import as_datetime
from ..vm import checks
from . import Kind, transition
from .access import fixed_id

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine


class Snapshots(Kind):
    """The first is always the active one: the VM as it is."""

    path = "vms/*/snapshots"
    required = ("description",)

    def items(self, ctx: Context) -> list[Any]:
        """The active one, and those made since."""
        vm = ctx.owner()
        active = types.Snapshot(
            id=fixed_id("active snapshot", vm.id),
            description="Active VM",
            date=vm.creation_time,
            persist_memorystate=False,
            snapshot_status=types.SnapshotStatus.OK,
            snapshot_type=types.SnapshotType.ACTIVE,
            vm=ctx.store.ref(vm),
        )
        active.href = f"{vm.href}/snapshots/{active.id}"
        return [active, *ctx.store.list(ctx.path)]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Locked until it is made."""
        vm = ctx.owner()
        checks.unlocked(ctx, vm, "create", "snapshot")
        checks.managed(ctx, vm, "create", "snapshot")
        obj.vm = ctx.store.ref(vm)
        obj.date = as_datetime(ctx.engine.now())
        obj.persist_memorystate = bool(obj.persist_memorystate)
        obj.snapshot_status = types.SnapshotStatus.LOCKED
        obj.snapshot_type = types.SnapshotType.REGULAR
        obj.disk_attachments = None
        ctx.event("USER_CREATE_SNAPSHOT", vm=vm, SnapshotName=obj.description)

    def added(self, ctx: Context, obj: Any) -> None:
        """The snapshot is ready after a moment."""
        ctx.engine.schedule(ctx.engine.world.delays["disk"], "snapshot.ok", path=ctx.path, ident=obj.id)


@transition("snapshot.ok")
def ready(engine: Engine, path: str, ident: str) -> None:
    """A snapshot is made."""
    snapshot = engine.store.get(path, ident)
    if snapshot is not None and snapshot.snapshot_status == types.SnapshotStatus.LOCKED:
        snapshot.snapshot_status = types.SnapshotStatus.OK
        vm = engine.store.follow(snapshot.vm)
        engine.journal.event("USER_CREATE_SNAPSHOT_FINISHED_SUCCESS", vm=vm, SnapshotName=snapshot.description)


class SnapshotDisks(Kind):
    """Disks of a snapshot: those of the VM."""

    path = "vms/*/snapshots/*/disks"

    def items(self, ctx: Context) -> list[Any]:
        """Disks that are attached now."""
        vm_id = ctx.path.split("/")[1]
        attachments = ctx.store.list(f"vms/{vm_id}/diskattachments")
        return [disk for a in attachments if (disk := ctx.store.get("disks", a.id)) is not None]
