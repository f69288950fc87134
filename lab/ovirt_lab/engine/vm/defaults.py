# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default values of a VM, from its template and from the Engine's configuration.

The parts below are shared by all VMs that do not change them (an update never changes a part in place, see
store.merge), which is why ten thousand VMs fit in little memory.
"""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from ..clock import as_datetime
from ..context import Context
from ..store import BLANK, merge

MIB = 1 << 20

_CPU = types.Cpu(architecture=types.Architecture.X86_64, topology=types.CpuTopology(cores=1, sockets=1, threads=1))
_OS = types.OperatingSystem(type="other", boot=types.Boot(devices=[types.BootDevice.HD]))
_DISPLAY = types.Display(
    allow_override=False,
    copy_paste_enabled=True,
    disconnect_action="LOCK_SCREEN",
    file_transfer_enabled=True,
    monitors=1,
    single_qxl_pci=False,
    smartcard_enabled=False,
    type=types.DisplayType.SPICE,
)
_PARTS: dict[str, Any] = {
    "bios": types.Bios(boot_menu=types.BootMenu(enabled=False)),
    "cpu_shares": 0,
    "delete_protected": False,
    "high_availability": types.HighAvailability(enabled=False, priority=0),
    "io": types.Io(threads=0),
    "migration": types.MigrationOptions(
        auto_converge=types.InheritableBoolean.INHERIT, compressed=types.InheritableBoolean.INHERIT
    ),
    "migration_downtime": -1,
    "next_run_configuration_exists": False,
    "numa_tune_mode": types.NumaTuneMode.INTERLEAVE,
    "origin": "ovirt",
    "run_once": False,
    "sso": types.Sso(methods=[types.Method(id=types.SsoMethod.GUEST_AGENT)]),
    "start_paused": False,
    "stateless": False,
    "time_zone": types.TimeZone(name="Etc/GMT"),
    "type": types.VmType.SERVER,
    "usb": types.Usb(enabled=False),
}
_PLACEMENT = types.VmPlacementPolicy(affinity=types.VmAffinity.MIGRATABLE)

# Parts that are structures: what the client sends is laid over the default, field by field.
_STRUCTURES = {"cpu": _CPU, "os": _OS, "display": _DISPLAY, "placement_policy": _PLACEMENT}


def complete(ctx: Context, vm: Any, template: Any) -> None:
    """Fill in a new VM (BackendVmsResource.add@4.1.9: the client's VM mapped over the template's)."""
    for name, part in _STRUCTURES.items():
        setattr(vm, name, _over(_from(template, name, part), getattr(vm, name)))
    for name, part in _PARTS.items():
        value = _from(template, name, part) if template.id != BLANK else part
        sent = getattr(vm, name)
        setattr(vm, name, value if sent is None else _over(value, sent))
    if ctx.version >= (4, 2):
        vm.storage_error_resume_behaviour = (
            vm.storage_error_resume_behaviour or types.VmStorageErrorResumeBehaviour.AUTO_RESUME
        )
        vm.multi_queues_enabled = True if vm.multi_queues_enabled is None else vm.multi_queues_enabled
    memory(ctx, vm, template)
    vm.creation_time = as_datetime(ctx.engine.now())
    vm.stop_time = vm.creation_time  # the real Engine sets it on creation, too
    vm.status = types.VmStatus.DOWN
    vm.original_template = vm.template
    vm.run_once = vm.next_run_configuration_exists = False


def _from(template: Any, name: str, fallback: Any) -> Any:
    value = getattr(template, name, None)
    if value is None:
        return fallback
    return _over(fallback, value) if type(value) is type(fallback) else value


def _over(base: Any, sent: Any) -> Any:
    if sent is None:
        return base
    return merge(base, sent) if isinstance(sent, types.Struct) else sent


def memory(ctx: Context, vm: Any, template: Any) -> None:
    """Memory in whole MiB. Maximum: 4 x memory when only memory is given (VmCommonUtils.getMaxMemorySizeDefault)."""
    from_template = template.memory_policy or types.MemoryPolicy()
    template_memory = template.memory or 1024 * MIB
    policy = vm.memory_policy or types.MemoryPolicy()
    size = whole(vm.memory if vm.memory is not None else template_memory)
    default_max = 4 * size if vm.memory is not None else from_template.max or 4 * template_memory
    guaranteed = policy.guaranteed
    if guaranteed is None:
        guaranteed = _guaranteed(ctx, vm) or from_template.guaranteed or template_memory
    vm.memory = size
    vm.memory_policy = types.MemoryPolicy(
        ballooning=True if policy.ballooning is None else policy.ballooning,
        guaranteed=whole(guaranteed),
        max=whole(policy.max if policy.max is not None else default_max),
    )


def _guaranteed(ctx: Context, vm: Any) -> int | None:
    """What a VM's own memory guarantees when the client does not say it: by the cluster's overcommitment (since 4.4.7,
    BackendVmsResource.updateMinAllocatedMemoryIfUnspecified). None before, and for memory that is the template's:
    then it is the template's too, which is why a small VM has to say it."""
    if ctx.version < (4, 4) or vm.memory is None:
        return None
    policy = ctx.store.follow(vm.cluster).memory_policy
    percent = policy.over_commit.percent if policy is not None and policy.over_commit is not None else None
    return int(vm.memory // MIB * (100.0 / (percent or 100))) * MIB


def whole(size: int) -> int:
    """Round down to whole MiB, as the Engine does."""
    return size // MIB * MIB
