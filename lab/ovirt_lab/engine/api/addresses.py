# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an address of the API means: a collection, an object or an action."""

from __future__ import annotations

from typing import Any

from .. import api_model, routes
from ..context import Context
from ..refusal import NotFound
from ..resources import Kind, kind_of


def locate(ctx: Context, path: str) -> Any:
    """Find the node at an address, fill ctx.path and ctx.ident; 404 when an object on the way is missing."""
    pattern = routes.pattern_of(path)
    node = routes.find_pattern(pattern)
    if node is None or not api_model.has(ctx.version, pattern):
        raise NotFound
    ctx.path, ctx.ident = (path.rpartition("/")[0], path.rpartition("/")[2]) if pattern.endswith("*") else (path, None)
    form, parts = pattern.split("/"), path.split("/")
    for end in range(1, len(parts) - 1):
        if form[end] == "*" and not _may_be_missing(ctx, parts[: end + 1]):
            existing(Context(ctx.engine, path="/".join(parts[:end]), user=ctx.user), parts[end])
    return node


def _may_be_missing(ctx: Context, parts: list[str]) -> bool:
    """Whether the collection at ctx.path works without its owner, whose address this is."""
    needed = kind_at(ctx).needs_owner or ctx.path.rpartition("/")[0] != "/".join(parts)
    return not needed and bool(routes.GUID.fullmatch(parts[-1]))


def existing(ctx: Context, ident: str) -> Any:
    obj = kind_of(routes.pattern_of(ctx.path)).get(ctx, ident)
    if obj is None:
        raise NotFound
    return obj


def kind_at(ctx: Context) -> Kind:
    return kind_of(routes.pattern_of(ctx.path))


def action_of(path: str) -> tuple[str, str] | None:
    """Split the address of an action into the object's address and the action's name; None for any other address."""
    owner, _, name = path.rpartition("/")
    node = routes.find_pattern(routes.pattern_of(owner)) if owner else None
    return (owner, name) if node is not None and name in node.actions else None
