# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration without docker: the embedded Engine, which simulates hosts and what runs on them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from workshop import ROOT, lab
from workshop.console import heading, say
from workshop.environment import BIN
from workshop.processes import Children, alive

from demo.showing import INVENTORY, LAB, SPEED, DemoError, compare, environment, play

GONE_SECONDS = 5.0
# Only plays that talk to the Engine: there are no machines.
LIMIT = ("--limit", "engine")
DEPLOY = ("playbooks/deploy_containers.yml", *INVENTORY)
REPORT = ("playbooks/report.yml", *INVENTORY, *LIMIT)
WORLD = ROOT / "lab" / "ovirt_lab" / "worlds" / "demo.yml"


def stop_engine() -> bool:
    """Stop the Engine of an earlier run, and return whether there was one."""
    if not (LAB / "engine.pid").exists():
        return False
    stop: list[str | Path] = [BIN / "python", "-m", "ovirt_lab.engine", "--dir", LAB, "--stop"]
    pid = int((LAB / "engine.pid").read_text())
    subprocess.run(stop, env=environment(), cwd=ROOT, check=False, capture_output=True)
    deadline = time.monotonic() + GONE_SECONDS
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)  # its files go a moment before the process does
    return True


def writes(engine: lab.Engine) -> int:
    """Count the writing requests that the Engine has had so far."""
    return sum(bool(request["writes"]) for request in engine.requests())


def show(children: Children) -> None:
    """Run the steps."""
    heading("1. An oVirt Engine starts")
    say(
        "   oVirt Engine is the server that manages virtual machines. This one is part of the project (lab/): it speaks"
    )
    say("   the real REST API, on this machine only, and simulates the hosts and what runs on them. No hypervisor, no")
    say("   docker and no image is needed.")
    try:
        engine = lab.start(children, BIN / "python", LAB, "--speed", SPEED, "--world", WORLD, env=environment())
    except lab.LabError as problem:
        raise DemoError(str(problem)) from problem
    say(f"   Engine {engine.about['version']} answers at {engine.about['url']}, after {engine.seconds:.1f} s.")

    heading("2. Three containers are created and run")
    say("   inventories/lab/group_vars/all.yml lists them. The playbook makes the Engine agree with the list.")
    first = play(children, *DEPLOY)
    wrote = writes(engine)

    heading("3. What the Engine shows now")
    say("   Each container is a VM to oVirt: it has a host, a status, networks, and can be stopped like any other.")
    play(children, *REPORT)

    heading("4. The same playbook again: nothing is left to do")
    second = play(children, *DEPLOY)
    compare(first, wrote, second, writes(engine) - wrote)


def farewell(kept: bool) -> None:
    """Print what to try next."""
    heading("Try next")
    run = f"PATH={BIN}:$PATH ansible-playbook {' '.join(DEPLOY)}"
    if kept:
        say("   The Engine keeps running. Change inventories/lab/group_vars/all.yml, then")
        say(f"     {run}")
        say("   Send it a request yourself:")
        say("     . .ovirt-lab/engine.env")
        say('     curl --cacert "$OVIRT_CAFILE" -u "$OVIRT_USERNAME:$OVIRT_PASSWORD" "$OVIRT_URL/vms"')
        say("   make demo-down    stop it")
    else:
        say("   make demo         the same, and the Engine keeps running for you to try things")
    say("   make test         prove all of it, under three versions of ansible-core")
    say("   README.md         the first play for your own Engine")
