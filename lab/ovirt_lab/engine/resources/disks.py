# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks, and their attachments to VMs (an attachment has the id of its disk)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes, texts
from ..context import Context
from ..refusal import Refusal
from ..vm import checks, starts
from . import Kind, action, profiles, transition

if TYPE_CHECKING:
    from ..core import Engine

_IDE = types.DiskInterface.IDE
LOCKED, OK = types.DiskStatus.LOCKED, types.DiskStatus.OK


def _vm_names(ctx: Context, disk: Any) -> list[str]:
    return [vm.name for vm in ctx.store.list("vms") if ctx.store.get(f"vms/{vm.id}/diskattachments", disk.id)]


def _template_of(ctx: Context, ident: str) -> bool:
    """Whether a disk is one of a template."""
    found = (f"templates/{template.id}/diskattachments" for template in ctx.store.list("templates"))
    return any(ctx.store.get(path, ident) is not None for path in found)


class Disks(Kind):
    """`/disks`."""

    path = "disks"
    refs = {}
    search = {
        "name": "name",
        "alias": "name",
        "id": "id",
        "disk_id": "id",
        "description": "description",
        "status": "status",
        "storage": "storage_domains.name",
        "Storage.name": "storage_domains.name",
        "vm_names": _vm_names,
        "Vms.name": _vm_names,
        "disk_type": "storage_type",
        "provisioned_size": lambda ctx, disk: (disk.provisioned_size or 0) >> 30,
    }

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """AddDiskCommand for an image disk."""
        complete(ctx, obj)
        return obj

    def added(self, ctx: Context, obj: Any) -> None:
        """Locked while it is made."""
        being_made(ctx, obj)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """Name, description, a larger size."""
        _not_locked(ctx, old, "update")
        new.alias, new.status = new.name, old.status
        if new.provisioned_size != old.provisioned_size:
            _may_grow(ctx, old)
        new.total_size = new.provisioned_size
        ctx.engine.images.content.grow(new)
        new.storage_domains, new.quota = old.storage_domains, old.quota
        if body.disk_profile is not None:
            new.disk_profile = profiles.disk_profile(ctx, ctx.store.follow(old.storage_domains[0]), body.disk_profile)
        return new

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not while it is locked or in use by a running VM, and not a template's."""
        _not_locked(ctx, obj, "remove")
        if _template_of(ctx, obj.id):
            raise ctx.refuse("CANT_DELETE_TEMPLATE_DISK_WITHOUT_SPECIFYING_DOMAIN", "remove", "disk")
        for vm in ctx.store.list("vms"):
            attachment = ctx.store.get(f"vms/{vm.id}/diskattachments", obj.id)
            if attachment is not None and attachment.active and vm.status != types.VmStatus.DOWN:
                raise ctx.refuse("VM_IS_NOT_DOWN", "remove", "disk")

    def removed(self, ctx: Context, obj: Any) -> None:
        """The attachments and the content go, too."""
        forget(ctx.engine, obj.id)
        ctx.event("USER_FINISHED_REMOVE_DISK_NO_DOMAIN", DiskAlias=obj.name)


class DiskAttachments(Kind):
    """`/vms/<id>/diskattachments`."""

    path = "vms/*/diskattachments"
    required = ("disk",)
    refs = {}

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Attach a disk that is there, or make a new one (BackendDiskAttachmentsResource.add@4.1.9)."""
        vm = ctx.owner()
        checks.unlocked(ctx, vm, "add", "disk")
        checks.managed(ctx, vm, "add", "disk")
        self._boot_free(ctx, vm, obj, "")
        made = obj.disk.id is None
        if obj.active or (made and obj.active is None):
            checks.devices_may_change(ctx, vm)
        self._ide_free(ctx, obj, "add" if made else "attach")
        disk = self._make(ctx, vm, obj.disk) if made else self._existing(ctx, vm, obj.disk)
        obj.id, obj.disk, obj.vm = disk.id, ctx.store.ref(disk), ctx.store.ref(vm)
        obj.interface = obj.interface or types.DiskInterface.VIRTIO
        obj.bootable, obj.read_only = bool(obj.bootable), bool(obj.read_only)
        # attached ones are plugged only when asked for; new ones unless asked not to be
        obj.active = made if obj.active is None else obj.active
        obj.pass_discard = bool(obj.pass_discard)
        obj.uses_scsi_reservation = bool(obj.uses_scsi_reservation)
        words = {"vm": vm, "DiskAlias": disk.name}
        ctx.event("USER_ADD_DISK_TO_VM" if made else "USER_ATTACH_DISK_TO_VM", **words)
        return obj

    def _make(self, ctx: Context, vm: Any, disk: Any) -> Any:
        number = len(ctx.store.list(ctx.path)) + 1
        disk.name = disk.name or disk.alias or f"{vm.name}_Disk{number}"
        complete(ctx, disk)
        ctx.store.put("disks", disk)
        being_made(ctx, disk, vm)
        return disk

    def _existing(self, ctx: Context, vm: Any, ref: Any) -> Any:
        disk = ctx.store.get("disks", ref.id)
        if disk is None:
            raise ctx.refuse("DISK_NOT_EXIST", "attach", "disk")
        _not_locked(ctx, disk, "attach")
        if not disk.shareable and (_vm_names(ctx, disk) or _template_of(ctx, disk.id)):
            raise ctx.refuse("NOT_SHAREABLE_DISK_ALREADY_ATTACHED", "attach", "disk")
        return disk

    def _boot_free(self, ctx: Context, vm: Any, obj: Any, own: str) -> None:
        for other in ctx.store.list(ctx.path):
            if obj.bootable and other.bootable and other.id != own:
                name = ctx.store.get("disks", other.id).name
                raise ctx.refuse("DISK_BOOT_IN_USE", "add", "disk", DiskName=name, VmName=vm.name)

    def _ide_free(self, ctx: Context, obj: Any, verb: str) -> None:
        """Three IDE devices, besides the CD-ROM (VmValidator.checkPciAndIdeLimit)."""
        there = [other for other in ctx.store.list(ctx.path) if other.interface == _IDE and other.id != obj.id]
        if obj.interface == _IDE and len(there) >= starts.MOST_IDE_DISKS:
            raise ctx.refuse("EXCEEDED_MAX_IDE_SLOTS", verb, "disk")

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """The attachment's own fields, and through it those of the disk."""
        vm = ctx.owner()
        checks.unlocked(ctx, vm, "update", "disk")
        self._boot_free(ctx, vm, body, old.id)
        self._ide_free(ctx, new, "update")
        if new.active != old.active:
            checks.devices_may_change(ctx, vm)
        disk = ctx.store.get("disks", old.id)
        if body.disk is not None and disk is not None:
            _not_locked(ctx, disk, "update")
            if body.disk.provisioned_size and body.disk.provisioned_size > disk.provisioned_size:
                _may_grow(ctx, disk)
                disk.provisioned_size = disk.total_size = body.disk.provisioned_size
                ctx.engine.images.content.grow(disk)
                being_made(ctx, disk)
            for name in ("description", "wipe_after_delete", "shareable"):
                if getattr(body.disk, name) is not None:
                    setattr(disk, name, getattr(body.disk, name))
            disk.name = disk.alias = body.disk.name or body.disk.alias or disk.name
        new.id, new.disk, new.vm = old.id, old.disk, old.vm
        return new

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Refuse while the VM or the disk is locked."""
        checks.unlocked(ctx, ctx.owner(), "detach", "disk")
        checks.managed(ctx, ctx.owner(), "detach", "disk")
        disk = ctx.store.get("disks", obj.id)
        if disk is not None:
            _not_locked(ctx, disk, "detach")
        if obj.active:
            checks.devices_may_change(ctx, ctx.owner())

    def removed(self, ctx: Context, obj: Any) -> None:
        """Detached; with ?detach_only=false the disk goes, too."""
        disk = ctx.store.get("disks", obj.id)
        ctx.event("USER_DETACH_DISK_FROM_VM", vm=ctx.owner(), DiskAlias=disk.name if disk is not None else obj.id)
        if ctx.query.get("detach_only", "true").lower() == "false":
            erase(ctx.engine, obj.id)

    @action
    def activate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Plug it in."""
        self._plug(ctx, obj, True)

    @action
    def deactivate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Pull it out."""
        self._plug(ctx, obj, False)

    def _plug(self, ctx: Context, obj: Any, active: bool) -> None:
        if obj.active != active:
            checks.devices_may_change(ctx, ctx.owner())
        obj.active = active


def _may_grow(ctx: Context, disk: Any) -> None:
    for vm in ctx.store.list("vms"):
        attachment = ctx.store.get(f"vms/{vm.id}/diskattachments", disk.id)
        if attachment is not None and attachment.active:
            checks.devices_may_change(ctx, vm)


def complete(ctx: Context, disk: Any) -> None:
    """Check and fill in a new image disk."""
    missing = [n for n, v in (("provisionedSize|size", disk.provisioned_size), ("format", disk.format)) if v is None]
    if missing:
        raise Refusal(*texts.incomplete("Disk", missing, "add"))
    domain = _domain(ctx, disk)
    disk.id = None
    disk.name = disk.alias = disk.name or disk.alias or f"Disk_{uuid.uuid4().hex[:8]}"
    disk.storage_domains = [ctx.store.ref(domain)]
    disk.disk_profile = profiles.disk_profile(ctx, domain, disk.disk_profile)
    disk.quota = profiles.disk_quota(ctx, domain)
    disk.storage_type = types.DiskStorageType.IMAGE
    cow = disk.format == types.DiskFormat.COW
    disk.sparse = cow if disk.sparse is None else disk.sparse
    disk.total_size = disk.provisioned_size
    disk.actual_size = 0 if disk.sparse else disk.provisioned_size
    disk.image_id = str(uuid.uuid4())
    disk.shareable, disk.wipe_after_delete = bool(disk.shareable), bool(disk.wipe_after_delete)
    disk.propagate_errors = bool(disk.propagate_errors)
    if ctx.version >= (4, 2):
        disk.content_type = disk.content_type or types.DiskContentType.DATA
    disk.status = OK if ctx.world else LOCKED


def _domain(ctx: Context, disk: Any) -> Any:
    """The storage domain: named, else the first data domain of this laboratory."""
    domains = ctx.store.list("storagedomains")
    if disk.storage_domains:
        found = ctx.lookup("storagedomains", disk.storage_domains[0])
        if found is None:
            raise ctx.refuse("STORAGE_DOMAIN_NOT_EXIST", "add", "disk")
        return found
    data = [domain for domain in domains if domain.type == types.StorageDomainType.DATA]
    if not data:
        raise ctx.refuse("STORAGE_DOMAIN_NOT_SPECIFIED", "add", "disk")
    return data[0]


def forget(engine: Engine, ident: str) -> None:
    """Remove what belongs to a disk that is gone: its attachments and its content."""
    for vm in engine.store.list("vms"):
        engine.store.remove(f"vms/{vm.id}/diskattachments", ident)
    engine.images.content.remove(ident)


def erase(engine: Engine, ident: str) -> None:
    """Remove a disk with what belongs to it."""
    engine.store.remove("disks", ident)
    forget(engine, ident)


def discard(engine: Engine, disk: Any) -> None:
    """The Engine itself removes a disk (RemoveDisk as an internal command)."""
    erase(engine, disk.id)
    engine.journal.event("USER_FINISHED_REMOVE_DISK_NO_DOMAIN", DiskAlias=disk.name)


def being_made(ctx: Context, disk: Any, vm: Any = None) -> None:
    """Lock a disk until it is made."""
    if ctx.world:
        return
    disk.status = LOCKED
    vm_id = vm.id if vm is not None else ""
    ctx.engine.schedule(ctx.engine.world.delays["disk"], "disk.ok", ident=disk.id, vm_id=vm_id)


@transition("disk.ok")
def ready(engine: Engine, ident: str, vm_id: str) -> None:
    """The disk is ready."""
    disk, vm = engine.store.get("disks", ident), engine.store.get("vms", vm_id)
    if disk is None or disk.status != LOCKED:
        return
    disk.status = OK
    if vm is not None:
        engine.journal.event("USER_ADD_DISK_TO_VM_FINISHED_SUCCESS", vm=vm, DiskAlias=disk.name)
    else:
        engine.journal.event("USER_ADD_DISK_FINISHED_SUCCESS", DiskAlias=disk.name)


def _not_locked(ctx: Context, disk: Any, verb: str) -> None:
    if disk.status == LOCKED:
        transfer = next((t for t in ctx.store.list("imagetransfers") if _moves(ctx, t, disk)), None)
        if transfer is not None and ctx.version >= (4, 4):
            raise ctx.refuse("DISK_IS_BEING_TRANSFERRED", verb, "disk", DiskName=disk.name)
        raise ctx.refuse("DISK_IS_LOCKED", verb, "disk")


def _moves(ctx: Context, transfer: Any, disk: Any) -> bool:
    """Whether a transfer that holds the lock of its disk is of this one."""
    return bool(notes.of_transfer(ctx.store, transfer).get("disk") == disk.id)
