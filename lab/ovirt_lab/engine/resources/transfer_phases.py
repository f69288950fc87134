# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an image transfer goes from phase to phase.

TransferDiskImageCommand.executeStateHandler@4.3.10.4 and 4.5.3.7, and that of TransferImageCommand@4.1.9.

The command looks at its transfer every `delays: transfer` seconds, so a phase that an action sets is followed by the
next one that much later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from . import disks, transition
from .transfer_steps import Phase, begin, event, set_phase, stopped_by_system, ticket_of, watch

if TYPE_CHECKING:
    from ..core import Engine

# Succeeded- and FailedImageTransferCleanupTimeInMinutes, from 4.4.7 on
_KEPT = {Phase.FINISHED_SUCCESS: 900.0, Phase.FINISHED_FAILURE: 1800.0}
_Step = Callable[["Engine", Any, notes.TransferNote], None]


@transition("transfer.step")
def step(engine: Engine, ident: str, phase: str) -> None:
    """The command looks at its transfer; nothing is done if the phase is another one by now."""
    transfer = engine.store.get("imagetransfers", ident)
    if transfer is None or transfer.phase.value != phase or transfer.phase not in _STEPS:
        return
    note = notes.of_transfer(engine.store, transfer)
    if not note.get("ending", False):
        _STEPS[transfer.phase](engine, transfer, note)


def _resuming(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    ticket = ticket_of(engine, transfer)
    if engine.version < (4, 2):  # the pause took the ticket away; there is a new one, hence a new URL
        transfer.host = None
        begin(engine, transfer)
        return
    event(engine, transfer, "TRANSFER_IMAGE_RESUMED_BY_USER")
    set_phase(engine, transfer, Phase.TRANSFERRING)
    if ticket is not None:
        ticket.renew(engine.now())  # which is no activity of the client (Ticket.extend@imageio 2.5.1)
        watch(engine, transfer, ticket)


def _transferring(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    if ticket_of(engine, transfer) is None:  # it was resumed, but never had one
        stopped_by_system(engine, transfer, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_TICKET_RENEW_FAILURE")


def _paused(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    if transfer.phase == Phase.PAUSED_USER and engine.version >= (4, 2):
        event(engine, transfer, "TRANSFER_IMAGE_PAUSED_BY_USER")
    if engine.version < (4, 2):
        _stop(engine, transfer, note)


def _cancelled_user(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    note.setdefault("verdict", "TRANSFER_IMAGE_CANCELLED")
    set_phase(engine, transfer, Phase.FINALIZING_CLEANUP)


def _cancelled_system(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    note.setdefault("verdict", "TRANSFER_IMAGE_CANCELLED")
    set_phase(engine, transfer, Phase.FINALIZING_FAILURE)


def _finalizing(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    """Take the ticket back, and verify an upload (VerifyUntrustedVolume)."""
    disk, ticket = engine.store.get("disks", note["disk"]), ticket_of(engine, transfer)
    if disk is None:
        _stop(engine, transfer, note)
        _ends(engine, transfer, Phase.FINISHED_FAILURE)
        return
    bad = ticket is not None and note["upload"] and engine.images.rejects(ticket, disk)
    _stop(engine, transfer, note)
    disk.status = types.DiskStatus.ILLEGAL if bad else types.DiskStatus.OK
    if bad:
        set_phase(engine, transfer, Phase.FINALIZING_FAILURE)
        return
    note.setdefault("verdict", "TRANSFER_IMAGE_SUCCEEDED")
    if note["upload"]:
        disk.actual_size = engine.images.content.used(disk.id) if disk.sparse else disk.provisioned_size
    _ends(engine, transfer, Phase.FINISHED_SUCCESS)


def _cleaning(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    _stop(engine, transfer, note)
    disk = engine.store.get("disks", note["disk"])
    if disk is not None:  # else it was removed by force
        disk.status = types.DiskStatus.ILLEGAL if note["upload"] else types.DiskStatus.OK
    if transfer.phase == Phase.FINALIZING_CLEANUP:
        set_phase(engine, transfer, Phase.FINISHED_CLEANUP)
    else:
        _ends(engine, transfer, Phase.FINISHED_FAILURE)


def _cleaned(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    _end(engine, transfer, False)


def _stop(engine: Engine, transfer: Any, note: notes.TransferNote) -> None:
    """Take the ticket back; the transfer keeps the number of bytes (setBytesSent)."""
    ticket = ticket_of(engine, transfer)
    if ticket is not None and engine.version >= (4, 2):
        transfer.transferred = ticket.moved()
    engine.images.drop(note.pop("ticket", ""))


def _ends(engine: Engine, transfer: Any, phase: Any) -> None:
    """The command ends with its next look; before 4.4 the phase of that is shown already."""
    if engine.version < (4, 4):
        transfer.phase = phase
    ok = phase == Phase.FINISHED_SUCCESS
    notes.of_transfer(engine.store, transfer)["ending"] = True
    engine.schedule(engine.world.delays["transfer"], "transfer.end", ident=transfer.id, ok=ok)


@transition("transfer.end")
def ended(engine: Engine, ident: str, ok: bool) -> None:
    """endSuccessfully, endWithFailure."""
    transfer = engine.store.get("imagetransfers", ident)
    if transfer is not None:
        _end(engine, transfer, ok)


def _end(engine: Engine, transfer: Any, ok: bool) -> None:
    """A failed upload takes its disk along. The entity is kept for a while from 4.4.7 on (DbEntityCleanupManager)."""
    note = notes.of_transfer(engine.store, transfer)
    event(engine, transfer, note.get("verdict", "TRANSFER_IMAGE_FAILED"))
    disk = engine.store.get("disks", note["disk"])
    if not ok and note["upload"] and disk is not None:
        disks.discard(engine, disk)
    transfer.phase = Phase.FINISHED_SUCCESS if ok else Phase.FINISHED_FAILURE
    if engine.version < (4, 4):
        engine.store.remove("imagetransfers", transfer.id)
    else:
        engine.schedule(_KEPT[transfer.phase], "transfer.forgotten", ident=transfer.id)


@transition("transfer.forgotten")
def forgotten(engine: Engine, ident: str) -> None:
    """The entity is removed at last."""
    engine.store.remove("imagetransfers", ident)


_STEPS: dict[Any, _Step] = {
    Phase.RESUMING: _resuming,
    Phase.TRANSFERRING: _transferring,
    Phase.PAUSED_SYSTEM: _paused,
    Phase.PAUSED_USER: _paused,
    Phase.CANCELLED_USER: _cancelled_user,
    Phase.CANCELLED_SYSTEM: _cancelled_system,
    Phase.FINALIZING_SUCCESS: _finalizing,
    Phase.FINALIZING_FAILURE: _cleaning,
    Phase.FINALIZING_CLEANUP: _cleaning,
    Phase.FINISHED_CLEANUP: _cleaned,
}
