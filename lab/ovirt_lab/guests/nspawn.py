# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests under systemd-nspawn: the real userland of a disk without a kernel of its own. It boots in seconds.

Of a real guest it lacks kernel, boot loader and devices. So a disk is bound to the place where udev would put a link to
it, and the files of the config drive are bound to the place where cloud-init looks for them first. The agent of the
guest is started by us, since the device that it waits for never comes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path

from . import cgroups
from .agent import Agent
from .ground import Ground, GuestError, children, run
from .json_lines import Unanswered
from .machine import Disk, Guest, Machine
from .partitions import root_options

SEED = "/var/lib/cloud/seed/config_drive"  # DataSourceConfigDrive.seed_dir
_AGENT, _SOCKET = "/usr/sbin/qemu-ga", "/run/lab-agent.sock"
_POWER_BUTTON = signal.SIGRTMIN + 4  # systemd(1): poweroff.target
_REBOOTS = 133  # how systemd-nspawn ends with --keep-unit when its system reboots
# "ip netns exec" mounts a /sys of the guest's own interfaces, and cgroups have to be mounted again. Each guest has a
# cgroup of its own, since systemd-nspawn divides the one that it is in.
_START = """
set -e
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "/sys/fs/cgroup/$0"
echo $$ > "/sys/fs/cgroup/$0/cgroup.procs"
exec "$@"
"""


class NspawnGuest(Guest):
    """A guest whose root directory is the file system of its bootable disk."""

    def __init__(self, ground: Ground, machine: Machine, console: Path) -> None:
        super().__init__(ground, machine, console)
        self._holders: list[subprocess.Popen[bytes]] = []  # each has a device open
        self._agent_of = 0  # the first process of the system that its agent was started in
        self._words: list[str] = []
        self._cgroup = cgroups.name(ground.first, machine.ident)
        self._killed = False
        self._booting = threading.Lock()  # it is not killed while it is booted anew

    def start(self) -> None:
        """Mount its disks, make its interfaces, boot it."""
        try:
            self._prepare()
            self._words = self._command()
            self._boot()
        except (GuestError, OSError):
            self.clean()
            raise

    def _boot(self) -> None:
        self.ground.remove_cgroup(self._cgroup)  # of the boot before: it has been divided, and takes no process
        environment = {**os.environ, "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "1"}
        with self.console.open("ab") as console:
            self.process = self.ground.popen(*self._words, stdout=console, stderr=console, env=environment)

    def _command(self) -> list[str]:
        ident = self.machine.ident
        return [
            "ip", "netns", "exec", ident, "sh", "-c", _START, self._cgroup,
            "systemd-nspawn", "--quiet", f"--directory={self._root}", "--boot", "--register=no", "--keep-unit",
            f"--machine={ident}", f"--uuid={ident}", "--capability=all", "--console=read-only",
            "--system-call-filter=keyctl bpf @keyring", *self._binds(),
        ]  # fmt: skip

    @property
    def _root(self) -> str:
        return f"{self.place}/root"

    def _prepare(self) -> None:
        disk = self.machine.boot_disk()
        if disk.form != "raw":
            raise GuestError(f"systemd-nspawn needs a raw disk, and {disk.path.name} is {disk.form}.")
        self.ground.run("mkdir", "-p", self._root, f"{self.place}/drive")
        mode = "loop,ro" if disk.read_only else "loop"
        try:
            self.ground.run_with_loop("mount", "-o", mode + root_options(disk.path), str(disk.path), self._root)
        except GuestError as error:
            raise GuestError(f"The bootable disk has no file system that could be booted: {error}") from None
        self._make_nics()

    def _make_nics(self) -> None:
        space = self.machine.ident
        self.ground.run("ip", "netns", "add", space)
        self.ground.run("ip", "-n", space, "link", "set", "lo", "up")
        for number, nic in enumerate(self.machine.nics):
            about = ["address", nic.mac, "netns", space]
            self.ground.run("ip", "link", "add", nic.port, "type", "veth", "peer", "name", f"eth{number}", *about)
            if nic.bridge:
                self.ground.run("ip", "link", "set", nic.port, "master", nic.bridge, "up")

    def _binds(self) -> list[str]:
        """Disks and files that the guest sees, as options."""
        result = []
        for disk in self.machine.disks:
            if not disk.bootable:
                kind = "--bind-ro" if disk.read_only else "--bind"
                result.append(f"{kind}={self._device(disk)}:/dev/disk/by-id/virtio-{disk.seen_serial}")
        if self.machine.label:
            self.write_drive()
            result.append(f"--bind-ro={self.place}/drive:{SEED}")
        return result

    def _device(self, disk: Disk) -> str:
        """A block device that is the file of a disk, until nobody has it open.

        A holder has it open while the guest boots; then it is told to go with its last user.
        """
        about = ["--read-only"] if disk.read_only else []
        device = self.ground.run_with_loop("losetup", "--find", "--show", *about, str(disk.path)).strip()
        mode = "<" if disk.read_only else "<>"
        holder = self.ground.popen("sh", "-c", f"exec 3{mode}{device}; echo; exec cat", stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)  # fmt: skip
        assert holder.stdout is not None
        holder.stdout.readline()
        self._holders.append(holder)
        self.ground.run("losetup", "--detach", device)
        return device

    # --- while it runs

    def ended(self) -> bool:
        """Whether it has ended; one that reboots is booted again."""
        with self._booting:
            if self.process is not None and self.process.poll() == _REBOOTS and not self._killed:
                self._boot()
            return super().ended()

    def boots(self) -> int:
        """The number of its first process."""
        return self._first() or 0

    def _first(self) -> int:
        """The first process of its system, by its number outside; 0 while there is none."""
        if self.ended() or self.process is None:
            return 0
        found = [self.process.pid]
        while found:
            pid = found.pop()
            if _is_first(pid):
                return pid
            found += children(pid)
        return 0

    def agent(self) -> Agent:
        """Its agent, which is started if the system has one and it does not run."""
        first = self._first()
        if not first:
            raise Unanswered("the guest does not run")
        self._start_agent(first)
        return Agent(f"/proc/{first}/root{_SOCKET}")

    def _start_agent(self, first: int) -> None:
        """As a service of the guest: what is started from outside would not end with it."""
        root = Path(f"/proc/{first}/root")
        if self._agent_of == first or not (root / "run/dbus/system_bus_socket").exists():
            return
        if not (root / _AGENT[1:]).exists():
            return
        service = ["systemd-run", "--quiet", "--collect", "--unit=lab-guest-agent", "--property=Restart=on-failure"]
        with contextlib.suppress(GuestError):  # its systemd may not be ready yet
            run("nsenter", "-t", str(first), "-a", "--", *service, _AGENT, "--method=unix-listen", f"--path={_SOCKET}")
            self._agent_of = first

    def press_power(self) -> None:
        """Tell its first process to power off."""
        self._signal(_POWER_BUTTON)

    def press_reset(self) -> None:
        """Start its system anew. It cannot be done from outside but by the first process itself."""
        self._signal(signal.SIGRTMIN + 15)  # systemd(1): reboot at once

    def _signal(self, number: int) -> bool:
        """Whether there was a first process that could be told."""
        first = self._first()
        with contextlib.suppress(ProcessLookupError):
            if first:
                os.kill(first, number)
        return bool(first)

    def kill(self) -> None:
        """Kill its first process: all others end with it, and systemd-nspawn ends behind them."""
        with self._booting:
            self._killed = True
        if self._signal(signal.SIGKILL) and self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        super().kill()

    def clean(self) -> None:
        """Unmount its disk, remove its interfaces and its cgroup."""
        for holder in self._holders:
            if holder.stdin is not None:
                holder.stdin.close()
            holder.wait()
        self._holders.clear()
        self.remove_ports()
        with contextlib.suppress(GuestError):
            self.ground.run("ip", "netns", "delete", self.machine.ident)
        for command in (["umount", self._root], ["rmdir", self._root]):
            with contextlib.suppress(GuestError):
                self.ground.run(*command)
        self.ground.remove_cgroup(self._cgroup)


def _is_first(pid: int) -> bool:
    """Whether a process is the first of a system: number 1 in a namespace below the ground's."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    numbers = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
    return len(numbers) > 2 and numbers[-1] == "1"
