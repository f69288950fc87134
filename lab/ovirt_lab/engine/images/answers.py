# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a connection that moves an image answers."""

from __future__ import annotations

import json
from typing import Any

from ..tls_server import Connection
from .transfer import BUFFER, Plan

_DRAINED = 8 << 20  # what is read of a body after an error


class Answers(Connection):
    """One connection: its buffer, and the answers to its requests."""

    left: int  # bytes of the body that were not read
    status: int  # of the answer; 0: there is none
    plan: Plan
    _buffer: bytearray | None = None

    @property
    def buffer(self) -> memoryview:
        """A buffer that the connection uses again and again."""
        if self._buffer is None:
            self._buffer = bytearray(BUFFER)
        return memoryview(self._buffer)

    def head(self, status: int, length: int, headers: dict[str, str]) -> None:
        """Send the head of an answer with a body of so many bytes."""
        self.status = status
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def empty(self) -> None:
        """Send a success without a body."""
        self.plan.after()
        self.head(200, 0, {})

    def send_json(self, value: Any, **headers: str) -> None:
        """Send a success with a JSON body."""
        self.plan.after()
        body = json.dumps(value).encode() + b"\n"
        self.head(200, len(body), {"Content-Type": "application/json", **headers})
        self.wfile.write(body)

    def refuse(self, status: int, text: str, headers: dict[str, str]) -> None:
        """Send an error; what is left of the body is read, as far as that makes sense, so that the client sees it.

        The text follows the head of an answer to HEAD, too: Response.send_error of imageio 2.5.1 asks for no method.
        """
        body = text.encode() + b"\n"
        self.close_connection = self.close_connection or self.left > 0
        self.head(status, len(body), {"Content-Type": "text/plain; charset=UTF-8", **headers})
        self.wfile.write(body)
        self.wfile.flush()
        left = min(self.left, _DRAINED)
        while left > 0 and (count := self.rfile.readinto(self.buffer[:left])):
            left -= count
