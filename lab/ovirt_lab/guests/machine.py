# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest is made of, and what can be asked of one that runs; nspawn.py and qemu.py have the two kinds."""

from __future__ import annotations

import contextlib
import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .agent import Agent
from .ground import RUN, Ground, GuestError, end


@dataclass(frozen=True)
class Disk:
    """A disk of a guest: a file that is written to in place."""

    path: Path
    serial: str
    form: str = "raw"  # or qcow2
    bootable: bool = False
    read_only: bool = False

    @property
    def seen_serial(self) -> str:
        """What a guest sees of its serial: virtio-blk has room for 20 characters."""
        return self.serial[:20]


@dataclass(frozen=True)
class Nic:
    """An interface of a guest, on a bridge of its ground; unplugged from it without one."""

    mac: str
    bridge: str = ""

    @property
    def port(self) -> str:
        """The name of its other end, in the ground."""
        return f"n{self.mac.replace(':', '')}"


@dataclass(frozen=True)
class Machine:
    """All that a guest is made of."""

    ident: str  # the VM's id
    name: str
    memory: int  # bytes
    cores: int
    disks: Sequence[Disk]
    nics: Sequence[Nic]
    label: str = ""  # of the drive with files for the guest; it has none without a label
    files: Mapping[str, str] = field(default_factory=dict)

    def boot_disk(self) -> Disk:
        """The disk that it boots from. Raises GuestError if there is none."""
        found = next((disk for disk in self.disks if disk.bootable), None)
        if found is None:
            raise GuestError("The VM has no bootable disk.")
        return found


_CONSOLE = 8 << 20  # bytes that a console may have; then only the last half of them is kept


class Guest(ABC):
    """A guest that runs. All that it needs is in its ground, and goes when `clean` is called or the ground ends."""

    def __init__(self, ground: Ground, machine: Machine, console: Path) -> None:
        """`console` is the file that gets what it prints; it is appended to."""
        self.ground = ground
        self.machine = machine
        self.console = console
        self.place = f"{RUN}/{machine.ident}"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Start it. Raises GuestError with the reason if it does not start; nothing of it is left then."""

    @abstractmethod
    def agent(self) -> Agent:
        """Its agent. Raises json_lines.Unanswered if it has none, or none yet."""

    @abstractmethod
    def press_power(self) -> None:
        """Press its power button, as ACPI does: what that means is up to the guest."""

    @abstractmethod
    def press_reset(self) -> None:
        """Reset it, without a word to its system."""

    @abstractmethod
    def boots(self) -> int:
        """A number that changes each time that its system boots anew within this run; 0 while it does not run."""

    def trim_console(self) -> None:
        """Forget the oldest lines of a console that has become large. What the guest prints meanwhile may be lost."""
        if not self.console.exists() or self.console.stat().st_size <= _CONSOLE:
            return
        with self.console.open("rb") as file:
            file.seek(-_CONSOLE // 2, os.SEEK_END)
            kept = file.read().partition(b"\n")[2]
        os.truncate(self.console, 0)  # in place: whoever writes to it appends
        with self.console.open("ab") as file:
            file.write(kept)

    def write_drive(self) -> None:
        """Write the files of its drive to the folder `drive` of its place."""
        for name, text in self.machine.files.items():
            path = self.ground.path(f"{self.place}/drive/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def remove_ports(self) -> None:
        """Remove its interfaces from the ground."""
        for nic in self.machine.nics:
            with contextlib.suppress(GuestError):
                self.ground.run("ip", "link", "delete", nic.port)

    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process is None or self.process.poll() is not None

    def ended_well(self) -> bool:
        """Whether it has ended because its system powered off."""
        return self.process is not None and self.process.poll() == 0

    def kill(self) -> None:
        """Switch it off."""
        if self.process is not None:
            end(self.process)

    @abstractmethod
    def clean(self) -> None:
        """Take away what it needed. It must have ended."""
