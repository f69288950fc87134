# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`?follow=nics,disk_attachments.disk`: replace links by the linked objects (Engine 4.2 and later)."""

from __future__ import annotations

import copy
from typing import Any

from ovirtsdk4 import types

from . import resources, routes, versions
from .context import Context


def expand(ctx: Context, obj: Any, wanted: str) -> None:
    """Replace links in a copy of an object. Underscores in names are optional; unknown names are ignored."""
    tree: dict[str, Any] = {}
    for dotted in wanted.split(","):
        branch = tree
        for name in filter(None, dotted.strip().split(".")):
            branch = branch.setdefault(name.replace("_", "").lower(), {})
    _expand(ctx, obj, tree)


def _expand(ctx: Context, obj: Any, tree: dict[str, Any]) -> None:
    path = routes.split(obj.href or "")
    node = routes.find_pattern(routes.pattern_of(path))
    for name, below in tree.items():
        attribute = _attribute(obj, name)
        if attribute is None:
            continue
        if node is not None and name in node.children:
            setattr(obj, attribute, [_shown(ctx, o, below) for o in ctx.engine.items(ctx, f"{path}/{name}")])
            continue
        value = getattr(obj, attribute)
        if isinstance(value, types.Identified) and value.href:
            target = _whole(ctx, value.href)
            if target is not None:
                setattr(obj, attribute, _shown(ctx, target, below))


def _attribute(obj: Any, name: str) -> str | None:
    return next((key[1:] for key in vars(obj) if key[1:].replace("_", "") == name), None)


def _whole(ctx: Context, href: str) -> Any:
    path, _, ident = routes.split(href).rpartition("/")
    inner = Context(ctx.engine, path=path, user=ctx.user)
    return resources.kind_of(routes.pattern_of(path)).get(inner, ident)


def _shown(ctx: Context, obj: Any, tree: dict[str, Any]) -> Any:
    path = routes.split(obj.href).rpartition("/")[0]
    shown = copy.copy(obj)
    resources.kind_of(routes.pattern_of(path)).on_read(Context(ctx.engine, path=path, user=ctx.user), shown)
    versions.describe(ctx.version, shown)
    _expand(ctx, shown, tree)
    return shown
