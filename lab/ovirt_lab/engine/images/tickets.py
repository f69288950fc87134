# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tickets: who may read or write which file, for how long, and what was moved (auth.py@imageio 2.5.1)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

LIFETIME = 300.0  # ImageTransferHostTicketValidityInSeconds
RENEWAL = 60.0  # the Engine renews it at LIFETIME - ImageTransferHostTicketRefreshAllowanceInSeconds (240)


class Forbidden(Exception):
    """A ticket does not allow this: HTTP 403 with this text."""


@dataclass(eq=False)
class Operation:
    """One request that moves bytes; `done` of them from `offset` on."""

    offset: int = 0
    done: int = 0


@dataclass(eq=False)
class Ticket:
    """The permission to move the bytes of one file; sizes in bytes, times in seconds of Engine time."""

    ident: str
    transfer: str  # the id of the transfer
    path: Path
    size: int
    writable: bool
    guest: bool  # what the guest sees (the NBD backend), not the file as it is
    accessed: float  # when it was made or the last operation ended
    started: float
    expires: float = float("inf")  # while the transfer goes on, the Engine renews it
    cancelled: bool = False
    _running: set[Operation] = field(default_factory=set)
    _moved: list[tuple[int, int]] = field(default_factory=list)  # (start, end) in order, apart from each other
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, now: float, write: bool) -> None:
        """Raise Forbidden if this may not be done now."""
        if self.cancelled:
            raise Forbidden(f"Transfer={self.transfer} was canceled")
        if self.expires <= now:
            raise Forbidden(f"Transfer={self.transfer} expired")
        if write and not self.writable:
            raise Forbidden(f"Transfer={self.transfer} forbids write")

    def begin(self, operation: Operation) -> None:
        """An operation starts."""
        with self._lock:
            self._running.add(operation)

    def end(self, operation: Operation, now: float) -> None:
        """An operation ended, in one way or the other."""
        with self._lock:
            self._running.discard(operation)
            self._moved = _joined([*self._moved, (operation.offset, operation.offset + operation.done)])
        self.touch(now)

    def touch(self, now: float) -> None:
        """The client was there: idle time starts again, and so does the life of a ticket that nobody renews."""
        self.accessed = now
        if self.expires != float("inf"):
            self.expires = now + LIFETIME

    def leave(self, now: float) -> None:
        """The Engine does not renew it from now on."""
        renewed = self.started + (now - self.started) // RENEWAL * RENEWAL
        self.expires = max(renewed, self.accessed) + LIFETIME

    def renew(self, now: float) -> None:
        """The Engine renews it again."""
        self.started, self.expires = now, float("inf")

    @property
    def active(self) -> bool:
        """Whether a request is running."""
        return bool(self._running)

    def moved(self) -> int:
        """How many different bytes were moved so far."""
        with self._lock:
            running = [(one.offset, one.offset + one.done) for one in self._running]
            return sum(end - start for start, end in _joined([*self._moved, *running]))


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, with those that overlap or touch made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif end > start:
            result.append((start, end))
    return result
