# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test stand: starts Engines, runs commands against them, takes down figures and rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop import lab
from workshop.bench.client import plain_client
from workshop.bench.rows import Counts, Row, count
from workshop.console import say
from workshop.environments import ROOT, VENVS, WORK
from workshop.processes import Children
from workshop.steps import variables

ENVIRONMENT = "benchmark"
PLACE = WORK / "benchmark"
BIN = VENVS / ENVIRONMENT / "bin"
HERE = Path(__file__).resolve().parent
COMMAND_SECONDS = 1800.0
BOOT_SECONDS = 1.0
MIB_IN_MB = 1.048576
# Two hosts that hold any number of small VMs; a VM is up one second after its start, however it was started.
SITE: dict[str, Any] = {
    "hosts": [
        {"name": name, "cluster": "Default", "containers": True, "memory": 4096, "tags": ["container-host"]}
        for name in ("host1", "host2")
    ],
    "vms": [],
    "delays": {"boot": BOOT_SECONDS, "powering_up": 0},
}
# As ovirt.ovirt and this collection read it.
NAMES = {"url": "OVIRT_URL", "username": "OVIRT_USERNAME", "password": "OVIRT_PASSWORD", "ca_file": "OVIRT_CAFILE"}


@dataclass(frozen=True)
class Figure:
    """A measured number, with the bound it is compared with by those who read it."""

    name: str
    value: float
    unit: str
    wanted: str

    def line(self) -> str:
        """Return it as people read it."""
        value = f"{self.value:10,.3g}" if abs(self.value) < 1000 else f"{self.value:10,.0f}"
        return f"{self.name:52} {value} {self.unit:10} {self.wanted}".rstrip()


def fleet(vms: int) -> dict[str, Any]:
    """Return so many container VMs as every way gets them."""
    entry = {"cluster": "Default", "image": "redis:7.2", "hosts": ["host1", "host2"], "memory": "64MiB"}
    return {"vms": [{"name": f"bench{number:05}", **entry} for number in range(vms)]}


def playbook(name: str, *words: str) -> list[str | Path]:
    """Return the command that plays one of our plays; its modules run under the same interpreter."""
    command: list[str | Path] = [
        BIN / "ansible-playbook",
        "-i",
        "localhost,",
        "-c",
        "local",
        HERE / "plays" / f"{name}.yml",
    ]
    return [*command, "-e", f"ansible_python_interpreter={BIN / 'python'}", *words]


class Stand:
    """Starts Engines and collects what is measured."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self.figures: list[Figure] = []
        self.rows: list[Row] = []

    def note(self, name: str, value: float, unit: str, wanted: str = "") -> None:
        """Take down a figure and print it."""
        self.figures.append(Figure(name, round(value, 4), unit, wanted))
        say(self.figures[-1].line())

    def keep(self, row: Row) -> Row:
        """Take down a row and print it."""
        self.rows.append(row)
        say(row.line())
        return row

    @contextmanager
    def engine(self, world: dict[str, Any] | None = None, *options: str) -> Iterator[lab.Engine]:
        """Run an Engine of version 4.3, with a world of its own or the default one."""
        # JSON is YAML.
        (PLACE / "world.yml").write_text(json.dumps(world or {}))
        words: list[str | Path] = ["--version", "4.3", "--world", PLACE / "world.yml", *options]
        started = lab.start(self.children, BIN / "python", PLACE / "engine", *words, env=variables(ENVIRONMENT))
        try:
            yield started
        finally:
            self.children.end(started.process)
            self.children.forget(started.process)

    def run(self, command: list[str | Path], engine: lab.Engine | None = None) -> tuple[dict[str, float], str]:
        """Run a command to its end; returns what it took, and what it printed last."""
        login = {name: engine.about[key] for key, name in NAMES.items()} if engine else {}
        log, result = PLACE / "command.log", PLACE / "took.json"
        log.write_bytes(b"")
        # Without a temporary file per task, which serves most those ways that have most tasks.
        env = variables(ENVIRONMENT) | login | {"ANSIBLE_PIPELINING": "1"}
        measured = [BIN / "python", HERE / "measured.py", result, *command]
        code = self.children.run(measured, log=log, env=env, cwd=ROOT, timeout=COMMAND_SECONDS)
        said = log.read_text(errors="replace")
        if code:
            raise lab.LabError(f"{' '.join(map(str, command))} ended with {code}:\n{said[-4000:]}")
        return json.loads(result.read_text()), (said.splitlines() or [""])[-1]

    def measure(self, engine: lab.Engine, row: Row, command: list[str | Path], running: int) -> Row:
        """Run a command against an Engine; returns the row with what it took. So many VMs must run in the end."""
        before, cpu = len(engine.requests()), processor_seconds(engine.process.pid)
        took, last = self.run(command, engine)
        cpu = processor_seconds(engine.process.pid) - cpu
        counts = count(engine.requests()[before:])
        found = plain_client(engine.about, "/vms")().count(b"<status>up</status>")
        if found != running:
            raise lab.LabError(f"{row.way}: {found} of {running} VMs run")
        work = json.loads(last)["work"] if last.startswith('{"work"') else None
        values = {**vars(row), "seconds": took["seconds"], "memory": took["memory"] * MIB_IN_MB, "engine": cpu}
        return Row(**{**values, "counts": counts, "work": work})


def blank(section: str, way: str, latency_ms: int, vms: int) -> Row:
    """Return a row that nothing was measured for yet."""
    return Row(section, way, latency_ms, vms, vms, 0.0, Counts(0, 0, 0, 0), 0.0, 0.0)


def vms_file(vms: int) -> Path:
    """Write down so many container VMs for a command; returns the file."""
    path = PLACE / f"vms{vms}.json"
    path.write_text(json.dumps(fleet(vms)))
    return path


def processor_seconds(pid: int) -> float:
    """Return what a process has used of the processors, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
