# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Lines about long work, written to a file while it goes on: a module's own output is read only when it has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from .._vm.errors import SpecError
from .._vm.text import one_line

#: Seconds between two lines about the same phase.
EVERY = 5.0


class Progress:
    """Shows the phases of a task, and every few seconds how many VMs are done and which one is the slowest.

    :param path: the file that lines are appended to, None for no output.
    :param label: what lines about phases begin with, such as the fleet's name.
    :raises SpecError: when the file cannot be opened. One that cannot be written to later is given up (:attr:`broken`).
    """

    def __init__(self, path: str | None = None, label: str = "") -> None:
        try:
            self._file = _opened(Path(path)) if path else None
        except OSError as error:
            raise SpecError(f"progress: {error}. Give a file that can be written to, or none") from error
        self._label = f"{label}: " if label else ""
        #: Why the file is not written to any more, None while it is.
        self.broken: str | None = None
        #: Stands before the phases of a rollout: which batch it is.
        self.batch = ""
        self._lock = threading.Lock()
        # VM -> when its work began (None before that), and how far it is.
        self._open: dict[str, tuple[float | None, str]] = {}
        self._total = 0

    def say(self, line: str) -> None:
        """Write a line about the work."""
        self.show([f"{self._label}{self.batch}{line}"])

    def show(self, lines: Iterable[str]) -> None:
        """Write lines as they are. A failure to write does not stop the work."""
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write("".join(f"{one_line(line)}\n" for line in lines))
                self._file.flush()
            except (OSError, ValueError) as error:
                self.broken, file, self._file = str(error), self._file, None
                with suppress(OSError):
                    file.close()

    @contextmanager
    def phase(self, what: str, names: Iterable[str], together: bool = False) -> Iterator[None]:
        """Show a phase of the work on these VMs, begun in turn or all ``together``. Without VMs nothing is shown."""
        names = list(names)
        if not self._file or not names:
            yield
            return
        began = time.monotonic()
        with self._lock:
            self._open, self._total = dict.fromkeys(names, (began if together else None, "")), len(names)
        self.say(f"{what}: {self._total}")
        ended = threading.Event()
        clock = threading.Thread(target=self._report_now_and_then, args=(what, began, ended), daemon=True)
        clock.start()
        try:
            yield
        finally:
            ended.set()
            clock.join()

    def begun(self, name: str) -> None:
        """Note that the work on a VM begins."""
        with self._lock:
            if name in self._open:
                self._open[name] = (time.monotonic(), "")

    def at(self, name: str, where: str) -> None:
        """Note how far a VM is, in words."""
        with self._lock:
            if name in self._open:
                self._open[name] = (self._open[name][0], where)

    def done(self, name: str) -> None:
        """Note that a VM has finished the phase, well or not."""
        with self._lock:
            self._open.pop(name, None)

    def followed(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        """``call``, with its begin and end noted as those of a VM's work."""

        def run(*args: object) -> object:
            self.begun(name)
            try:
                return call(*args)
            finally:
                self.done(name)

        return run

    def _report_now_and_then(self, what: str, began: float, ended: threading.Event) -> None:
        while not ended.wait(EVERY):
            now = time.monotonic()
            with self._lock:
                left = dict(self._open)
            if left:
                done = f"{self._total - len(left)}/{self._total} after {now - began:.0f} s"
                self.say(f"{what}: {done}{_slowest(left, now)}")


def _opened(path: Path) -> TextIO:
    """The file, open as long as the task. A pipe or socket that nobody reads would hold up the work."""
    if path.exists() and not (path.is_file() or path.is_char_device()):
        raise OSError(f"{str(path)!r} is neither a file nor a terminal")
    return path.open("a", encoding="utf-8")


def _slowest(left: dict[str, tuple[float | None, str]], now: float) -> str:
    turns = [(since, name, where) for name, (since, where) in left.items() if since is not None]
    if not turns:
        return ""
    since, name, where = min(turns)
    return f", slowest {name}, {where or 'under way'} for {now - since:.0f} s"
