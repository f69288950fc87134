# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates. Blank is always there; others are made from VMs that are down."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes, texts
from ..clock import as_datetime
from ..refusal import Refusal
from ..store import BLANK
from ..vm import checks, disk_copies, initialization, starts, template_checks
from . import Kind, disks, transition

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

MIB = 2**20
# What a template takes over from the VM it is made from.
FROM_VM = (
    "bios", "cpu", "cpu_shares", "cluster", "console", "custom_properties", "delete_protected", "description",
    "display", "high_availability", "memory", "memory_policy", "os", "stateless", "time_zone",
    "type", "usb", "virtio_scsi",
)  # fmt: skip


# Sub-collections that a client may send along; and what it cannot change.
_COLLECTIONS = ("cdroms", "disk_attachments", "graphics_consoles", "nics", "permissions", "tags", "watchdogs")
_FIXED = ("status", "vm", "creation_time", "version", *_COLLECTIONS)


class Templates(Kind):
    """Blank belongs to no cluster and cannot be removed."""

    path = "templates"
    required = ("name",)
    refs = {"cluster": "clusters"}
    search = {
        "name": "name",
        "description": "description",
        "comment": "comment",
        "status": "status",
        "id": "id",
        "cluster": "cluster.name",
        # Blank is in every data center and every cluster's VMs may be made from it
        "datacenter": lambda ctx, obj: _centers(ctx, obj),
        "vm.name": lambda ctx, obj: [v.name for v in ctx.store.list("vms") if v.template.id == obj.id],
        "version_number": "version.version_number",
    }

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Take over what the VM has; fill in the rest."""
        if not ctx.world and obj.vm is None:
            raise Refusal(*texts.incomplete("Template", ["vm.id|name"], "add"))
        vm = ctx.find("vms", obj.vm) if obj.vm is not None else None
        if vm is not None:
            _take_over(ctx, obj, vm)
        template_checks.inputs(ctx, obj, "add")
        base = self._base(ctx, obj)
        if base is None:
            template_checks.unique(ctx, obj, "add")
        stored = vm.initialization if vm is not None else None
        obj.initialization = initialization.merged(ctx, stored, initialization.sent_in(obj))
        initialization.check(ctx, obj.initialization, "add", "template")
        self._version(ctx, obj, base)
        if _seals(ctx) and starts.type_of(ctx.engine, obj) == starts.SYSPREP:
            raise ctx.refuse("VM_TEMPLATE_CANNOT_SEAL_WINDOWS", "add", "template")
        for name, value in defaults(ctx).items():
            if getattr(obj, name) is None:
                setattr(obj, name, value)
        obj.status = types.TemplateStatus.OK if ctx.world else types.TemplateStatus.LOCKED
        if vm is not None:
            ctx.disks_wanted = disk_copies.wanted(ctx, obj.vm)
            obj.vm = ctx.store.ref(vm)
        for name in _COLLECTIONS:
            setattr(obj, name, None)

    def added(self, ctx: Context, obj: Any) -> None:
        """Copy NICs and disks of the VM. The template, its disks and the VM are locked until that is done; sealing them
        takes as long again."""
        source, obj.vm = ctx.store.follow(obj.vm), None
        if source is None:
            return
        for nic in ctx.store.list(f"vms/{source.id}/nics"):
            twin = types.Nic(name=nic.name, interface=nic.interface, vnic_profile=nic.vnic_profile)
            ctx.store.put(f"templates/{obj.id}/nics", twin)
        attachments = ctx.store.list(f"vms/{source.id}/diskattachments")
        for attachment in attachments:
            disk_copies.of_template(ctx, obj, attachment)
        source.status = types.VmStatus.IMAGE_LOCKED
        ctx.store.touch(source)
        if notes.of_vm(ctx.store, source).get("agent"):
            ctx.store.note(obj)["agent"] = True
        sealed = _seals(ctx)
        if sealed:
            ctx.store.note(obj)["sealed"] = True
        seconds = ctx.engine.world.delays["disk"] * (2 if sealed and attachments else 1)
        ctx.engine.schedule(seconds, "template.ok", ident=obj.id, vm_name=source.name, vm_id=source.id)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free. What a client cannot change stays, since clients send back whole templates."""
        template_checks.inputs(ctx, new, "update")
        template_checks.unused(ctx, old, "update")
        if old.status == types.TemplateStatus.LOCKED:
            raise ctx.refuse("VM_TEMPLATE_IS_LOCKED", "update", "template")
        for name in _FIXED:
            setattr(new, name, getattr(old, name))
        if body.version is not None and body.version.version_name and old.version.base_template is not None:
            new.version = copy.copy(old.version)
            new.version.version_name = body.version.version_name
        if new.name != old.name:
            if old.version.base_template is not None:
                raise ctx.refuse("VMT_CANNOT_UPDATE_VERSION_NAME", "update", "template")
            template_checks.unique(ctx, new, "update")
        new.initialization = initialization.merged(ctx, old.initialization, initialization.sent_in(body))
        new.domain = None
        initialization.check(ctx, new.initialization, "update", "template")

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Versions follow their base."""
        template_checks.rename_versions(ctx, new)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Mask the password of its initialization."""
        initialization.shown(ctx, obj)

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not Blank, and not one that VMs depend on."""
        template_checks.unused(ctx, obj, "remove")
        if obj.id == BLANK:
            raise ctx.refuse("VMT_CANNOT_REMOVE_BLANK_TEMPLATE", "remove", "template")
        if obj.delete_protected:
            raise ctx.refuse("DELETE_PROTECTION_ENABLED", "remove", "template")
        derived = [vm.name for vm in ctx.store.list("vms") if vm.template is not None and vm.template.id == obj.id]
        if derived:
            raise ctx.refuse("VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM", "remove", "template", vmsList=",".join(derived))
        versions = [t.version.version_name or "" for t in template_checks.versions(ctx, obj) if t.id != obj.id]
        if versions:
            name = "VMT_CANNOT_REMOVE_BASE_WITH_VERSIONS"
            raise ctx.refuse(name, "remove", "template", versionsList=",".join(versions))
        disk_copies.check_template(ctx, obj, "remove", "template")
        ctx.gone += [attachment.id for attachment in ctx.store.list(f"templates/{obj.id}/diskattachments")]

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its disks go with it."""
        for ident in ctx.gone:
            disks.erase(ctx.engine, ident)
        ctx.event("USER_REMOVE_VM_TEMPLATE_FINISHED", template=obj)

    def _base(self, ctx: Context, obj: Any) -> Any:
        """The base template of a new version; None for a template of its own."""
        if obj.version is None or obj.version.base_template is None:
            return None
        base = ctx.find("templates", obj.version.base_template)
        if base.id == BLANK:
            raise ctx.refuse("BLANK_TEMPLATE_CANT_HAVE_SUBTEMPLATES", "add", "template")
        if base.version.base_template is not None:
            raise ctx.refuse("TEMPLATE_VERSION_CANNOT_BE_BASE_TEMPLATE", "add", "template")
        return base

    def _version(self, ctx: Context, obj: Any, base: Any) -> None:
        if base is None:
            obj.version = types.TemplateVersion(version_number=1, version_name="base version")
            return
        obj.version.base_template = ctx.store.ref(base)
        obj.version.version_number = max(t.version.version_number for t in template_checks.versions(ctx, base)) + 1
        obj.name = base.name  # whatever is sent (AddVmTemplateCommand.initVmTemplate)


def _take_over(ctx: Context, obj: Any, vm: Any) -> None:
    """Take over from a VM what the client does not say. The VM has to be down, and its disks ready."""
    checks.unlocked(ctx, vm, "add", "template")
    if vm.status != types.VmStatus.DOWN:
        raise ctx.refuse("VMT_CANNOT_CREATE_TEMPLATE_FROM_DOWN_VM", "add", "template")
    disk_copies.check_source(ctx, vm)
    for name in FROM_VM:
        if getattr(obj, name) is None:
            setattr(obj, name, copy.deepcopy(getattr(vm, name)) if name != "cluster" else vm.cluster)


def _seals(ctx: Context) -> bool:
    """Whether a request asks to seal the template (BackendTemplatesResource since 4.2)."""
    return bool(ctx.version >= (4, 2) and ctx.flag("seal"))


def defaults(ctx: Context) -> dict[str, Any]:
    """What Blank is (the same as a VM made from nothing)."""
    memory = 1024 * MIB
    return {
        "type": types.VmType.SERVER if ctx.version < (4, 2) else types.VmType.DESKTOP,
        "memory": memory,
        "memory_policy": types.MemoryPolicy(guaranteed=memory, max=4 * memory, ballooning=True),
        "cpu": types.Cpu(
            architecture=types.Architecture.X86_64, topology=types.CpuTopology(sockets=1, cores=1, threads=1)
        ),
        "cpu_shares": 0,
        "os": types.OperatingSystem(type="other", boot=types.Boot(devices=[types.BootDevice.HD])),
        "bios": types.Bios(boot_menu=types.BootMenu(enabled=False)),
        "creation_time": as_datetime(ctx.engine.now()),
        "delete_protected": False,
        "stateless": False,
        "start_paused": False,
        "high_availability": types.HighAvailability(enabled=False, priority=0),
        "display": types.Display(type=types.DisplayType.SPICE, monitors=1, copy_paste_enabled=True),
        "io": types.Io(threads=0),
        "migration": types.MigrationOptions(
            auto_converge=types.InheritableBoolean.INHERIT, compressed=types.InheritableBoolean.INHERIT
        ),
        "sso": types.Sso(methods=[types.Method(id=types.SsoMethod.GUEST_AGENT)]),
        "time_zone": types.TimeZone(name="Etc/GMT"),
        "usb": types.Usb(enabled=False),
    }


def _centers(ctx: Context, obj: Any) -> list[str]:
    if obj.cluster is None:
        return [center.name for center in ctx.store.list("datacenters")]
    return [ctx.store.follow(ctx.store.follow(obj.cluster).data_center).name]


@transition("template.ok")
def ready(engine: Engine, ident: str, vm_name: str, vm_id: str) -> None:
    """A template is ready, and the VM that it was made from is not locked any more."""
    source = engine.store.get("vms", vm_id)
    if source is not None and source.status == types.VmStatus.IMAGE_LOCKED:
        source.status = types.VmStatus.DOWN
        engine.store.touch(source)
    template = engine.store.get("templates", ident)
    if template is None or template.status != types.TemplateStatus.LOCKED:
        return
    disk_copies.unlock(engine, f"templates/{ident}/diskattachments")
    template.status = types.TemplateStatus.OK
    engine.journal.event("USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS", template=template, VmName=vm_name)
