# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical networks and vNIC profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import Kind, owned_by
from .clusters import MANAGEMENT, attach
from .datacenters import in_data_center

if TYPE_CHECKING:
    from ..context import Context


class Networks(Kind):
    """A network belongs to a data center and is assigned to clusters."""

    path = "networks"
    required = ("name", "data_center.name|id")
    refs = {"data_center": "datacenters"}
    search = {
        "name": "name",
        "description": "description",
        "comment": "comment",
        "datacenter": "data_center.name",
        "vlanid": "vlan.id",
        "mtu": "mtu",
    }
    aliases = {"datacenters/*/networks": in_data_center}
    parent = "data_center"

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Check the name; fill in what a new network has."""
        self._check_name(ctx, obj, "add")
        obj.mtu = obj.mtu or 0
        obj.stp = bool(obj.stp)
        obj.status = None  # only in a cluster
        obj.vdsm_name = obj.vdsm_name or obj.name
        obj.usages = obj.usages or [types.NetworkUsage.VM]
        if ctx.version >= (4, 3) and obj.port_isolation is None:
            obj.port_isolation = False

    def added(self, ctx: Context, obj: Any) -> None:
        """A VM network gets a profile of its own name, unless `profile_required` says no; the world makes its own."""
        if ctx.world:
            for cluster in ctx.store.list("clusters"):
                if cluster.data_center.id == obj.data_center.id:
                    attach(ctx, cluster, obj)
        elif obj.profile_required is not False:
            ctx.engine.add("vnicprofiles", types.VnicProfile(name=obj.name, network=ctx.store.ref(obj)))
        obj.profile_required = None
        ctx.event("NETWORK_ADD_NETWORK", NetworkName=obj.name, data_center=ctx.store.follow(obj.data_center))

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free."""
        if new.name != old.name:
            self._check_name(ctx, new, "update")

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not the management network, and not one that a VM uses."""
        if obj.name == MANAGEMENT:
            raise ctx.refuse("NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK", "remove", "network", NetworkName=obj.name)
        profiles = {p.id for p in ctx.store.list("vnicprofiles") if p.network.id == obj.id}
        for vm in ctx.store.list("vms"):
            nics = ctx.store.list(f"vms/{vm.id}/nics")
            if any(nic.vnic_profile is not None and nic.vnic_profile.id in profiles for nic in nics):
                raise ctx.refuse(
                    "NETWORK_IN_ONE_USE",
                    "remove",
                    "network",
                    entities="VM",
                    ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE_ENTITY=vm.name,
                )

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its profiles and its places in clusters go with it."""
        for profile in list(ctx.store.list("vnicprofiles")):
            if profile.network.id == obj.id:
                ctx.store.remove("vnicprofiles", profile.id)
        for cluster in ctx.store.list("clusters"):
            ctx.store.remove(f"clusters/{cluster.id}/networks", obj.id)
        ctx.event("NETWORK_REMOVE_NETWORK", NetworkName=obj.name, data_center=ctx.store.follow(obj.data_center))

    @staticmethod
    def _check_name(ctx: Context, obj: Any, operation: str) -> None:
        for other in ctx.store.list("networks"):
            if other.name == obj.name and other.data_center.id == obj.data_center.id:
                raise ctx.refuse("NETWORK_NAME_IN_USE", operation, "network", NetworkName=obj.name)


class VnicProfiles(Kind):
    """How NICs are attached to a network; the same name may be used again on another network."""

    path = "vnicprofiles"
    required = ("name", "network.id")
    refs = {"network": "networks"}
    aliases = {"networks/*/vnicprofiles": owned_by("network")}
    parent = "network"
    search = {"name": "name", "network": "network.name", "description": "description"}

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Check the name; fill in what a new profile has."""
        self._check_name(ctx, obj, "add")
        obj.port_mirroring = bool(obj.port_mirroring)
        obj.pass_through = obj.pass_through or types.VnicPassThrough(mode=types.VnicPassThroughMode.DISABLED)

    def added(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        self._say(ctx, "ADD_VNIC_PROFILE", obj)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free; the network stays (VnicProfileValidator.networkNotChanged)."""
        if new.name != old.name:
            self._check_name(ctx, new, "update")
        if new.network.id != old.network.id:
            raise ctx.refuse("CANNOT_CHANGE_VNIC_PROFILE_NETWORK", "update", "vnic_profile")

    def removed(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        self._say(ctx, "REMOVE_VNIC_PROFILE", obj)

    @staticmethod
    def _say(ctx: Context, name: str, obj: Any) -> None:
        network = ctx.store.follow(obj.network)
        center = ctx.store.follow(network.data_center)
        ctx.event(name, VnicProfileName=obj.name, NetworkName=network.name, DataCenterName=center.name)

    @staticmethod
    def _check_name(ctx: Context, obj: Any, operation: str) -> None:
        for other in ctx.store.list("vnicprofiles"):
            if other.name == obj.name and other.network.id == obj.network.id:
                raise ctx.refuse("VNIC_PROFILE_NAME_IN_USE", operation, "vnic_profile")
