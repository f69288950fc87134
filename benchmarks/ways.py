# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to bring container VMs from absent to running, as commands, and how they are measured."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture
from workshop.lab import Engine

from benchmarks.rows import Row, middle
from benchmarks.stand import BIN, HERE, SITE, Stand, playbook, vms_file

Command = list[str | Path]
TIMES = 3  # for what takes seconds: the median of so many
LOOP, ASYNC, SDK, RAW, FLEET = (
    "ovirt_vm in a loop",
    "ovirt_vm, async",
    "SDK, one after the other",
    "raw HTTP",
    "container_fleet",
)
START = "Ansible's own start"


@dataclass(frozen=True)
class Size:
    """How much is measured. `loop` VMs stand for many where one takes seconds, fewer at the highest latency."""

    vms: int = 100
    latencies: tuple[int, ...] = (0, 30, 100)
    loop: int = 20
    loop_slow: int = 10
    second: int = 1000
    second_latencies: tuple[int, ...] = (0, 30)
    growth: tuple[int, ...] = (10, 100, 1000, 5000)


QUICK = Size(vms=20, latencies=(30,), loop=5, second=100, second_latencies=(30,), growth=(10, 100))


def by_loop(vms: int) -> Command:
    """One module per VM, each waiting for its VM."""
    return playbook("loop", "-e", f"@{vms_file(vms)}")


def by_async(vms: int) -> Command:
    """One asynchronous task per VM, then one wait for all."""
    return playbook("async", "-e", f"@{vms_file(vms)}")


def by_sdk(vms: int) -> Command:
    """One process with the SDK, request after request."""
    return [BIN / "python", HERE / "sdk_sequential.py", vms_file(vms)]


def by_raw_http(vms: int) -> Command:
    """One process, ten connections, the fewest requests."""
    return [BIN / "python", HERE / "raw_http.py", vms_file(vms)]


def by_fleet(vms: int, settle: float = 0, *more: str) -> Command:
    """One task for all."""
    return playbook("fleet", "-e", f"@{vms_file(vms)}", "-e", f"settle={settle}", *more)


def measured(benchmark: BenchmarkFixture, stand: Stand, row: Row, command: Command, rounds: int = TIMES) -> Row:
    """Measure a command, each time on a new Engine, and return the row of the median."""
    stack, rows = ExitStack(), list[Row]()

    def prepare() -> tuple[tuple[Engine, Command], dict[str, Any]]:
        latency = str(row.latency_ms / 1000)
        return (stack.enter_context(stand.engine(SITE, "--latency", latency)), command), {}

    def note(engine: Engine, _command: Command) -> None:
        rows.append(stand.row(engine, row, row.vms))
        stack.close()

    benchmark.pedantic(stand.measure, setup=prepare, teardown=note, rounds=rounds)
    return told(benchmark, middle(rows))


def told(benchmark: BenchmarkFixture, row: Row) -> Row:
    """Note in the report what a row says."""
    benchmark.extra_info |= {**vars(row), "counts": vars(row.counts), "requests_per_vm": row.per_vm}
    return row
