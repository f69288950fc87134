# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which VMs are on which host, and how much memory is promised to them there.

The scheduler asks for every start. Going through all VMs each time, five thousand starts would read twenty-five million
VMs. So each question reads only the VMs that were touched since the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class _Seat(NamedTuple):
    host: str
    memory: int


class Placement:
    """Kept by the store, which tells of every VM that is put, changed in place or removed."""

    def __init__(self) -> None:
        self._touched: set[str] = set()
        self._seats: dict[str, _Seat] = {}
        self._on: dict[str, set[str]] = {}  # host -> VMs
        self._memory: dict[str, int] = {}  # host -> bytes
        self._order: dict[str, int] = {}  # VM -> its place among all
        self._last = 0

    def touch(self, ident: str) -> None:
        """This VM is new, or something of it has changed."""
        self._touched.add(ident)
        if ident not in self._order:
            self._last += 1
            self._order[ident] = self._last

    def forget(self, ident: str) -> None:
        """This VM is gone."""
        self._touched.discard(ident)
        self._order.pop(ident, None)
        self._leave(ident)

    def place(self, ident: str) -> int:
        """Where a VM comes among all, the oldest first."""
        return self._order[ident]

    def on(self, vms: Mapping[str, Any], host: str) -> list[Any]:
        """The VMs on a host (in any status), oldest first; `vms` are all that there are."""
        self._catch_up(vms)
        return [vms[ident] for ident in sorted(self._on.get(host, ()), key=self.place)]

    def load(self, vms: Mapping[str, Any], host: str) -> tuple[int, int]:
        """How many VMs are on a host, and the memory promised to them."""
        self._catch_up(vms)
        return len(self._on.get(host, ())), self._memory.get(host, 0)

    def _catch_up(self, vms: Mapping[str, Any]) -> None:
        for ident in self._touched:
            vm = vms.get(ident)
            self._leave(ident)
            if vm is not None and vm.host is not None:
                self._sit_down(ident, _Seat(vm.host.id, vm.memory_policy.guaranteed))
        self._touched.clear()

    def _leave(self, ident: str) -> None:
        seat = self._seats.pop(ident, None)
        if seat is not None:
            self._on[seat.host].discard(ident)
            self._memory[seat.host] -= seat.memory

    def _sit_down(self, ident: str, seat: _Seat) -> None:
        self._seats[ident] = seat
        self._on.setdefault(seat.host, set()).add(ident)
        self._memory[seat.host] = self._memory.get(seat.host, 0) + seat.memory
