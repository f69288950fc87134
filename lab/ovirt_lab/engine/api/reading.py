# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: lists and objects, as XML."""

from __future__ import annotations

import copy
from typing import Any

from .. import follow, query, routes, versions, views, wire
from ..context import Context
from ..messages import Response, xml
from ..refusal import NotFound
from ..resources import Kind
from .addresses import kind_at


def get(ctx: Context, node: Any, body: bytes) -> Response:
    kind = kind_at(ctx)
    if node.is_collection:
        chosen = query.select(ctx, kind)
        return xml(200, wire.collection(node.tag, [show(ctx, kind, obj, 1) for obj in chosen]))
    obj = kind.get(ctx, ctx.ident or "")
    if obj is None:
        raise NotFound
    return xml(200, wire.document(show(ctx, kind, obj)))


def show(ctx: Context, kind: Kind, obj: Any, depth: int = 0) -> bytes:
    """The XML of an object for this request. The XML of `cached` kinds is kept until the object is touched."""
    plain = kind.cached and not ctx.query.keys() & {"next_run", "follow", "all_content"} and not views.filtered(ctx)
    key = (obj.href, depth)
    if plain and key in ctx.store.rendered:
        return ctx.store.rendered[key]
    shown = view(ctx, kind, obj)
    if ctx.query.get("follow") and ctx.version >= (4, 2):
        follow.expand(ctx, shown, ctx.query["follow"])
    text = wire.render(shown, lambda href: decorations(ctx, href), depth)
    if plain:
        ctx.store.rendered[key] = text
    return text


def view(ctx: Context, kind: Kind, obj: Any) -> Any:
    """A copy of an object with its computed fields."""
    shown = copy.copy(obj)
    kind.on_read(ctx, shown)
    return shown


def decorations(ctx: Context, href: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Actions and sub-collection links of the object at an href."""
    path = routes.split(href)
    if href.startswith(routes.API) and path:
        return versions.decorations(ctx.version, routes.pattern_of(path), href)
    return [], []
