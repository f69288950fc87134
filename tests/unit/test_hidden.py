# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as they may be shown: secrets hidden where they stand, and everything else as it was given."""

from __future__ import annotations

from typing import Any

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.credentials import auth_options
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.module import HIDDEN, hidden
from ansible_collections.ovirt_contrib.containers.plugins.modules.container_fleet import fleet_options

OPTIONS: dict[str, Any] = {**fleet_options(), **auth_options()}


def test_secrets_are_hidden_and_the_rest_is_not() -> None:
    auth = {"username": "admin", "password": "p", "token": None, "headers": {"Version": "4", "Cookie": "c"}}
    entry = {"name": "web-4", "image": "redis:4", "environment": {"A": "4", "B": "p"}}
    shown = hidden({"auth": auth, "containers": [entry], "batch": 4, "_ansible_diff": True}, OPTIONS)
    assert shown == {
        "auth": {
            "username": "admin",
            "password": HIDDEN,
            "token": None,
            "headers": {"Version": "4", "Cookie": HIDDEN},
        },
        "containers": [{"name": "web-4", "image": "redis:4", "environment": {"A": HIDDEN, "B": HIDDEN}}],
        "batch": 4,
    }


def test_what_nobody_knows_is_hidden_too() -> None:
    """A slip of the pen in a name must not show a password."""
    shown = hidden({"auth": {"pasword": "p"}, "containers": [{"name": "a", "enviroment": {"A": "b"}}]}, OPTIONS)
    assert shown == {"auth": {"pasword": HIDDEN}, "containers": [{"name": "a", "enviroment": HIDDEN}]}


def test_options_of_the_wrong_shape_are_hidden() -> None:
    assert hidden({"auth": "password=p", "containers": ["name=a"]}, OPTIONS) == {"auth": HIDDEN, "containers": [HIDDEN]}


def test_an_address_is_shown_without_its_login() -> None:
    for address in ("https://a:p/q@engine/api", "a:p@engine"):
        assert hidden({"auth": {"url": address}}, OPTIONS)["auth"]["url"].startswith("********@engine")
