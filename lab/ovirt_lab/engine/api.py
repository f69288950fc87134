# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API below /ovirt-engine/api: list, get, add, update, remove and actions of every kind."""

from __future__ import annotations

import copy
from typing import Any

import ovirtsdk4.types as types

from . import follow, query, routes, texts, versions, views, wire
from .context import Context
from .messages import Response, xml
from .refusal import NotFound, Refusal
from .resources import Kind, kind_of, system
from .store import merge


def answer(ctx: Context, body: bytes) -> Response:
    """Answer a request below the API root."""
    path = ctx.target[len(routes.API) + 1 :]
    try:
        return _dispatch(ctx, path, body)
    except wire.Malformed as error:
        raise _usage(ctx, path) from error


def _usage(ctx: Context, path: str) -> Refusal:
    """Where to read how it is done right (IOExceptionMapper and UsageFinder@4.1.9)."""
    named = action_of(path)
    node = routes.find_pattern(routes.pattern_of(named[0] if named else path))
    method = {"POST": "add", "PUT": "update"}.get(ctx.method, "get")
    if named:
        method = node.actions[named[1]].replace("_", "-")
    model = f"https://{ctx.headers.get('host', 'localhost')}{routes.API}/model#services"
    detail = f"For correct usage, see: {model}/{node.document}/methods/{method}"
    return Refusal(400, "Request syntactically incorrect.", detail)


def _dispatch(ctx: Context, path: str, body: bytes) -> Response:
    if ctx.method == "POST" and (named := action_of(path)):
        return _act(ctx, *named, body)
    if not path:
        return _root(ctx)
    views.admit_query(ctx, routes.pattern_of(path))
    node = _locate(ctx, path)
    if ctx.method in ("POST", "PUT", "DELETE"):
        views.admit_command(ctx, node.pattern)
    handler = {"GET": _get, "POST": _post, "PUT": _put, "DELETE": _delete}.get(ctx.method)
    if handler is None:
        raise Refusal(405)
    return handler(ctx, node, body)


def refused(refusal: Refusal) -> Response:
    """The answer for a refusal."""
    if not refusal.detail:
        headers = {"WWW-Authenticate": 'Basic realm="RESTAPI"'} if refusal.status == 401 else {}
        return Response(refusal.status, headers)
    return xml(refusal.status, wire.fault(refusal.reason, refusal.detail))


def _root(ctx: Context) -> Response:
    if ctx.method not in ("GET", "OPTIONS"):
        raise Refusal(405)
    shown = views.limited_root(ctx, system.root(ctx))
    return xml(200, wire.document(wire.render(shown, lambda href: ([], [] if href else system.links(ctx)))))


def _locate(ctx: Context, path: str) -> Any:
    """Find the node at an address, fill ctx.path and ctx.ident; 404 when an object on the way is missing."""
    pattern = routes.pattern_of(path)
    node = routes.find_pattern(pattern)
    if node is None or not versions.has(ctx.version, pattern):
        raise NotFound
    ctx.path, ctx.ident = (path.rpartition("/")[0], path.rpartition("/")[2]) if pattern.endswith("*") else (path, None)
    form, parts = pattern.split("/"), path.split("/")
    for end in range(1, len(parts) - 1):
        if form[end] == "*" and not _may_be_missing(ctx, parts[: end + 1]):
            _existing(Context(ctx.engine, path="/".join(parts[:end]), user=ctx.user), parts[end])
    return node


def _may_be_missing(ctx: Context, parts: list[str]) -> bool:
    """Whether these are the address of an owner that the collection at ctx.path does not look up."""
    needed = _kind(ctx).needs_owner or ctx.path.rpartition("/")[0] != "/".join(parts)
    return not needed and bool(routes.GUID.fullmatch(parts[-1]))


def _existing(ctx: Context, ident: str) -> Any:
    obj = kind_of(routes.pattern_of(ctx.path)).get(ctx, ident)
    if obj is None:
        raise NotFound
    return obj


def _kind(ctx: Context) -> Kind:
    return kind_of(routes.pattern_of(ctx.path))


# --- reading


def _get(ctx: Context, node: Any, body: bytes) -> Response:
    kind = _kind(ctx)
    if node.is_collection:
        chosen = query.select(ctx, kind)
        return xml(200, wire.collection(node.tag, [show(ctx, kind, obj, 1) for obj in chosen]))
    obj = kind.get(ctx, ctx.ident or "")
    if obj is None:
        raise NotFound
    return xml(200, wire.document(show(ctx, kind, obj)))


def show(ctx: Context, kind: Kind, obj: Any, depth: int = 0) -> bytes:
    """The XML of an object as this request wants it; kept for kinds that promise to say when they change."""
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


# --- writing


def _post(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_add:
        raise Refusal(405)
    obj = wire.read(body)
    if type(obj) is not node.type:
        raise wire.Malformed(f"A {node.type.__name__} was expected, not a {type(obj).__name__}.")
    stored = add(ctx, obj)
    kind = _kind(ctx)
    return xml(ctx.status or 201, wire.document(show(ctx, kind, stored)), Location=stored.href)


def add(ctx: Context, obj: Any) -> Any:
    """Add an object to the collection at ctx.path."""
    kind = _home(ctx, obj)
    _complete(kind.required, obj, "add")
    if not kind.keeps_id and not ctx.world:
        obj.id = None
    _resolve(ctx, kind, obj)
    stored = ctx.store.put(ctx.path, kind.on_add(ctx, obj) or obj)
    kind.added(ctx, stored)
    return stored


def _home(ctx: Context, obj: Any = None) -> Kind:
    """An object reached through another one's collection lives in its own, and a new one belongs to that other."""
    kind = _kind(ctx)
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
    """Turn what the client named into references to what is there."""
    for attribute, path in kind.refs.items():
        ref = getattr(obj, attribute, None)
        if ref is not None:
            setattr(obj, attribute, ctx.store.ref(ctx.find(path, ref)))


def _put(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_update or ctx.ident is None:
        raise Refusal(405)
    old = _existing(ctx, ctx.ident)
    kind = _home(ctx)
    obj = wire.read(body)
    if type(obj) is not type(old):
        raise wire.Malformed(f"A {type(old).__name__} was expected, not a {type(obj).__name__}.")
    obj.id = obj.href = None
    _resolve(ctx, kind, obj)
    new = merge(old, obj)
    new = kind.on_update(ctx, old, new, obj) or new
    ctx.store.put(ctx.path, new)
    kind.updated(ctx, old, new)
    return xml(200, wire.document(show(ctx, kind, kind.get(ctx, ctx.ident))))


def _delete(ctx: Context, node: Any, body: bytes) -> Response:
    if not node.can_remove or ctx.ident is None:
        raise Refusal(405)
    obj = _existing(ctx, ctx.ident)
    kind = _home(ctx)
    kind.on_remove(ctx, obj)
    ctx.store.remove(ctx.path, ctx.ident)
    kind.removed(ctx, obj)
    return Response(202 if ctx.query.get("async", "") == "true" else 200)


# --- actions


def action_of(path: str) -> tuple[str, str] | None:
    """Address of the object and name of the action, when the address is one of an action."""
    owner, _, name = path.rpartition("/")
    node = routes.find_pattern(routes.pattern_of(owner)) if owner else None
    return (owner, name) if node is not None and name in node.actions else None


def _act(ctx: Context, owner: str, name: str, body: bytes) -> Response:
    node = _locate(ctx, owner)
    if not versions.has(ctx.version, f"{node.pattern}/{name}"):
        raise NotFound
    request = wire.read(body) if body.strip() else types.Action()
    if not isinstance(request, types.Action):
        raise wire.Malformed(f"An action was expected, not a {type(request).__name__}.")
    if request.vm is not None:
        views.admit_query(ctx, node.pattern)  # a run-once reads the VM first (createRunVmOnceParams)
    try:
        views.admit_command(ctx, node.pattern)
        kind = _kind(ctx)
        obj = kind.get(ctx, ctx.ident or "")
        if obj is None:
            raise kind.absent(ctx, node.actions[name], request)
        result = _run(ctx, node.actions[name], obj, request) or request
        result.status = result.status or "complete"
    except Refusal as refusal:
        if not refusal.detail:
            raise
        return failed(refusal, request)
    return xml(ctx.status or 200, wire.document(wire.render(result, lambda href: ([], []))))


def failed(refusal: Refusal, request: Any = None) -> Response:
    """The answer to an action that was refused."""
    result = request if request is not None else types.Action()
    result.status = "failed"
    result.fault = types.Fault(reason=refusal.reason, detail=refusal.detail)
    return xml(refusal.status, wire.document(wire.render(result, lambda href: ([], []))))


def _run(ctx: Context, name: str, obj: Any, request: Any) -> Any:
    kind = _kind(ctx)
    method = kind.actions.get(name)
    if method is None:
        raise Refusal(
            501, "Operation Failed", f"[This simulated Engine does not know how to {name.replace('_', ' ')}.]"
        )
    result = method(kind, ctx, obj, request)
    if ctx.job is not None:
        (result or request).job = ctx.store.ref(ctx.job)
    return result
