# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers of an Engine, and which one a host has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import notes
from ..vdsm.driver import VdsmDriver
from .guests import NspawnDriver, QemuDriver
from .simulated import SimulatedDriver

if TYPE_CHECKING:
    from ..core import Engine
    from .interface import HostDriver


class Drivers:
    """Each kind of host with its driver."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.simulated = SimulatedDriver(engine)
        self.vdsm = VdsmDriver(engine)
        self._named: dict[str, HostDriver] = {}
        for driver in (self.simulated, self.vdsm, NspawnDriver(engine), QemuDriver(engine)):
            self.add(driver)

    def add(self, driver: HostDriver) -> None:
        """Have the hosts whose note says its name driven by it."""
        self._named[driver.name] = driver

    def of(self, host: Any) -> HostDriver:
        """The driver of a host; of no host, and of one whose note says nothing, the simulated one.

        Raises ValueError if the note has a name that no driver has.
        """
        note = notes.of_host(self._engine.store, host) if host is not None else notes.HostNote()
        name = note.get("driver") or (VdsmDriver.name if note.get("vdsm_url") else SimulatedDriver.name)
        if name not in self._named:
            raise ValueError(f"host {host.name}: there is no driver {name}; known are {', '.join(sorted(self._named))}")
        return self._named[name]

    def of_vm(self, vm: Any) -> HostDriver:
        """The driver of the host that a VM is on."""
        return self.of(self._engine.store.follow(vm.host))

    def start(self) -> None:
        """The Engine is served from now on."""
        for driver in self._named.values():
            driver.start()

    def stop(self) -> None:
        """The Engine ends."""
        for driver in self._named.values():
            driver.stop()
