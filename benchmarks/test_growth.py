# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""container_fleet with ever more VMs from absent to running, without latency."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.stand import Stand, blank
from benchmarks.ways import FLEET, by_fleet, measured


def test_growth(benchmark: BenchmarkFixture, stand: Stand, vms: int) -> None:
    row = measured(benchmark, stand, blank("growth", FLEET, 0, vms), by_fleet(vms), rounds=1)
    benchmark.extra_info["ms_per_vm"] = row.seconds / vms * 1000
    stand.rows.append(row)
