# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new VM takes over from a template other than Blank: its interfaces and copies of its disks (AddVmCommand)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes, resources
from ..context import Context
from ..store import BLANK
from . import disk_copies, starts, template_checks

if TYPE_CHECKING:
    from ..core import Engine


def take_over(ctx: Context, vm: Any, template: Any) -> bool:
    """Copy interfaces and disks; True if the VM has to wait for its disks (202, image_locked).

    With `clone` the copies are whole ones and the VM does not depend on the template. With `seal`, or if the template
    is sealed, the disks are sealed afterwards (4.5; AddVmCommand.shouldSealVm).
    """
    for nic in ctx.store.list(f"templates/{template.id}/nics"):
        profile = _usable(ctx, vm, nic)
        wanted = types.Nic(name=nic.name, interface=nic.interface, vnic_profile=profile, linked=nic.linked)
        inner = Context(ctx.engine, "POST", path=f"vms/{vm.id}/nics", user=ctx.user, world=True)
        ctx.store.put(inner.path, resources.kind_of("vms/*/nics").on_add(inner, wanted))
    attachments = ctx.store.list(f"templates/{template.id}/diskattachments")
    if ctx.store.note(template).get("agent"):
        notes.of_vm(ctx.store, vm)["agent"] = True
    whole = ctx.flag("clone")
    for number, attachment in enumerate(attachments, 1):
        disk_copies.of_vm(ctx, vm, attachment, number, whole)
    if whole:
        vm.template = ctx.store.ref(ctx.store.get("templates", BLANK))
    if not attachments or ctx.world:
        return False
    vm.status = types.VmStatus.IMAGE_LOCKED
    template_checks.uses(ctx, template, vm)
    seconds = ctx.engine.world.delays["disk"] * (2 if _seals(ctx, vm, template) else 1)
    ctx.engine.schedule(seconds, "vm.copied", ident=vm.id, correlation_id=ctx.correlation_id)
    return True


def _usable(ctx: Context, vm: Any, nic: Any) -> Any:
    """The profile of a template's interface; None if it is gone, or its network is not in the VM's cluster
    (VnicProfileHelper.updateNicWithVnicProfileForUser)."""
    profile = ctx.store.follow(nic.vnic_profile)
    if profile is None or ctx.store.get(f"clusters/{vm.cluster.id}/networks", profile.network.id) is None:
        return None
    return nic.vnic_profile


def _seals(ctx: Context, vm: Any, template: Any) -> bool:
    if ctx.version < (4, 4):
        return False
    if "seal" in ctx.query:
        return ctx.flag("seal")
    return ctx.store.note(template).get("sealed", False) and starts.type_of(ctx.engine, vm) != starts.SYSPREP


@resources.transition("vm.copied")
def copied(engine: Engine, ident: str, correlation_id: str) -> None:
    """The disks are copied: the VM is down and can be started."""
    vm = engine.store.get("vms", ident)
    if vm is None or vm.status != types.VmStatus.IMAGE_LOCKED:
        return
    disk_copies.unlock(engine, f"vms/{ident}/diskattachments")
    vm.status = types.VmStatus.DOWN
    engine.store.touch(vm)
    engine.journal.event("USER_ADD_VM_FINISHED_SUCCESS", vm=vm, correlation_id=correlation_id)
