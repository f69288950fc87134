# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: lists and objects."""

from __future__ import annotations

import copy
from typing import Any

from .. import follow, media, query, routes, versions, views
from ..context import Context
from ..messages import Response
from ..refusal import NotFound
from ..resources import Kind
from .addresses import kind_at


def get(ctx: Context, node: Any, body: bytes) -> Response:
    kind = kind_at(ctx)
    if node.is_collection:
        chosen = query.select(ctx, kind)
        items = [show(ctx, kind, obj, 1) for obj in chosen]
        item = media.tag_of(type(chosen[0]).__name__) if items else ""
        return Response(200, {"Content-Type": ctx.media.content_type}, ctx.media.collection(node.tag, item, items))
    obj = kind.get(ctx, ctx.ident or "")
    if obj is None:
        raise NotFound
    return reply(ctx, 200, show(ctx, kind, obj))


def reply(ctx: Context, status: int, body: bytes, **headers: str) -> Response:
    """An answer with one object, in the form that the client wants."""
    return Response(status, {"Content-Type": ctx.media.content_type, **headers}, ctx.media.document(body))


def show(ctx: Context, kind: Kind, obj: Any, depth: int = 0) -> bytes:
    """The text of an object for this request. That of `cached` kinds is kept until the object is touched."""
    plain = kind.cached and not ctx.query.keys() & {"next_run", "follow", "all_content"} and not views.filtered(ctx)
    key = (ctx.media.name, depth)
    kept = ctx.store.rendered.get(obj.href)
    if plain and kept is not None and key in kept:
        return kept[key]
    shown = view(ctx, kind, obj)
    if ctx.query.get("follow") and ctx.version >= (4, 2):
        follow.expand(ctx, shown, ctx.query["follow"])
    text = ctx.media.render(shown, lambda href: decorations(ctx, href), depth)
    if plain:
        ctx.store.rendered.setdefault(obj.href, {})[key] = text
    return text


def view(ctx: Context, kind: Kind, obj: Any) -> Any:
    """A copy of an object with its computed fields."""
    shown = copy.copy(obj)
    kind.on_read(ctx, shown)
    versions.describe(ctx.version, shown)
    return shown


def decorations(ctx: Context, href: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Actions and sub-collection links of the object at an href."""
    path = routes.split(href)
    if href.startswith(routes.API) and path:
        return versions.decorations(ctx.version, routes.pattern_of(path), href)
    return [], []
