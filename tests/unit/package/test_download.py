# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources from an address: read once, by their checksum, and kept."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.host_tier.build_machine import install, sources
from tests.host_tier.machine import Machine
from tests.support.modules import Answer, run_module


class Site(http.server.ThreadingHTTPServer):
    """Serves one tarball, and counts."""

    content = b""
    asked = 0

    @property
    def address(self) -> str:
        """Of the tarball; GitHub's look like this."""
        return f"http://127.0.0.1:{self.server_port}/archive/v4.19.20.tar.gz?x=1"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked += 1
        found = self.path.startswith("/archive/")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(self.server.content if found else b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site that has the tarball of the stub tree."""
    with Site(("127.0.0.1", 0), Handler) as server:
        tree = sources(tmp_path / "site")
        server.content = tree.with_name(f"{tree.name}.tar.gz").read_bytes()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = install(Machine(tmp_path / "machine"))
    monkeypatch.setenv("PATH", str(found.bin))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return found


def build(place: Path, site: Site, *, check: bool = False, **args: Any) -> Answer:
    checksum = "sha256:" + hashlib.sha256(site.content).hexdigest()
    given = {"source": site.address, "checksum": checksum, "version": "4.19.20", "release": "1.el7"}
    return run_module("vdsm_containers_rpm", {**given, "cache": str(place / "cache"), **args}, check=check)


def files(place: Path) -> list[str]:
    return sorted(path.name for path in (place / "cache").rglob("*") if path.is_file())


def test_read_once_and_kept(site: Site, tmp_path: Path) -> None:
    foreseen = build(tmp_path, site, check=True)
    assert foreseen.changed, foreseen.msg
    assert files(tmp_path) == []
    package = "vdsm-containers-4.19.20-1.el7.noarch.rpm"
    assert build(tmp_path, site).changed
    assert files(tmp_path) == ["v4.19.20.tar.gz", package, f"{package}.sha256"]
    asked = site.asked
    assert not build(tmp_path, site).changed
    assert site.asked == asked == 2


def test_another_content_is_refused_and_not_kept(site: Site, tmp_path: Path) -> None:
    checksum = "sha256:" + "0" * 64
    answer = build(tmp_path, site, checksum=checksum)
    assert f"has the checksum sha256:{hashlib.sha256(site.content).hexdigest()}, and {checksum} is wanted" in answer.msg
    assert files(tmp_path) == []


def test_one_that_was_damaged_is_read_again(site: Site, tmp_path: Path) -> None:
    build(tmp_path, site)
    kept = next((tmp_path / "cache").rglob("*.tar.gz"))
    kept.write_bytes(b"x")
    assert not build(tmp_path, site).changed
    assert kept.read_bytes() == site.content


def test_an_address_that_is_not_there(site: Site, tmp_path: Path) -> None:
    answer = build(tmp_path, site, source=site.address.replace("/archive/", "/nothing/"))
    assert "could not be read" in answer.msg
    assert "404" in answer.msg
    assert files(tmp_path) == []


def test_a_site_that_is_not_there(site: Site, tmp_path: Path) -> None:
    answer = build(tmp_path, site, source="http://127.0.0.1:1/vdsm-4.19.20.tar.gz")
    assert "could not be read" in answer.msg
    assert "\n" not in answer.msg


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("https://example.com/vdsm-4.19.20.tar.gz", "needs a checksum"),
        ("ftp://example.com/vdsm-4.19.20.tar.gz", "begins with https:// or http://"),
        ("https://joe:s3cr3t-word@example.com/vdsm-4.19.20.tar.gz", "~/.netrc"),
        ("https://joe:/s3cr3t-word@example.com/vdsm-4.19.20.tar.gz", "~/.netrc"),
        ("https://s3cr3t-word:@example.com/vdsm-4.19.20.tar.gz", "~/.netrc"),
        ("https://joe:a?s3cr3t-word@example.com/vdsm-4.19.20.tar.gz", "~/.netrc"),
        ("https://example.com/vdsm-4.19.20.tar.gz?private_token=s3cr3t-word", "needs a checksum"),
        ("ftp://example.com/vdsm-4.19.20.tar.gz?private_token=s3cr3t-word", "begins with https:// or http://"),
    ],
)
def test_addresses_that_are_not_asked(site: Site, tmp_path: Path, source: str, words: str) -> None:
    answer = build(tmp_path, site, source=source, checksum=None)
    assert words in answer.msg
    assert "s3cr3t-word" not in answer.text


def test_a_token_in_the_address_is_nowhere(site: Site, tmp_path: Path) -> None:
    token = "?private_token=s3cr3t-word"
    address = site.address.partition("?")[0] + token
    refused: list[dict[str, Any]] = [
        {"source": address.replace("/archive/", "/nothing/")},
        {"source": address, "checksum": "sha256:" + "0" * 64},
    ]
    for options in refused:
        answer = build(tmp_path, site, **options)
        assert (answer.failed, "s3cr3t-word" in answer.text) == (True, False)
    answer = build(tmp_path, site, source=address)
    assert (answer.changed, "s3cr3t-word" in answer.text) == (True, False)
