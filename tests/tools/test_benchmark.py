# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the benchmark that compute something: counting, scaling, bars, the table. Nothing is measured here."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from benchmarks import bars, ways
from benchmarks.rows import HEAD, Counts, Row, count, middle, scaled

ROW = Row("compare", "raw HTTP", 30, 20, 20, 5.0, Counts(50, 8, 40, 2), 70.0, 1.0)


def row(section: str, way: str, seconds: float, **changes: Any) -> Row:
    """A row of 100 VMs at 30 ms."""
    values: dict[str, Any] = {"latency_ms": 30, "vms": 100, "measured_on": 100, **changes}
    return dataclasses.replace(ROW, section=section, way=way, seconds=seconds, **values)


def ask(method: str, path: str) -> dict[str, Any]:
    """A line of the Engine's log; of its paths below /ovirt-engine."""
    return {"method": method, "path": f"/ovirt-engine{path}", "writes": method != "GET" and path.startswith("/api")}


LOGIN, LOGOUT = ask("POST", "/sso/oauth/token"), ask("POST", "/services/sso-logout")


def test_requests_of_a_bulk_way() -> None:
    """A list before the last write is a look at what is there, one after it is a poll; logins stand apart."""
    many = [
        LOGIN,
        ask("GET", "/api/vms"),
        ask("POST", "/api/vms"),
        ask("POST", "/api/vms"),
        ask("POST", "/api/vms/1/start"),
    ]
    many += [ask("POST", "/api/vms/2/start"), ask("GET", "/api/vms"), ask("GET", "/api/vms"), LOGOUT]
    assert count(many) == Counts(requests=7, polls=2, writes=4, logins=2)


def test_requests_of_a_way_that_takes_one_vm_after_the_other() -> None:
    """A look at a VM is a poll once it was started; the search for the next VM is none."""
    one = [ask("GET", "/api/vms"), ask("POST", "/api/vms"), ask("GET", "/api/vms/1"), ask("POST", "/api/vms/1/start")]
    one += [ask("GET", "/api/vms/1"), ask("GET", "/api/vms/1")]
    two = [{**entry, "path": entry["path"].replace("/1", "/2")} for entry in one]
    assert count([LOGIN, *one, *two, LOGOUT]) == Counts(requests=12, polls=4, writes=4, logins=2)


def test_requests_of_a_run_with_nothing_to_do() -> None:
    """Where nothing is written, no look is a poll."""
    assert count([LOGIN, ask("GET", "/api/vms"), ask("GET", "/api/hosts"), LOGOUT]) == Counts(2, 0, 0, 2)


def test_scaling_pays_for_the_start_once() -> None:
    """One second of the five is Ansible's start, so five times the VMs take 21 seconds and not 25."""
    large = scaled(ROW, 100, 1.0)
    assert (large.vms, large.measured_on, large.seconds) == (100, 20, 21.0)
    assert large.counts == Counts(250, 40, 200, 2)
    assert large.per_vm == ROW.per_vm
    assert large.memory == ROW.memory


def test_median_of_rows() -> None:
    """The whole row of the median is taken, and of two the slower one."""
    rows = [row("compare", "raw HTTP", seconds, engine=seconds) for seconds in (3.0, 1.0, 2.0)]
    assert middle(rows) == rows[2]
    assert middle(rows[:2]) == rows[0]


def test_a_row_says_that_it_is_scaled() -> None:
    """And lines up with its head."""
    assert scaled(ROW, 100, 1.0).line().endswith("scaled from 20")
    assert "scaled" not in ROW.line()
    assert ROW.line().split()[-8:] == ["20", "5.00", "50", "2.50", "8", "2", "70", "1.00"]
    assert HEAD.index("VMs") + len("VMs") == ROW.line().index(" 20 ") + 3
    assert dataclasses.replace(ROW, work=4.25).line().endswith("work alone 4.25 s")


def all_rows(fleet: float = 5.0) -> list[Row]:
    """Rows that meet every held, when the fleet is so fast."""
    few = Counts(5, 0, 0, 2)
    return [
        row("compare", ways.START, 1.0, latency_ms=0, vms=0),
        row("compare", ways.RAW, 3.5, work=3.0),
        row("compare", ways.FLEET, fleet, counts=Counts(207, 4, 200, 2)),
        row("compare", ways.ASYNC, 60.0),
        row("compare", ways.LOOP, 400.0),
        row("second", f"{ways.FLEET}, again", 2.0, counts=few),
        row("second", f"{ways.LOOP}, again", 200.0),
        row("growth", ways.FLEET, 10.0, latency_ms=0, vms=1000),
        row("growth", ways.FLEET, 50.0, latency_ms=0, vms=5000, memory=150.0),
        row("alone", "container_vm", 2.0, vms=1, counts=Counts(8, 2, 2, 2)),
        row("alone", "ovirt_vm", 4.0, vms=1, counts=Counts(16, 4, 2, 2)),
    ]


def test_bars_met() -> None:
    """Each bar has its figure, and a bound is kept by what equals it."""
    found = bars.bars(all_rows())
    assert [held.measured for held in found] == pytest.approx(
        [80, 12, 5 / 4.5, 5 / 4, 2.07, 5, 0, 100, 1, 150, 0.5, 0.5]
    )
    assert all(held.met for held in found)
    assert all(held.line().endswith("  met") for held in found)


def test_bars_missed() -> None:
    """A slow fleet misses those it is compared by, which the table says; the others stay met."""
    missed = [held for held in bars.bars(all_rows(fleet=20.0)) if not held.met]
    assert [held.measured for held in missed] == pytest.approx([20, 3, 20 / 4.5, 5])
    assert all(held.line().endswith("  MISSED") for held in missed)


def test_growth_is_of_the_two_largest() -> None:
    """A few VMs take mostly the start and the boot, which says nothing about growth."""
    rows = [row("growth", ways.FLEET, seconds, vms=vms) for vms, seconds in ((100, 1.0), (10, 9.0), (1000, 30.0))]
    assert bars.bars(rows)[0].measured == pytest.approx(3.0)
    assert not bars.bars(rows)[0].met


def test_bars_of_a_part() -> None:
    """What was not measured has no bar."""
    assert [held.name for held in bars.bars([one for one in all_rows() if one.section == "alone"])] == [
        "container_vm alone: requests, of ovirt_vm's",
        "container_vm alone: seconds, of ovirt_vm's",
    ]
    assert bars.bars([]) == []
