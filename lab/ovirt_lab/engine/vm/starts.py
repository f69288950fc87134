# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a VM's starts give to its guest: cloud-init's files or not, decided as RunVmCommand.updateVmInit does.

The starts of a VM are kept in its note, so that a test can ask what a guest would have read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes, texts
from ..context import Context
from ..refusal import Refusal
from . import config_drive

if TYPE_CHECKING:
    from ..core import Engine

CLOUD_INIT, SYSPREP, IGNITION, NOTHING = "cloud_init", "sysprep", "ignition", "nothing"
_KEPT = 20  # starts of a VM
MOST_IDE_DISKS = 3  # VmCommand.MAX_IDE_SLOTS


def asked_for(ctx: Context, body: Any) -> str:
    """What an action `start` asks for by its flags: one of the words above, or "" if the Engine is to decide.

    In 4.1 an action without a flag asks for nothing, even at the first start (BackendVmResource.start).
    """
    if ctx.version < (4, 4):
        body.use_ignition = None
    flags = {SYSPREP: body.use_sysprep, CLOUD_INIT: body.use_cloud_init, IGNITION: body.use_ignition}
    wanted = [name for name, flag in flags.items() if flag]
    if len(wanted) > 1:
        raise Refusal(409, texts.MIXED_INITIALIZATION[ctx.version >= (4, 4)], "")
    if wanted:
        return wanted[0]
    return NOTHING if ctx.version < (4, 2) or False in flags.values() else ""


def decide(ctx: Context, vm: Any, config: Any, asked: str, wanted: bool) -> str:
    """How this start of a VM initializes its guest: one of the words above. `config` is the configuration of the run,
    `asked` what its flags say (`asked_for`), and `wanted` the flag `use_initialization`.

    Raises Refusal if the VM has no room for the drive, or for what this Engine cannot make.
    """
    chosen = asked or _automatic(ctx.engine, vm, config, wanted)
    first = (
        not _initialized(ctx.engine, vm) and vm.initialization is not None and type_of(ctx.engine, config) == CLOUD_INIT
    )
    ide = [a for a in ctx.store.list(f"vms/{vm.id}/diskattachments") if a.interface == types.DiskInterface.IDE]
    if (first or asked == CLOUD_INIT) and len(ide) >= MOST_IDE_DISKS:
        raise ctx.refuse("VMPAYLOAD_CDROM_OR_CLOUD_INIT_MAXIMUM_DEVICES", "start", "vm")
    if chosen == IGNITION:
        raise Refusal(501, texts.OPERATION_FAILED, "[This simulated Engine does not know how to make Ignition files.]")
    return chosen


def record(engine: Engine, vm: Any, host: Any, config: Any) -> None:
    """Note a start of a VM on a host: when it was, and the files of the drive that its guest finds."""
    note = notes.of_vm(engine.store, vm)
    chosen = engine.store.run(vm).initialize or _automatic(engine, vm, config, False)
    label, files = "", {}
    if chosen == CLOUD_INIT:
        label, files = config_drive.LABEL, config_drive.files(engine.release.number, config.initialization)
    elif (own := _own_drive(config)) is not None:
        label, files = own.volume_id or "", {file.name: file.content or "" for file in own.files or []}
    start = {"time": engine.now(), "host": host.name, "initialize": chosen, "label": label, "files": files}
    note["starts"] = [*note.get("starts", [])[1 - _KEPT :], start]


def is_up(engine: Engine, vm: Any) -> None:
    """The VM has come up: its next starts give nothing unless they are asked to (runningSucceded)."""
    notes.of_vm(engine.store, vm)["initialized"] = True


def _initialized(engine: Engine, vm: Any) -> bool:
    return notes.of_vm(engine.store, vm).get("initialized", False)


def _automatic(engine: Engine, vm: Any, config: Any, wanted: bool) -> str:
    """What a start without a flag gives: the first one of a VM that has an initialization, or one that asks with
    `use_initialization`; but not if the VM has a drive of its own."""
    due = vm.initialization is not None and not _initialized(engine, vm)
    if not (due or wanted):
        return NOTHING
    chosen = type_of(engine, config)
    own = _own_floppy(config) if chosen == SYSPREP else _own_drive(config)
    return NOTHING if own is not None else chosen


def type_of(engine: Engine, config: Any) -> str:
    """How the operating system of a VM or template is initialized: vmInitType of osinfo-defaults.properties; Ignition
    is known since 4.4."""
    name = config.os.type or "" if config.os is not None else ""
    if name.startswith("windows"):
        return SYSPREP
    return IGNITION if name == "rhcos_x64" and engine.version >= (4, 4) else CLOUD_INIT


def _payload(config: Any, kind: Any) -> Any:
    return next((payload for payload in config.payloads or [] if payload.type == kind), None)


def _own_drive(config: Any) -> Any:
    return _payload(config, types.VmDeviceType.CDROM)


def _own_floppy(config: Any) -> Any:
    return _payload(config, types.VmDeviceType.FLOPPY)
