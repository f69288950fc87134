# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session of an image transfer on its host: how it starts, and what ends it when the client is idle.

TransferDiskImageCommand@4.3.10.4, 4.5.3.7; TransferImageCommand@4.1.9. The phases are in transfer_phases.py.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..images import qcow2
from ..images.tickets import Ticket
from . import transition

if TYPE_CHECKING:
    from ..core import Engine

Phase = types.ImageTransferPhase
_TWO_LOOKS = 10.0  # seconds; AsyncCommandPollingRateInSeconds, the most that can be between two looks
PAUSED = (Phase.PAUSED_SYSTEM, Phase.PAUSED_USER)
FINISHED = (Phase.FINISHED_SUCCESS, Phase.FINISHED_FAILURE)


def of_disk(engine: Engine, disk: Any) -> Any:
    """The transfer of a disk that is not finished, or None."""
    for transfer in engine.store.list("imagetransfers"):
        if transfer.phase not in FINISHED and notes.of_transfer(engine.store, transfer).get("disk") == disk.id:
            return transfer
    return None


def ticket_of(engine: Engine, transfer: Any) -> Ticket | None:
    """The ticket of a transfer, or None; after a restart of the lab it is made again."""
    note = notes.of_transfer(engine.store, transfer)
    ident = note.get("ticket", "")
    if not ident:
        return None
    found: Ticket | None = engine.images.tickets.get(ident)
    disk = engine.store.get("disks", note["disk"])
    if found is None and disk is not None:
        found = engine.images.open(transfer, disk, note["upload"], note["guest"], ident)
        if transfer.phase != Phase.TRANSFERRING:
            found.leave(engine.now())
    return found


def set_phase(engine: Engine, transfer: Any, phase: Any) -> None:
    """Change the phase unless the transfer is finished (ImageTransferUpdater.updateEntity); the next step is later."""
    if transfer.phase in FINISHED:
        return
    transfer.phase = phase
    ticket = ticket_of(engine, transfer)
    if ticket is not None and phase in PAUSED:
        ticket.leave(engine.now())
    engine.schedule(engine.world.delays["transfer"], "transfer.step", ident=transfer.id, phase=phase.value)


def begin(engine: Engine, transfer: Any) -> bool:
    """Start the session on a host (startImageTransferSession). False if Engine 4.5 gives up at once."""
    note = notes.of_transfer(engine.store, transfer)
    disk = engine.store.get("disks", note["disk"])
    disk.status = types.DiskStatus.LOCKED
    host = _host(engine, transfer, disk)
    if host is None:
        return _without_host(engine, transfer, disk)
    transfer.host = engine.store.ref(host)
    if host.status != types.HostStatus.UP:
        _host_not_up(engine, transfer, disk)
        return True
    try:
        ticket = engine.images.open(transfer, disk, note["upload"], note["guest"])
    except qcow2.Unsupported:
        stopped_by_system(engine, transfer, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_FAILED_TO_CREATE_TICKET")
        return True
    note["ticket"] = ticket.ident
    transfer.phase = Phase.TRANSFERRING
    watch(engine, transfer, ticket)
    return True


def _host(engine: Engine, transfer: Any, disk: Any) -> Any:
    """The host that was asked for, else any that is up in the data center of the disk."""
    if transfer.host is not None:
        return engine.store.follow(transfer.host)
    domain = engine.store.follow(disk.storage_domains[0])
    centers = {center.id for center in domain.data_centers or ()}
    ups = [host for host in engine.store.list("hosts") if host.status == types.HostStatus.UP]
    fits = [host for host in ups if not centers or _center(engine, host) in centers]
    return random.choice(fits) if fits else None


def _center(engine: Engine, host: Any) -> str:
    return str(engine.store.follow(host.cluster).data_center.id)


def _without_host(engine: Engine, transfer: Any, disk: Any) -> bool:
    if engine.version >= (4, 2):
        event(engine, transfer, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_MISSING_HOST")
    if engine.version >= (4, 4):
        disk.status = types.DiskStatus.OK
        engine.schedule(engine.world.delays["transfer"], "transfer.end", ident=transfer.id, ok=False)
        return False
    _stop(engine, transfer)
    return True


def _stop(engine: Engine, transfer: Any) -> None:
    upload = notes.of_transfer(engine.store, transfer)["upload"] or engine.version < (4, 2)
    set_phase(engine, transfer, Phase.PAUSED_SYSTEM if upload else Phase.CANCELLED_SYSTEM)


def _host_not_up(engine: Engine, transfer: Any, disk: Any) -> None:
    """A host that was asked for is taken whatever its status is (initializeVds), and cannot prepare the image when it
    is not connected to the storage: 4.5 gives up without an event, the others stop the transfer."""
    if engine.version >= (4, 4):
        disk.status = types.DiskStatus.OK
        engine.schedule(engine.world.delays["transfer"], "transfer.end", ident=transfer.id, ok=False)
        return
    if engine.version >= (4, 2):
        event(engine, transfer, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_FAILED_TO_ADD_TICKET_TO_DAEMON")
    _stop(engine, transfer)


def event(engine: Engine, transfer: Any, name: str) -> None:
    """Write an event of a transfer."""
    note = notes.of_transfer(engine.store, transfer)
    disk = engine.store.get("disks", note["disk"])
    words: dict[str, Any] = {"DiskAlias": disk.name if disk is not None else "", "UserName": note["user"]}
    words["TransferType"] = "Upload" if note["upload"] else "Download"
    engine.journal.event(name, correlation_id=note["correlation"], **words)


def stopped_by_system(engine: Engine, transfer: Any, reason: str) -> None:
    """The host does not go on: an upload is paused, a download cancelled (updateEntityPhaseToStoppedBySystem)."""
    event(engine, transfer, reason)
    upload = notes.of_transfer(engine.store, transfer)["upload"]
    set_phase(engine, transfer, Phase.PAUSED_SYSTEM if upload else Phase.CANCELLED_SYSTEM)


def host_is_gone(engine: Engine, host: Any) -> None:
    """The Engine asks a host for the tickets of its transfers, and gets no answer (pollTransferStatus, from 4.2 on)."""
    for transfer in engine.store.list("imagetransfers"):
        here = transfer.host is not None and transfer.host.id == host.id
        if here and transfer.phase == Phase.TRANSFERRING and engine.version >= (4, 2):
            stopped_by_system(engine, transfer, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_MISSING_TICKET")


@transition("transfer.begin")
def initialized(engine: Engine, ident: str) -> None:
    """The host has the ticket."""
    transfer = engine.store.get("imagetransfers", ident)
    if transfer is not None and transfer.phase == Phase.INITIALIZING:
        begin(engine, transfer)


# --- inactivity


def watch(engine: Engine, transfer: Any, ticket: Ticket) -> None:
    """Look again when the client will have been idle for too long; Engine 4.1 has no such limit for API clients."""
    limit = transfer.inactivity_timeout
    if engine.version >= (4, 2) and limit and limit > 0:
        rest = ticket.accessed + limit + 1.0 - engine.now()
        later = max(rest, engine.world.delays["transfer"])
        engine.schedule(later, "transfer.idle", ident=transfer.id, ticket=ticket.ident)


@transition("transfer.idle")
def idle(engine: Engine, ident: str, ticket: str) -> None:
    """Apply the policy if no request ran for too long (shouldAbortOnClientInactivityTimeout)."""
    transfer = engine.store.get("imagetransfers", ident)
    found = ticket_of(engine, transfer) if transfer is not None else None
    if found is None or found.ident != ticket or transfer.phase != Phase.TRANSFERRING:
        return
    if found.active or engine.now() - found.accessed <= transfer.inactivity_timeout:
        if found.active:
            found.accessed = engine.now()
        watch(engine, transfer, found)
        return
    upload = notes.of_transfer(engine.store, transfer)["upload"]
    policy = transfer.timeout_policy.value if transfer.timeout_policy is not None else "legacy"
    name, pause = {
        ("legacy", True): ("UPLOAD_IMAGE_PAUSED_BY_SYSTEM_TIMEOUT", True),
        ("legacy", False): ("DOWNLOAD_IMAGE_CANCELED_TIMEOUT", False),
    }.get(
        (policy, upload),
        (f"TRANSFER_IMAGE_{'PAUSED' if policy == 'pause' else 'CANCELED'}_ON_TIMEOUT", policy == "pause"),
    )
    event(engine, transfer, name)
    set_phase(engine, transfer, Phase.PAUSED_SYSTEM if pause else Phase.CANCELLED_SYSTEM)


def moved(engine: Engine, ticket: Ticket) -> None:
    """An operation ended. A download that is complete is finalized by the Engine (finalizeDownloadIfNecessary), when
    it has found it so twice. It looks more and more rarely (CommandCallbacksPoller)."""
    if _is_whole(ticket) and engine.version >= (4, 2):
        later = max(2 * engine.world.delays["transfer"], _TWO_LOOKS)
        engine.schedule(later, "transfer.whole", ident=ticket.transfer)


def _is_whole(ticket: Ticket) -> bool:
    return not ticket.writable and not ticket.active and ticket.moved() == ticket.size


@transition("transfer.whole")
def whole(engine: Engine, ident: str) -> None:
    """Finalize a complete download that nobody finalized. If an operation runs just now, its end counts."""
    transfer = engine.store.get("imagetransfers", ident)
    if transfer is None or transfer.phase != Phase.TRANSFERRING:
        return
    ticket = ticket_of(engine, transfer)
    if ticket is None or _is_whole(ticket):
        set_phase(engine, transfer, Phase.FINALIZING_SUCCESS)
