# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Port 54321 of loopback, or of the address that vdsm.conf says: plain HTTP, where a real Vdsm has TLS and client
certificates, and listens on all addresses."""

from __future__ import annotations

import errno
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .rpc import Dispatcher

_LARGEST = 16 << 20


class Handler(BaseHTTPRequestHandler):
    """One connection. What begins like XML is XML-RPC."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: Server

    def do_POST(self) -> None:
        """A call."""
        size = self.headers.get("Content-Length", "0")
        if not size.isdigit() or int(size) > _LARGEST:
            self.close_connection = True
            self.send_error(413)
            return
        body = self.rfile.read(int(size))
        server_address = str(self.connection.getsockname()[0])
        if body.lstrip().startswith(b"<"):
            answer = self.server.dispatcher.xml(body, str(self.client_address[0]), server_address)
            self._send(answer, "text/xml")
        else:
            self._send(self.server.dispatcher.json(body, server_address), "application/json")

    def _send(self, answer: bytes, kind: str) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """Listens; each connection has a thread."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, dispatcher: Dispatcher, address: str, port: int) -> None:
        self.dispatcher = dispatcher
        if ":" in address:
            self.address_family = socket.AF_INET6
        super().__init__((address, port), Handler)

    def server_bind(self) -> None:
        """Bind, also for IPv4 if the address is "::", and without asking the name service."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()[:2]
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


def listen(dispatcher: Dispatcher, address: str, port: int) -> Server:
    """A server; IPv4 alone where the host has no IPv6 (vdsm/clientIF.py)."""
    try:
        return Server(dispatcher, address, port)
    except OSError as error:
        if address not in ("::", "::1") or error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            raise
        return Server(dispatcher, "0.0.0.0" if address == "::" else "127.0.0.1", port)  # noqa: S104
