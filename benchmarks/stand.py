# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test stand: starts Engines, runs commands against them, takes down figures and rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workshop import ROOT, WORK, lab
from workshop.environment import BIN, environment
from workshop.processes import Children

from benchmarks.client import plain_client
from benchmarks.rows import Counts, Row, count

PLACE = WORK / "benchmark"
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
        self.rows: list[Row] = []
        self._took: dict[str, float] = {}
        self._last = ""
        self._before = (0, 0.0)

    @contextmanager
    def engine(self, world: dict[str, Any] | None = None, *options: str, place: str = "engine") -> Iterator[lab.Engine]:
        """Run an Engine of version 4.3, with a world of its own or the default one; in a place, one at a time."""
        # JSON is YAML.
        (PLACE / "world.yml").write_text(json.dumps(world or {}))
        words: list[str | Path] = ["--version", "4.3", "--world", PLACE / "world.yml", *options]
        started = lab.start(self.children, BIN / "python", PLACE / place, *words, env=environment())
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
        env = environment() | login | {"ANSIBLE_PIPELINING": "1"}
        measured = [BIN / "python", HERE / "measured.py", result, *command]
        code = self.children.run(measured, log=log, env=env, cwd=ROOT, timeout=COMMAND_SECONDS)
        said = log.read_text(errors="replace")
        if code:
            raise lab.LabError(f"{' '.join(map(str, command))} ended with {code}:\n{said[-4000:]}")
        return json.loads(result.read_text()), (said.splitlines() or [""])[-1]

    def measure(self, engine: lab.Engine, command: list[str | Path]) -> None:
        """Run a command against an Engine; :meth:`row` tells afterwards what it took."""
        self._before = len(engine.requests()), processor_seconds(engine.process.pid)
        self._took, self._last = self.run(command, engine)

    def row(self, engine: lab.Engine, row: Row, running: int) -> Row:
        """Return the row of what was measured last. So many VMs must run by now."""
        asked, cpu = self._before
        counts = count(engine.requests()[asked:])
        cpu = processor_seconds(engine.process.pid) - cpu
        found = plain_client(engine.about, "/vms")().count(b"<status>up</status>")
        if found != running:
            raise lab.LabError(f"{row.way}: {found} of {running} VMs run")
        work = json.loads(self._last)["work"] if self._last.startswith('{"work"') else None
        memory = self._took["memory"] * MIB_IN_MB
        values = {**vars(row), "seconds": self._took["seconds"], "memory": memory, "engine": cpu}
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
