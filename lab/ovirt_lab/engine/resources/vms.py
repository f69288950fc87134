# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines: adding, changing, removing. How they run is in vm_actions.py, power.py and containers.py."""

from __future__ import annotations

import copy
from typing import Any

from ovirtsdk4 import types

from .. import texts, views
from ..context import Context
from ..refusal import Refusal
from ..vm import checks, defaults, disk_copies, from_template, initialization, nextrun, properties, template_checks
from . import Kind, disks, icons, profiles, tags
from .vm_actions import VmActions

REMOVABLE = (types.VmStatus.DOWN, types.VmStatus.UNASSIGNED, types.VmStatus.IMAGE_LOCKED)


# VMStatus.isNotRunning, but for images that are illegal
_NOT_RUNNING = (types.VmStatus.DOWN, types.VmStatus.SUSPENDED, types.VmStatus.IMAGE_LOCKED)


def _without_ballooning(ctx: Context) -> bool:
    """Whether this is a list in which a VM's memory policy has no ballooning: MemoryPolicyHelper asks for it one VM at
    a time until 4.3, in lists only with `all_content`; VmBaseMapper knows it since."""
    return ctx.version <= (4, 3) and ctx.method == "GET" and ctx.ident is None and not ctx.flag("all_content")


def _host_names(ctx: Context, vm: Any) -> str | None:
    host = ctx.store.follow(vm.host)
    return host.name if host is not None else None


def _data_center(ctx: Context, vm: Any) -> str | None:
    cluster = ctx.store.follow(vm.cluster)
    center = ctx.store.follow(cluster.data_center) if cluster is not None else None
    return center.name if center is not None else None


class Vms(VmActions, Kind):
    """`/vms`."""

    path = "vms"
    required = ("cluster.id|name",)  # asked for alone, and the other two one by one after it
    cached = True
    # VmConditionFieldAutoCompleter; custom properties are not among them
    search = {
        "name": "name",
        "comment": "comment",
        "description": "description",
        "id": "id",
        "_id": "id",
        "status": "status",
        "cluster": "cluster.name",
        "host": _host_names,
        "datacenter": _data_center,
        "template": "template.name",
        "tag": tags.names,
        "memory": lambda ctx, vm: vm.memory >> 20,
        "guaranteed_memory": lambda ctx, vm: vm.memory_policy.guaranteed >> 20,
        "type": "type",
        "os": "os.type",
        "fqdn": "fqdn",
        "creationdate": "creation_time",
        "next_run_config_exists": "next_run_configuration_exists",
        "has_illegal_images": "has_illegal_images",
        "Hosts.name": _host_names,
        "Clusters.name": "cluster.name",
        "Datacenters.name": _data_center,
        "Templates.name": "template.name",
        "Vnic.network_name": lambda ctx, vm: [
            ctx.store.follow(ctx.store.follow(nic.vnic_profile).network).name
            for nic in ctx.store.list(f"vms/{vm.id}/nics")
            if nic.vnic_profile is not None
        ],
    }

    def get(self, ctx: Context, ident: str) -> Any:
        """The VM; with ?next_run=true as it will be after its next start."""
        vm = ctx.store.get("vms", ident)
        if vm is not None and ctx.method == "GET" and ctx.flag("next_run"):
            return nextrun.shown(ctx.store, vm)
        return vm

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show some parts only with `all_content`, some only of a VM that runs (BackendVmsResource, VmMapper)."""
        if obj.status in _NOT_RUNNING:
            obj.run_once = None
        if _without_ballooning(ctx):
            obj.memory_policy = copy.copy(obj.memory_policy)
            obj.memory_policy.ballooning = None
        if not ctx.flag("all_content"):
            obj.console = None
        elif obj.console is None:
            obj.console = types.Console(enabled=False)
        initialization.shown(ctx, obj)
        if views.filtered(ctx):
            views.hide(obj)

    # --- adding

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Resolve what is named, fill in from the template, check (BackendVmsResource.add, AddVmCommand)."""
        for field, value in (("name", obj.name), ("template.id|name", obj.template)):
            if value is None:
                raise Refusal(*texts.incomplete("Vm", [field], "add"))
        cluster = self._cluster(ctx, obj)
        template = template_checks.of_vm(ctx, obj, cluster)
        obj.cluster, obj.template = ctx.store.ref(cluster), ctx.store.ref(template)
        if obj.placement_policy is not None and views.filtered(ctx):
            obj.placement_policy = views.placement(obj.placement_policy, template)
        checks.hosts_by_id(ctx, obj)
        ctx.disks_wanted = disk_copies.wanted(ctx, obj)
        _only_static(obj)
        obj.initialization = initialization.merged(ctx, template.initialization, initialization.sent_in(obj))
        defaults.complete(ctx, obj, template)
        obj.cpu_profile = profiles.cpu_profile(ctx, obj, obj.cpu_profile, "add")
        obj.quota = profiles.vm_quota(ctx, obj)
        checks.inputs(ctx, obj, "add")
        disk_copies.check_template(ctx, template, "add", "vm")
        checks.name(ctx, obj, "add")
        obj.custom_properties = properties.check(ctx, obj, obj.custom_properties, "add")
        template_checks.same_center(ctx, obj, template)
        checks.configuration(ctx, obj, "add")
        initialization.check(ctx, obj.initialization, "add")
        icons.settle(ctx, obj, obj)
        return obj

    def _cluster(self, ctx: Context, obj: Any) -> Any:
        found = ctx.lookup("clusters", obj.cluster)
        if found is None:
            name = f"Cluster: name={obj.cluster.name}" if obj.cluster.id is None else "GetClusterById"
            raise Refusal(*texts.entity_not_found(name))
        return found

    def added(self, ctx: Context, obj: Any) -> None:
        """From Blank there is nothing to copy: the VM is down at once."""
        waits = from_template.take_over(ctx, obj, ctx.store.follow(obj.template))
        ctx.status = 202 if waits else 201
        ctx.event("USER_ADD_VM_STARTED" if waits else "USER_ADD_VM", vm=obj, cluster=ctx.store.follow(obj.cluster))
        ctx.engine.journal.job(ctx, "AddVmFromScratch", VM=obj.name, Cluster=ctx.store.follow(obj.cluster).name)

    # --- changing

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """UpdateVmCommand: checked as a whole, then split into what happens now and what waits for the next start."""
        if views.filtered(ctx):
            new.placement_policy, body.placement_policy = old.placement_policy, None  # BackendVmResource.update
        checks.inputs(ctx, new, "update")
        checks.unlocked(ctx, old, "update")
        base = nextrun.base(ctx, old)
        if base is not old:
            new = nextrun.merge(base, body)
        self._references(ctx, old, new, body)
        _dynamic_from(old, new)
        self._parts(ctx, base, new, body)
        checks.name(ctx, new, "update", same=old.id)
        new.custom_properties = properties.check(ctx, new, new.custom_properties, "update")
        checks.configuration(ctx, new, "update")
        initialization.check(ctx, new.initialization, "update")
        icons.settle(ctx, new, body)
        if old.status == types.VmStatus.DOWN:
            return nextrun.update_down(ctx, old, new)
        return nextrun.split_update(ctx, old, new)

    def _references(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """The cluster changes only while the VM is down, the template never."""
        if body.cluster is not None:
            cluster = self._cluster(ctx, body)
            new.cluster = ctx.store.ref(cluster)
            if cluster.id != old.cluster.id and old.status != types.VmStatus.DOWN:
                raise ctx.refuse("VM_STATUS_ILLEGAL", "update", "vm", vmStatus=texts.VM_STATUS[old.status.value])
        if body.cpu_profile is not None or new.cluster.id != old.cluster.id:
            new.cpu_profile = profiles.cpu_profile(ctx, new, body.cpu_profile, "update")
        new.quota = profiles.vm_quota(ctx, new)
        if body.template is not None:
            if ctx.find("templates", body.template).id != old.template.id:
                raise ctx.refuse("TEMPLATE_ID_CANT_BE_CHANGED", "update", "vm")
            new.template = old.template

    def _parts(self, ctx: Context, base: Any, new: Any, body: Any) -> None:
        """Parts whose update is not a plain merge."""
        if body.placement_policy is not None:
            # VmMapper@4.1.9: a placement policy without hosts unpins
            new.placement_policy.hosts = body.placement_policy.hosts or None
            checks.hosts_by_id(ctx, new)
        new.initialization = initialization.merged(ctx, base.initialization, initialization.sent_in(body))
        new.domain = None
        if body.memory is not None:
            new.memory = defaults.whole(new.memory)
        if body.memory_policy is not None:
            new.memory_policy.guaranteed = defaults.whole(new.memory_policy.guaranteed)
            new.memory_policy.max = defaults.whole(new.memory_policy.max)

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Say so."""
        ctx.event("USER_UPDATE_VM", vm=new)

    # --- removing

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """RemoveVmCommand.validate. `force` overlooks locked disks, but not that something goes on with the VM."""
        checks.not_held(ctx, obj, "remove")
        if obj.delete_protected:
            raise ctx.refuse("DELETE_PROTECTION_ENABLED", "remove", "vm")
        if obj.status == types.VmStatus.SUSPENDED:
            raise ctx.refuse("VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN", "remove", "vm")
        if obj.status not in REMOVABLE:
            raise ctx.refuse("VM_IS_RUNNING", "remove", "vm")
        for attachment in ctx.store.list(f"vms/{obj.id}/diskattachments"):
            self._disk_goes(ctx, attachment)
        if obj.status == types.VmStatus.IMAGE_LOCKED:
            raise ctx.refuse(
                "VM_CANNOT_REMOVE_HAS_RUNNING_TASKS" if ctx.flag("force") else "VM_IS_LOCKED", "remove", "vm"
            )

    def _disk_goes(self, ctx: Context, attachment: Any) -> None:
        disk = ctx.store.get("disks", attachment.id)
        if disk is None or disk.shareable:
            return
        if disk.status == types.DiskStatus.LOCKED and not ctx.flag("force"):
            raise ctx.refuse("DISKS_LOCKED", "remove", "vm", diskAliases=disk.name)
        ctx.gone.append(disk.id)

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its disks go with it, unless ?detach_only=true."""
        if not ctx.flag("detach_only"):
            for ident in ctx.gone:
                disks.erase(ctx.engine, ident)
        ctx.engine.images.content.remove_console(obj.id)
        ctx.event("USER_REMOVE_VM_FINISHED", vm=obj)


_DYNAMIC = ("status", "host", "start_time", "stop_time", "creation_time", "run_once", "original_template",
            "next_run_configuration_exists", "stop_reason", "fqdn", "guest_operating_system",
            "status_detail")  # fmt: skip


def _dynamic_from(old: Any, new: Any) -> None:
    """Keep the fields that a client cannot set, since clients send back whole VMs (facts engine-wire.md 6)."""
    for name in _DYNAMIC:
        setattr(new, name, getattr(old, name))
    _only_static(new, keep=_DYNAMIC)


# Sub-collections a client may send along; the Engine keeps them elsewhere.
_COLLECTIONS = (
    "affinity_labels", "applications", "cdroms", "disk_attachments", "floppies", "graphics_consoles", "host_devices",
    "katello_errata", "mediated_devices", "nics", "numa_nodes", "permissions", "reported_devices", "sessions",
    "snapshots", "statistics", "tags", "watchdogs",
)  # fmt: skip


def _only_static(vm: Any, keep: tuple[str, ...] = ()) -> None:
    for name in (*_COLLECTIONS, *(field for field in _DYNAMIC if field not in keep)):
        setattr(vm, name, None)
