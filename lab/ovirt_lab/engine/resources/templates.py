# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates. Blank is always there; others are made from VMs that are down."""

from __future__ import annotations

import copy
from typing import Any

from ovirtsdk4 import types

from .. import notes, texts
from ..clock import as_datetime
from ..refusal import Refusal
from ..store import BLANK
from ..vm import initialization
from . import Kind, transition

MIB = 2**20
# What a template takes over from the VM it is made from.
FROM_VM = (
    "bios", "cpu", "cpu_shares", "cluster", "console", "custom_properties", "delete_protected", "description",
    "display", "high_availability", "memory", "memory_policy", "os", "stateless", "time_zone",
    "type", "usb", "virtio_scsi",
)  # fmt: skip


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

    def on_add(self, ctx: Any, obj: Any) -> None:
        """Take over what the VM has; fill in the rest."""
        if not ctx.world and obj.vm is None:
            raise Refusal(*texts.incomplete("Template", ["vm.id|name"], "add"))
        base = obj.version is not None and obj.version.base_template is not None
        if ctx.store.named(self.path, obj.name) is not None and not base:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "template")
        vm = ctx.find("vms", obj.vm) if obj.vm is not None else None
        if vm is not None:
            if vm.status != types.VmStatus.DOWN:
                raise ctx.refuse("VMT_CANNOT_CREATE_TEMPLATE_FROM_DOWN_VM", "add", "template")
            for name in FROM_VM:
                if getattr(obj, name) is None:
                    setattr(obj, name, copy.deepcopy(getattr(vm, name)) if name != "cluster" else vm.cluster)
        stored = vm.initialization if vm is not None else None
        obj.initialization = initialization.merged(ctx, stored, initialization.sent_in(obj))
        initialization.check(ctx, obj.initialization, "add", "template")
        self._version(ctx, obj)
        for name, value in defaults(ctx).items():
            if getattr(obj, name) is None:
                setattr(obj, name, value)
        obj.status = types.TemplateStatus.OK if ctx.world else types.TemplateStatus.LOCKED
        if vm is not None:
            notes.of_vm(ctx.store, vm)["template_source"] = True
            obj.vm = ctx.store.ref(vm)

    def added(self, ctx: Any, obj: Any) -> None:
        """Copy NICs and disks of the VM; the template is ready after a moment."""
        source, obj.vm = ctx.store.follow(obj.vm), None
        if source is None:
            return
        notes.of_vm(ctx.store, source).pop("template_source", None)
        for nic in ctx.store.list(f"vms/{source.id}/nics"):
            twin = types.Nic(name=nic.name, interface=nic.interface, vnic_profile=nic.vnic_profile)
            ctx.store.put(f"templates/{obj.id}/nics", twin)
        for attachment in ctx.store.list(f"vms/{source.id}/diskattachments"):
            _copy_disk(ctx, obj, attachment)
        ctx.engine.schedule(ctx.engine.world.delays["disk"], "template.ok", ident=obj.id, vm_name=source.name)

    def on_update(self, ctx: Any, old: Any, new: Any, body: Any) -> None:
        """A new name must be free."""
        if new.name != old.name and ctx.store.named(self.path, new.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "update", "template")
        new.initialization = initialization.merged(ctx, old.initialization, initialization.sent_in(body))
        new.domain = None
        initialization.check(ctx, new.initialization, "update", "template")

    def on_read(self, ctx: Any, obj: Any) -> None:
        """Mask the password of its initialization."""
        initialization.shown(ctx, obj)

    def on_remove(self, ctx: Any, obj: Any) -> None:
        """Not Blank, and not one that VMs depend on."""
        if obj.id == BLANK:
            raise ctx.refuse("VMT_CANNOT_REMOVE_BLANK_TEMPLATE", "remove", "template")
        derived = [vm.name for vm in ctx.store.list("vms") if vm.template is not None and vm.template.id == obj.id]
        if derived:
            raise ctx.refuse("VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM", "remove", "template", vmsList=",".join(derived))

    def removed(self, ctx: Any, obj: Any) -> None:
        """Say so."""
        ctx.event("USER_REMOVE_VM_TEMPLATE_FINISHED", template=obj)

    @staticmethod
    def _version(ctx: Any, obj: Any) -> None:
        base = obj.version.base_template if obj.version is not None else None
        if base is None:
            obj.version = types.TemplateVersion(version_number=1, version_name="base version")
            return
        base = ctx.find("templates", base)
        numbers = [
            t.version.version_number
            for t in ctx.store.list("templates")
            if t.id == base.id or (t.version.base_template is not None and t.version.base_template.id == base.id)
        ]
        obj.version.base_template = ctx.store.ref(base)
        obj.version.version_number = max(numbers) + 1


def defaults(ctx: Any) -> dict[str, Any]:
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


def _centers(ctx: Any, obj: Any) -> list[str]:
    if obj.cluster is None:
        return [center.name for center in ctx.store.list("datacenters")]
    return [ctx.store.follow(ctx.store.follow(obj.cluster).data_center).name]


def _copy_disk(ctx: Any, template: Any, attachment: Any) -> None:
    original = ctx.store.get("disks", attachment.id)
    if original is None:
        return
    disk = copy.copy(original)
    disk.id = None
    disk = ctx.store.put("disks", disk)
    ctx.engine.images.content.copy(original.id, disk.id)
    disk.status = types.DiskStatus.OK
    twin = types.DiskAttachment(
        id=disk.id,
        active=True,
        bootable=attachment.bootable,
        interface=attachment.interface,
        disk=ctx.store.ref(disk),
        template=ctx.store.ref(template),
    )
    ctx.store.put(f"templates/{template.id}/diskattachments", twin)


@transition("template.ok")
def ready(engine: Any, ident: str, vm_name: str) -> None:
    """A template is ready."""
    template = engine.store.get("templates", ident)
    if template is not None and template.status == types.TemplateStatus.LOCKED:
        template.status = types.TemplateStatus.OK
        engine.journal.event("USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS", template=template, VmName=vm_name)
