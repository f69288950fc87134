# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes that never outlive us: started in sessions of their own, ended with all that they started."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
POLITE_SECONDS = 8.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruptions:
    """Turns Ctrl-C, SIGTERM and a closed terminal into KeyboardInterrupt, but not in the middle of a held block."""

    def __init__(self) -> None:
        self._held = 0
        self._pending = False
        self._ignored = False

    def watch(self) -> None:
        """Install the signal handlers."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._arrived)

    def ignore(self) -> None:
        """Ignore signals from now on, for a cleanup that is bounded in time."""
        self._ignored = True

    def _arrived(self, _number: int, _frame: object) -> None:
        if self._ignored:
            return
        if self._held:
            self._pending = True
            return
        raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Delay a signal until the block has ended."""
        if threading.current_thread() is not threading.main_thread():  # signals arrive in the main one only
            yield
            return
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and not self._held:
            self._pending = False
            raise KeyboardInterrupt


INTERRUPTIONS = Interruptions()


class Children:
    """Starts processes and can end them all, from any thread.

    A child gets a session of its own, so that Ctrl-C reaches only us and we decide the order in which things end.
    ansible-core 2.19 puts its workers into further sessions, so ending a process group is not enough: we ask the
    kernel to hand us every orphaned descendant, and end descendants until there are none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: list[subprocess.Popen[bytes]] = []
        self._stopping = False
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def start(self, command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path) -> subprocess.Popen:
        """Start a command with its output appended to a file and no standard input."""
        with log.open("ab") as output:
            return self._popen(command, output, env, cwd)

    def _popen(
        self, command: Sequence[str | Path], output: int | BinaryIO, env: Mapping[str, str], cwd: Path
    ) -> subprocess.Popen[bytes]:
        # Ctrl-C between the fork and the note of it would leave a process behind.
        with self._lock, INTERRUPTIONS.held():
            if self._stopping:
                raise KeyboardInterrupt
            child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
            self._live.append(child)
            return child

    def stream(self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> Iterator[str]:
        """Run a command and yield its lines as they come. Raises CalledProcessError at the end if it failed."""
        child = self._popen(command, subprocess.PIPE, env, cwd)
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        for line in child.stdout:
            yield line.decode(errors="replace").rstrip("\n")
        code = child.wait()
        self.forget(child)
        if code:
            raise subprocess.CalledProcessError(code, list(map(str, command)))

    def run(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
    ) -> int:
        """Run a command to its end and return its exit code; 124 if it was ended after the timeout, in seconds."""
        child = self.start(command, log=log, env=env, cwd=cwd)
        try:
            return child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.end(child)
            with log.open("a") as output:
                output.write(f"\nended after {timeout:.0f} s, the limit of this step\n")
            return 124
        finally:
            self.forget(child)

    def forget(self, child: subprocess.Popen) -> None:
        """Remove a child that has ended from the list."""
        if child.poll() is not None and child in self._live:
            self._live.remove(child)

    def end(self, child: subprocess.Popen, seconds: float = POLITE_SECONDS) -> None:
        """End one child and its descendants: with SIGTERM, and after so many seconds with SIGKILL."""
        family = descendants(child.pid)
        if child.poll() is None:
            send(child.pid, signal.SIGTERM)
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                family |= descendants(child.pid)
                send(child.pid, signal.SIGKILL)
                child.wait()
        for pid in family:
            send(pid, signal.SIGKILL)

    def end_all(self) -> None:
        """End every child and every orphan that the kernel handed to us. Nothing can be started afterwards."""
        with self._lock:
            self._stopping = True
        for child in list(self._live):
            send(child.pid, signal.SIGTERM)
        for child in list(self._live):
            self.end(child)
        deadline = time.monotonic() + POLITE_SECONDS
        while (left := descendants(os.getpid())) and time.monotonic() < deadline:
            for pid in left:
                send(pid, signal.SIGKILL)
            reap()
            time.sleep(0.02)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def reap() -> None:
    """Collect the exit codes of orphans that have ended, so that none stays as a zombie."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def descendants(pid: int) -> set[int]:
    """Return the ids of all processes below one, from /proc; zombies are not counted."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in brackets may hold blanks; what follows the last bracket is state, parent, ...
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents.setdefault(int(parent), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found
