# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API below /ovirt-engine/api: list, get, add, update, remove and actions of every kind."""

from __future__ import annotations

from typing import Any

from .. import media, routes, views, wire
from ..context import Context
from ..messages import Response
from ..refusal import Refusal
from ..resources import system
from .actions import act, failed
from .addresses import action_of, locate
from .reading import get, reply
from .writing import add, delete, post, put

__all__ = ["action_of", "add", "answer", "failed", "refused"]


def answer(ctx: Context, body: bytes) -> Response:
    """Answer a request below the API root."""
    path = ctx.target[len(routes.API) + 1 :]
    ctx.media = media.wanted(ctx.headers.get("accept", ""))
    try:
        return _dispatch(ctx, path, body)
    except wire.Malformed as error:
        raise _usage(ctx, path) from error


def _usage(ctx: Context, path: str) -> Refusal:
    """The refusal of a malformed request, with a link to the model (UsageFinder@4.1.9, 4.3.10, 4.5.3.7)."""
    named = action_of(path)
    node = routes.find_pattern(routes.pattern_of(named[0] if named else path))
    method = node.actions[named[1]] if named else {"POST": "add", "PUT": "update"}.get(ctx.method, "get")
    place = f"services/{node.document}/methods/{method}"
    if ctx.version < (4, 2):
        place = f"{routes.API}/v4/model#{place.replace('_', '-')}"
    else:
        place = f"/ovirt-engine/apidoc#{place}"
    detail = f"For correct usage, see: https://{ctx.headers.get('host', 'localhost')}{place}"
    return Refusal(400, "Request syntactically incorrect.", detail)


def _dispatch(ctx: Context, path: str, body: bytes) -> Response:
    named = action_of(path)
    if ctx.method == "POST" and named:
        return act(ctx, *named, body)
    if path:
        views.admit_query(ctx, routes.pattern_of(path))
    node: Any = None if named else locate(ctx, path) if path else routes.ROOT
    methods = node.allowed if node else ("POST",)  # of an action
    if ctx.method == "OPTIONS":
        return _options(methods)
    if ctx.method not in methods:
        return Response(405, {"Allow": _allow(methods)})
    if not path:
        return _root(ctx)
    if ctx.method in ("POST", "PUT", "DELETE"):
        views.admit_command(ctx, node.pattern)
    return {"GET": get, "POST": post, "PUT": put, "DELETE": delete}[ctx.method](ctx, node, body)


def _allow(methods: tuple[str, ...]) -> str:
    return ", ".join([*(("HEAD",) if "GET" in methods else ()), *methods, "OPTIONS"])


def _options(methods: tuple[str, ...]) -> Response:
    """RESTEasy's own answer (SegmentNode): the header's text is also the body."""
    text = _allow(methods)
    return Response(200, {"Allow": text, "Content-Type": "text/plain;charset=UTF-8"}, text.encode())


_UNAUTHORIZED = b"<html><head><title>Error</title></head><body>Unauthorized</body></html>"


def refused(ctx: Context, refusal: Refusal) -> Response:
    """The answer for a refusal; a page of the web server's for a login that is missing or wrong."""
    if refusal.reason:
        return Response(
            refusal.status, {"Content-Type": ctx.media.content_type}, ctx.media.fault(refusal.reason, refusal.detail)
        )
    if refusal.status != 401:
        return Response(refusal.status)
    headers = {"WWW-Authenticate": 'Basic realm="RESTAPI"', "Content-Type": "text/html;charset=UTF-8"}
    return Response(401, headers, _UNAUTHORIZED)


def _root(ctx: Context) -> Response:
    shown = views.limited_root(ctx, system.root(ctx))
    return reply(ctx, 200, ctx.media.render(shown, lambda href: ([], [] if href else system.links(ctx)), 0))
