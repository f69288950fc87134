# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a VM that runs: what happens at once, and what waits for its next start.

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
    """Whether a configuration waits, which it does for a moment even when the VM is down already (power.end)."""
    return bool(store.notes.get(split(vm.href), {}).get("next_run"))


def save(store: Store, vm: Any, configuration: Any) -> None:
    """Keep a configuration for the next start."""
    notes.of_vm(store, vm)["next_run"] = Writer.write(configuration)


def shown(store: Store, vm: Any) -> Any:
    """The VM as it will be (GET ?next_run=true): the waiting configuration, else the one it has."""
    waiting = stored(store, vm)
    if waiting is None:
        return vm
    result = merge(vm, waiting)
    result.custom_properties = waiting.custom_properties
    result.next_run_configuration_exists = True
    result.status, result.host, result.start_time = vm.status, None, None
    return result


def base(ctx: Context, vm: Any) -> Any:
    """What an update is laid over. Before 4.3 that is always what the VM has now, so a second update of a running
    VM forgets the first; since then `?next_run=true` starts from what waits (BackendVmResource.update)."""
    wanted = ctx.version >= (4, 3) and ctx.flag("next_run")
    return shown(ctx.store, vm) if wanted else vm


def split_update(ctx: Context, old: Any, new: Any) -> Any:
    """What a running VM looks like after an update; what has to wait is put aside for its next start."""
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
    """A VM that is down takes everything at once. Where a configuration still waits to be applied, the new one takes
    its place too: UpdateVmCommand.isRunningConfigurationNeeded is true for as long as there is a NEXT_RUN snapshot,
    and createNextRunSnapshot replaces it. The base of the update is what the VM has, so the change that waited is
    lost, but for ?next_run=true since 4.3 (UpdateVmCommand and BackendVmResource of 4.1.9, 4.3.10 and 4.5.3.7)."""
    new.next_run_configuration_exists = waits(ctx.store, old)
    if new.next_run_configuration_exists:
        save(ctx.store, old, new)
    return new


def _keep(name: str, old: Any, now: Any) -> bool:
    """Take a field back; True if it was to be changed."""
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
    """Memory is plugged into a VM that is up, in whole blocks. Where that fails, the VM keeps what it has and the
    change is lost unless something else made it wait (UpdateVmCommand.updateCurrentMemory)."""
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
    """Sockets are plugged into a VM that is up; cores and threads wait."""
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
    """What waited becomes what the VM has. Returns the VM to use from now on."""
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
