# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded Engine alone: start, answers, memory, and one container VM."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from workshop.lab import Engine

from benchmarks.client import plain_client, sdk
from benchmarks.rows import count
from benchmarks.stand import PLACE, Stand, playbook, vms_file


def many(vms: int) -> dict[str, Any]:
    """Return a world with so many VMs that do not run."""
    return {"vms": [{"name": f"vm{number:05}", "cluster": "Default"} for number in range(vms)]}


@pytest.fixture
def engine(stand: Stand) -> Iterator[Engine]:
    """An Engine with the default world."""
    with stand.engine() as started:
        yield started


@pytest.fixture(scope="module")
def thousand(stand: Stand) -> Iterator[Engine]:
    """An Engine that nobody has asked yet for its 1,000 VMs."""
    with stand.engine(many(1000), place="thousand") as started:
        yield started


@pytest.mark.parametrize("certificates", ["new", "kept"])
def test_start_to_ready(benchmark: BenchmarkFixture, stand: Stand, certificates: str) -> None:
    """Process start to ready, with and without certificates to make; the latter is wanted under 0.5 s."""
    stack = ExitStack()

    def prepare() -> None:
        stack.close()
        if certificates == "new":
            shutil.rmtree(PLACE / "engine", ignore_errors=True)

    benchmark.pedantic(lambda: stack.enter_context(stand.engine()), setup=prepare, rounds=5, warmup_rounds=1)
    stack.close()


def test_get_one_by_the_sdk(benchmark: BenchmarkFixture, engine: Engine) -> None:
    """GET /vms/{id} through one SDK client on loopback TLS; 1,000 per second are wanted."""
    connection = sdk(engine.about)
    vms = connection.system_service().vms_service()
    benchmark(vms.vm_service(vms.list(search="name=db1")[0].id).get)
    connection.close()


def test_get_one(benchmark: BenchmarkFixture, engine: Engine) -> None:
    """The same without what the SDK does on top."""
    connection = sdk(engine.about)
    ident = connection.system_service().vms_service().list(search="name=db1")[0].id
    connection.close()
    benchmark(plain_client(engine.about, f"/vms/{ident}"))


@pytest.mark.parametrize("form", ["xml", "json"])
def test_get_many_alone(benchmark: BenchmarkFixture, stand: Stand, form: str) -> None:
    """The first GET /vms of 1,000 VMs in either form, from a new Engine; JSON is wanted within 1.5 times XML."""
    with stand.engine(many(1000), place=f"thousand_{form}") as started:
        benchmark.pedantic(plain_client(started.about, "/vms", form), rounds=1)


@pytest.mark.parametrize("which", ["first", "again"])
def test_get_many(benchmark: BenchmarkFixture, thousand: Engine, which: str) -> None:
    """GET /vms of 1,000 VMs the first time, wanted under 0.3 s; then with nothing changed."""
    fetch: Callable[[], bytes] = plain_client(thousand.about, "/vms")
    benchmark.pedantic(fetch, rounds=1 if which == "first" else 5)


def test_get_many_by_the_sdk(benchmark: BenchmarkFixture, thousand: Engine) -> None:
    """Until the SDK has parsed it."""
    connection = sdk(thousand.about)
    benchmark.pedantic(connection.system_service().vms_service().list, rounds=5)
    connection.close()


def test_memory_of_ten_thousand(benchmark: BenchmarkFixture, stand: Stand) -> None:
    """Resident memory with 10,000 VMs, all shown once: what is shown is kept until it changes; wanted under 500 MiB."""
    with stand.engine(many(10000)) as started:
        benchmark.pedantic(plain_client(started.about, "/vms"), rounds=1)
        status = Path(f"/proc/{started.process.pid}/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+) kB", status)
        benchmark.extra_info["memory_mib"] = int(resident[1]) / 1024 if resident else 0
        benchmark.extra_info["start_to_ready"] = started.seconds


def test_one_container_vm(benchmark: BenchmarkFixture, stand: Stand) -> None:
    """Created, started and believed by a play with one task; at most 8 requests are wanted, besides polls and login."""
    with stand.engine(None, "--speed", "60") as started:
        command = playbook("one_container_vm", "-e", f"@{vms_file(1)}", "-e", "settle=0.34")
        benchmark.pedantic(stand.run, args=(command, started), rounds=1)
        counts = count(started.requests())
        benchmark.extra_info |= {**vars(counts), "asked": counts.requests - counts.polls}
