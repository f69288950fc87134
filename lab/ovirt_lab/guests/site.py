# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All guests of one kind that one laboratory runs: their ground and its networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .available import NSPAWN, QEMU
from .ground import Ground
from .machine import Guest, Machine
from .networks import Networks
from .nspawn import NspawnGuest
from .qemu import QemuGuest
from .run import Event, Run

_KINDS: dict[str, type[Guest]] = {NSPAWN: NspawnGuest, QEMU: QemuGuest}


class Site:
    """A ground with networks. Raises GuestError if this machine gives none."""

    def __init__(self, kind: str) -> None:
        self._kind = _KINDS[kind]
        self._ground = Ground()
        self._networks = Networks(self._ground)

    def bridge(self, network: str, subnet: str) -> str:
        """The bridge of a network, made when it is asked for first. Raises GuestError if its addresses are in use."""
        return self._networks.bridge(network, subnet)

    def alive(self) -> bool:
        """Whether the ground is still there."""
        return self._ground.alive()

    def run(self, machine: Machine, console: Path, hear: Callable[[Event], None]) -> Run:
        """Boot a guest; `hear` gets what becomes of it."""
        return self.make_and_run(machine.name, lambda: machine, console, hear)

    def make_and_run(self, name: str, make: Callable[[], Machine], console: Path, hear: Callable[[Event], None]) -> Run:
        """The same for a guest of which it takes its time to say what it is made of.

        `make` raises GuestError, OSError or ValueError if that cannot be had.
        """
        return Run(name, lambda: self._kind(self._ground, make(), console), hear)

    def close(self) -> None:
        """End all guests, and take everything away."""
        self._ground.close()
