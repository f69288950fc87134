# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image transfers (`/imagetransfers`): who may start one, its actions, and what is shown of it.

TransferDiskImageCommand and TransferImageStatusCommand@4.3.10.4, 4.5.3.7; TransferImageCommand@4.1.9;
BackendImageTransfersResource and ImageTransferMapper of each. Its way from phase to phase is in transfer_steps.py.
"""

from __future__ import annotations

import uuid
from typing import Any

from ovirtsdk4 import types

from .. import notes, texts
from ..context import Context, Refusal
from . import Kind, action, transfer_steps
from .transfer_steps import PAUSED, Phase

_D = types.DiskStatus
_INACTIVITY = 60  # TransferImageClientInactivityTimeoutInSeconds
_DOWNLOAD = types.ImageTransferDirection.DOWNLOAD


class ImageTransfers(Kind):
    """`/imagetransfers`."""

    path = "imagetransfers"
    refs = {"host": "hosts"}

    def get(self, ctx: Context, ident: str) -> Any:
        """An action on a missing transfer is carried out on one of phase `unknown` (executeCommand)."""
        found = super().get(ctx, ident)
        if found is None and ctx.method == "POST":
            return types.ImageTransfer(id=ident, phase=Phase.UNKNOWN)
        return found

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Check the disk, and start the session unless that takes its time."""
        disk = _disk(ctx, obj)
        upload = obj.direction != _DOWNLOAD
        if not ctx.world:
            _check(ctx, disk, upload)
        transfer = _made(ctx, obj, disk, upload)
        note = notes.of_transfer(ctx.store, ctx.store.put(ctx.path, transfer))
        guest = obj.format == types.DiskFormat.RAW and ctx.version >= (4, 2)
        note.update({"disk": disk.id, "upload": upload, "guest": guest})
        note.update({"user": ctx.user, "correlation": ctx.correlation_id})
        delay = ctx.engine.world.delays["ticket"]
        started = True
        if delay:
            disk.status = _D.LOCKED
            ctx.engine.schedule(delay, "transfer.begin", ident=transfer.id)
        else:
            started = transfer_steps.begin(ctx.engine, transfer)
        transfer_steps.event(ctx.engine, transfer, "TRANSFER_IMAGE_INITIATED")
        if not started:
            # checkForActiveVds@4.5.3.7 says in the middle of the command that the request was not valid
            raise _refused(ctx, "NO_VDS_IN_POOL")
        return transfer

    def on_read(self, ctx: Context, obj: Any) -> None:
        """The URLs while there is a ticket, and how much was moved."""
        ticket = transfer_steps.ticket_of(ctx.engine, obj)
        if ticket is not None:
            host = ctx.store.follow(obj.host)  # it may have been removed
            address = host.address if host is not None else "localhost"
            engine_name = ctx.headers.get("host", "localhost").rpartition(":")[0] or "localhost"
            obj.proxy_url = ctx.engine.images.url(ticket.ident, engine_name, proxy=True)
            if ctx.version >= (4, 2):
                obj.transfer_url = ctx.engine.images.url(ticket.ident, address)
        if ctx.version >= (4, 2) and obj.href:
            obj.active = ticket.active if ticket is not None else False
            obj.transferred = ticket.moved() if ticket is not None else obj.transferred

    @action
    def finalize(self, ctx: Context, obj: Any, body: Any) -> None:
        """All bytes are there."""
        _update(ctx, obj, Phase.FINALIZING_SUCCESS)

    @action
    def cancel(self, ctx: Context, obj: Any, body: Any) -> None:
        """An upload takes its disk along."""
        _update(ctx, obj, Phase.CANCELLED_USER)

    @action
    def pause(self, ctx: Context, obj: Any, body: Any) -> None:
        """Uploads only, from 4.2 on."""
        if ctx.version >= (4, 2) and obj.direction == _DOWNLOAD:
            raise ctx.refuse("CANNOT_PAUSE_IMAGE_DOWNLOAD")
        _update(ctx, obj, Phase.PAUSED_USER)

    @action
    def resume(self, ctx: Context, obj: Any, body: Any) -> None:
        """Go on after a pause."""
        if (4, 2) <= ctx.version < (4, 4) and obj.phase == Phase.UNKNOWN:
            raise ctx.refuse("CAN_DO_ACTION_GENERAL_FAILURE")  # validate@4.3.10.4 asks the missing entity for its phase
        if ctx.version >= (4, 2) and obj.phase != Phase.UNKNOWN and obj.phase not in PAUSED:
            raise ctx.refuse("CANNOT_RESUME_IMAGE_TRANSFER")
        _update(ctx, obj, Phase.RESUMING)

    @action
    def extend(self, ctx: Context, obj: Any, body: Any) -> None:
        """Only says that the client is there; what counts for inactivity is the ticket."""


def _update(ctx: Context, obj: Any, phase: Any) -> None:
    if obj.phase != Phase.UNKNOWN:
        transfer_steps.set_phase(ctx.engine, obj, phase)


def _disk(ctx: Context, obj: Any) -> Any:
    """The disk that is meant by disk, image (both an id of a disk) or snapshot (an id of an image)."""
    old = ctx.version < (4, 2)
    ref = obj.image if old else obj.image or obj.disk
    if ref is None and (old or obj.snapshot is None):
        wanted = "image.id" if old else "image.id|disk.id|snapshot.id"
        raise Refusal(*texts.incomplete("ImageTransfer", [wanted], "add"))
    if ref is not None:
        disk = ctx.store.get("disks", ref.id or "")
    else:
        disk = next((disk for disk in ctx.store.list("disks") if disk.image_id == obj.snapshot.id), None)
    if disk is None:
        raise ctx.refuse("CAN_DO_ACTION_GENERAL_FAILURE")  # validateImageTransfer asks the missing disk for its domain
    return disk


def _refused(ctx: Context, name: str, **values: str) -> Refusal:
    """A refusal to transfer a disk; Engine 4.1 leaves the two words of the command as they are."""
    old = ctx.version < (4, 2)
    return ctx.refuse(name, "${action}" if old else "transfer", "${type}" if old else "disk", **values)


def _check(ctx: Context, disk: Any, upload: bool) -> None:
    """The command's lock, then validateImageTransfer in the order of each version."""
    running = transfer_steps.of_disk(ctx.engine, disk)
    if running is not None and (upload or running.direction != _DOWNLOAD):
        if ctx.version >= (4, 4):
            raise _refused(ctx, "DISK_IS_BEING_TRANSFERRED", DiskName=disk.name)
        if ctx.version >= (4, 2):
            raise _refused(ctx, "DISK_IS_LOCKED")
    checks = [_illegal, _domain, _plugged, _locked] if ctx.version >= (4, 2) else [_plugged, _illegal, _locked, _domain]
    for check in checks:
        check(ctx, disk)


def _illegal(ctx: Context, disk: Any) -> None:
    if disk.status == _D.ILLEGAL:
        raise _refused(ctx, "DISKS_ILLEGAL", diskAliases=disk.name)


def _locked(ctx: Context, disk: Any) -> None:
    if disk.status == _D.LOCKED:
        raise _refused(ctx, "DISKS_LOCKED", diskAliases=disk.name)


def _domain(ctx: Context, disk: Any) -> None:
    domain = ctx.store.follow(disk.storage_domains[0])
    if domain.status not in (None, types.StorageDomainStatus.ACTIVE):
        raise _refused(ctx, "STORAGE_DOMAIN_STATUS_ILLEGAL2", status=domain.status.value.capitalize())


def _plugged(ctx: Context, disk: Any) -> None:
    """Plugged to a VM that is not down; in 4.3 and later that is no matter for the snapshot of a disk."""
    names = []
    for vm in ctx.store.list("vms"):
        attachment = ctx.store.get(f"vms/{vm.id}/diskattachments", disk.id)
        if attachment is not None and attachment.active and vm.status != types.VmStatus.DOWN:
            names.append(vm.name)
    if names:
        name = "DISK_ATTACHED_TO_VMS" if ctx.version < (4, 2) else "DISK_PLUGGED_TO_NON_DOWN_VMS"
        raise _refused(ctx, name, DiskName=disk.name, VmList=",".join(sorted(names)))


def _made(ctx: Context, obj: Any, disk: Any, upload: bool) -> Any:
    """The entity with what this Engine shows of it (ImageTransferMapper)."""
    direction = types.ImageTransferDirection.UPLOAD if upload else _DOWNLOAD
    transfer = types.ImageTransfer(id=str(uuid.uuid4()), image=types.Image(id=disk.id), phase=Phase.INITIALIZING)
    if ctx.version >= (4, 2):
        transfer.direction, transfer.transferred, transfer.host = direction, 0, obj.host
        transfer.format = obj.format or disk.format
        transfer.inactivity_timeout = _INACTIVITY if obj.inactivity_timeout is None else obj.inactivity_timeout
    if ctx.version >= (4, 4):
        transfer.timeout_policy = obj.timeout_policy or types.ImageTransferTimeoutPolicy.LEGACY
        transfer.shallow = bool(obj.shallow)
    return transfer
