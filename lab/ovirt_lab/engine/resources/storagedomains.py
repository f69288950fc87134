# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage domains, and their attachment to data centers. There is no storage behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import KINDS, Kind, action, profiles, transition

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

Status = types.StorageDomainStatus


class StorageDomains(Kind):
    """All storage domains; a new one is unattached, those of the world belong to the first data center."""

    path = "storagedomains"
    required = ("name", "type", "storage")
    search = {
        "name": "name",
        "type": "type",
        "description": "description",
        "comment": "comment",
        "status": "status",
        "datacenter": lambda ctx, obj: [ctx.store.follow(ref).name for ref in obj.data_centers or []],
    }

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Fill in what a new storage domain has."""
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "storage_domain")
        obj.host = None  # the host that creates it is not part of it
        if not ctx.world:
            obj.status = Status.UNATTACHED
        modern = types.StorageFormat.V5 if ctx.version >= (4, 3) else types.StorageFormat.V4
        for name, value in {
            "available": 500 << 30,
            "used": 0,
            "committed": 0,
            "master": False,
            "storage_format": modern if obj.type == types.StorageDomainType.DATA else types.StorageFormat.V1,
            "external_status": types.ExternalStatus.OK,
            "wipe_after_delete": False,
            "discard_after_delete": False,
            "supports_discard": False,
            "supports_discard_zeroes_data": False,
            "backup": False,
            "block_size": 512 if ctx.version >= (4, 3) else None,
            "warning_low_space_indicator": 10,
            "critical_space_action_blocker": 5,
        }.items():
            if getattr(obj, name) is None:
                setattr(obj, name, value)

    def added(self, ctx: Context, obj: Any) -> None:
        """It gets a disk profile; in the world it is attached."""
        profiles.of_new_domain(ctx, obj)
        if ctx.world:
            attach(ctx, ctx.store.list("datacenters")[0], obj)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show the status of an unattached domain; the status of others is that of their attachment."""
        if obj.data_centers:
            obj.status = None

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Only when no data center uses it."""
        if obj.data_centers:
            raise ctx.refuse("OBJECT_LOCKED", "remove", "storage_domain")

    def removed(self, ctx: Context, obj: Any) -> None:
        """Its disk profiles go with it."""
        profiles.forget(ctx, "diskprofiles", "storage_domain", obj.id)


def attach(ctx: Context, center: Any, domain: Any) -> Any:
    """Attach a storage domain to a data center."""
    domain.data_centers = [ctx.store.ref(center)]
    domain.status = Status.ACTIVE
    return ctx.store.put(
        f"datacenters/{center.id}/storagedomains", types.StorageDomain(id=domain.id, status=Status.ACTIVE)
    )


class AttachedStorageDomains(Kind):
    """Storage domains of a data center, with their status there."""

    path = "datacenters/*/storagedomains"
    required = ("id|name",)
    keeps_id = True

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Attach an existing storage domain."""
        domain = ctx.find("storagedomains", obj)
        return attach(ctx, ctx.owner(), domain)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show the domain's own fields too."""
        domain = ctx.store.get("storagedomains", obj.id)
        for name, value in vars(domain or obj).items():
            if name not in ("_id", "_href", "_status", "_data_centers"):
                setattr(obj, name, value)
        obj.data_center = ctx.store.ref(ctx.store.at(obj.href.rpartition("/storagedomains")[0]))

    def removed(self, ctx: Context, obj: Any) -> None:
        """Detached."""
        domain = ctx.store.get("storagedomains", obj.id)
        if domain is not None:
            domain.data_centers, domain.status = None, Status.UNATTACHED

    @action
    def activate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Use it again."""
        obj.status = Status.ACTIVE

    @action
    def deactivate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Put the domain into maintenance, after a moment."""
        obj.status = Status.PREPARING_FOR_MAINTENANCE
        center = ctx.path.split("/")[1]
        ctx.engine.schedule(ctx.engine.world.delays["host"], "domain.maintenance", center=center, ident=obj.id)


@transition("domain.maintenance")
def in_maintenance(engine: Engine, center: str, ident: str) -> None:
    """A storage domain has reached maintenance."""
    domain = engine.store.get(f"datacenters/{center}/storagedomains", ident)
    if domain is not None and domain.status == Status.PREPARING_FOR_MAINTENANCE:
        domain.status = Status.MAINTENANCE


def _on_domain(ctx: Context, obj: Any) -> bool:
    return any(domain.id == ctx.path.split("/")[1] for domain in obj.storage_domains or [])


class DomainDisks(Kind):
    """Disks of a storage domain: the disks of the Engine that lie there."""

    path = "storagedomains/*/disks"

    def items(self, ctx: Context) -> list[Any]:
        """Disks whose storage domain this is."""
        return [disk for disk in ctx.store.list("disks") if _on_domain(ctx, disk)]

    def on_read(self, ctx: Context, obj: Any) -> None:
        """As it is shown in /disks."""
        if "disks" in KINDS:
            KINDS["disks"].on_read(ctx, obj)

    def removed(self, ctx: Context, obj: Any) -> None:
        """Remove the disk from the Engine."""
        ctx.store.remove("disks", obj.id)
        if "disks" in KINDS:
            KINDS["disks"].removed(ctx, obj)
