# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in and out: OAuth tokens of the SSO service, and Basic authentication of the API."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING, Any

from .refusal import Refusal

if TYPE_CHECKING:
    from .context import Context

IDLE = 1800.0  # UserSessionTimeOutInterval, 30 minutes


class Sessions:
    """Who may log in, and the tokens that are valid."""

    def __init__(self, username: str, password: str) -> None:
        self.username = username
        self.password = password
        self.tokens: dict[str, float] = {}  # token -> time of last use

    def expire(self) -> None:
        """Forget all tokens; logging in again works."""
        self.tokens.clear()

    def check(self, username: str, password: str) -> bool:
        """Whether name and password are right."""
        right = hmac.compare_digest(password.encode(), self.password.encode())
        return right and username == self.username

    def problem(self, username: str) -> tuple[str, str]:
        """Who a refused login is called, and what is wrong with the name itself, or "" (areCredentialsValid,
        translateUser of SsoUtils and SsoService): the profile is behind the last `@`, and without one it is N/A."""
        user, _, profile = username.rpartition("@") if "@" in username else (username, "", "")
        shown = f"{user}@{profile or 'N/A'}"
        if not user:
            return shown, "No user name found in credentials."
        known = self.username.rpartition("@")[2] if "@" in self.username else None
        return shown, "No valid profile found in credentials." if profile != known else ""

    def login(self, now: float) -> str:
        """A new token."""
        token = secrets.token_urlsafe(48)
        self.tokens[token] = now
        return token

    def logout(self, token: str) -> bool:
        """Forget a token; False if it was not valid."""
        return self.tokens.pop(token, None) is not None

    def authenticate(self, ctx: Context) -> str:
        """The user of a request; 401 without a valid token or password."""
        kind, _, value = ctx.headers.get("authorization", "").partition(" ")
        now = ctx.engine.now()
        if kind.lower() == "bearer" and now - self.tokens.get(value.strip(), float("-inf")) < IDLE:
            self.tokens[value.strip()] = now
            return self.username
        if kind.lower() == "basic" and self.check(*_basic(value)):
            return self.username
        raise Refusal(401)


def _basic(value: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, password


def token_reply(token: str) -> dict[str, Any]:
    """The answer to a login. The SDK needs access_token; the other keys are as the Engine sends them."""
    return {"access_token": token, "scope": "ovirt-app-api", "exp": "9223372036854775807", "token_type": "bearer"}


def error_reply(version: tuple[int, int], scope: str, code: str, text: str) -> tuple[int, dict[str, str]]:
    """A refused login: 200 in 4.1, 400 later; clients of the API get the old pair of keys, others those of OAuth
    (SsoUtils.sendJsonDataWithMessage of each version)."""
    status = 200 if version < (4, 2) else 400
    if version < (4, 2) or "ovirt-app-api" in scope.split():
        return status, {"error_code": code, "error": text}
    return status, {"error": code, "error_description": text}
