# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine on a TLS port."""

from __future__ import annotations

import contextlib
import select
import ssl
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import tls, wire
from .core import Engine
from .messages import Response, xml
from .tls_server import Connection, TlsServer

_LARGEST_BODY = 16 << 20


class Handler(Connection):
    """One connection: reads requests, gives them to the Engine, writes answers."""

    server: Server

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
            self.cut()
            return
        self._send(response)
        if response.last:
            self.wfile.flush()
            self.cut()

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


class Server(TlsServer):
    """The Engine's own port."""

    def __init__(self, engine: Engine, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self.engine = engine
        super().__init__(address, context, Handler)

    def close_all(self) -> None:
        """End the servers of images too."""
        super().close_all()
        images = getattr(self.engine, "images", None)  # the front of an Engine machine has none
        if images is not None:
            images.close()


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
    server.listen()
    engine.images.serve(directory, host)
    engine.drivers.start()
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
        engine.drivers.stop()
        server.close_all()
