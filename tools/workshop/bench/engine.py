# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of the embedded Engine itself, and of one container VM on one whose time runs faster."""

from __future__ import annotations

import re
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workshop.bench.client import plain_client, sdk
from workshop.bench.rows import count
from workshop.bench.stand import PLACE, Stand, playbook, vms_file
from workshop.console import BOLD, Stopwatch, coloured, say

SECONDS = 3.0


def measure(stand: Stand) -> None:
    """Take all figures."""
    say(coloured(f"{'what':52} {'measured':>10}", BOLD))
    for figure in (start, get_one, get_many, memory, create_and_run):
        figure(stand)


def start(stand: Stand) -> None:
    """Process start to ready, with and without certificates to make."""
    with stand.engine():
        pass  # compiles what was never imported here
    shutil.rmtree(PLACE / "engine")
    seconds = []
    for _ in range(6):
        with stand.engine() as engine:
            seconds.append(engine.seconds)
    stand.note("start to ready, with new certificates", seconds[0], "s")
    stand.note("start to ready, median of 5", statistics.median(seconds[1:]), "s", "wanted: under 0.5")


def get_one(stand: Stand) -> None:
    """GET /vms/{id} through one SDK client, and the same without what the SDK does on top."""
    with stand.engine() as engine:
        connection = sdk(engine.about)
        vms = connection.system_service().vms_service()
        ident = vms.list(search="name=db1")[0].id
        service = vms.vm_service(ident)
        stand.note("GET /vms/{id}, one SDK client on loopback TLS", rate(service.get), "per second", "wanted: 1,000")
        connection.close()
        fetch = plain_client(engine.about, f"/vms/{ident}")
        stand.note("GET /vms/{id}, one plain HTTP client", rate(fetch), "per second")


def rate(call: Callable[[], object]) -> float:
    """Return how often a call can be made in a second."""
    call()
    done, watch = 0, Stopwatch()
    while watch.seconds() < SECONDS:
        call()
        done += 1
    return done / watch.seconds()


def many(vms: int) -> dict[str, Any]:
    """Return a world with so many VMs that do not run."""
    return {"vms": [{"name": f"vm{number:05}", "cluster": "Default"} for number in range(vms)]}


def get_many(stand: Stand) -> None:
    """GET /vms of 1,000 VMs."""
    with stand.engine(many(1000)) as engine:
        fetch = plain_client(engine.about, "/vms")
        watch = Stopwatch()
        fetch()
        stand.note("GET /vms of 1,000 VMs, the first time", watch.seconds(), "s", "wanted: under 0.3")
        stand.note("  again, with nothing changed", median(fetch), "s")
        connection = sdk(engine.about)
        parsed = median(connection.system_service().vms_service().list)
        stand.note("  the same until the SDK has parsed it", parsed, "s")
        connection.close()


def median(call: Callable[[], object]) -> float:
    """Return the median seconds of five calls."""
    seconds = []
    for _ in range(5):
        watch = Stopwatch()
        call()
        seconds.append(watch.seconds())
    return statistics.median(seconds)


def memory(stand: Stand) -> None:
    """Resident memory with 10,000 VMs."""
    with stand.engine(many(10000)) as engine:
        plain_client(engine.about, "/vms")()  # what is shown is kept, until it changes
        status = Path(f"/proc/{engine.process.pid}/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+) kB", status)
        value = int(resident[1]) / 1024 if resident else 0
        stand.note("memory with 10,000 VMs, all shown once", value, "MiB", "wanted: under 500")
        stand.note("  start to ready with them", engine.seconds, "s")


def create_and_run(stand: Stand) -> None:
    """One container VM, created, started and believed, by a play with one task."""
    with stand.engine(None, "--speed", "60") as engine:
        command = playbook("one_container_vm", "-e", f"@{vms_file(1)}", "-e", "settle=0.34")
        took, _ = stand.run(command, engine)
        stand.note("create and run by container_vm, Engine 60x faster", took["seconds"], "s")
        counts = count(engine.requests())
    stand.note("  requests but polls and login", counts.requests - counts.polls, "", "wanted: at most 8")
    stand.note("  of these, writing", counts.writes, "")
    stand.note("  polls", counts.polls, "")
