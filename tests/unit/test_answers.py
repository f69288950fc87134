# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers held against their requests."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.answers import (
    UnreadableError,
    check,
    content_type,
)

XML = ["HTTP/1.1 200 OK\r", "Content-Type: application/xml\r", ""]
HTML = ["HTTP/1.1 200 OK", "content-type: text/html; charset=UTF-8"]
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@pytest.mark.parametrize(
    ("method", "path", "code", "root"),
    [
        ("GET", "", 200, b"<api>"),
        ("GET", "/vms", 200, b"<vms>"),
        ("GET", "/vms", 200, b"<vms/>"),
        ("GET", "/vnicprofiles", 200, b"<vnic_profiles>"),
        ("GET", "/clusters/1/networks", 200, b"<!-- a -->\n<networks>"),
        ("GET", "/vms/1", 200, b'<vm href="x" id="1">'),
        ("POST", "/vms", 201, b"<vm >"),
        ("POST", "/vms/1/tags", 201, b"<tag>"),
        ("POST", "/vms/1/start", 200, b"<action>"),
        ("PUT", "/vms/1/nics/2", 200, b"<nic>"),
        ("DELETE", "/vms/1", 200, b"<action>"),
    ],
)
def test_what_an_engine_answers(method: str, path: str, code: int, root: bytes) -> None:
    check(method, path, code, XML, HEAD + root)
    check(method, path, code, ["Content-Type: text/xml;charset=utf-8"], b"\xef\xbb\xbf" + root)


@pytest.mark.parametrize(
    ("method", "path", "code", "headers", "body", "told"),
    [
        ("GET", "/vms", 200, HTML, b"<html>", "text/html; charset=UTF-8"),
        ("DELETE", "/vms/1", 200, HTML, b"<html>", "text/html; charset=UTF-8"),
        ("GET", "/vms", 200, [], b"<vms/>", "text of no type"),
        ("GET", "/vms", 200, XML, b"", "an empty body"),
        ("POST", "/vms/1/start", 200, XML, b"", "an empty body"),
        ("GET", "/vms", 200, XML, HEAD + b"<html>", "<html> in place of <vms>"),
        ("GET", "/vms", 200, XML, HEAD + b"<fault>", "<fault> in place of <vms>"),
        ("GET", "/vms", 200, XML, HEAD + b"<vm>", "<vm> in place of <vms>"),
        ("POST", "/vms", 201, XML, HEAD + b"<vms>", "<vms> in place of <vm>"),
        ("POST", "/vms/1/stop", 200, XML, HEAD + b"<vm>", "<vm> in place of <action>"),
        ("GET", "/vms", 200, XML, b'<!DOCTYPE vms [<!ENTITY a "a">]><vms>', "no XML document"),
        ("GET", "/vms", 200, XML, b"{}", "no XML document"),
        ("GET", "/vms", 200, XML, b"\x00\x01", "no XML document"),
        ("GET", "/vms", 302, HTML, b"<html>", "HTTP code 302"),
        ("DELETE", "/vms/1", 204, [], b"", "HTTP code 204"),
        ("GET", "/vms/1", 404, HTML, b"<html>", "text/html; charset=UTF-8 and HTTP code 404"),
        ("GET", "/vms", 503, HTML, b"<html>", "text/html; charset=UTF-8 and HTTP code 503"),
    ],
)
def test_what_no_engine_answers(method: str, path: str, code: int, headers: list[str], body: bytes, told: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        check(method, path, code, headers, body)
    assert str(refusal.value) == told


@pytest.mark.parametrize("code", [400, 401, 404, 409, 500])
def test_an_error_is_a_fault_or_nothing(code: int) -> None:
    check("GET", "/vms/1", code, [], b"")
    check("GET", "/vms/1", code, XML, HEAD + b"<fault>")


def test_of_several_heads_the_last_one_counts() -> None:
    assert content_type(["HTTP/1.1 100 Continue", "Content-Type: text/html", "", *XML]) == "application/xml"
