# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The SDK's connection, with four additions.

* Every request has a limit of time, and its answer one of size.
* Every answer is compared with its request before the SDK reads it (``answers``).
* A login is shared between connections (``login``).
* libcurl's timer is heeded: the SDK waits for a second instead (ovirtsdk4 4.6.3,
  Connection.__wait), and an answer of 150 KiB or more is often left half read until that second is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .answers import LARGEST, check
from .login import Bounded, Login

try:
    import ovirtsdk4
    import pycurl

    Base: Any = ovirtsdk4.Connection
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    Base = object


class Connection(Base):
    """A connection of its own to the Engine, with the login of the task.

    :param login: the task's :class:`Login`, begun.
    :param headers: headers to send with each request.
    :param sent: called before each request is sent.
    :param options: what the SDK's connection takes besides.
    """

    def __init__(self, login: Login, headers: dict[str, str], sent: Callable[[], None], **options: Any) -> None:
        super().__init__(token=login.token, headers=headers, **options)
        self._login, self._sent = login, sent
        self._multi: Any = _Prompt(self._multi)

    def limit(self, seconds: float) -> None:
        """How long each request from now on may take; libcurl counts whole seconds."""
        self._timeout = max(1, math.ceil(seconds))

    def send(self, request: Any) -> Any:
        """Send a request, and have libcurl end it when its answer gets too large."""
        self._sent()
        context = super().send(request)
        context[0].setopt(pycurl.WRITEFUNCTION, Bounded(context[1], LARGEST).write)
        return context

    def wait(self, context: Any, failed_auth: bool = False) -> Any:
        """The answer to a request, once it has been found to be one. Raises :class:`answers.UnreadableError`."""
        response = super().wait(context, failed_auth)
        if response.code == 401:
            # Its body is a page (engine-wire.md 11.7), which the SDK would take for the answer of something else.
            response.body = b""
        request = context[3]
        check(request.method, request.path, response.code, response.headers, response.body)
        return response

    def _get_access_token(self) -> str:
        """What the SDK calls when the Engine does not accept its token."""
        return self._login.renew(self._sso_token)


class _Prompt:
    """libcurl's pool of requests, waited for no longer than libcurl says."""

    def __init__(self, multi: Any) -> None:
        self._multi = multi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._multi, name)

    def select(self, timeout: float) -> Any:
        """Wait for something to happen, at most ``timeout`` seconds."""
        due = self._multi.timeout()  # milliseconds, -1 for never
        return self._multi.select(min(timeout, due / 1000) if due >= 0 else timeout)
