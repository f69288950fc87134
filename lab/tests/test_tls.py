# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that a client must not accept."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path

import ovirtsdk4
import pytest
from test_server import connect

from ovirt_lab.engine import Engine, ManualClock, serve, tls

WHY = {"expired": "certificate has expired", "future": "not yet valid", "elsewhere": "IP address mismatch"}


@pytest.mark.parametrize("kind", tls.CERTIFICATES)
def test_bad_certificates(tmp_path: Path, kind: str) -> None:
    with serve(Engine(clock=ManualClock()), tmp_path, certificate=kind) as endpoint:
        context = ssl.create_default_context(cafile=endpoint.ca_file)
        with pytest.raises(urllib.error.URLError, match=WHY[kind]):
            urllib.request.urlopen(endpoint.url, context=context)
        with pytest.raises(ovirtsdk4.Error):
            connect(endpoint).test(raise_exception=True)
        assert connect(endpoint, insecure=True).test(raise_exception=True)


def test_only_that_is_wrong(tmp_path: Path) -> None:
    """The CA is right, and the name is the only thing wrong with `elsewhere`."""
    with serve(Engine(clock=ManualClock()), tmp_path, certificate="elsewhere") as endpoint:
        context = ssl.create_default_context(cafile=endpoint.ca_file)
        context.check_hostname = False
        url = endpoint.url.replace("/api", "/services/health")
        with urllib.request.urlopen(url, context=context) as answer:
            assert answer.status == 200


def test_a_good_one_takes_its_place(tmp_path: Path) -> None:
    for kind, good in (("", True), ("expired", False), ("", True)):
        with serve(Engine(clock=ManualClock()), tmp_path, certificate=kind) as endpoint:
            assert connect(endpoint).test() is good


def test_unknown_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="certificate is one of expired, future, elsewhere"):
        tls.ensure(tmp_path, "127.0.0.1", "bad")
