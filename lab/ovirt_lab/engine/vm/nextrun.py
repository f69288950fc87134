# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updating a running VM: changes that are made at once, and changes that wait for the next start.

`@EditableVmField(onStatuses = Down)` of VmBase.java and VmStatic.java marks what waits; UpdateVmCommand does the rest.
"""

from __future__ import annotations

import copy
from typing import Any

from ovirtsdk4 import types
from ovirtsdk4.reader import Reader
from ovirtsdk4.writer import Writer

from .. import notes
from ..context import Context
from ..routes import split
from ..store import Store, merge

# Whole fields that wait, and single fields of structures (VmBase.java@4.1.9; the same in 4.3 and 4.5 but for `name`).
_WAITING = (
    "cpu_shares", "stateless", "custom_properties", "custom_compatibility_version", "custom_cpu_model",
    "custom_emulated_machine", "time_zone", "usb", "sso", "start_paused", "serial_number", "bios", "console",
    "rng_device", "soundcard_enabled", "virtio_scsi", "cluster", "io",
)  # fmt: skip
_WAITING_PARTS = {
    "memory_policy": ("max", "ballooning"),
    "os": ("boot", "kernel", "initrd", "cmdline"),
    "display": (
        "type", "monitors", "single_qxl_pci", "keyboard_layout", "file_transfer_enabled", "copy_paste_enabled",
    ),
    "cpu": ("mode",),
}  # fmt: skip
HOT_BLOCK = 256 << 20  # HotPlugMemoryBlockSizeMb


def stored(store: Store, vm: Any) -> Any:
    """The configuration that waits for the next start, or None."""
    text = store.notes.get(split(vm.href), {}).get("next_run")
    return Reader.read(text) if text else None


def waits(store: Store, vm: Any) -> bool:
    """Whether a configuration waits for the next start. It may wait for a moment after the VM is down (runs.end)."""
    return bool(store.notes.get(split(vm.href), {}).get("next_run"))


def save(store: Store, vm: Any, configuration: Any) -> None:
    """Keep a configuration for the next start."""
    notes.of_vm(store, vm)["next_run"] = Writer.write(configuration)


def shown(store: Store, vm: Any) -> Any:
    """The VM after its next start (GET ?next_run=true): with the waiting configuration, if there is one."""
    waiting = stored(store, vm)
    if waiting is None:
        return vm
    result = merge(vm, waiting)
    result.custom_properties = waiting.custom_properties
    result.next_run_configuration_exists = True
    result.status, result.host, result.start_time = vm.status, None, None
    return result


def base(ctx: Context, vm: Any) -> Any:
    """The configuration that an update is merged into (BackendVmResource.update).

    Before 4.3 it is the VM's present one, so a second update of a running VM drops the first. Since 4.3, with
    `?next_run=true`, it is the waiting one.
    """
    wanted = ctx.version >= (4, 3) and ctx.flag("next_run")
    return shown(ctx.store, vm) if wanted else vm


def split_update(ctx: Context, old: Any, new: Any) -> Any:
    """The running VM after an update. Changes that have to wait are saved for its next start."""
    now = copy.copy(new)
    waits = bool(old.next_run_configuration_exists)
    fields = _WAITING if ctx.version >= (4, 2) else (*_WAITING, "name")
    for name in fields:
        waits |= _keep(name, old, now)
    for part, names in _WAITING_PARTS.items():
        waits |= _keep_part(part, names, old, now)
    if ctx.version < (4, 2):
        waits |= _keep_part("memory_policy", ("guaranteed",), old, now)
    waits |= _memory(ctx, old, now)
    waits |= _topology(ctx, old, now)
    if waits:
        save(ctx.store, old, new)
    now.next_run_configuration_exists = waits
    return now


def update_down(ctx: Context, old: Any, new: Any) -> Any:
    """Update a VM that is down; all changes are made at once.

    A configuration that still waits is replaced by the new one: isRunningConfigurationNeeded is true as long as there
    is a NEXT_RUN snapshot, and createNextRunSnapshot replaces it. The update is merged into the present configuration,
    so the waiting change is lost, except with ?next_run=true since 4.3 (UpdateVmCommand and BackendVmResource of 4.1.9,
    4.3.10 and 4.5.3.7).
    """
    new.next_run_configuration_exists = waits(ctx.store, old)
    if new.next_run_configuration_exists:
        save(ctx.store, old, new)
    return new


def _keep(name: str, old: Any, now: Any) -> bool:
    """Restore a field to its old value; True if the update changed it."""
    before, after = getattr(old, name), getattr(now, name)
    setattr(now, name, before)
    return plain(before) != plain(after)


def _keep_part(part: str, names: tuple[str, ...], old: Any, now: Any) -> bool:
    before, after = getattr(old, part), getattr(now, part)
    if before is after or after is None:
        return False
    kept = copy.copy(after)
    changed = [_keep(name, before, kept) for name in names]
    setattr(now, part, kept)
    return any(changed)


def _memory(ctx: Context, old: Any, now: Any) -> bool:
    """Hot-plug memory into a VM that is up, in whole blocks; True if the change waits.

    If that fails, the VM keeps its memory. The change is lost unless another change waits
    (UpdateVmCommand.updateCurrentMemory).
    """
    if old.memory == now.memory:
        return False
    wanted, now.memory = now.memory, old.memory
    if ctx.flag("next_run"):
        return True
    grows = wanted > old.memory and (wanted - old.memory) % HOT_BLOCK == 0 and wanted <= old.memory_policy.max
    if old.status == types.VmStatus.UP and grows and not notes.is_container(ctx.store, old):
        now.memory = wanted
        return False
    return False


def _topology(ctx: Context, old: Any, now: Any) -> bool:
    """Hot-plug sockets into a VM that is up; True if the change waits, as changes of cores and threads do."""
    before, after = old.cpu.topology, now.cpu.topology
    if plain(before) == plain(after):
        return False
    only_sockets = (before.cores, before.threads) == (after.cores, after.threads)
    later = ctx.flag("next_run")
    hot = only_sockets and after.sockets > before.sockets and old.status == types.VmStatus.UP and not later
    if hot and not notes.is_container(ctx.store, old):
        return False
    now.cpu = copy.copy(now.cpu)
    now.cpu.topology = before
    return not only_sockets or later


def plain(value: Any) -> Any:
    """A value that can be compared: structures and lists by what they hold."""
    if isinstance(value, types.Identified):
        return value.id or value.name
    if isinstance(value, types.Struct):
        return {key: plain(inner) for key, inner in vars(value).items() if inner is not None}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def apply(store: Store, vm: Any) -> Any:
    """Apply the waiting configuration; return the VM that is stored now."""
    waiting = stored(store, vm)
    if waiting is None:
        return vm
    notes.of_vm(store, vm).pop("next_run", None)
    result = merge(vm, waiting)
    # an absent element clears these: the waiting configuration is a whole one
    result.custom_properties = waiting.custom_properties
    result.custom_compatibility_version = waiting.custom_compatibility_version
    for name in ("cluster", "template", "original_template", "status", "host", "start_time", "stop_time", "run_once"):
        setattr(result, name, getattr(vm, name))
    if result.placement_policy is not None and vm.placement_policy is not None:
        result.placement_policy = vm.placement_policy  # editable in every status: already up to date
    result.next_run_configuration_exists = False
    return store.put("vms", result)
