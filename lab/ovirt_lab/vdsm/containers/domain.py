# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container in the form of a libvirt domain: the few calls that work, and the others that raise
(virt/containers/domain.py@v4.19.20)."""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

from ..errors import LibvirtError
from ..host import Host
from . import docker, statefile


class ContainerDomain:
    """One container VM."""

    def __init__(self, host: Host, xml: str, registry: dict[str, ContainerDomain], rt_uuid: str = "") -> None:
        self._registry = registry
        self._root = ElementTree.fromstring(xml)
        self.vm_id = str(uuid.UUID(self._root.findtext("./uuid")))
        statefile.container_type(self._root)  # its text is not looked at: there is only docker
        self.runtime = docker.Runtime(host, rt_uuid)
        self._file = statefile.StateFile(host.site, self.runtime.uuid)

    @property
    def pid(self) -> str:
        """Always 0: _containerDependentInit (vdsm/virt/vm.py) does not look for a process."""
        return "0"

    def start(self) -> None:
        """Start the container and register it. The state file is written first, and stays if the start fails."""
        self._file.clear()
        self.runtime.configure(self._root)
        self._file.save(self._root)
        self.runtime.start()
        self._registry[self.vm_id] = self

    def recover(self) -> None:
        """Register a container that runs already."""
        self.runtime.recover()
        self._registry[self.vm_id] = self

    def destroy(self) -> None:
        """Stop the container. An error of systemctl (5: no such unit) is not caught."""
        try:
            self.runtime.stop()
        except RuntimeError as error:
            raise LibvirtError from error
        self._file.clear()
        if self._registry.pop(self.vm_id, None) is None:
            raise LibvirtError

    def reset(self) -> None:
        """Stop and start the container under the same name, which docker refuses while the dead container exists."""
        self.runtime.stop()
        self.runtime.start()

    def shutdown(self) -> None:
        """Raise: a container has no power button."""
        raise LibvirtError

    def reboot(self) -> None:
        """Raise: a container has no reset button."""
        raise LibvirtError
