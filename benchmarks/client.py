# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of an Engine that measure it: the SDK, and plain HTTP without what the SDK does on top."""

from __future__ import annotations

import http.client
import importlib
import json
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from workshop import lab

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def sdk(about: dict[str, Any]) -> Any:
    """Return the SDK's connection to an Engine, known by its engine.json."""
    return importlib.import_module("ovirtsdk4").Connection(
        url=about["url"], username=about["username"], password=about["password"], ca_file=about["ca_file"]
    )


def plain_client(about: dict[str, Any], path: str, form: str = "xml") -> Callable[[], bytes]:
    """Return a function that GETs a path, as "xml" or "json", on one kept connection, with a token as any client."""
    url = urlsplit(about["url"])
    trust = ssl.create_default_context(cafile=about["ca_file"])
    connection = http.client.HTTPSConnection(str(url.hostname), url.port, context=trust, timeout=60)
    login = {"username": about["username"], "password": about["password"]}
    asked = urlencode({"grant_type": "password", "scope": "ovirt-app-api", **login})
    connection.request("POST", "/ovirt-engine/sso/oauth/token", asked, FORM)
    token = json.load(connection.getresponse())["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": f"application/{form}", "Version": "4"}

    def fetch() -> bytes:
        connection.request("GET", url.path + path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise lab.LabError(f"GET {path}: {answer.status} {body[:200]!r}")
        return body

    return fetch
