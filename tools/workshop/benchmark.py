# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the embedded Engine and the modules; prints and writes benchmark.json. Nothing is asserted.

tools/benchmark                    a quarter of an hour; figures of a busy or virtual machine differ from run to run
tools/benchmark --quick            fewer VMs, one latency: some three minutes
tools/benchmark --only PART        engine, compare, second, growth or alone
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from workshop import lab
from workshop.bench import bars, engine, ways
from workshop.bench.stand import BOOT_SECONDS, PLACE, Stand
from workshop.console import BOLD, coloured, heading, say
from workshop.environments import ROOT
from workshop.processes import INTERRUPTIONS, Children
from workshop.sources import link_collection

RESULT = ROOT / "benchmark.json"
BUSY = 0.5  # load before anything is measured
PARTS: dict[str, Callable[[Stand, ways.Size], None]] = {
    "engine": lambda stand, _size: engine.measure(stand),
    "compare": ways.compare,
    "second": ways.second,
    "growth": ways.growth,
    "alone": ways.alone,
}


def options(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="tools/benchmark", description="Measures the embedded Engine and the modules."
    )
    parser.add_argument("--quick", action="store_true", help="20 VMs and 30 ms only, no growth beyond 100 VMs")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    return parser.parse_args(words)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on and with."""
    packages = ("ansible-core", "ansible", "ovirt-engine-sdk-python", "aiohttp")
    about: dict[str, Any] = {"cpus": os.cpu_count(), "machine": platform.machine(), "kernel": platform.release()}
    about["load_after"] = [round(load, 2) for load in os.getloadavg()]
    return {**about, "python": platform.python_version(), **{name: version(name) for name in packages}}


def settings(size: ways.Size) -> dict[str, Any]:
    """Return what is the same for all ways."""
    return {
        **vars(size),
        "engine": "embedded, 4.3",
        "boot_seconds": BOOT_SECONDS,
        "connections": 10,
        "times": ways.TIMES,
        "ansible_pipelining": True,
    }


def explain(size: ways.Size) -> None:
    """Say what the tables show."""
    say(f"Engine 4.3 (embedded), on this machine too: its processors are shared. A VM is up {BOOT_SECONDS:g} s after")
    say(f"its start. Medians of {ways.TIMES}, but for ways that take a minute and for growth, which are measured once;")
    say("'scaled' rows were measured on fewer VMs. Seconds and peak memory (of the largest process) are those of the")
    say("whole command, Ansible's start and its Python included. Requests are without logins, and with polls.")
    if (load := os.getloadavg()[0]) > BUSY:
        say(f"This machine is busy with something else (load {load:.1f}): ratios suffer too, not only seconds.")


def held_against(rows: list[ways.Row]) -> list[bars.Bar]:
    """Print the bars and return them."""
    found = bars.bars(rows)
    if found:
        heading("what was wanted of 100 VMs, of a second run over 1,000, and of growth to 5,000")
        say(coloured(bars.HEAD.rstrip(), BOLD))
    for bar in found:
        say(bar.line())
    return found


def write(stand: Stand, size: ways.Size, found: list[bars.Bar]) -> None:
    """Write benchmark.json."""
    content = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "on": machine(),
        "settings": settings(size),
        "figures": [vars(figure) for figure in stand.figures],
        "rows": [{**vars(row), "counts": vars(row.counts), "requests_per_vm": row.per_vm} for row in stand.rows],
        "bars": [{**vars(bar), "met": bar.met} for bar in found],
    }
    RESULT.write_text(json.dumps(content, indent=2) + "\n")
    say(f"\nWritten to {RESULT.relative_to(ROOT)}.")


def measure(stand: Stand, size: ways.Size, only: str | None) -> None:
    """Measure one part or everything, and tell."""
    explain(size)
    for name, part in PARTS.items():
        if only in (None, name):
            part(stand, size)
    write(stand, size, held_against(stand.rows))


def main(words: list[str]) -> int:
    """Measure what is asked for."""
    asked = options(words)
    INTERRUPTIONS.watch()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    link_collection()
    children = Children()
    try:
        measure(Stand(children), ways.QUICK if asked.quick else ways.Size(), asked.only)
        return 0
    except lab.LabError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("benchmark: interrupted")
        return 130
    finally:
        INTERRUPTIONS.ignore()
        children.end_all()
        shutil.rmtree(PLACE, ignore_errors=True)
