# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground on which guests run: a mount, a network and a process namespace of their own.

Everything in it ends when its first process does, and that one ends when this process does, however it is ended: its
standard input is a pipe whose other end only we hold. So no guest, mount or interface is ever left behind.

A guest manages the network of the namespace that it is in: systemd-networkd of a guest in the machine's own would take
away the machine's addresses.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

from . import cgroups

RUN = "/run/guests"  # files of the ground, in its own mount namespace
_PREPARE = f"""
set -e
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p {RUN} /run/netns /run/systemd/nspawn /run/lock
ip link set lo up
trap '' CHLD
echo ready
exec cat >/dev/null
"""
_LOOP, _TRIES = 7, 5  # the major number of loop devices; how often one is asked for again
_PATIENCE = 60.0  # seconds for one command


class GuestError(ValueError):
    """What stands in the way of a guest: one sentence for people."""


class Ground:
    """Namespaces that are made at once. Raises GuestError if they cannot be had."""

    def __init__(self) -> None:
        words = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self.first = 0  # the number of the first process, outside
        self._cgroups: int | None = None  # the directory of all cgroups, open
        self._holder = subprocess.Popen(
            [*words, "--propagation", "private", "sh", "-c", _PREPARE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._holder.stdout is not None and self._holder.stderr is not None
        if self._holder.stdout.readline().strip() != "ready":
            said = self._holder.stderr.read().strip() or "unshare said nothing"
            self.close()
            raise GuestError(f"This machine gives no namespaces for guests: {said}")
        self.first = children(self._holder.pid)[0]
        self._cgroups = cgroups.open_root(self.first)
        cgroups.sweep(self._cgroups)

    def alive(self) -> bool:
        """Whether it has not ended: somebody may have ended its first process."""
        return self._holder.poll() is None

    def words(self, *command: str) -> list[str]:
        """The command line that runs a command in here."""
        return ["nsenter", "-t", str(self.first), "-m", "-n", "-p", "--", *command]

    def run(self, *command: str, timeout: float = _PATIENCE) -> str:
        """Run a command in here and return what it printed. Raises GuestError if it fails."""
        return run(*self.words(*command), timeout=timeout)

    def run_with_loop(self, *command: str) -> str:
        """The same for a command that takes a free loop device, which another process may take first."""
        for again in range(_TRIES, -1, -1):
            free = Path(self.run("losetup", "--find").strip())
            if not free.exists():  # in a container nobody makes its node
                with contextlib.suppress(FileExistsError):
                    os.mknod(free, stat.S_IFBLK | 0o600, os.makedev(_LOOP, int(free.name.removeprefix("loop"))))
            try:
                return self.run(*command)
            except GuestError as error:
                if not again or "loop device" not in str(error):
                    raise
                time.sleep(random.uniform(0.05, 0.3))
        raise AssertionError

    def popen(self, *command: str, **about: Any) -> subprocess.Popen[bytes]:
        """Start a command in here; it ends with the ground."""
        about = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **about}
        return subprocess.Popen(self.words(*command), **about)

    def path(self, inside: str) -> Path:
        """Where a path of the ground is seen from outside."""
        return Path(f"/proc/{self.first}/root{inside}")

    def close(self) -> None:
        """End everything in here."""
        if self._holder.stdin is not None:
            self._holder.stdin.close()
        try:
            self._holder.wait(10)
        except subprocess.TimeoutExpired:
            self._holder.kill()  # --kill-child ends the first process too
            self._holder.wait()
        for pipe in (self._holder.stdout, self._holder.stderr):
            if pipe is not None:
                pipe.close()
        if self._cgroups is not None:
            cgroups.sweep(self._cgroups, ended=self.first)
            os.close(self._cgroups)
            self._cgroups = None

    def remove_cgroup(self, name: str) -> None:
        """Remove a cgroup whose processes have ended."""
        if self._cgroups is not None:
            cgroups.remove(self._cgroups, name)


def run(*command: str, timeout: float = _PATIENCE) -> str:
    """Run a command of this machine and return what it printed. Raises GuestError if it fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GuestError(f"{_said(command)}: {error}") from None
    if done.returncode:
        raise GuestError(f"{_said(command)}: {(done.stderr or done.stdout).strip() or f'exit {done.returncode}'}")
    return done.stdout


def _said(command: tuple[str, ...]) -> str:
    """A command as a message shows it: without the way into the ground."""
    return " ".join(command[command.index("--") + 1 :] if command[0] == "nsenter" else command)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that run, oldest first; none if it has ended."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def end(process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Kill a process that we started with all that it has started, and wait for it.

    Those that it has started first: nsenter ends by itself then, and would leave them behind if it ended before them.
    """
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        for pid in reversed(_descendants(process.pid)) if time.monotonic() < deadline else [process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)


def _descendants(pid: int) -> list[int]:
    """A process and all that it and they have started."""
    return [pid, *(found for child in children(pid) for found in _descendants(child))]


def wait_for(path: Path, seconds: float) -> bool:
    """Whether a path came to be there in time."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
