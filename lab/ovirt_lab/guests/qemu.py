# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests under qemu: a whole machine, which boots its disk through its BIOS. Without hardware virtualisation that takes
a minute.

The devices are those that the Engine gives to a VM: VirtIO disks with serials, a CD-ROM with the config drive, the
channel of the guest agent (LibvirtVmXmlBuilder).
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .agent import Agent
from .ground import Ground, GuestError, wait_for
from .json_lines import Line, Refused, Unanswered
from .machine import Disk, Guest, Machine

_CHANNEL = "org.qemu.guest_agent.0"
_READY = 20.0  # seconds until qemu has made its sockets
_MEBIBYTE = 1 << 20


class QemuGuest(Guest):
    """A guest that has everything of its own."""

    def __init__(self, ground: Ground, machine: Machine, console: Path) -> None:
        super().__init__(ground, machine, console)
        self._resets = 0
        self._broken = False
        self._monitor: Line | None = None
        self._talk = threading.Lock()  # of the monitor: answers come in the order of the questions

    def start(self) -> None:
        """Make its interfaces and the image of its drive, and boot it."""
        try:
            self._prepare()
            with self.console.open("ab") as console:
                self.process = self.ground.popen(*self._words(), stdout=console, stderr=console)
            if not wait_for(self._path("monitor"), _READY) or self.ended():
                said = self.console.read_text(errors="replace").strip().splitlines()[-1:]
                raise GuestError(f"qemu does not start: {''.join(said) or 'it said nothing'}")
            self._monitor = self._connect()
        except (GuestError, Unanswered, Refused, OSError) as error:
            self.kill()
            self.clean()
            raise GuestError(str(error)) from None

    def _prepare(self) -> None:
        self.ground.run("mkdir", "-p", f"{self.place}/drive")
        for nic in self.machine.nics:
            self.ground.run("ip", "tuntap", "add", "dev", nic.port, "mode", "tap")
            if nic.bridge:
                self.ground.run("ip", "link", "set", nic.port, "master", nic.bridge, "up")
        if self.machine.label:
            self.write_drive()
            drive, image = f"{self.place}/drive", f"{self.place}/drive.iso"
            # As Vdsm makes it (mkimage.py): ISO 9660 with Rock Ridge and Joliet.
            self.ground.run("genisoimage", "-quiet", "-R", "-J", "-V", self.machine.label, "-o", image, drive)

    def _words(self) -> list[str]:
        machine = self.machine
        return [
            "qemu-system-x86_64", "-name", machine.name, "-uuid", machine.ident, "-machine", "q35",
            # Systems of the EL 9 family need more of a processor than qemu64 has.
            *_accelerators(), "-cpu", "max",
            "-smp", str(max(1, machine.cores)), "-m", str(max(1, machine.memory // _MEBIBYTE)),
            "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio",
            "-qmp", f"unix:{self.place}/monitor,server=on,wait=off", *self._devices(),
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=agent,path={self.place}/agent,server=on,wait=off",
            "-device", f"virtserialport,chardev=agent,name={_CHANNEL}",
        ]  # fmt: skip

    def _devices(self) -> Iterator[str]:
        for number, disk in enumerate(self.machine.disks):
            yield from _drive(disk, number)
        if self.machine.label:
            yield from ("-drive", f"if=none,id=cd,media=cdrom,readonly=on,format=raw,file={self.place}/drive.iso")
            yield from ("-device", "ide-cd,drive=cd,bus=ide.1")
        for number, nic in enumerate(self.machine.nics):
            yield from ("-netdev", f"tap,id=n{number},ifname={nic.port},script=no,downscript=no")
            yield from ("-device", f"virtio-net-pci,netdev=n{number},mac={nic.mac},romfile=")

    # --- while it runs

    def _connect(self) -> Line:
        line = Line(str(self._path("monitor")))
        line.read()  # its greeting
        line.ask("qmp_capabilities")
        return line

    def boots(self) -> int:
        """One more with each reset of the machine, which its monitor tells. A machine that is broken is ended."""
        if self.ended() or self._monitor is None:
            return 0
        if self._ask("query-status").get("status") == "internal-error":
            self._broken = True
            self.kill()
            return 0
        with self._talk:
            events = self._monitor.take_events()
        self._resets += sum(1 for event in events if event.get("event") == "RESET")
        return 1 + self._resets

    def agent(self) -> Agent:
        """The agent behind the machine's channel."""
        return Agent(str(self._path("agent")))

    def press_power(self) -> None:
        """The ACPI event of the power button."""
        self._ask("system_powerdown")

    def press_reset(self) -> None:
        """Reset the machine."""
        self._ask("system_reset")

    def ended_well(self) -> bool:
        """Whether its system powered off; qemu itself ends well with a broken machine too."""
        return super().ended_well() and not self._broken

    def kill(self) -> None:
        """Have qemu end at once; its disks are whole then."""
        self._ask("quit")
        if self.process is not None and self._monitor is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        super().kill()

    def _ask(self, command: str) -> dict[str, Any]:
        with self._talk, contextlib.suppress(Unanswered, Refused):
            if self._monitor is not None:
                answer: dict[str, Any] = self._monitor.ask(command)
                return answer
        return {}

    def clean(self) -> None:
        """Remove its interfaces and files."""
        if self._monitor is not None:
            self._monitor.close()
        self.remove_ports()
        with contextlib.suppress(GuestError):
            self.ground.run("rm", "-rf", self.place)

    def _path(self, name: str) -> Path:
        return self.ground.path(f"{self.place}/{name}")


def _accelerators() -> list[str]:
    """Hardware virtualisation where the machine has it; else the processor is translated.

    There are machines whose /dev/kvm works without these flags, and then fails at the first unusual instruction.
    """
    words = Path("/proc/cpuinfo").read_text().split()
    hardware = ["-accel", "kvm"] if Path("/dev/kvm").exists() and {"vmx", "svm"} & set(words) else []
    return [*hardware, "-accel", "tcg,thread=multi,tb-size=512"]


def _drive(disk: Disk, number: int) -> Iterator[str]:
    mode = ",readonly=on" if disk.read_only else ""
    yield from ("-drive", f"if=none,id=d{number},file={disk.path},format={disk.form},cache=unsafe{mode}")
    order = ",bootindex=1" if disk.bootable else ""
    yield from ("-device", f"virtio-blk-pci,drive=d{number},serial={disk.seen_serial}{order}")
