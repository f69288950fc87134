# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: objects are added, updated and removed."""

from __future__ import annotations

from typing import Any

from .. import media, texts, versions, wire
from ..context import Context
from ..messages import Response
from ..refusal import Refusal
from ..resources import Kind, kind_of
from ..store import merge
from . import mandatory
from .addresses import existing, kind_at
from .reading import reply, show


def post(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_add:
        raise Refusal(405)
    obj = media.read(body, ctx.headers.get("content-type", ""), node.type)
    if type(obj) is not node.type:
        raise wire.Malformed(f"A {node.type.__name__} was expected, not a {type(obj).__name__}.")
    mandatory.check(ctx, obj)
    stored = add(ctx, obj)
    kind = kind_at(ctx)
    return reply(ctx, ctx.status or 201, show(ctx, kind, stored), Location=stored.href)


def add(ctx: Context, obj: Any) -> Any:
    """Add an object to the collection at ctx.path."""
    kind = _home(ctx, obj)
    _complete(kind.required, obj, "add")
    if not kind.keeps_id and not ctx.world:
        obj.id = None
    _resolve(ctx, kind, obj)
    versions.forget_empty(obj)
    stored = ctx.store.put(ctx.path, kind.on_add(ctx, obj) or obj)
    kind.added(ctx, stored)
    return stored


def _home(ctx: Context, obj: Any = None) -> Kind:
    """Go from an alias of a collection to the collection itself; a new object gets the alias's owner as its parent."""
    kind = kind_at(ctx)
    if kind.member is None:
        return kind
    if obj is not None and kind.parent and getattr(obj, kind.parent) is None:
        setattr(obj, kind.parent, ctx.store.ref(ctx.owner()))
    ctx.path = kind.path
    return kind_of(kind.path)


def _complete(required: tuple[str, ...], obj: Any, operation: str) -> None:
    """Required fields, in the Engine's notation: `name`, `cluster.id|name` (CompletenessAssertor@4.1.9)."""
    missing = [field for field in required if not _present(obj, field)]
    if missing:
        raise Refusal(*texts.incomplete(type(obj).__name__, missing, operation))


def _present(obj: Any, field: str) -> bool:
    head, _, rest = field.partition(".")
    if rest:
        inner = [getattr(obj, name, None) for name in head.split("|")]
        return any(value is not None and _present(value, rest) for value in inner)
    return any(getattr(obj, name, None) is not None for name in head.split("|"))


def _resolve(ctx: Context, kind: Kind, obj: Any) -> None:
    """Replace the client's ids and names by references to stored objects; 404 for an unknown one."""
    for attribute, path in kind.refs.items():
        ref = getattr(obj, attribute, None)
        if ref is not None:
            setattr(obj, attribute, ctx.store.ref(ctx.find(path, ref)))


def put(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_update or ctx.ident is None:
        raise Refusal(405)
    old = existing(ctx, ctx.ident)
    kind = _home(ctx)
    obj = media.read(body, ctx.headers.get("content-type", ""), type(old))
    if type(obj) is not type(old):
        raise wire.Malformed(f"A {type(old).__name__} was expected, not a {type(obj).__name__}.")
    if obj.id is not None and obj.id != old.id:
        raise Refusal(*texts.immutable("id"))
    obj.id = obj.href = None
    _resolve(ctx, kind, obj)
    new = merge(old, obj)
    versions.forget_empty(new)
    new = kind.on_update(ctx, old, new, obj) or new
    ctx.store.put(ctx.path, new)
    kind.updated(ctx, old, new)
    return reply(ctx, 200, show(ctx, kind, kind.get(ctx, ctx.ident)))


def delete(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_remove or ctx.ident is None:
        raise Refusal(405)
    obj = existing(ctx, ctx.ident)
    kind = _home(ctx)
    kind.on_remove(ctx, obj)
    ctx.store.remove(ctx.path, ctx.ident)
    kind.removed(ctx, obj)
    return Response(202 if ctx.query.get("async", "") == "true" else 200)
