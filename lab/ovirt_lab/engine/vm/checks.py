# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine refuses in a VM's configuration: AddVmCommand, UpdateVmCommand, VmManagementCommandBase (4.1-4.5)."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import notes, texts
from ..context import Context
from ..refusal import Refusal
from .defaults import MIB

_NAME_EXTRA = frozenset("0123456789._-")  # NO_SPECIAL_CHARACTERS_I18N of ValidationUtils: [\\p{L}0-9._-]*
_MAX_NAME = 64  # MaxVmNameLength
_MAX_TEXT = 255  # VM_NAME_SIZE, VM_DESCRIPTION_SIZE of BusinessEntitiesDefinitions
_MAX_SHARES = 262144
_PLATFORM_LIMIT = {(4, 1): 4096 << 10, (4, 3): 6144 << 10, (4, 5): 16384 << 10}  # VM64BitMaxMemorySizeInMB


def inputs(ctx: Context, vm: Any, action: str) -> None:
    """CommandBase.validateInputs, before anything else: the annotations @Size and @ValidI18NName of VmStatic.getName,
    @Size and @ValidDescription of VmBase.description (the same in 4.1.9, 4.3.10 and 4.5.3.7). A newline is ASCII."""
    found = []
    if vm.name is not None:
        if not 1 <= length(vm.name) <= _MAX_TEXT:
            found.append(("vmStatic.name", texts.size(1, _MAX_TEXT)))
        if not is_plain(vm.name):
            found.append(("vmStatic.name", "NAME_MAY_NOT_CONTAIN_SPECIAL_CHARS"))
    if vm.description is not None:
        if length(vm.description) > _MAX_TEXT:
            found.append(("vmStatic.description", texts.size(0, _MAX_TEXT)))
        if not all(char.isascii() or _is_letter(char) for char in vm.description):
            found.append(("vmStatic.description", "DESCRIPTION_MAY_NOT_CONTAIN_SPECIAL_CHARS"))
    if found:
        raise Refusal(*texts.invalid_inputs(found, action, "vm", ctx.engine.version_text))


def _is_letter(char: str) -> bool:
    """Java's \\p{L}; str.isalpha() is the same: general categories Lm, Lt, Lu, Ll and Lo."""
    return char.isalpha()


def is_plain(name: str) -> bool:
    """Whether a name has letters, digits and `._-` only (@ValidI18NName)."""
    return all(char in _NAME_EXTRA or _is_letter(char) for char in name)


def length(text: str) -> int:
    """String.length() of Java: a character beyond U+FFFF counts twice."""
    return len(text.encode("utf-16-le")) // 2


def devices_may_change(ctx: Context, vm: Any) -> None:
    """Refuse to change disks and interfaces of a VM that runs on a host which cannot do that."""
    if vm.host is not None:
        ctx.engine.drivers.of_vm(vm).refuse_change()


def name(ctx: Context, vm: Any, action: str, same: str = "") -> None:
    """Check that the name is set, short enough, and unique in the data center. `same` is the VM's own id."""
    if not vm.name:
        raise ctx.refuse("NAME_MAY_NOT_BE_EMPTY", action, "vm")
    if length(vm.name) > _MAX_NAME:
        raise ctx.refuse("NAME_LENGTH_IS_TOO_LONG", action, "vm")
    center = _center(ctx, vm)
    for other in ctx.store.all_named("vms", vm.name):
        if other.id != same and _center(ctx, other) == center:
            raise ctx.refuse("NAME_ALREADY_USED", action, "vm")


def _center(ctx: Context, vm: Any) -> Any:
    cluster = ctx.store.follow(vm.cluster)
    return cluster.data_center.id if cluster is not None and cluster.data_center is not None else None


def configuration(ctx: Context, vm: Any, action: str) -> None:
    """The checks of both add and update, in the Engine's order."""
    _pinning(ctx, vm, action)
    if not 0 <= (vm.cpu_shares or 0) <= _MAX_SHARES:
        raise ctx.refuse("QOS_CPU_SHARES_OUT_OF_RANGE", action, "vm")
    _memory(ctx, vm, action)


def _pinning(ctx: Context, vm: Any, action: str) -> None:
    policy = vm.placement_policy
    hosts = policy.hosts or [] if policy is not None else []
    for ref in hosts:
        host = ctx.store.get("hosts", ref.id)
        if host is None:
            raise ctx.refuse("DEDICATED_VDS_DOES_NOT_EXIST", action, "vm")
        if host.cluster.id != vm.cluster.id:
            raise ctx.refuse("DEDICATED_VDS_NOT_IN_SAME_CLUSTER", action, "vm")
    migratable = policy is None or policy.affinity in (None, types.VmAffinity.MIGRATABLE)
    # validatePinningAndMigration: with several hosts, or none, it may be highly available and pinned
    if vm.high_availability.enabled and not migratable and len(hosts) == 1:
        raise ctx.refuse("VM_CANNOT_BE_HIGHLY_AVAILABLE_AND_PINNED_TO_HOST", action, "vm")


def _memory(ctx: Context, vm: Any, action: str) -> None:
    policy = vm.memory_policy
    limit = _PLATFORM_LIMIT[ctx.version]
    if policy.guaranteed > vm.memory:
        raise ctx.refuse("MIN_MEMORY_CANNOT_EXCEED_MEMORY_SIZE", action, "vm")
    sizes = {"memory": vm.memory // MIB, "maxMemory": policy.max // MIB}
    if policy.max < vm.memory:
        raise ctx.refuse("MAX_MEMORY_CANNOT_BE_SMALLER_THAN_MEMORY_SIZE", action, "vm", **sizes)
    if sizes["maxMemory"] > limit:
        name = "MAX_MEMORY_CANNOT_EXCEED_PLATFORM_LIMIT"
        raise ctx.refuse(name, action, "vm", maxMemory=sizes["maxMemory"], platformLimit=limit)


def hosts_by_id(ctx: Context, vm: Any) -> None:
    """Replace host names in a placement policy by ids.

    An unknown name is left out (BackendVmsResource.updateIdForSingleHost); an unknown id is refused later.
    """
    policy = vm.placement_policy
    if policy is None or policy.hosts is None:
        return
    found = [ctx.store.named("hosts", ref.name) if ref.id is None and ref.name else ref for ref in policy.hosts]
    known = [ctx.store.get("hosts", ref.id) or ref for ref in found if ref is not None and ref.id]
    unique = {ref.id: ctx.store.ref(ref) if ref.href else ref for ref in known}
    policy.hosts = list(unique.values())


def managed(ctx: Context, vm: Any, action: str, kind: str = "vm") -> None:
    """Refuse what the Engine may not do to a VM of its own (VmActionByVmOriginTypeValidator).

    It may migrate and update that VM, and change its network interfaces.
    """
    if (vm.origin or "").endswith("hosted_engine"):
        raise ctx.refuse("CANNOT_RUN_ACTION_ON_NON_MANAGED_VM", action, kind)


def unlocked(ctx: Context, vm: Any, action: str, kind: str = "vm") -> None:
    """Refuse if the VM is locked by another operation."""
    not_held(ctx, vm, action, kind)
    if vm.status == types.VmStatus.IMAGE_LOCKED:
        raise ctx.refuse("VM_IS_LOCKED", action, kind)


def not_held(ctx: Context, vm: Any, action: str, kind: str = "vm") -> None:
    """Refuse if another command holds the lock of the VM, whatever its status is."""
    until = notes.of_vm(ctx.store, vm).get("locked_until") if f"vms/{vm.id}" in ctx.store.notes else None
    if until is not None and ctx.engine.now() < until:
        raise ctx.refuse("OBJECT_LOCKED", action, kind)
