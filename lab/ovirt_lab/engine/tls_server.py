# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP over TLS for the servers of an Engine: the standard library's threading server, tuned (facts engine-wire.md 4).

Untuned it answers 23 requests per second: every answer would wait for a delayed ACK.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Connection(BaseHTTPRequestHandler):
    """One connection; requests are parsed here, and answered by a subclass."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer
    disable_nagle_algorithm = True
    raw_requestline: bytes
    fields: dict[str, str]

    def setup(self) -> None:
        """The TLS handshake happens here, in the connection's thread, so that a slow client blocks nobody."""
        self.request.settimeout(60)
        self.request.do_handshake()
        super().setup()

    def parse_request(self) -> bool:
        """Parse the head of a request. The standard library's parser takes longer than everything else together."""
        words = self.raw_requestline.decode("latin-1").split()
        self.close_connection = True
        if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
            self.requestline, self.request_version, self.command = "", "HTTP/1.1", ""
            self.send_error(400)
            return False
        self.command, self.path, self.request_version = words
        self.requestline = " ".join(words)
        self.fields = {}
        while line := self.rfile.readline(65537).decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            self.fields[name.strip().lower()] = value.strip()
            if len(self.fields) > 100 or len(line) > 65535:
                self.send_error(431)
                return False
        wish = self.fields.get("connection", "").lower()
        self.close_connection = wish == "close" or (self.request_version == "HTTP/1.0" and wish != "keep-alive")
        if self.fields.get("expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        return True

    def cut(self) -> None:
        """End the connection without another word."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the Engine has its own log of requests."""


class TlsServer(ThreadingHTTPServer):
    """Listens; every connection gets a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext, handler: type[Connection]) -> None:
        self._context = context
        self._open: set[socket.socket] = set()
        self.closing = threading.Event()  # for slow answers
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def listen(self) -> None:
        """Answer in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def server_bind(self) -> None:
        """Bind without asking the name service, which HTTPServer does and which may hang."""
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept; the handshake is left to the connection's thread."""
        plain, address = self.socket.accept()
        secure = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._open.add(secure)
        return secure, address

    def shutdown_request(self, request: Any) -> None:
        """A connection ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print exceptions, but not of clients that went away or do not trust the certificate."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close_all(self) -> None:
        """Stop listening and end all connections."""
        self.closing.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
