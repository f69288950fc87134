# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the embedded Engine and the modules; prints and writes benchmark.json. Nothing is asserted.

tools/benchmark      about a minute; figures of a busy or virtual machine differ from run to run
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import platform
import re
import shutil
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workshop import lab
from workshop.console import BOLD, Stopwatch, coloured, say
from workshop.environments import ROOT, VENVS, WORK
from workshop.processes import INTERRUPTIONS, Children
from workshop.sources import link_collection
from workshop.steps import variables

RESULT = ROOT / "benchmark.json"
PLACE = WORK / "benchmark"
BIN = VENVS / "demo" / "bin"
SECONDS = 3.0
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ovirt_contrib.containers.container_vm: {name: measured, cluster: Default, image: 'redis:7.2', settle: 0.34}
"""


@dataclass(frozen=True)
class Figure:
    """A measured number, with the bound it is compared with by those who read it."""

    name: str
    value: float
    unit: str
    wanted: str

    def line(self) -> str:
        """Return it as people read it."""
        return f"{self.name:52} {self.value:10,.3g} {self.unit:10} {self.wanted}".rstrip()


class Bench:
    """Starts Engines and collects figures."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self.figures: list[Figure] = []

    def note(self, name: str, value: float, unit: str, wanted: str = "") -> None:
        """Take down a figure and print it."""
        self.figures.append(Figure(name, round(value, 4), unit, wanted))
        say(self.figures[-1].line() if abs(value) < 1000 else f"{name:52} {value:10,.0f} {unit:10} {wanted}".rstrip())

    @contextmanager
    def engine(self, vms: int = 0, *options: str) -> Iterator[lab.Engine]:
        """Run an Engine, with so many more VMs than the default world."""
        world: list[str | Path] = []
        if vms:
            entries = "".join(f"  - {{name: vm{number:05}, cluster: Default}}\n" for number in range(vms))
            (PLACE / "world.yml").write_text(f"vms:\n{entries}")
            world = ["--world", PLACE / "world.yml"]
        started = lab.start(self.children, BIN / "python", PLACE / "engine", *world, *options, env=variables("demo"))
        try:
            yield started
        finally:
            self.children.end(started.process)
            self.children.forget(started.process)


def start(bench: Bench) -> None:
    """Process start to ready, with and without certificates to make."""
    with bench.engine():
        pass  # compiles what was never imported here
    shutil.rmtree(PLACE / "engine")
    seconds = []
    for _ in range(6):
        with bench.engine() as engine:
            seconds.append(engine.seconds)
    bench.note("start to ready, with new certificates", seconds[0], "s")
    bench.note("start to ready, median of 5", statistics.median(seconds[1:]), "s", "wanted: under 0.5")


def sdk(engine: lab.Engine) -> Any:
    """Return the SDK's connection to an Engine."""
    about = engine.about
    return importlib.import_module("ovirtsdk4").Connection(
        url=about["url"], username=about["username"], password=about["password"], ca_file=about["ca_file"]
    )


def get_one(bench: Bench) -> None:
    """GET /vms/{id} through one SDK client, and the same without what the SDK does on top."""
    with bench.engine() as engine:
        connection = sdk(engine)
        vms = connection.system_service().vms_service()
        ident = vms.list(search="name=db1")[0].id
        service = vms.vm_service(ident)
        bench.note("GET /vms/{id}, one SDK client on loopback TLS", rate(service.get), "per second", "wanted: 1,000")
        connection.close()
        fetch = plain_client(engine, f"/vms/{ident}")
        bench.note("GET /vms/{id}, one plain HTTP client", rate(fetch), "per second")


def rate(call: Callable[[], object]) -> float:
    """Return how often a call can be made in a second."""
    call()
    count, watch = 0, Stopwatch()
    while watch.seconds() < SECONDS:
        call()
        count += 1
    return count / watch.seconds()


def plain_client(engine: lab.Engine, path: str) -> Callable[[], bytes]:
    """Return a function that GETs a path on one kept connection, with a token as any client has."""
    about = engine.about
    url = urlsplit(about["url"])
    trust = ssl.create_default_context(cafile=about["ca_file"])
    connection = http.client.HTTPSConnection(str(url.hostname), url.port, context=trust, timeout=60)
    form = f"grant_type=password&scope=ovirt-app-api&username={about['username']}&password={about['password']}"
    connection.request(
        "POST",
        "/ovirt-engine/sso/oauth/token",
        form,
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    token = json.load(connection.getresponse())["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/xml", "Version": "4"}

    def fetch() -> bytes:
        connection.request("GET", url.path + path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise lab.LabError(f"GET {path}: {answer.status} {body[:200]!r}")
        return body

    return fetch


def get_many(bench: Bench) -> None:
    """GET /vms of 1,000 VMs."""
    with bench.engine(1000) as engine:
        fetch = plain_client(engine, "/vms")
        watch = Stopwatch()
        fetch()
        bench.note("GET /vms of 1,000 VMs, the first time", watch.seconds(), "s", "wanted: under 0.3")
        bench.note("  again, with nothing changed", median(fetch), "s")
        connection = sdk(engine)
        bench.note(
            "  the same until the SDK has parsed it", median(connection.system_service().vms_service().list), "s"
        )
        connection.close()


def median(call: Callable[[], object]) -> float:
    """Return the median seconds of five calls."""
    seconds = []
    for _ in range(5):
        watch = Stopwatch()
        call()
        seconds.append(watch.seconds())
    return statistics.median(seconds)


def memory(bench: Bench) -> None:
    """Resident memory with 10,000 VMs."""
    with bench.engine(10000) as engine:
        plain_client(engine, "/vms")()  # what is shown is kept, until it changes
        status = Path(f"/proc/{engine.process.pid}/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+) kB", status)
        bench.note(
            "memory with 10,000 VMs, all shown once",
            int(resident[1]) / 1024 if resident else 0,
            "MiB",
            "wanted: under 500",
        )
        bench.note("  start to ready with them", engine.seconds, "s")


def create_and_run(bench: Bench) -> None:
    """One container VM, created, started and believed, by a play with one task."""
    (PLACE / "play.yml").write_text(PLAY)
    with bench.engine(0, "--speed", "60") as engine:
        names = {
            "url": "OVIRT_URL",
            "username": "OVIRT_USERNAME",
            "password": "OVIRT_PASSWORD",
            "ca_file": "OVIRT_CAFILE",
        }
        env = variables("demo") | {names[key]: engine.about[key] for key in names}
        watch = Stopwatch()
        command: list[str | Path] = [BIN / "ansible-playbook", "-i", "localhost,", "-c", "local", PLACE / "play.yml"]
        interpreter = ["-e", f"ansible_python_interpreter={BIN / 'python'}"]
        log = PLACE / "play.log"
        log.write_bytes(b"")
        if bench.children.run([*command, *interpreter], log=log, env=env, cwd=ROOT, timeout=120):
            raise lab.LabError(f"The play failed:\n{log.read_text(errors='replace')}")
        bench.note("create and run by container_vm, Engine 60x faster", watch.seconds(), "s")
        asked = engine.requests()
    login = [request for request in asked if "/sso" in request["path"]]
    polls = [request for request in asked if is_poll(request)]
    bench.note("  requests but polls and login", len(asked) - len(login) - len(polls), "", "wanted: at most 8")
    bench.note("  of these, writing", sum(bool(request["writes"]) for request in asked), "")
    bench.note("  polls", len(polls), "")


def is_poll(request: dict[str, Any]) -> bool:
    """Tell a look at statuses, which asks for VMs without their NICs, from the first look that plans."""
    return bool(request["method"] == "GET" and request["path"].endswith("/vms") and "nics" not in request["query"])


def write(figures: list[Figure]) -> None:
    """Write benchmark.json."""
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "kernel": platform.release()}
    content = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "on": {**machine, "python": platform.python_version()},
        "figures": [vars(figure) for figure in figures],
    }
    RESULT.write_text(json.dumps(content, indent=2) + "\n")
    say(f"\nWritten to {RESULT.relative_to(ROOT)}.")


def main(_words: list[str]) -> int:
    """Measure everything."""
    INTERRUPTIONS.watch()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    link_collection()
    children = Children()
    bench = Bench(children)
    say(coloured(f"{'what':52} {'measured':>10}", BOLD))
    try:
        for measure in (start, get_one, get_many, memory, create_and_run):
            measure(bench)
        write(bench.figures)
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
