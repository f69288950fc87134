# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsmd's connection to its containers (lib/vdsm/containersconnection.py, virt/containers/monitoring.py@v4.19.20)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..errors import NotAvailable
from ..host import Host
from . import statefile, units
from .domain import ContainerDomain

_log = logging.getLogger("virt.containers")


class Connection:
    """All containers that this vdsmd knows. A domain that died by itself stays in the registry until its VM is started
    again or vdsmd is."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.domains: dict[str, ContainerDomain] = {}

    def is_supported(self) -> bool:
        """The capability: False without the package, True with it, OSError with it and without docker.

        Vdsm means to test for None and answer False, but the exception comes first.
        """
        if not self._host.has_container_code:
            return False
        return self._host.docker.cmd is not None

    def require(self) -> None:
        """Check that containers are supported, as when a connection is opened."""
        if not self.is_supported():
            raise NotAvailable

    def prepare(self) -> None:
        """When vdsmd starts."""
        if self._host.has_container_code:
            statefile.prepare(self._host.site)

    def create(self, xml: str) -> ContainerDomain:
        """Start a container VM."""
        domain = ContainerDomain(self._host, xml, self.domains)
        domain.start()
        return domain

    def lookup(self, vm_id: str) -> ContainerDomain | None:
        """The domain of a VM."""
        return self.domains.get(vm_id)

    def recover(self) -> list[ContainerDomain]:
        """The containers that run since before this vdsmd, if they have a state file."""
        if not self._host.has_container_code:
            return []
        for rt_uuid in units.running(self._host):
            try:
                xml = statefile.StateFile(self._host.site, rt_uuid).read()
                ContainerDomain(self._host, xml, self.domains, rt_uuid).recover()
            except Exception as error:
                _log.warning("failed to recover container %r: %s", rt_uuid, error)
        return list(self.domains.values())

    def watch(self, stopped: Callable[[str], None]) -> None:
        """The watchdog: a container whose unit does not run has been shut down, whatever its exit code."""
        if not self.domains:
            return
        found = set(units.running(self._host))
        for domain in list(self.domains.values()):
            if domain.runtime.uuid not in found:
                _log.warning("container %r no longer running, sending STOP event", domain.runtime.uuid)
                stopped(domain.vm_id)
