# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine checks of templates: their names, their versions, who uses them, and in which data center.

AddVmTemplateCommand, UpdateVmTemplateCommand, RemoveVmTemplateCommand and AddVmCommand of 4.1.9, 4.3.10 and 4.5.3.7.
"""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import texts
from ..context import Context
from ..refusal import Refusal
from . import checks

_MAX_NAME = {True: 40, False: 255}  # VM_TEMPLATE_NAME_SIZE: before 4.2, since


def inputs(ctx: Context, template: Any, action: str) -> None:
    """The annotations @Size and @ValidI18NName of a name, which validateInputs reads before anything else."""
    old = ctx.version < (4, 2)
    path = {"add": "_name" if old else "name", "update": "_vmTemplate.name"}[action]
    found = []
    if not 1 <= checks.length(template.name) <= _MAX_NAME[old]:
        found.append((path, f"VM Template name must not exceed {_MAX_NAME[old]} characters"))
    if not checks.is_plain(template.name):
        found.append((path, "NAME_MAY_NOT_CONTAIN_SPECIAL_CHARS"))
    if found:
        raise Refusal(*texts.invalid_inputs(found, action, "template", ctx.engine.version_text))


def unique(ctx: Context, template: Any, action: str) -> None:
    """A name is unique in its data center (isVmTemplateWithSameNameExist); Blank is in all of them."""
    center = _center(ctx, template)
    for other in ctx.store.all_named("templates", template.name):
        if other.id != template.id and (center is None or _center(ctx, other) in (None, center)):
            raise ctx.refuse("NAME_ALREADY_USED", action, "template")


def unused(ctx: Context, template: Any, action: str) -> None:
    """Refuse while a VM is made of the template: AddVmCommand holds a shared lock of it, with a message of its own
    (getSharedLocks); changing and removing a template ask for an exclusive one."""
    for ident in ctx.store.note(template).get("creating", []):
        vm = ctx.store.get("vms", ident)
        if vm is not None and vm.status == types.VmStatus.IMAGE_LOCKED:
            raise ctx.refuse("TEMPLATE_IS_USED_FOR_CREATE_VM", action, "template", VmName=vm.name)


def uses(ctx: Context, template: Any, vm: Any) -> None:
    """Note that a VM is being made of a template."""
    note = ctx.store.note(template)
    note["creating"] = [*(ident for ident in note.get("creating", []) if ctx.store.get("vms", ident)), vm.id]


def of_vm(ctx: Context, vm: Any, cluster: Any) -> Any:
    """The template of a new VM. A name is looked for in the data center of the cluster, and the newest version is taken
    (GetVmTemplateByVmtName); `use_latest_template_version` takes that in any case (AddVmCommand). Raises Refusal, 404,
    when there is none, and 409 when its disks are in another data center."""
    center = cluster.data_center.id
    ref = vm.template
    if ref.id is None and ref.name is not None:
        named = [t for t in ctx.store.all_named("templates", ref.name) if _center(ctx, t) in (None, center)]
        if not named:
            raise Refusal(*texts.entity_not_found(f"Template: name={ref.name}"))
        template = max(named, key=_number)
    else:
        template = ctx.find("templates", ref)
    if vm.use_latest_template_version:
        template = max(versions(ctx, base_of(ctx, template)), key=_number)
    return template


def same_center(ctx: Context, vm: Any, template: Any) -> None:
    """Refuse a template whose disks are in another data center than the VM (AddVmCommand.canAddVm)."""
    if ctx.store.list(f"templates/{template.id}/diskattachments") and _center(ctx, template) != _center(ctx, vm):
        raise ctx.refuse("STORAGE_POOL_NOT_MATCH", "add", "vm")


def rename_versions(ctx: Context, base: Any) -> None:
    """Versions take a new name of their base (the procedure UpdateVmTemplate)."""
    for template in versions(ctx, base):
        template.name = base.name


def base_of(ctx: Context, template: Any) -> Any:
    """The base of a version; a base is its own."""
    base = template.version.base_template if template.version is not None else None
    return template if base is None else ctx.store.follow(base)


def versions(ctx: Context, base: Any) -> list[Any]:
    """A base template and its versions."""
    found = [t for t in ctx.store.list("templates") if t.version is not None and t.version.base_template is not None]
    return [base, *(t for t in found if t.version.base_template.id == base.id)]


def _number(template: Any) -> int:
    return template.version.version_number if template.version is not None else 1


def _center(ctx: Context, obj: Any) -> str | None:
    cluster = ctx.store.follow(obj.cluster)
    return cluster.data_center.id if cluster is not None and cluster.data_center is not None else None
