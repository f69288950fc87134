# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that vdsmd runs on; read once, at start."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from typing import Protocol

from . import commands, config
from .clock import Clock
from .site import CONTAINER_CODE, Settings, Site, Version, read_settings, read_version
from .supervdsm import Answer, Proxy


class Root(Protocol):
    """Actions that need root: supervdsmd's, or its API itself in tests without a second process."""

    def systemd_run(self, unit_name: str, cgroup_slice: str, *args: str) -> Answer:
        """Start a transient service."""

    def systemctl_stop(self, name: str) -> Answer:
        """Stop a unit."""


@dataclass
class Host:
    """The host."""

    site: Site
    clock: Clock
    version: Version
    settings: Settings
    config: configparser.ConfigParser
    supervdsm: Root
    docker: commands.CommandPath
    has_container_code: bool

    @classmethod
    def of(cls, site: Site, clock: Clock | None = None, supervdsm: Root | None = None) -> Host:
        """Read the host. The container modules are imported here, so a later installation has no effect."""
        settings, version = read_settings(site), read_version(site)
        code = version.has_capability and site.path(CONTAINER_CODE).exists()
        return cls(
            site,
            clock or Clock(settings.speed),
            version,
            settings,
            config.load(site),
            supervdsm or Proxy(site),
            commands.docker(site),
            code,
        )
