# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data centers, and the compatibility levels an Engine knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import texts
from ..refusal import Refusal
from ..world import levels_of
from . import Kind, owned_by, profiles

if TYPE_CHECKING:
    from ..context import Context

# Name of a data center or cluster (VALIDATION_CLUSTER_NAME_INVALID).
NAME = re.compile(r"[\w-]+\Z")


def level(text: str) -> Any:
    """A compatibility level as the API shows it."""
    major, minor = text.split(".")
    return types.Version(major=int(major), minor=int(minor))


def newest(ctx: Context) -> Any:
    """The newest level of this Engine."""
    return level(levels_of(ctx.engine.release.number)[-1])


def cluster_names(ctx: Context, obj: Any) -> list[str]:
    """Names of the clusters of a data center, for `search=Clusters.name=x`."""
    return [c.name for c in ctx.store.list("clusters") if c.data_center is not None and c.data_center.id == obj.id]


class DataCenters(Kind):
    """A new one is uninitialized until a storage domain is attached."""

    path = "datacenters"
    required = ("name",)
    search = {
        "name": "name",
        "description": "description",
        "comment": "comment",
        "status": "status",
        "Clusters.name": cluster_names,
    }

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Check the name; fill in what a new data center has."""
        if obj.local is None:
            raise Refusal(*texts.incomplete("DataCenter", ["local"], "add"))
        check_name(ctx, self.path, obj.name, "data_center")
        obj.version = obj.version or newest(ctx)
        check_level(ctx, obj.version, "add", "data_center")
        obj.quota_mode = obj.quota_mode or types.QuotaModeType.DISABLED
        obj.storage_format = obj.storage_format or (
            types.StorageFormat.V4 if ctx.version < (4, 3) else types.StorageFormat.V5
        )
        obj.supported_versions = [level(text) for text in levels_of(ctx.engine.release.number)]

    def added(self, ctx: Context, obj: Any) -> None:
        """Every data center comes with a quota and a management network; the world makes its own networks."""
        profiles.of_new_center(ctx, obj)
        if not ctx.world:
            network = ctx.engine.add("networks", types.Network(name="ovirtmgmt", data_center=ctx.store.ref(obj)))
            ctx.engine.add("vnicprofiles", types.VnicProfile(name=network.name, network=ctx.store.ref(network)))

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free, the level one that the Engine knows."""
        if new.name != old.name:
            check_name(ctx, self.path, new.name, "data_center")
        if body.version is not None:
            check_level(ctx, new.version, "update", "data_center")

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not while it is up, or while a storage domain is not in maintenance (RemoveStoragePoolCommand)."""
        attached = ctx.store.list(f"datacenters/{obj.id}/storagedomains")
        if status_of(attached) == types.DataCenterStatus.UP:
            raise ctx.refuse("ERROR_CANNOT_REMOVE_ACTIVE_STORAGE_POOL", "remove", "data_center")
        if any(domain.status != types.StorageDomainStatus.MAINTENANCE for domain in attached):
            raise ctx.refuse("ERROR_CANNOT_REMOVE_POOL_WITH_ACTIVE_DOMAINS", "remove", "data_center")

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its networks go with it, and its storage domains are free."""
        for domain in ctx.store.list("storagedomains"):
            if any(ref.id == obj.id for ref in domain.data_centers or []):
                domain.data_centers, domain.status = None, types.StorageDomainStatus.UNATTACHED
        for network in list(ctx.store.list("networks")):
            if network.data_center is not None and network.data_center.id == obj.id:
                for profile in list(ctx.store.list("vnicprofiles")):
                    if profile.network.id == network.id:
                        ctx.store.remove("vnicprofiles", profile.id)
                ctx.store.remove("networks", network.id)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Its status follows its storage domains."""
        obj.status = status_of(ctx.store.list(f"datacenters/{obj.id}/storagedomains"))


def status_of(attached: list[Any]) -> Any:
    """The status of a data center with these storage domains: up as soon as one is active."""
    if not attached:
        return types.DataCenterStatus.UNINITIALIZED
    ready = any(domain.status == types.StorageDomainStatus.ACTIVE for domain in attached)
    return types.DataCenterStatus.UP if ready else types.DataCenterStatus.MAINTENANCE


#: Whether an object belongs to the data center that owns the requested sub-collection.
in_data_center = owned_by("data_center")


def check_level(ctx: Context, version: Any, action: str, kind: str) -> None:
    """Refuse a compatibility level that this Engine does not have (VersionSupport); the world may have others."""
    if not ctx.world and f"{version.major}.{version.minor}" not in levels_of(ctx.engine.release.number):
        raise ctx.refuse("GIVEN_VERSION_NOT_SUPPORTED", action, kind)


def check_name(ctx: Context, path: str, name: str, kind: str) -> None:
    """Names of data centers and clusters: letters, digits, - and _; no two alike."""
    if not NAME.match(name):
        raise ctx.refuse(f"VALIDATION_{kind.upper()}_NAME_INVALID", "add", kind)
    if ctx.store.named(path, name) is not None:
        raise ctx.refuse("NAME_ALREADY_USED", "add", kind)
