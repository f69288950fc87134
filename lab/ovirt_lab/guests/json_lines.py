# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire of qemu's monitor and of its guest agent: one JSON document a line, over a Unix socket.

For the monitor there is a library, for the agent there is none; both need the same forty lines.
"""

from __future__ import annotations

import itertools
import json
import socket
from typing import Any

_numbers = itertools.count(1)


class Unanswered(Exception):
    """Nobody answered in time, or the other side is gone."""


class Refused(Exception):
    """The other side answered with an error."""


class Line:
    """A connection. Raises Unanswered if nobody listens."""

    def __init__(self, path: str, timeout: float = 3.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        try:
            self._socket.connect(path)
        except OSError as error:
            self.close()
            raise Unanswered(str(error)) from None

    def send(self, command: str, **arguments: Any) -> None:
        """Send a command; nobody waits for its answer."""
        self._write({"execute": command, **({"arguments": arguments} if arguments else {})})

    def ask(self, command: str, **arguments: Any) -> Any:
        """Send a command and return what it answers. Refused, Unanswered."""
        self.send(command, **arguments)
        while True:
            told = self.read()
            if "return" in told:
                return told["return"]
            if "error" in told:
                raise Refused(told["error"].get("desc", ""))
            self._events.append(told)

    def take_events(self) -> list[dict[str, Any]]:
        """What was told unasked since the last call."""
        events, self._events = self._events, []
        return events

    def synchronize(self) -> None:
        """Skip what the agent still had to say to somebody else (guest-sync-delimited)."""
        number = next(_numbers)
        self._socket_send(b"\xff" + _line({"execute": "guest-sync-delimited", "arguments": {"id": number}}))
        while self.read().get("return") != number:
            pass

    def read(self) -> dict[str, Any]:
        """The next document. Unanswered if none comes in time."""
        while b"\n" not in self._rest:
            try:
                data = self._socket.recv(65536)
            except OSError as error:
                raise Unanswered(str(error)) from None
            if not data:
                raise Unanswered("the connection was closed")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        found = json.loads(line.strip(b"\xff\r") or b"{}")
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _write(self, document: dict[str, Any]) -> None:
        self._socket_send(_line(document))

    def _socket_send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Unanswered(str(error)) from None


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode() + b"\n"
