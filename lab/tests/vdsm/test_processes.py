# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes, with the oldest Python that a test host has and ours; and two of them under an Engine."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .daemon_kit import LAB, Daemons, pythons
from .host_kit import Machine, vm_params, wait_until


@pytest.fixture(params=sorted(set(pythons())), ids=lambda path: Path(path).resolve().name)
def daemons(machine: Machine, request: pytest.FixtureRequest) -> Iterator[Daemons]:
    made = Daemons(machine, request.param)
    made.start("supervdsmd")
    made.start("vdsmd")
    yield made
    for name in list(made.running):
        made.stop(name)


def test_a_container_outlives_both_and_dies_by_itself(machine: Machine, daemons: Daemons) -> None:
    params = vm_params()
    daemons.ask("VM.create", vmID=params["vmId"], vmParams=params)
    name, _ = machine.container()
    assert daemons.stop("vdsmd") == 0
    assert daemons.stop("supervdsmd") == 0
    daemons.start("supervdsmd")
    daemons.start("vdsmd")
    assert daemons.ask("Host.getVMList") == [params["vmId"]]
    wait_until(lambda: daemons.ask("VM.getStats", vmID=params["vmId"])[0]["status"] == "Up")  # 60 s at speed 30
    machine.kill(name)
    wait_until(lambda: daemons.ask("VM.getStats", vmID=params["vmId"])[0]["status"] == "Down")
    assert daemons.ask("VM.getStats", vmID=params["vmId"])[0]["exitReason"] == 7
    assert daemons.ask("VM.destroy", vmID=params["vmId"]) is True


@pytest.mark.parametrize(("said", "here"), [("", "127.0.0.1"), ("management_ip = 127.0.0.2", "127.0.0.2")])
def test_it_listens_on_loopback_unless_told_otherwise(machine: Machine, said: str, here: str) -> None:
    """Whoever listens on all addresses listens on all of 127.0.0.0/8."""
    daemons = Daemons(machine, address=here)
    machine.write("/etc/vdsm/vdsm.conf", f"[addresses]\nmanagement_port = {daemons.port}\n{said}\n")
    daemons.start("vdsmd")
    answers = {}
    for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
        with socket.socket() as probe:
            answers[address] = probe.connect_ex((address, daemons.port))
    assert daemons.stop("vdsmd") == 0
    assert answers == {address: 0 if address == here else errno.ECONNREFUSED for address in answers}


def test_without_supervdsmd_nothing_starts(machine: Machine, daemons: Daemons) -> None:
    daemons.stop("supervdsmd", signal.SIGKILL)
    params = vm_params()
    daemons.ask("VM.create", vmID=params["vmId"], vmParams=params)
    wait_until(lambda: daemons.ask("VM.getStats", vmID=params["vmId"])[0]["status"] == "Down")
    assert machine.units() == {}


def test_the_socket_is_roots_alone(machine: Machine, daemons: Daemons) -> None:
    assert (machine.root / "var/run/vdsm/svdsm.sock").stat().st_mode & 0o777 == 0o600


def test_the_clients_as_commands(machine: Machine, daemons: Daemons) -> None:
    environment = {**os.environ, "PYTHONPATH": str(LAB), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*words: str) -> tuple[int, str]:
        command = [daemons.python, "-m", "ovirt_lab.vdsm", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    daemons.ask("Host.ping")  # it has recovered
    assert run("client", "-a", "127.0.0.1", "-p", str(daemons.port), "Host", "getVMList") == (0, "[]\n")
    code, out = run("cli", "-s", "0", "getVdsCaps")
    assert code == 0
    assert "\tcontainers = True\n" in out
    assert run("dance")[0] == 2


def test_a_slow_start_is_refused_then_answered_99_then_at_work(machine: Machine) -> None:
    """As a real one that is Type=simple: systemd has long said that it runs."""
    slow = Daemons(machine)
    machine.write("/etc/ovirt-lab/vdsm.json", '{"speed": 30, "start": 1, "recovery": 1}')
    slow.start("supervdsmd")
    slow.start("vdsmd", wait=False)
    seen: list[str] = []
    try:
        wait_until(lambda: seen.append(slow.state()) or seen[-1] == "at work")
    finally:
        for name in list(slow.running):
            slow.stop(name)
    assert list(dict.fromkeys(seen)) == ["refused", "99", "at work"]


def test_mom_waits(daemons: Daemons) -> None:
    daemons.start("mom")
    assert daemons.stop("mom") == 0
