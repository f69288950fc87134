# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One container VM from absent to running, by the modules for one."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.stand import Stand, blank, playbook, vms_file
from benchmarks.ways import measured


@pytest.mark.parametrize("latency_ms", [0, 30])
@pytest.mark.parametrize("module", ["ovirt_vm", "container_vm"])
def test_module(benchmark: BenchmarkFixture, stand: Stand, module: str, latency_ms: int) -> None:
    command = playbook(f"one_{module}", "-e", f"@{vms_file(1)}", "-e", "settle=0")
    stand.rows.append(measured(benchmark, stand, blank("alone", module, latency_ms, 1), command))


def test_module_that_looks_again(benchmark: BenchmarkFixture, stand: Stand) -> None:
    command = playbook("one_container_vm", "-e", f"@{vms_file(1)}", "-e", "settle=20")
    row = blank("alone", "container_vm, settle 20 (default)", 30, 1)
    stand.rows.append(measured(benchmark, stand, row, command, rounds=1))
