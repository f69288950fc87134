# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Container VMs to test with."""

from __future__ import annotations

import re
from typing import Any

from ovirtsdk4 import types

from tests.contract.conftest import Site

NEW = {"name": "web", "cluster": "Default", "image": "redis:7.2"}


def properties(site: Site, name: str = "web") -> dict[str, str]:
    return {item.name: item.value for item in site.engine.vm(name).custom_properties or []}


def by_hand(site: Site, name: str = "web", **changes: Any) -> Any:
    """A container VM made as the blog of 2017 tells: two custom properties and nothing else."""
    pairs = {"containerType": "docker", "containerImage": "redis", **changes.pop("properties", {})}
    vm = types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        custom_properties=[types.CustomProperty(name=key, value=value) for key, value in pairs.items()],
        **changes,
    )
    return site.engine.add("vms", vm)


def assert_one_sentence(text: str, told: str) -> None:
    """The message says what it should, on one line."""
    assert re.search(told, text), text
    assert "\n" not in text
