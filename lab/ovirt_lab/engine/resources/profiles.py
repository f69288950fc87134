# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU profiles, disk profiles and quotas. Each cluster, storage domain and data center comes with one of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ovirtsdk4 import types

from ..context import Context
from . import Kind, owned_by
from .access import fixed_id


class CpuProfiles(Kind):
    """CPU profiles of all clusters."""

    path = "cpuprofiles"
    required = ("name", "cluster.id")
    aliases = {"clusters/*/cpuprofiles": owned_by("cluster")}
    parent = "cluster"

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not the last one of its cluster, and not one that a VM has (CpuProfileValidator)."""
        if not any(p.id != obj.id and p.cluster.id == obj.cluster.id for p in ctx.store.list(self.path)):
            raise ctx.refuse("ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER", "remove", "cpu_profile")
        users = [vm.name for vm in ctx.store.list("vms") if vm.cpu_profile is not None and vm.cpu_profile.id == obj.id]
        _unused(ctx, users, "VMs", "cpu_profile")


class DiskProfiles(Kind):
    """Disk profiles of all storage domains."""

    path = "diskprofiles"
    required = ("name", "storage_domain.id")
    refs = {"storage_domain": "storagedomains"}
    aliases = {"storagedomains/*/diskprofiles": owned_by("storage_domain")}
    parent = "storage_domain"

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not the last one of its storage domain, and not one that a disk has (DiskProfileValidator)."""
        mine = [p for p in ctx.store.list(self.path) if p.storage_domain.id == obj.storage_domain.id]
        if len(mine) == 1:
            raise ctx.refuse("ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN", "remove", "disk_profile")
        disks = ctx.store.list("disks")
        users = [disk.name for disk in disks if disk.disk_profile is not None and disk.disk_profile.id == obj.id]
        _unused(ctx, users, "Disks", "disk_profile")


def _unused(ctx: Context, users: list[str], entities: str, kind: str) -> None:
    if users:
        names = {"ENTITIES_USING_PROFILE": "\n".join(users), "ENTITIES_USING_PROFILE_COUNTER": len(users)}
        raise ctx.refuse("PROFILE_IN_USE", "remove", kind, entities=entities, **names)


class Quotas(Kind):
    """Quotas of a data center. They limit nothing here."""

    path = "datacenters/*/quotas"
    required = ("name",)

    def on_add(self, ctx: Context, obj: Any) -> None:
        """A name is used once; percentages are those of the webadmin's form."""
        if ctx.store.named(ctx.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "quota")
        obj.data_center = ctx.store.ref(ctx.owner())
        for field, value in _PERCENTAGES.items():
            if getattr(obj, field) is None:
                setattr(obj, field, value)


_PERCENTAGES = {
    "cluster_soft_limit_pct": 80,
    "cluster_hard_limit_pct": 20,
    "storage_soft_limit_pct": 80,
    "storage_hard_limit_pct": 20,
}

# The ids of those that come with a cluster, a storage domain, a data center.
_own = lru_cache(maxsize=4096)(fixed_id)


def of_new_cluster(ctx: Context, cluster: Any) -> None:
    """Make the CPU profile of a new cluster; it is called like the cluster (AddClusterCommand)."""
    profile = types.CpuProfile(id=_own("cpuprofile", cluster.id), name=cluster.name, cluster=ctx.store.ref(cluster))
    ctx.engine.add("cpuprofiles", profile)


def of_new_domain(ctx: Context, domain: Any) -> None:
    """Make the disk profile of a new data domain; it is called like the domain."""
    if domain.type == types.StorageDomainType.DATA:
        profile = types.DiskProfile(id=_own("diskprofile", domain.id), name=domain.name)
        profile.storage_domain = ctx.store.ref(domain)
        ctx.engine.add("diskprofiles", profile)


def of_new_center(ctx: Context, center: Any) -> None:
    """Make the default quota of a new data center (AddEmptyStoragePoolCommand)."""
    quota = types.Quota(id=_own("quota", center.id), name="Default", description="Default unlimited quota")
    ctx.engine.add(f"datacenters/{center.id}/quotas", quota)


def forget(ctx: Context, path: str, attribute: str, ident: str) -> None:
    """Remove the profiles of a cluster or storage domain that is gone."""
    for profile in ctx.store.list(path):
        if getattr(profile, attribute).id == ident:
            ctx.store.remove(path, profile.id)


def cpu_profile(ctx: Context, vm: Any, wanted: Any, action: str) -> Any:
    """The reference to the CPU profile of a VM: the wanted one if it is of the VM's cluster, else the cluster's own."""
    if wanted is None or wanted.id is None:
        found = ctx.store.get("cpuprofiles", _own("cpuprofile", vm.cluster.id)) or next(
            (p for p in ctx.store.list("cpuprofiles") if p.cluster.id == vm.cluster.id), None
        )
        return None if found is None else ctx.store.ref(found)
    found = ctx.store.get("cpuprofiles", wanted.id)
    if found is None:
        raise ctx.refuse("CPU_PROFILE_NOT_FOUND", action, "vm", cpuProfileId=wanted.id)
    if found.cluster.id != vm.cluster.id:
        raise ctx.refuse("ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER", action, "vm")
    return ctx.store.ref(found)


def disk_profile(ctx: Context, domain: Any, wanted: Any) -> Any:
    """The reference to the profile of a disk on a storage domain: the wanted one, else the domain's own."""
    if wanted is not None and wanted.id is not None:
        found = ctx.store.get("diskprofiles", wanted.id)
        if found is None:
            raise ctx.refuse("DISK_PROFILE_NOT_FOUND", "add", "disk")
        return ctx.store.ref(found)
    found = ctx.store.get("diskprofiles", _own("diskprofile", domain.id))
    return None if found is None else ctx.store.ref(found)


def disk_quota(ctx: Context, domain: Any) -> Any:
    """The reference to the default quota of a storage domain's data center; None while it is in none."""
    for center in domain.data_centers or []:
        quota = ctx.store.get(f"datacenters/{center.id}/quotas", _own("quota", center.id))
        return None if quota is None else ctx.store.ref(quota)
    return None


def vm_quota(ctx: Context, vm: Any) -> Any:
    """The default quota of a VM's data center. The Engine shows its id only (VmBaseMapper has no data center)."""
    center = ctx.store.follow(vm.cluster).data_center
    return None if center is None else _only_id(_own("quota", center.id))


@lru_cache(maxsize=1024)
def _only_id(ident: str) -> Any:
    return types.Quota(id=ident)
