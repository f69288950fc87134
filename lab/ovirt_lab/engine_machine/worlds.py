# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world of the Engine at its first start."""

from __future__ import annotations

import copy
from typing import Any

from ..engine_config.keys import LEVELS
from .settings import Settings

# The level of hosts with Vdsm 4.19, where the Engine knows it.
LEVEL = "4.1"


def first(settings: Settings) -> dict[str, Any]:
    """The given world, joined with the group's hosts; without a world, a site of the group's hosts."""
    if not settings.world:
        return site(settings.version, settings.hosts)
    import yaml  # here, since a site without a world of its own needs none

    try:
        given = yaml.safe_load(settings.world)
    except yaml.YAMLError as error:
        raise ValueError(f"the world is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(given, dict):
        raise ValueError("the world is to be a mapping with keys such as hosts and clusters")
    return joined(given, settings.hosts)


def site(version: str, hosts: dict[str, str]) -> dict[str, Any]:
    """A site with one cluster of these hosts, two networks, no VM, and no custom properties of container VMs."""
    level = LEVEL if LEVEL in LEVELS[version] else LEVELS[version][0]
    return {
        "data_centers": [{"name": "Default"}],
        "clusters": [{"name": "Default", "version": level, "data_center": "Default"}],
        "hosts": [{"name": name, "cluster": "Default", "vdsm_url": url} for name, url in sorted(hosts.items())],
        "networks": [{"name": "ovirtmgmt"}, {"name": "storage"}],
        "properties": {},
        "vms": [],
    }


def joined(world: dict[str, Any], hosts: dict[str, str]) -> dict[str, Any]:
    """A copy of a world. A host without `vdsm_url` gets the Vdsm of the machine of the same name.

    What is wrong in the world is left as it is: the Engine says so (world_check.py).
    """
    result = copy.deepcopy(world)
    listed = result.get("hosts")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and not entry.get("vdsm_url") and str(entry.get("name")) in hosts:
            entry["vdsm_url"] = hosts[entry["name"]]
    return result
