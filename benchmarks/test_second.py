# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second run over many container VMs, with nothing to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from workshop.lab import Engine

from benchmarks import ways
from benchmarks.rows import Row, middle, scaled
from benchmarks.stand import SITE, Stand, blank
from benchmarks.ways import FLEET, LOOP, TIMES, Command, Size, told


@pytest.fixture(scope="module")
def filled(stand: Stand, size: Size, second_latency: int) -> Iterator[Engine]:
    """An Engine whose VMs all run."""
    with stand.engine(SITE, "--latency", str(second_latency / 1000), place="filled") as engine:
        stand.measure(engine, ways.by_fleet(size.second))
        stand.rows.append(stand.row(engine, blank("second", FLEET, second_latency, size.second), size.second))
        yield engine


def again(benchmark: BenchmarkFixture, stand: Stand, engine: Engine, row: Row, command: Command, running: int) -> Row:
    """Measure a command on the Engine that there is, and return the row of the median."""
    rows: list[Row] = []
    rounds = TIMES if row.vms == running else 1

    def note(*_words: object) -> None:
        rows.append(stand.row(engine, row, running))

    benchmark.pedantic(stand.measure, args=(engine, command), teardown=note, rounds=rounds)
    return told(benchmark, middle(rows))


def test_fleet(benchmark: BenchmarkFixture, stand: Stand, size: Size, filled: Engine, second_latency: int) -> None:
    row = blank("second", f"{FLEET}, again", second_latency, size.second)
    stand.rows.append(again(benchmark, stand, filled, row, ways.by_fleet(size.second), size.second))


def test_loop(
    benchmark: BenchmarkFixture, stand: Stand, size: Size, filled: Engine, second_latency: int, start: float
) -> None:
    """Of a few VMs, which stand for all; Ansible's own start is paid once."""
    row = blank("second", f"{LOOP}, again", second_latency, size.loop)
    row = again(benchmark, stand, filled, row, ways.by_loop(size.loop), size.second)
    stand.rows.append(scaled(row, size.second, start))
