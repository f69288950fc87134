# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars of the comparison, each beside its measurement. A missed bar is reported and does not fail the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.rows import Row

LATENCY_MS = 30  # where ways are compared
LINE = "{:72} {:>10} {:>10}  {}"
HEAD = LINE.format("bar", "wanted", "measured", "")


@dataclass(frozen=True)
class Bar:
    """A figure and the bound it is held against."""

    name: str
    measured: float
    wanted: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Tell whether the figure keeps within the bound."""
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def line(self) -> str:
        """Return it as people read it."""
        sign = ">=" if self.at_least else "<="
        measured = f"{self.measured:,.2f}{self.unit}"
        return LINE.format(self.name, f"{sign} {self.wanted:g}{self.unit}", measured, "met" if self.met else "MISSED")


class Rows:
    """The rows of a run, to be asked for by what they are."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def one(self, section: str, way: str, latency_ms: int = LATENCY_MS) -> Row:
        """Return the row of a way; LookupError where it was not measured."""
        found = [row for row in self.rows if (row.section, row.way, row.latency_ms) == (section, way, latency_ms)]
        if not found:
            raise LookupError(f"{section}: {way} at {latency_ms} ms was not measured")
        return found[-1]


def compared(rows: Rows) -> list[Bar]:
    """The bars of many VMs at once."""
    fleet, raw = rows.one("compare", "container_fleet"), rows.one("compare", "raw HTTP")
    start = rows.one("compare", "Ansible's own start", 0).seconds
    many = f"{fleet.vms} VMs, {LATENCY_MS} ms"
    loop, jobs = (rows.one("compare", way) for way in ("ovirt_vm in a loop", "ovirt_vm, async"))
    whole = fleet.seconds / (raw.seconds + start)
    strict = fleet.seconds / ((raw.work or raw.seconds) + start)
    return [
        Bar(f"{many}: faster than ovirt_vm in a loop", loop.seconds / fleet.seconds, 40, True, "x"),
        Bar(f"{many}: faster than ovirt_vm async with one wait", jobs.seconds / fleet.seconds, 8, True, "x"),
        Bar(f"{many}: seconds, of raw HTTP plus Ansible's own start", whole, 1.3, unit="x"),
        Bar("  the same with raw HTTP's work alone, without its interpreter's start", strict, 1.3, unit="x"),
        Bar(f"{many}: requests per VM, polls included", fleet.per_vm, 2.5),
    ]


def second(rows: Rows) -> list[Bar]:
    """The bars of a run that finds everything as wanted."""
    fleet, loop = rows.one("second", "container_fleet, again"), rows.one("second", "ovirt_vm in a loop, again")
    name = f"second run of {fleet.vms:,} VMs, {LATENCY_MS} ms"
    return [
        Bar(f"{name}: requests besides login and logout", fleet.counts.requests, 5),
        Bar(f"{name}: writes", fleet.counts.writes, 0),
        Bar(f"{name}: faster than ovirt_vm in a loop", loop.seconds / fleet.seconds, 100, True, "x"),
    ]


def growth(rows: Rows) -> list[Bar]:
    """The bars of ever more VMs."""
    found = sorted((row for row in rows.rows if row.section == "growth"), key=lambda row: row.vms)
    if len(found) < 2:
        raise LookupError("growth was not measured")
    before, last = found[-2:]
    ratio = (last.seconds / last.vms) / (before.seconds / before.vms)
    return [
        Bar(f"seconds per VM with {last.vms:,} VMs, of those with {before.vms:,}", ratio, 1.25, unit="x"),
        Bar(f"peak memory with {last.vms:,} VMs, largest process", last.memory, 200, unit=" MB"),
    ]


def alone(rows: Rows) -> list[Bar]:
    """The bars of a single VM."""
    ours, theirs = rows.one("alone", "container_vm"), rows.one("alone", "ovirt_vm")
    return [
        Bar(
            "container_vm alone: requests, of ovirt_vm's", ours.counts.requests / theirs.counts.requests, 0.5, unit="x"
        ),
        Bar("container_vm alone: seconds, of ovirt_vm's", ours.seconds / theirs.seconds, 0.5, unit="x"),
    ]


GROUPS: tuple[Callable[[Rows], list[Bar]], ...] = (compared, second, growth, alone)


def bars(rows: list[Row]) -> list[Bar]:
    """Return the bars of all that was measured."""
    found: list[Bar] = []
    for group in GROUPS:
        try:
            found += group(Rows(rows))
        except LookupError:  # somebody asked for a part only
            continue
    return found
