# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions of objects: start, deactivate, ..."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import api_model, media, views, wire
from ..context import Context
from ..messages import Response
from ..refusal import NotFound, Refusal
from .addresses import kind_at, locate
from .reading import reply


def act(ctx: Context, owner: str, name: str, body: bytes) -> Response:
    node = locate(ctx, owner)
    if not api_model.has(ctx.version, f"{node.pattern}/{name}"):
        raise NotFound
    kind_of_body = ctx.headers.get("content-type", "")
    request = media.read(body, kind_of_body, types.Action) if body.strip() else types.Action()
    if not isinstance(request, types.Action):
        raise wire.Malformed(f"An action was expected, not a {type(request).__name__}.")
    if request.vm is not None:
        views.admit_query(ctx, node.pattern)  # a run-once reads the VM first (createRunVmOnceParams)
    try:
        views.admit_command(ctx, node.pattern)
        kind = kind_at(ctx)
        obj = kind.get(ctx, ctx.ident or "")
        if obj is None:
            raise kind.absent(ctx, node.actions[name], request)
        result = _run(ctx, node.actions[name], obj, request) or request
        result.status = result.status or "complete"
    except Refusal as refusal:
        if not refusal.detail:
            raise
        return failed(ctx, refusal, request)
    return _reply(ctx, ctx.status or 200, result)


def failed(ctx: Context, refusal: Refusal, request: Any = None) -> Response:
    """The answer to an action that was refused."""
    result = request if request is not None else types.Action()
    result.status = "failed"
    result.fault = types.Fault(reason=refusal.reason, detail=refusal.detail)
    return _reply(ctx, refusal.status, result)


def _reply(ctx: Context, status: int, action: Any) -> Response:
    return reply(ctx, status, ctx.media.render(action, lambda href: ([], []), 0))


def _run(ctx: Context, name: str, obj: Any, request: Any) -> Any:
    kind = kind_at(ctx)
    method = kind.actions.get(name)
    if method is None:
        raise Refusal(
            501, "Operation Failed", f"[This simulated Engine does not know how to {name.replace('_', ' ')}.]"
        )
    result = method(kind, ctx, obj, request)
    if ctx.job is not None:
        (result or request).job = ctx.store.ref(ctx.job)
    return result
