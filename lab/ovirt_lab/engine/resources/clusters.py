# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters, and the networks assigned to them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import Kind, profiles, scheduling
from .access import fixed_id
from .datacenters import check_level, check_name, in_data_center

if TYPE_CHECKING:
    from ..context import Context

MANAGEMENT = "ovirtmgmt"


# ClusterMapper@4.4.10 and 4.5.3.7; upgrade_in_progress is of 4.5 alone
_SINCE_4_4 = {
    "fips_mode": types.FipsMode.DISABLED,
    "upgrade_in_progress": False,
    "upgrade_percent_complete": 0,
    "vnc_encryption": False,
}


class Clusters(Kind):
    """A cluster's level decides which custom properties its VMs may have."""

    path = "clusters"
    required = ("name", "data_center.name|id")
    refs = {"data_center": "datacenters", "mac_pool": "macpools", "scheduling_policy": "schedulingpolicies"}
    search = {
        "name": "name",
        "description": "description",
        "comment": "comment",
        "datacenter": "data_center.name",
        "Datacenter.name": "data_center.name",
    }
    aliases = {"datacenters/*/clusters": in_data_center}
    parent = "data_center"

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Check the name; fill in what a new cluster has."""
        check_name(ctx, self.path, obj.name, "cluster")
        obj.version = obj.version or copy.copy(ctx.store.follow(obj.data_center).version)
        check_level(ctx, obj.version, "add", "cluster")
        cpu = types.Cpu(architecture=types.Architecture.X86_64, type="Intel Nehalem Family")
        for name, value in {
            **_policies(ctx),
            "cpu": cpu,
            "ballooning_enabled": False,
            "gluster_service": False,
            "virt_service": True,
            "ha_reservation": False,
            "maintenance_reason_required": False,
            "optional_reason": False,
            "threads_as_cores": False,
            "trusted_service": False,
            "tunnel_migration": False,
            "switch_type": types.SwitchType.LEGACY,
            "firewall_type": types.FirewallType.IPTABLES if ctx.version < (4, 2) else types.FirewallType.FIREWALLD,
            "error_handling": types.ErrorHandling(on_error=types.MigrateOnError.MIGRATE),
            "ksm": types.Ksm(enabled=True, merge_across_nodes=True),
            "memory_policy": types.MemoryPolicy(
                over_commit=types.MemoryOverCommit(percent=100),
                transparent_huge_pages=types.TransparentHugePages(enabled=True),
            ),
            "required_rng_sources": [types.RngSource.URANDOM],
            **(_SINCE_4_4 if ctx.version >= (4, 4) else {}),
        }.items():
            if getattr(obj, name) is None:
                setattr(obj, name, value)

    def added(self, ctx: Context, obj: Any) -> None:
        """The management network of the data center is in every cluster; in the world, all its networks are."""
        profiles.of_new_cluster(ctx, obj)
        for network in ctx.store.list("networks"):
            if network.data_center.id == obj.data_center.id and (ctx.world or network.name == MANAGEMENT):
                attach(ctx, obj, network)
        center = ctx.store.follow(obj.data_center)
        if ctx.world and _pair(obj.version) < _pair(center.version):
            center.version = copy.copy(obj.version)  # a data center is never above its clusters
        ctx.event("USER_ADD_CLUSTER", cluster=obj)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free, the level one that the Engine knows."""
        if new.name != old.name:
            check_name(ctx, self.path, new.name, "cluster")
        if body.version is not None:
            check_level(ctx, new.version, "update", "cluster")

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Say so."""
        ctx.event("USER_UPDATE_CLUSTER", cluster=new)

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not while hosts or VMs are in it (RemoveClusterCommand)."""
        if any(host.cluster.id == obj.id for host in ctx.store.list("hosts")):
            raise ctx.refuse("VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED", "remove", "cluster")
        if any(vm.cluster.id == obj.id for vm in ctx.store.list("vms")):
            raise ctx.refuse("VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED", "remove", "cluster")

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its CPU profiles go with it."""
        profiles.forget(ctx, "cpuprofiles", "cluster", obj.id)
        ctx.event("USER_REMOVE_CLUSTER", cluster=obj)


def _policies(ctx: Context) -> dict[str, Any]:
    """What a new cluster says of addresses, scheduling, migration and fencing (ClusterMapper, FencingPolicy)."""
    inherit = types.InheritableBoolean.INHERIT
    automatic = types.MigrationBandwidth(assignment_method=types.MigrationBandwidthAssignmentMethod.AUTO)
    return {
        "mac_pool": ctx.store.ref(ctx.store.get("macpools", fixed_id("macpool", "Default"))),
        "scheduling_policy": ctx.store.ref(ctx.store.get("schedulingpolicies", scheduling.NONE)),
        "migration": types.MigrationOptions(auto_converge=inherit, bandwidth=automatic, compressed=inherit),
        "fencing_policy": types.FencingPolicy(
            enabled=True,
            skip_if_connectivity_broken=types.SkipIfConnectivityBroken(enabled=False, threshold=50),
            skip_if_gluster_bricks_up=False,
            skip_if_gluster_quorum_not_met=False,
            skip_if_sd_active=types.SkipIfSdActive(enabled=False),
        ),
    }


def _pair(version: Any) -> tuple[int, int]:
    return version.major, version.minor


def attach(ctx: Context, cluster: Any, network: Any, required: bool = False) -> Any:
    """Assign a network to a cluster; what is stored there knows only what belongs to the assignment."""
    usages = [types.NetworkUsage.VM]
    if network.name == MANAGEMENT:
        usages += [types.NetworkUsage.MANAGEMENT, types.NetworkUsage.DISPLAY, types.NetworkUsage.MIGRATION]
        usages.append(types.NetworkUsage.DEFAULT_ROUTE)
        required = True
    member = types.Network(id=network.id, required=required, usages=usages, display=network.name == MANAGEMENT)
    return ctx.store.put(f"clusters/{cluster.id}/networks", member)


class ClusterNetworks(Kind):
    """Networks of a cluster: the network, with its role in this cluster."""

    path = "clusters/*/networks"
    required = ("id|name",)
    keeps_id = True

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Assign an existing network of the same data center, named by id or name."""
        cluster = ctx.owner()
        candidates = [n for n in ctx.store.list("networks") if n.data_center.id == cluster.data_center.id]
        network = next((n for n in candidates if n.id == obj.id or (obj.id is None and n.name == obj.name)), None)
        if network is None:
            raise ctx.refuse("NETWORK_NOT_EXISTS", "attach", "network")
        return attach(ctx, cluster, network, bool(obj.required))

    def added(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        network = ctx.store.get("networks", obj.id)
        ctx.event("NETWORK_ATTACH_NETWORK_TO_CLUSTER", NetworkName=network.name, cluster=ctx.owner())

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show the network's own fields too."""
        network = ctx.store.get("networks", obj.id)
        if network is None:
            return
        for name in ("name", "description", "comment", "mtu", "stp", "vdsm_name", "data_center", "vlan", "status"):
            setattr(obj, name, getattr(network, name))
        owner = ctx.store.at(obj.href.rpartition("/networks")[0])
        obj.cluster = ctx.store.ref(owner) if owner is not None else None
