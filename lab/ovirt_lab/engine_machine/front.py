# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web server before the Engine, which takes requests also while the Engine starts; httpd on a real machine."""

from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from ..engine import tls
from ..engine.core import Engine
from ..engine.messages import Response
from ..engine.server import Handler, Server

# The answer of httpd while the Engine does not answer.
_NOBODY = b"<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>\n"


class Front:
    """Passes requests to the Engine when it has started."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self._servers: list[Server] = []

    def handle(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        """The Engine's answer, or 503."""
        if self.engine is None:
            return Response(503, {"Content-Type": "text/html"}, _NOBODY)
        return self.engine.handle(method, target, headers, body)

    def listen(self, pki: Path, host: str, ports: tuple[int, int], where: str = "") -> bytes:
        """Listen on two ports, with TLS and without; return the CA's certificate.

        Both ports serve the same, as on a real machine (ovirt-engine-proxy.conf). `where` is the address to listen on,
        all addresses if it is empty; `host` is in the certificate.
        """
        pki.mkdir(parents=True, exist_ok=True)
        ca = tls.ensure(pki, host).read_bytes()
        ours: Any = self
        self._servers = [Server(ours, (where, ports[0]), tls.context(pki)), Plain(ours, (where, ports[1]))]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return ca

    @property
    def ports(self) -> list[int]:
        """Where it listens: with TLS, without."""
        return [server.server_port for server in self._servers]

    def close(self) -> None:
        """Stop listening and end all connections."""
        for server in self._servers:
            server.close_all()


class PlainHandler(Handler):
    """A connection without TLS."""

    def setup(self) -> None:
        """No handshake."""
        self.request.settimeout(60)
        BaseHTTPRequestHandler.setup(self)


class Plain(Server):
    """Listens without TLS."""

    def __init__(self, front: Any, address: tuple[str, int]) -> None:
        super().__init__(front, address, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        self.RequestHandlerClass = PlainHandler

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept."""
        connection, address = HTTPServer.get_request(self)
        self._open.add(connection)
        return connection, address
