# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new VM takes over from a template other than Blank: its interfaces and copies of its disks (AddVmCommand)."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from ovirtsdk4 import types

from .. import resources
from ..context import Context


def take_over(ctx: Context, vm: Any, template: Any) -> bool:
    """Copy interfaces and disks; True if the VM has to wait for its disks (202, image_locked)."""
    for nic in ctx.store.list(f"templates/{template.id}/nics"):
        wanted = types.Nic(name=nic.name, interface=nic.interface, vnic_profile=nic.vnic_profile, linked=nic.linked)
        inner = Context(ctx.engine, "POST", path=f"vms/{vm.id}/nics", user=ctx.user, world=True)
        ctx.store.put(inner.path, resources.kind_of("vms/*/nics").on_add(inner, wanted))
    attachments = ctx.store.list(f"templates/{template.id}/diskattachments")
    for number, attachment in enumerate(attachments, 1):
        _copy_disk(ctx, vm, attachment, number)
    if not attachments or ctx.world:
        return False
    vm.status = types.VmStatus.IMAGE_LOCKED
    ctx.engine.schedule(ctx.engine.world.delays["disk"], "vm.copied", ident=vm.id, correlation_id=ctx.correlation_id)
    return True


def _copy_disk(ctx: Context, vm: Any, attachment: Any, number: int) -> None:
    original = ctx.store.get("disks", attachment.id)
    if original is None:
        return
    disk = copy.copy(original)
    disk.id, disk.name, disk.alias = None, f"{vm.name}_Disk{number}", f"{vm.name}_Disk{number}"
    disk.image_id = str(uuid.uuid4())
    disk.status = types.DiskStatus.OK if ctx.world else types.DiskStatus.LOCKED
    ctx.store.put("disks", disk)
    ctx.engine.images.content.copy(original.id, disk.id)
    mine = copy.copy(attachment)
    mine.id, mine.disk, mine.vm = disk.id, ctx.store.ref(disk), ctx.store.ref(vm)
    mine.template, mine.active = None, True
    ctx.store.put(f"vms/{vm.id}/diskattachments", mine)


@resources.transition("vm.copied")
def copied(engine: Any, ident: str, correlation_id: str) -> None:
    """The disks are copied: the VM is down and can be started."""
    vm = engine.store.get("vms", ident)
    if vm is None or vm.status != types.VmStatus.IMAGE_LOCKED:
        return
    for attachment in engine.store.list(f"vms/{ident}/diskattachments"):
        disk = engine.store.get("disks", attachment.id)
        if disk is not None:
            disk.status = types.DiskStatus.OK
    vm.status = types.VmStatus.DOWN
    engine.store.touch(vm)
    engine.journal.event("USER_ADD_VM_FINISHED_SUCCESS", vm=vm, correlation_id=correlation_id)
