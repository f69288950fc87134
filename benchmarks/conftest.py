# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the embedded Engine and the modules, by pytest-benchmark; `make benchmark` writes benchmark.json.

pytest benchmarks                    a quarter of an hour; figures of a busy or virtual machine differ from run to run
pytest benchmarks --quick            fewer VMs, one latency: some three minutes
pytest benchmarks/test_growth.py     one part
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
from workshop.environment import link_collection
from workshop.processes import Children

from benchmarks import bars, rows
from benchmarks.stand import BOOT_SECONDS, PLACE, SITE, Stand, blank, playbook
from benchmarks.ways import QUICK, START, TIMES, Size

BUSY = 0.5  # load before anything is measured
STAND = pytest.StashKey[Stand]()
PACKAGES = ("ansible-core", "ansible", "ovirt-engine-sdk-python", "aiohttp")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be short."""
    parser.addoption("--quick", action="store_true", help="20 VMs and 30 ms only, no growth beyond 100 VMs")


def size_of(config: pytest.Config) -> Size:
    """Return how much is measured."""
    return QUICK if config.getoption("--quick") else Size()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each number of its size: `latency`, `second_latency`, `vms`."""
    size = size_of(metafunc.config)
    numbers = {"latency": size.latencies, "second_latency": size.second_latencies, "vms": size.growth}
    for name in numbers.keys() & set(metafunc.fixturenames):
        scope: Any = "module" if name == "second_latency" else None
        metafunc.parametrize(name, numbers[name], scope=scope)


@pytest.fixture(scope="session")
def size(pytestconfig: pytest.Config) -> Size:
    """How much is measured."""
    return size_of(pytestconfig)


@pytest.fixture(scope="session")
def start(stand: Stand) -> float:
    """The seconds that ansible-playbook takes for a module that does nothing: paid once, however many VMs there are."""
    found = []
    for _ in range(TIMES):
        with stand.engine(SITE) as engine:
            stand.measure(engine, playbook("start"))
            found.append(stand.row(engine, blank("compare", START, 0, 0), 0))
    stand.rows.append(rows.middle(found))
    return stand.rows[-1].seconds


@pytest.fixture(scope="session")
def stand(pytestconfig: pytest.Config) -> Iterator[Stand]:
    """Start Engines and commands, and end them for certain."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    link_collection()
    children = Children()
    pytestconfig.stash[STAND] = made = Stand(children)
    try:
        yield made
    finally:
        children.end_all()
        shutil.rmtree(PLACE, ignore_errors=True)


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    """Note with what it was measured."""
    size = vars(size_of(config))
    machine_info |= {"packages": {name: version(name) for name in PACKAGES}, "load": os.getloadavg(), "size": size}
    machine_info |= {"engine": "embedded, 4.3", "boot_seconds": BOOT_SECONDS, "ansible_pipelining": True}


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Add the bars that the figures are held against."""
    output_json["bars"] = [{**vars(bar), "met": bar.met} for bar in bars.bars(config.stash[STAND].rows)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the ways beside each other, and the bars."""
    made = config.stash.get(STAND, None)
    if made is None or not made.rows:
        return
    terminalreporter.section("container VMs from absent to running, and once more")
    terminalreporter.write_line(f"A VM is up {BOOT_SECONDS:g} s after its start; 'scaled' was measured on fewer VMs.")
    terminalreporter.write_line("Seconds and memory (of the largest process) are those of the whole command; requests")
    terminalreporter.write_line("are without logins, and with polls. The Engine shares this machine's processors.")
    if (load := os.getloadavg()[0]) > BUSY:
        terminalreporter.write_line(f"The load is {load:.1f}: ratios suffer from other work too, not only seconds.")
    for section in dict.fromkeys(row.section for row in made.rows):
        terminalreporter.write_line(f"\n{section}\n{rows.HEAD}")
        for row in made.rows:
            if row.section == section:
                terminalreporter.write_line(row.line())
    found = bars.bars(made.rows)
    if found:
        terminalreporter.section("what was wanted of 100 VMs, of a second run over 1,000, and of growth to 5,000")
        terminalreporter.write_line(bars.HEAD.rstrip())
    for bar in found:
        terminalreporter.write_line(bar.line())
