# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordinary VMs: the part of libvirt. Each is a transient service `qemu-<name>` with a process called qemu-kvm, which
outlives vdsmd, and its domain XML lies where libvirt keeps it, /run/libvirt/qemu/<name>.xml."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from . import commands, domxml
from .errors import LibvirtError
from .host import Host

PREFIX = "qemu-"
STATE_DIR = "/run/libvirt/qemu"
_EMULATOR = "/run/ovirt-lab/qemu-kvm"  # a real one is /usr/libexec/qemu-kvm; what counts is the process's name
_SLICE = "machine"


class QemuDomain:
    """One ordinary VM that runs."""

    def __init__(self, host: Host, name: str, vm_id: str) -> None:
        self._host = host
        self.name = name
        self.vm_id = vm_id
        self.unit = PREFIX + name
        self._file = host.site.path(f"{STATE_DIR}/{name}.xml")

    @property
    def pid(self) -> str:
        """The process."""
        systemctl = commands.systemctl(self._host.site).cmd
        _, out, _ = commands.run([systemctl, "show", "--property=MainPID", f"{self.unit}.service"])
        return out.strip().partition("=")[2] or "0"

    def destroy(self) -> None:
        """Power the VM off."""
        self._stop()

    def shutdown(self) -> None:
        """Press the power button: the guest shuts down."""
        self._stop("--no-block")

    def reboot(self) -> None:
        """The guest reboots; its process stays."""

    def reset(self) -> None:
        """The guest is reset; its process stays."""

    def forget(self) -> None:
        """libvirt drops its file when the process is gone."""
        self._file.unlink(missing_ok=True)

    def _stop(self, *options: str) -> None:
        systemctl = commands.systemctl(self._host.site).cmd
        code, _, err = commands.run([systemctl, "stop", *options, f"{self.unit}.service"])
        if code != 0:
            raise LibvirtError(err.strip())
        if not options:
            self.forget()


class Libvirt:
    """All ordinary VMs of the host."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def require(self) -> None:
        """Do nothing: libvirt is always there."""

    def create(self, xml: str) -> QemuDomain:
        """Start a VM."""
        root = ElementTree.fromstring(xml)
        domain = QemuDomain(self._host, root.findtext("./name") or "", root.findtext("./uuid") or "")
        path = self._host.site.path(f"{STATE_DIR}/{domain.name}.xml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(domxml.encode(root), encoding="utf-8")
        code, _, err = commands.run(
            [
                commands.systemd_run(self._host.site).cmd,
                f"--unit={domain.unit}",
                f"--slice={_SLICE}",
                *self._process(domain, root.findtext("./memory") or "0"),
            ]
        )
        if code != 0:
            domain.forget()
            raise LibvirtError(err.strip())
        return domain

    def lookup(self, vm_id: str) -> QemuDomain | None:
        """The running domain of a VM."""
        return next((domain for domain in self.recover() if domain.vm_id == vm_id), None)

    def recover(self) -> list[QemuDomain]:
        """All running domains. The file of any other domain is removed."""
        names = self._running()
        found = []
        for path in sorted(self._host.site.path(STATE_DIR).glob("*.xml")):
            vm_id = ElementTree.fromstring(path.read_text(encoding="utf-8")).findtext("./uuid") or ""
            domain = QemuDomain(self._host, path.stem, vm_id)
            if domain.unit in names:
                found.append(domain)
            else:
                domain.forget()
        return found

    def watch(self, expected: list[str], stopped: Callable[[str], None]) -> None:
        """Find the VMs that have ended; the real libvirt sends an event."""
        if not expected:
            return
        alive = {domain.vm_id for domain in self.recover()}
        for vm_id in expected:
            if vm_id not in alive:
                stopped(vm_id)

    def _running(self) -> set[str]:
        systemctl = commands.systemctl(self._host.site).cmd
        _, out, _ = commands.run([systemctl, "list-units", "--no-pager", "--no-legend", f"{PREFIX}*"])
        lines = [line.split() for line in out.splitlines()]
        return {line[0].removesuffix(".service") for line in lines if line[1:3] == ["loaded", "active"]}

    def _process(self, domain: QemuDomain, kib: str) -> list[str]:
        """The command line of the process, with those of qemu's options by which a VM is recognised."""
        emulator = self._host.site.path(_EMULATOR)
        emulator.parent.mkdir(parents=True, exist_ok=True)
        if not emulator.exists():
            emulator.unlink(missing_ok=True)
            emulator.symlink_to(Path(sys.executable).resolve())
        options = ["-name", f"guest={domain.name},debug-threads=on", "-m", str(int(kib) // 1024)]
        return [str(emulator), "-I", str(Path(__file__).with_name("qemu_process.py")), *options, "-uuid", domain.vm_id]
