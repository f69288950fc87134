# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine on a TLS port: the standard library's threading server, tuned (facts engine-wire.md section 4).

Untuned it answers 23 requests per second: every answer would wait for a delayed ACK.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import tls, wire
from .core import Engine
from .messages import Response, xml

_LARGEST_BODY = 16 << 20


class Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, gives them to the Engine, writes answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer
    disable_nagle_algorithm = True
    server: Server
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

    def _handle(self) -> None:
        size = self.fields.get("content-length", "0")
        length = int(size) if size.isdigit() else _LARGEST_BODY + 1
        if length > _LARGEST_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        body = self.rfile.read(length) if length else b""
        response = self._ask(body)
        if response.delay > 0:
            time.sleep(response.delay)
        if response.hang:
            self._say_nothing()
        if response.hang or response.cut or response.lost():
            self._cut()
            return
        self._send(response)
        if response.last:
            self.wfile.flush()
            self._cut()

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.pieces is not None:
            self._send_pieces(response.pieces())
            return
        if "Content-Length" not in response.headers and response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if response.pace:
            self._drip(response)
        else:
            self.wfile.write(response.body)

    def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _drip(self, response: Response) -> None:
        for at in range(len(response.body)):
            self.wfile.write(response.body[at : at + 1])
            self.wfile.flush()
            if self.server.closing.wait(response.pace):
                return

    def _say_nothing(self) -> None:
        """Wait until the client closes the connection or the server ends."""
        while not self.server.closing.is_set():
            if select.select([self.connection], [], [], 0.05)[0]:
                return

    def _ask(self, body: bytes) -> Response:
        """The Engine's answer. An exception is printed, and the client gets a 500."""
        try:
            return self.server.engine.handle(self.command, self.path, self.fields, body)
        except Exception:
            traceback.print_exc()
            return xml(500, wire.fault("Operation Failed", "[Internal Engine Error]"))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _handle

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the Engine has its own log of requests."""


class Server(ThreadingHTTPServer):
    """Listens; every connection gets a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, engine: Engine, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self.engine = engine
        self._context = context
        self._open: set[socket.socket] = set()
        self.closing = threading.Event()  # for slow answers
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

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
        import sys

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


@dataclass
class Endpoint:
    """Address, credentials and CA of a served Engine."""

    engine: Engine
    url: str
    username: str
    password: str
    ca_file: str
    port: int


def start(
    engine: Engine, directory: str | Path, host: str = "127.0.0.1", port: int = 0, certificate: str = ""
) -> tuple[Server, Endpoint]:
    """Listen in a thread; the directory holds the CA (reused if it is there). `certificate`: see tls.ensure."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    ca_file = tls.ensure(directory, host, certificate)
    engine.ca_pem = ca_file.read_bytes()
    server = Server(engine, (host, port), tls.context(directory))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    engine.links.start()
    shown = f"[{host}]" if ":" in host else host
    url = f"https://{shown}:{server.server_port}/ovirt-engine/api"
    sessions = engine.sessions
    return server, Endpoint(
        engine, url, sessions.username, sessions.password, str(ca_file.resolve()), server.server_port
    )


@contextlib.contextmanager
def serve(
    engine: Engine, directory: str | Path, host: str = "127.0.0.1", port: int = 0, certificate: str = ""
) -> Iterator[Endpoint]:
    """`with serve(engine, tmp_path) as endpoint:` the Engine on a TLS port of this machine. Its certificate, signed by
    the CA of the directory, may be "expired", of the "future", or of a host "elsewhere" (elsewhere.example)."""
    server, endpoint = start(engine, directory, host, port, certificate)
    try:
        yield endpoint
    finally:
        engine.links.stop()
        server.close_all()
