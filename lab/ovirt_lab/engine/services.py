# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of an Engine besides the API: SSO, the health page, its CA certificate."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from . import sso
from .context import Context
from .messages import JSON, Response
from .refusal import Refusal

# enginesso AppMessages.properties, 4.1.9 and 4.3.10; the sentence around it adds another full stop
_WHY = {
    False: "The username or password is incorrect.",
    True: "Unable to log in. Verify your login information or contact the system administrator.",
}


def answer(ctx: Context, body: bytes) -> Response:
    """Answer a request outside the API."""
    pages = {
        "/ovirt-engine/sso/oauth/token": _token,
        "/ovirt-engine/sso/oauth/token-info": _token_info,
        "/ovirt-engine/services/sso-logout": _logout,
        "/ovirt-engine/sso/oauth/revoke": _logout,
        "/ovirt-engine/services/health": _health,
        "/ovirt-engine/services/pki-resource": _pki,
    }
    page = pages.get(ctx.target)
    if page is None:
        raise Refusal(404)
    return page(ctx, ctx.query | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))


def _json(status: int, value: Any) -> Response:
    return Response(status, {"Content-Type": JSON}, json.dumps(value).encode())


def _refused(ctx: Context, form: dict[str, str], code: str, text: str) -> Response:
    return _json(*sso.error_reply(ctx.version, form.get("scope", ""), code, text))


def _token(ctx: Context, form: dict[str, str]) -> Response:
    sessions = ctx.engine.sessions
    if form.get("grant_type") != "password":
        return _refused(ctx, form, "unsupported_grant_type", "The grant type is not supported.")
    name = form.get("username", "")
    if not sessions.check(name, form.get("password", "")):
        user, why = sessions.problem(name)
        return _refused(
            ctx, form, "access_denied", f"Cannot authenticate user '{user}': {why or _WHY[ctx.version >= (4, 2)]}."
        )
    ctx.user = name
    return _json(200, sso.token_reply(sessions.login(ctx.engine.now())))


def _token_info(ctx: Context, form: dict[str, str]) -> Response:
    token = form.get("token", "")
    if token not in ctx.engine.sessions.tokens:
        return _refused(ctx, form, "invalid_grant", "The provided authorization grant is invalid.")
    return _json(200, {"active": True, "user_id": ctx.engine.sessions.username, "scope": "ovirt-app-api"})


def _logout(ctx: Context, form: dict[str, str]) -> Response:
    ctx.engine.sessions.logout(form.get("token", ""))  # an unknown token is not an error to the Engine either
    return _json(200, {})


def _health(ctx: Context, form: dict[str, str]) -> Response:
    return Response(200, {"Content-Type": "text/html;charset=UTF-8"}, b"DB Up!Welcome to Health Status!")


def _pki(ctx: Context, form: dict[str, str]) -> Response:
    wanted = form.get("resource"), form.get("format", "X509-PEM-CA")
    if wanted != ("ca-certificate", "X509-PEM-CA") or not ctx.engine.ca_pem:
        raise Refusal(404)
    return Response(200, {"Content-Type": "application/x-x509-ca-cert"}, ctx.engine.ca_pem)
