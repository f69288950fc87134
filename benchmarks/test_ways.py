# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many container VMs from absent to running: all ways, at each latency."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import ways
from benchmarks.rows import scaled
from benchmarks.stand import Stand, blank
from benchmarks.ways import ASYNC, FLEET, LOOP, RAW, SDK, Size, measured

BULK = {RAW: ways.by_raw_http, SDK: ways.by_sdk, FLEET: ways.by_fleet}


@pytest.mark.parametrize("way", BULK)
@pytest.mark.usefixtures("start")
def test_at_once(benchmark: BenchmarkFixture, stand: Stand, size: Size, latency: int, way: str) -> None:
    row = blank("compare", way, latency, size.vms)
    stand.rows.append(measured(benchmark, stand, row, BULK[way](size.vms)))


def test_asynchronous_tasks(benchmark: BenchmarkFixture, stand: Stand, size: Size, latency: int) -> None:
    row = blank("compare", ASYNC, latency, size.vms)
    stand.rows.append(measured(benchmark, stand, row, ways.by_async(size.vms), rounds=1))


def test_loop(benchmark: BenchmarkFixture, stand: Stand, size: Size, latency: int, start: float) -> None:
    vms = size.loop if latency < 100 else size.loop_slow
    row = measured(benchmark, stand, blank("compare", LOOP, latency, vms), ways.by_loop(vms), rounds=1)
    stand.rows.append(scaled(row, size.vms, start))


def test_fleet_with_a_name(benchmark: BenchmarkFixture, stand: Stand, size: Size) -> None:
    """So each VM gets a tag."""
    row = blank("compare", f"{FLEET} with a name, so with tags", 30, size.vms)
    stand.rows.append(measured(benchmark, stand, row, ways.by_fleet(size.vms, 0, "-e", "fleet=bench")))


def test_fleet_that_looks_again(benchmark: BenchmarkFixture, stand: Stand, size: Size) -> None:
    row = blank("compare", f"{FLEET}, settle 20 (default)", 30, size.vms)
    stand.rows.append(measured(benchmark, stand, row, ways.by_fleet(size.vms, 20), rounds=1))
