# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes time, such as a call of a host: done without the Engine's lock, so that nobody else waits for it.

An errand of a request is done in the request's thread: its client waits for the answer, as with a real Engine, and no
other client does. An errand of a transition gets a thread of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core import Engine
    from .refusal import Refusal


@dataclass
class Errand:
    """`do` takes its time; `done` gets what it returned, with the lock, and may refuse the request that it is for."""

    name: str
    do: Callable[[], Any]
    done: Callable[[Any], Refusal | None]


class Errands:
    """The errands of an Engine that wait for the lock to be free."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: list[Errand] = []

    def add(self, errand: Errand) -> None:
        """Queue an errand; it is done when the lock is free."""
        self._queue.append(errand)

    def take(self) -> list[Errand]:
        """Take all errands out of the queue."""
        errands, self._queue = self._queue, []
        return errands

    def carry_out(self, errand: Errand) -> Refusal | None:
        """Do an errand without the lock, and give the result to its `done` with the lock."""
        result = errand.do()
        with self._engine.lock:
            try:
                return errand.done(result)
            finally:
                self.send()

    def send(self) -> None:
        """Do each queued errand in a thread of its own."""
        for errand in self.take():
            threading.Thread(target=self.carry_out, args=(errand,), name=errand.name, daemon=True).start()
