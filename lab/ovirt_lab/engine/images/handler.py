# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP of /images/, as ovirt-imageio speaks it (docs/images.md and handlers/@imageio 2.5.1).

Older hosts know less: 1.0 of oVirt 4.1 has GET and PUT alone, 1.5 of 4.3 has no extents and tells no number of workers.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ..messages import Request
from ..tls_server import TlsServer
from . import sparse, transfer
from .answers import Answers
from .tickets import Forbidden, Operation, Ticket
from .wrong import Cut, Wrong, allowed, number

if TYPE_CHECKING:
    from ..core import Engine

_PATH = re.compile(r"/images/([^/]+)(/extents)?")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(?:\d+|\*)/(?:\d+|\*)")
_LARGEST_JSON = 4096
_WORKERS = 8


class ImageServer(TlsServer):
    """A host's imageio, or that of the Engine's machine, which passes everything on to the host's."""

    def __init__(self, engine: Engine, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self.engine = engine
        super().__init__(address, context, ImageHandler)


class ImageHandler(Answers):
    """One connection of a client that moves an image."""

    server: ImageServer

    def _handle(self) -> None:
        started = time.perf_counter()
        engine = self.server.engine
        target, _, raw = self.path.partition("?")
        query = dict(parse_qsl(raw, keep_blank_values=True))
        size = self.fields.get("content-length", "")
        self.left = int(size) if size.isdigit() else 0
        self.status = 0
        try:
            with engine.lock:
                plan = engine.faults.on_image(f"{self.command} {self.path}")
            self.plan = transfer.Plan.of(plan)
            self._dispatch(target, query)
        except Cut:
            self.cut()
        except Wrong as wrong:
            self.refuse(wrong.status, str(wrong), wrong.headers)
        except Forbidden as error:
            self.close_connection = True
            self.refuse(403, f"You are not allowed to access this resource: {error}", {})
        engine.record(Request(self.command, target, raw, self.status, "", time.perf_counter() - started, ""))

    def _dispatch(self, target: str, query: dict[str, str]) -> None:
        match = _PATH.fullmatch(target)
        methods = {"GET": self._get, "PUT": self._put, "PATCH": self._patch, "OPTIONS": self._options}
        if match is None:
            raise Wrong(404, f"No handler for '{target}'")
        ident, extents = match[1], bool(match[2])
        old = self.server.engine.version < (4, 2)
        if self.command not in methods or (old and self.command in ("PATCH", "OPTIONS")):
            raise Wrong(405, f"Invalid method '{self.command}'")
        self.plan.before()
        if extents:
            if self.server.engine.version < (4, 4) or self.command != "GET":
                raise Wrong(404, f"No handler for '{target}'")
            self._extents(ident, query)
        else:
            methods[self.command](ident, query)

    # --- requests

    def _options(self, ident: str, query: dict[str, str]) -> None:
        new = self.server.engine.version >= (4, 4)
        features = ["extents"] if new else []
        allow, options = ["OPTIONS", "GET", "PUT", "PATCH"], {}
        if ident != "*":
            ticket = self._ticket(ident, False)
            ticket.touch(self.server.engine.now())
            allow = allow if ticket.writable else allow[:2]
            if new:
                options = {"max_readers": _WORKERS, "max_writers": _WORKERS if ticket.guest else 1}
        if "PUT" in allow:
            features += ["zero", "flush"]
        self.send_json({"features": features, **options}, Allow=",".join(allow))

    def _put(self, ident: str, query: dict[str, str]) -> None:
        self._wish(query)
        if not self.fields.get("content-length", "").isdigit():
            self.close_connection = True
            raise Wrong(400, "Content-Length header is required")
        size, offset = self.left, self._offset()
        if query.get("flush", "y") not in ("y", "n"):
            raise Wrong(400, f"Unsupported value {query['flush']!r} for 'flush', expecting one of ['n', 'y']")
        ticket = self._ticket(ident, True)
        allowed(ticket, offset, size)
        with self._operation(ticket, offset) as operation, ticket.path.open("r+b") as file:
            while operation.done < size:
                count = self.rfile.readinto(self.buffer[: self.plan.step(operation, size)])
                if not count:
                    raise Wrong(400, f"Requested {size} bytes, available {operation.done} bytes")
                self.left -= count
                transfer.write(file.fileno(), self.buffer[:count], offset + operation.done)
                operation.done += count
                self._go_on(ticket, operation)
        self.empty()

    def _get(self, ident: str, query: dict[str, str]) -> None:
        self._wish(query)
        wanted = _RANGE.fullmatch(self.fields.get("range", "bytes=0-"))
        if wanted is None or (wanted[2] and int(wanted[1]) > int(wanted[2])):
            raise Wrong(416, f"Cannot satisfy range {self.fields['range']!r}, invalid range or multiple ranges")
        ticket = self._ticket(ident, False)
        offset, there = int(wanted[1]), min(ticket.size, ticket.path.stat().st_size)
        size = int(wanted[2]) + 1 - offset if wanted[2] else max(0, there - offset)
        allowed(ticket, offset, size)
        if offset + size > there:
            text = f"Requested more bytes than available: {offset + size} > {there}"
            raise Wrong(416, text, **{"Content-Range": f"bytes */{there}"})
        headers = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
        if "range" in self.fields:
            headers["Content-Range"] = f"bytes {offset}-{offset + size - 1}/{ticket.size}"
        self.head(206 if "range" in self.fields else 200, size, headers)
        self.wfile.flush()
        with self._operation(ticket, offset) as operation, ticket.path.open("rb") as file:
            last = self._send_all_but_last(file.fileno(), ticket, operation, size)
        self.connection.sendall(last)  # the operation is over when the client has everything

    def _send_all_but_last(self, file: int, ticket: Ticket, operation: Operation, size: int) -> memoryview:
        """Send bytes of an open file; what is sent last is returned instead."""
        while operation.done < size:
            step = self.plan.step(operation, size)
            count = os.preadv(file, [self.buffer[:step]], operation.offset + operation.done)
            if not count or ticket.cancelled:
                raise Cut
            operation.done += count
            if operation.done == size:
                return self.buffer[:count]
            self.connection.sendall(self.buffer[:count])
            if self.plan.due(operation):
                raise Cut
        return self.buffer[:0]

    def _patch(self, ident: str, query: dict[str, str]) -> None:
        wanted = self._body()
        if wanted.get("op") not in ("zero", "flush"):
            raise Wrong(400, f"Unsupported value {wanted.get('op')!r} for 'op', expecting one of ['flush', 'zero']")
        if wanted["op"] == "flush":
            with self._operation(self._ticket(ident, True), 0):
                self.empty()
            return
        size, offset = number(wanted, "size", None), number(wanted, "offset", 0)
        ticket = self._ticket(ident, True)
        allowed(ticket, offset, size)
        with self._operation(ticket, offset) as operation, ticket.path.open("r+b") as file:
            sparse.zero(file.fileno(), offset, size)
            operation.done = size
        self.empty()

    def _extents(self, ident: str, query: dict[str, str]) -> None:
        if query.get("context", "zero") not in ("zero", "dirty"):
            raise Wrong(
                400, f"Unsupported value {query['context']!r} for 'context', expecting one of ['dirty', 'zero']"
            )
        ticket = self._ticket(ident, False)
        if query.get("context") == "dirty":
            raise Wrong(404, "Ticket does not support dirty extents")
        self.send_json(transfer.extents(ticket))

    # --- parts of requests

    def _ticket(self, ident: str, write: bool) -> Ticket:
        return self.server.engine.images.ticket(ident, write)

    def _operation(self, ticket: Ticket, offset: int) -> transfer.Running:
        self.connection.settimeout(60)
        return transfer.Running(self.server.engine, ticket, Operation(offset))

    def _go_on(self, ticket: Ticket, operation: Operation) -> None:
        """Stop in the middle if the ticket was taken back, or a planned failure says so."""
        if ticket.cancelled:
            raise Forbidden(f"Transfer {ticket.transfer} was canceled")
        if self.plan.due(operation):
            if self.plan.status:
                raise Wrong(self.plan.status, "Server failed to perform the request, check logs")
            raise Cut

    def _wish(self, query: dict[str, str]) -> None:
        """`?close=y`: the connection ends with the answer."""
        self.close_connection = self.close_connection or query.get("close") == "y"

    def _offset(self) -> int:
        """The start of Content-Range; the rest of it is not looked at."""
        said = self.fields.get("content-range")
        match = _CONTENT_RANGE.fullmatch(said) if said is not None else None
        if said is not None and match is None:
            raise Wrong(400, f"Invalid Content-Range {said!r}")
        return int(match[1]) if match is not None else 0

    def _body(self) -> dict[str, Any]:
        if self.left > _LARGEST_JSON:
            raise Wrong(400, "Invalid JSON message: it is too long")
        text, self.left = self.rfile.read(self.left), 0
        try:
            found = json.loads(text)
        except ValueError as error:
            raise Wrong(400, f"Invalid JSON message {error}") from None
        return found if isinstance(found, dict) else {}

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _handle
