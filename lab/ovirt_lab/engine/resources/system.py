# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of the API: product, version, special objects, summary."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import api_model, routes
from ..clock import as_datetime
from ..context import Context
from ..store import BLANK
from .access import ADMIN, fixed_id


def root(ctx: Context) -> Any:
    """The `api` object."""
    store, release = ctx.store, ctx.engine.release
    vms, hosts = store.list("vms"), store.list("hosts")
    return types.Api(
        product_info=types.ProductInfo(
            name="oVirt Engine",
            instance_id=fixed_id("instance", "engine") if ctx.version >= (4, 4) else None,
            version=types.Version(
                major=release.number[0],
                minor=release.number[1],
                build=release.number[2],
                revision=0,  # always, when the version is that of a package (GetProductVersionQuery.parseRpmVersion)
                full_version=release.full,
            ),
        ),
        special_objects=types.SpecialObjects(
            blank_template=_ref(types.Template, "templates"), root_tag=_ref(types.Tag, "tags")
        ),
        summary=types.ApiSummary(
            hosts=_count(hosts, types.HostStatus.UP),
            storage_domains=_count(store.list("storagedomains"), types.StorageDomainStatus.ACTIVE),
            users=types.ApiSummaryItem(active=1, total=1),
            vms=_count(vms, types.VmStatus.UP),
        ),
        time=as_datetime(ctx.engine.now()),
        **_users(ctx),
    )


def _users(ctx: Context) -> dict[str, Any]:
    """Who is logged in, and in whose name requests run: the same user (setAuthenticatedUser@4.3.10)."""
    if ctx.version < (4, 3):
        return {}
    user = ctx.store.ref(ctx.store.get("users", ADMIN))
    return {"authenticated_user": user, "effective_user": user}


def links(ctx: Context) -> list[tuple[str, str]]:
    """The collections of the root; those that can be searched say how (ApiRootLinksCreator, which has no `options`)."""
    result = []
    for name in sorted(routes.ROOT.children):
        if name != "options" and api_model.has(ctx.version, name):
            result.append((name, f"{routes.API}/{name}"))
            if name in _SEARCHABLE:
                result.append((f"{name}/search", f"{routes.API}/{name}?search={{query}}"))
    return result


_SEARCHABLE = (
    "clusters", "datacenters", "disks", "events", "groups", "hosts", "instancetypes", "networks", "storagedomains",
    "templates", "users", "vms", "vmpools",
)  # fmt: skip


def _ref(kind: Any, path: str) -> Any:
    ref = kind(id=BLANK)
    ref.href = f"{routes.API}/{path}/{BLANK}"
    return ref


def _count(items: list[Any], active: Any) -> Any:
    return types.ApiSummaryItem(active=sum(1 for item in items if item.status == active), total=len(items))
