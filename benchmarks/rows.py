# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table: what one way took, and how its requests are counted. Nothing here measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

API = "/ovirt-engine/api"
LINE = "{:44} {:>7} {:>6} {:>9} {:>9} {:>7} {:>7} {:>6} {:>7} {:>8}  {}"
HEAD = LINE.format(
    "way", "latency", "VMs", "seconds", "requests", "per VM", "polls", "logins", "MB", "Engine s", ""
).rstrip()


@dataclass(frozen=True)
class Counts:
    """Requests of one run. `polls` are among `requests`; `logins`, with the logouts, are not."""

    requests: int
    polls: int
    writes: int
    logins: int


@dataclass(frozen=True)
class Row:
    """What one way took for so many VMs; `measured_on` fewer, when it is scaled.

    `seconds` are those of the whole process, `work` those from login to logout where the process tells them, `memory`
    is the peak of its largest process in MB, `engine` the processor seconds that the Engine itself took meanwhile.
    """

    section: str
    way: str
    latency_ms: int
    vms: int
    measured_on: int
    seconds: float
    counts: Counts
    memory: float
    engine: float
    work: float | None = None

    @property
    def per_vm(self) -> float:
        """Return the requests per VM, polls included."""
        return self.counts.requests / max(self.vms, 1)

    def line(self) -> str:
        """Return it as a line of the table."""
        notes = [f"scaled from {self.measured_on}"] if self.measured_on != self.vms else []
        notes += [f"work alone {self.work:.2f} s"] if self.work is not None else []
        counts = self.counts
        return LINE.format(
            self.way,
            f"{self.latency_ms} ms",
            self.vms,
            f"{self.seconds:,.2f}",
            counts.requests,
            f"{self.per_vm:.2f}",
            counts.polls,
            counts.logins,
            f"{self.memory:.0f}",
            f"{self.engine:.2f}",
            ", ".join(notes),
        ).rstrip()


def count(log: Iterable[dict[str, Any]]) -> Counts:
    """Count what an Engine was asked.

    A poll is a look at a VM after its start, or at the list of VMs after the last write: nothing follows from it but
    whether to wait on.
    """
    asked = [entry for entry in log if entry["path"].startswith(API)]
    last_write = max((place for place, entry in enumerate(asked) if entry["writes"]), default=len(asked))
    started: set[str] = set()
    polls = 0
    for place, entry in enumerate(asked):
        if entry["writes"]:
            started |= {entry["path"].removesuffix("/start")} if entry["path"].endswith("/start") else set()
        else:
            polls += entry["path"] in started or (entry["path"] == f"{API}/vms" and place > last_write)
    return Counts(
        requests=len(asked),
        polls=polls,
        writes=sum(bool(entry["writes"]) for entry in asked),
        logins=sum("/sso" in entry["path"] for entry in log),
    )


def scaled(row: Row, vms: int, start: float) -> Row:
    """Return what so many VMs would have taken. Ansible's own start and the login are paid once, so not multiplied."""
    factor = vms / row.measured_on
    counts = Counts(
        round(row.counts.requests * factor),
        round(row.counts.polls * factor),
        round(row.counts.writes * factor),
        row.counts.logins,
    )
    seconds = start + (row.seconds - start) * factor
    return replace(row, vms=vms, seconds=seconds, counts=counts, engine=row.engine * factor)


def middle(rows: list[Row]) -> Row:
    """Return the row whose seconds are the median; of an even number, the slower one in the middle."""
    return sorted(rows, key=lambda row: row.seconds)[len(rows) // 2]
