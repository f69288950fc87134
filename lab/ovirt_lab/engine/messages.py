# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer, and what the log keeps of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

XML = "application/xml;charset=UTF-8"
JSON = "application/json"


@dataclass
class Response:
    """An answer. The fields after `body` are for the server: wait before sending, break the connection instead of it,
    and do so too when, after waiting, the Engine that gave it is no more; never answer at all; end the connection
    behind the answer; so many seconds between its bytes; and a body that is made while it is sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    cut: bool = False
    lost: Callable[[], bool] = lambda: False
    hang: bool = False
    last: bool = False
    pace: float = 0.0
    pieces: Callable[[], Iterator[bytes]] | None = None
    injected: bool = False  # a planned failure, not the Engine's own answer


@dataclass
class Request:
    """One line of the request log."""

    method: str
    path: str
    query: str
    status: int
    correlation_id: str
    seconds: float
    user: str

    @property
    def writes(self) -> bool:
        """True for a request that may change what the Engine manages: no reading, no login, no lab control."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and self.path.startswith("/ovirt-engine/api")


def xml(status: int, body: bytes, **headers: str) -> Response:
    """An answer in XML."""
    return Response(status, {"Content-Type": XML, **headers}, body)
