# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API below /ovirt-engine/api: list, get, add, update, remove and actions of every kind."""

from __future__ import annotations

from .. import routes, views, wire
from ..context import Context
from ..messages import Response, xml
from ..refusal import Refusal
from ..resources import system
from .actions import act, failed
from .addresses import action_of, locate
from .reading import get
from .writing import add, delete, post, put

__all__ = ["action_of", "add", "answer", "failed", "refused"]


def answer(ctx: Context, body: bytes) -> Response:
    """Answer a request below the API root."""
    path = ctx.target[len(routes.API) + 1 :]
    try:
        return _dispatch(ctx, path, body)
    except wire.Malformed as error:
        raise _usage(ctx, path) from error


def _usage(ctx: Context, path: str) -> Refusal:
    """The refusal of a malformed request, with a link to the model (IOExceptionMapper and UsageFinder@4.1.9)."""
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
        return act(ctx, *named, body)
    if not path:
        return _root(ctx)
    views.admit_query(ctx, routes.pattern_of(path))
    node = locate(ctx, path)
    if ctx.method in ("POST", "PUT", "DELETE"):
        views.admit_command(ctx, node.pattern)
    handler = {"GET": get, "POST": post, "PUT": put, "DELETE": delete}.get(ctx.method)
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
