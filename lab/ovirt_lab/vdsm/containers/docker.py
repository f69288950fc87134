# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime of a container: `docker run` in a transient service (virt/containers/docker.py@v4.19.20)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from xml.etree import ElementTree

from ..errors import ConfigError
from ..host import Host
from . import statefile, units


@dataclass(frozen=True)
class RunConfig:
    """The parts of the domain XML that docker's command line gets: neither memory nor volumes are among them."""

    image: str
    network: str

    @classmethod
    def of(cls, root: ElementTree.Element, default_network: str) -> RunConfig:
        """Read them from the domain XML. The first one that is missing is the error."""
        statefile.memory(root)
        image = statefile.image(root)
        try:
            network = statefile.network(root)
        except ConfigError:
            network = default_network
        return cls(image, network)


class Runtime:
    """One container. It gets a new uuid for every start, which is not the VM's id."""

    def __init__(self, host: Host, rt_uuid: str = "") -> None:
        self._host = host
        self.uuid = str(uuid.UUID(rt_uuid)) if rt_uuid else str(uuid.uuid4())
        self._config: RunConfig | None = None
        self._running = False

    @property
    def unit(self) -> str:
        """The name of the unit, and of the container."""
        return units.PREFIX + self.uuid

    def configure(self, root: ElementTree.Element) -> None:
        """Read the configuration from the domain XML."""
        self._config = RunConfig.of(root, self._host.config.get("containers", "network_name"))

    def command(self) -> list[str]:
        """docker's command line. The image is one word and unchecked."""
        if self._config is None:  # after a recovery the configuration is unknown
            raise AttributeError("'NoneType' object has no attribute 'image_path'")
        docker = self._host.docker.cmd
        return [docker, "run", f"--name={self.unit}", f"--net={self._config.network}", self._config.image]

    def start(self) -> None:
        """Start the unit. systemd-run returns when docker's client was started, also if it fails then."""
        if self._running:
            raise RuntimeError("already running")
        command = self.command()
        cgroup_slice = self._host.config.get("containers", "cgroup_slice")
        units.checked(self._host.supervdsm.systemd_run(self.unit, cgroup_slice, *command))
        self._running = True

    def stop(self) -> None:
        """Stop the unit. A container that ignores the signal goes on running, without an error."""
        if not self._running:
            raise RuntimeError("not running")
        units.checked(self._host.supervdsm.systemctl_stop(self.unit))
        self._running = False

    def recover(self) -> None:
        """Take over a container that runs since before this vdsmd."""
        self._running = True
