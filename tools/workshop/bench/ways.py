# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to bring container VMs from absent to running, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workshop.bench.rows import HEAD, Row, middle, scaled
from workshop.bench.stand import BIN, HERE, SITE, Stand, blank, playbook, vms_file
from workshop.console import BOLD, coloured, heading, say

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


def title(text: str) -> None:
    """Print the head of a table."""
    heading(text)
    say(coloured(HEAD, BOLD))


def once(stand: Stand, row: Row, command: Command) -> Row:
    """Measure a way on a new Engine."""
    with stand.engine(SITE, "--latency", str(row.latency_ms / 1000)) as engine:
        return stand.measure(engine, row, command, row.vms)


def often(stand: Stand, row: Row, command: Command) -> Row:
    """Measure a way several times, each on a new Engine, and take the median."""
    return stand.keep(middle([once(stand, row, command) for _ in range(TIMES)]))


def own_start(stand: Stand) -> Row:
    """What ansible-playbook takes for one module that does nothing, whatever the Engine."""
    return middle([once(stand, blank("compare", START, 0, 0), playbook("start")) for _ in range(TIMES)])


def compare(stand: Stand, size: Size) -> None:
    """All ways, at each latency."""
    title(f"{size.vms} container VMs from absent to running")
    start = stand.keep(own_start(stand)).seconds
    for latency in size.latencies:
        for way, command in ((RAW, by_raw_http), (SDK, by_sdk), (FLEET, by_fleet)):
            often(stand, blank("compare", way, latency, size.vms), command(size.vms))
        stand.keep(once(stand, blank("compare", ASYNC, latency, size.vms), by_async(size.vms)))
        vms = size.loop if latency < 100 else size.loop_slow
        row = once(stand, blank("compare", LOOP, latency, vms), by_loop(vms))
        stand.keep(scaled(row, size.vms, start))
    named = blank("compare", f"{FLEET} with a name, so with tags", 30, size.vms)
    often(stand, named, by_fleet(size.vms, 0, "-e", "fleet=bench"))
    believed = blank("compare", f"{FLEET}, settle 20 (default)", 30, size.vms)
    stand.keep(once(stand, believed, by_fleet(size.vms, 20)))


def second(stand: Stand, size: Size) -> None:
    """A second run over many VMs, with nothing to do."""
    title(f"{size.second:,} container VMs, a second run with nothing to do")
    start = own_start(stand).seconds
    for latency in size.second_latencies:
        with stand.engine(SITE, "--latency", str(latency / 1000)) as engine:
            first = blank("second", FLEET, latency, size.second)
            stand.keep(stand.measure(engine, first, by_fleet(size.second), size.second))
            again = blank("second", f"{FLEET}, again", latency, size.second)
            runs = [stand.measure(engine, again, by_fleet(size.second), size.second) for _ in range(TIMES)]
            stand.keep(middle(runs))
            loop = blank("second", f"{LOOP}, again", latency, size.loop)
            row = stand.measure(engine, loop, by_loop(size.loop), size.second)
            stand.keep(scaled(row, size.second, start))


def growth(stand: Stand, size: Size) -> None:
    """Ever more VMs, without latency."""
    title("container_fleet, ever more VMs from absent to running")
    for vms in size.growth:
        row = stand.keep(once(stand, blank("growth", FLEET, 0, vms), by_fleet(vms)))
        say(
            f"{'':8}{row.seconds / vms * 1000:.1f} ms per VM, {row.engine / vms * 1000:.1f} ms of them the Engine's own"
        )


def alone(stand: Stand, size: Size) -> None:
    """One VM, by the modules for one."""
    title("one container VM from absent to running")
    words = ["-e", f"@{vms_file(1)}", "-e"]
    for latency in sorted({0, 30} & set(size.latencies)):
        often(stand, blank("alone", "ovirt_vm", latency, 1), playbook("one_ovirt_vm", *words[:2]))
        often(stand, blank("alone", "container_vm", latency, 1), playbook("one_container_vm", *words, "settle=0"))
    believed = blank("alone", "container_vm, settle 20 (default)", 30, 1)
    stand.keep(once(stand, believed, playbook("one_container_vm", *words, "settle=20")))
