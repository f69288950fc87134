# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of disks: those of a VM for a template, and those of a template for a VM, thin or whole.

AddVmTemplateCommand, CreateSnapshotFromTemplateCommand (thin) and CloneImageByTypeCommand (whole) of 4.1.9 to 4.5.3.7.
"""

from __future__ import annotations

import copy
import uuid
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from ..context import Context
from ..store import Store

if TYPE_CHECKING:
    from ..core import Engine

# What a client may say of a copy; a thin one is qcow2 whatever is said.
_CHOICES = ("description", "format", "name", "sparse", "storage_domains")


def wanted(ctx: Context, owner: Any) -> dict[str, Any]:
    """What a request says of copies, by the ids of the disks: `disk_attachments` of the VM in it. Raises Refusal for a
    storage domain that is not there."""
    found = [attachment.disk for attachment in owner.disk_attachments or [] if attachment.disk is not None]
    for disk in found:
        if disk.storage_domains:
            disk.storage_domains = [ctx.store.ref(ctx.find("storagedomains", disk.storage_domains[0]))]
    return {disk.id: disk for disk in found if disk.id is not None}


def _attached(store: Store, path: str) -> list[Any]:
    """The disks of these attachments that are still there."""
    found = (store.get("disks", attachment.id) for attachment in store.list(path))
    return [disk for disk in found if disk is not None]


def check_source(ctx: Context, vm: Any) -> None:
    """Refuse a template of a VM whose disks are illegal or locked (AddVmTemplateCommand.validateImages)."""
    disks = _attached(ctx.store, f"vms/{vm.id}/diskattachments")
    for status, refusal in ((types.DiskStatus.ILLEGAL, "DISKS_ILLEGAL"), (types.DiskStatus.LOCKED, "DISKS_LOCKED")):
        names = [disk.name for disk in disks if disk.status == status]
        if names:
            raise ctx.refuse(refusal, "add", "template", diskAliases=", ".join(names))


def check_template(ctx: Context, template: Any, action: str, kind: str) -> None:
    """Refuse a template that is being made, or whose disks are in use (VmTemplateHandler.isVmTemplateImagesReady)."""
    states = {disk.status for disk in _attached(ctx.store, f"templates/{template.id}/diskattachments")}
    if template.status == types.TemplateStatus.LOCKED or types.DiskStatus.LOCKED in states:
        raise ctx.refuse("VM_TEMPLATE_IMAGE_IS_LOCKED", action, kind)


def of_template(ctx: Context, template: Any, attachment: Any) -> None:
    """Copy a disk of a VM for a template, locked until the template is ready."""
    disk = _copy(ctx, attachment, "", whole=True)
    if disk is not None:
        _attach(ctx, f"templates/{template.id}/diskattachments", disk, attachment, template=template)


def of_vm(ctx: Context, vm: Any, attachment: Any, number: int, whole: bool) -> None:
    """Copy a disk of a template for a VM, locked until all are copied. A thin copy is a qcow2 image on top of it."""
    disk = _copy(ctx, attachment, f"{vm.name}_Disk{number}", whole)
    if disk is not None:
        _attach(ctx, f"vms/{vm.id}/diskattachments", disk, attachment, vm=vm)


def _copy(ctx: Context, attachment: Any, name: str, whole: bool) -> Any:
    original = ctx.store.get("disks", attachment.id)
    if original is None:
        return None
    disk = copy.copy(original)
    disk.id, disk.image_id = None, str(uuid.uuid4())
    disk.name = disk.alias = name or original.name
    _choose(disk, ctx.disks_wanted.get(original.id))
    if not whole:
        disk.format, disk.sparse = types.DiskFormat.COW, True
    disk.status = types.DiskStatus.OK if ctx.world else types.DiskStatus.LOCKED
    ctx.store.put("disks", disk)
    ctx.engine.images.content.copy(original.id, disk.id)
    return disk


def _choose(disk: Any, choice: Any) -> None:
    if choice is None:
        return
    for name in _CHOICES:
        if getattr(choice, name) is not None:
            setattr(disk, name, getattr(choice, name))
    disk.alias = disk.name


def _attach(ctx: Context, path: str, disk: Any, attachment: Any, vm: Any = None, template: Any = None) -> None:
    twin = copy.copy(attachment)
    twin.id, twin.disk, twin.active = disk.id, ctx.store.ref(disk), True
    twin.vm = ctx.store.ref(vm) if vm is not None else None
    twin.template = ctx.store.ref(template) if template is not None else None
    ctx.store.put(path, twin)


def unlock(engine: Engine, path: str) -> None:
    """The copies at these attachments are made."""
    for disk in _attached(engine.store, path):
        if disk.status == types.DiskStatus.LOCKED:
            disk.status = types.DiskStatus.OK
            engine.store.touch(disk)
