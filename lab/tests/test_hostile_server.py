# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client sees, over TLS, of answers that are no answers."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ovirtsdk4
import pytest
from test_server import connect

from ovirt_lab.engine import Endpoint, Engine, ManualClock, serve


@pytest.fixture(name="endpoint")
def served(tmp_path: Path) -> Iterator[Endpoint]:
    """A served Engine on a manual clock."""
    with serve(Engine(clock=ManualClock()), tmp_path) as endpoint:
        yield endpoint


class TestHostileServer:
    """What a client sees of answers that are no answers."""

    def test_hang_ends_with_the_client(self, endpoint: Endpoint) -> None:
        connection = connect(endpoint, timeout=1)
        endpoint.engine.faults.add("hang:match=GET .*/hosts:count=0")
        with pytest.raises(ovirtsdk4.Error, match="timed out"):
            connection.system_service().hosts_service().list()
        assert connect(endpoint).system_service().vms_service().list()

    @pytest.mark.parametrize("spec", ["hang", "answer:drip"])
    def test_nobody_waits_for_it_at_the_end(self, tmp_path: Path, spec: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            with serve(Engine(clock=ManualClock()), tmp_path) as endpoint:
                endpoint.engine.faults.add(f"{spec}:match=GET .*/hosts:count=0")
                connection = connect(endpoint)
                connection.test(raise_exception=True)
                mark = endpoint.engine.mark()
                waiting = pool.submit(connection.system_service().hosts_service().list)
                deadline = time.monotonic() + 30
                while endpoint.engine.mark() == mark and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert not waiting.done()
            with pytest.raises(ovirtsdk4.Error):
                waiting.result(30)

    def test_hang_of_login_and_logout(self, endpoint: Endpoint) -> None:
        endpoint.engine.faults.add("hang:match=POST .*/sso/oauth/token")
        url = endpoint.url.replace("/api", "/sso/oauth/token")
        context = ssl.create_default_context(cafile=endpoint.ca_file)
        form = b"grant_type=password&username=admin%40internal&password=secret"
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(url, form, timeout=0.5, context=context).read()
        with urllib.request.urlopen(url, form, timeout=10, context=context) as answer:
            assert "access_token" in json.load(answer)

    def raw(self, endpoint: Endpoint, path: str, most: int = -1) -> bytes:
        """The answer to a GET as it comes over the wire, up to so many bytes."""
        context = ssl.create_default_context(cafile=endpoint.ca_file)
        login = base64.b64encode(f"{endpoint.username}:{endpoint.password}".encode()).decode()
        lines = (
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Authorization: Basic {login}",
            "",
            "",
        )
        with (
            socket.create_connection(("127.0.0.1", endpoint.port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall("\r\n".join(lines).encode())
            said = b""
            while (most < 0 or len(said) < most) and (piece := secure.recv(1 << 16)):
                said += piece
            return said

    def test_short_breaks_off(self, endpoint: Endpoint) -> None:
        endpoint.engine.faults.add("answer:short")
        head, _, body = self.raw(endpoint, "/ovirt-engine/api/vms").partition(b"\r\n\r\n")
        size = next(int(line.split()[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        assert 0 < len(body) < size

    def test_huge_can_be_left(self, endpoint: Endpoint) -> None:
        endpoint.engine.faults.add("answer:huge:count=0")
        assert b"Transfer-Encoding: chunked" in self.raw(endpoint, "/ovirt-engine/api/vms", 4 << 20)
        endpoint.engine.faults.clear()
        assert connect(endpoint).test(raise_exception=True)

    def test_the_sdk_and_a_page(self, endpoint: Endpoint) -> None:
        connection = connect(endpoint)
        endpoint.engine.faults.add("answer:html:match=GET .*/vms")
        with pytest.raises(ovirtsdk4.Error, match="content type"):
            connection.system_service().vms_service().list()
        endpoint.engine.faults.add("answer:no_content:match=GET .*/vms")
        with pytest.raises(ovirtsdk4.Error):
            connection.system_service().vms_service().list()
        assert connection.system_service().vms_service().list()
