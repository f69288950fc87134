# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a request that moves bytes: the operation on the ticket, planned failures, extents."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..resources import transfer_steps
from . import sparse
from .tickets import Operation, Ticket
from .wrong import Cut, Wrong

if TYPE_CHECKING:
    from ..core import Engine
    from ..faults import Fault

BUFFER = 1 << 20


@dataclass
class Plan:
    """What the planned failures do to one request."""

    status: int = 0  # of the answer
    cut: str = ""  # "before" or "after" acting
    bytes: int = -1  # after so many bytes; -1: not in the middle
    delay: float = 0.0

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Plan:
        """The plan of the failures that hit a request."""
        plan = cls()
        for fault in faults:
            plan.bytes = max(plan.bytes, fault.bytes)
            if fault.kind == "status":
                plan.status = int(fault.value)
            elif fault.kind == "cut":
                plan.cut = fault.value or "before"
            elif fault.kind == "delay":
                plan.delay += fault.seconds
        return plan

    def before(self) -> None:
        """Wait, or fail, before anything is done. Cut, or Wrong."""
        time.sleep(self.delay)
        if self.bytes >= 0:
            return
        if self.status:
            raise Wrong(self.status, "Server failed to perform the request, check logs")
        if self.cut == "before":
            raise Cut

    def after(self) -> None:
        """Lose the answer, if that is planned."""
        if self.cut == "after" and self.bytes < 0:
            raise Cut

    def step(self, operation: Operation, size: int) -> int:
        """How many bytes to move next: a buffer, what is left, or up to the planned failure."""
        step = min(BUFFER, size - operation.done)
        return min(step, self.bytes - operation.done) if self.bytes > operation.done else step

    def due(self, operation: Operation) -> bool:
        """Whether the request fails now."""
        return 0 <= self.bytes <= operation.done


class Running:
    """`with Running(engine, ticket, operation) as operation:` the operation counts as the ticket's."""

    def __init__(self, engine: Engine, ticket: Ticket, operation: Operation) -> None:
        self._engine, self._ticket, self._operation = engine, ticket, operation

    def __enter__(self) -> Operation:
        self._ticket.begin(self._operation)
        return self._operation

    def __exit__(self, *about: Any) -> None:
        with self._engine.lock:
            self._ticket.end(self._operation, self._engine.now())
            transfer_steps.moved(self._engine, self._ticket)


def write(file: int, data: memoryview, offset: int) -> None:
    """Write all of it to an open file."""
    done = 0
    while done < len(data):
        done += os.pwrite(file, data[done:], offset + done)


def extents(ticket: Ticket) -> list[dict[str, Any]]:
    """What is zero in an image, as imageio shows it; of a file that goes as it is, all is data (backends/file.py)."""
    size = min(ticket.size, ticket.path.stat().st_size)
    found: list[dict[str, Any]] = []
    if not ticket.guest:
        return [{"start": 0, "length": size, "zero": False, "hole": False}]
    at = 0
    with ticket.path.open("rb") as file:
        for start, length in sparse.data_ranges(file.fileno(), size):
            if start > at:
                found.append({"start": at, "length": start - at, "zero": True, "hole": False})
            found.append({"start": start, "length": length, "zero": False, "hole": False})
            at = start + length
    if size > at:
        found.append({"start": at, "length": size - at, "zero": True, "hole": False})
    return found
