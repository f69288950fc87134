# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows a container run as a VM, to somebody who never saw oVirt.

tools/demo           start the embedded Engine, run three containers, run the same again, stop
tools/demo --keep    leave the Engine running at the end
tools/demo --down    stop an Engine that was left running
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from workshop import lab
from workshop.console import BOLD, GREEN, RED, Stopwatch, coloured, heading, say
from workshop.environments import ROOT, VENVS, WORK
from workshop.processes import INTERRUPTIONS, Children, alive
from workshop.sources import link_collection
from workshop.steps import variables

BIN = VENVS / "demo" / "bin"
LAB = ROOT / ".ovirt-lab"  # inventories/lab looks there
OURS = LAB / "made-by-make-demo"  # without it, the directory is somebody's own and stays
SCRATCH = WORK / "demo"
GONE_SECONDS = 5.0
# The lab's own clock: what takes a host a minute takes three seconds. inventories/lab counts on it.
SPEED = "20"
DEPLOY = ("playbooks/deploy_containers.yml", "-i", "inventories/lab")
REPORT = ("playbooks/report.yml", "-i", "inventories/lab")


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


def environment() -> dict[str, str]:
    """Return the environment of the programs that are shown."""
    found = variables("demo") | {
        "PYTHONPATH": str(ROOT / "lab"),
        "ANSIBLE_LOCAL_TEMP": str(SCRATCH / "local"),
        "ANSIBLE_REMOTE_TEMP": str(SCRATCH / "remote"),
    }
    if sys.stdout.isatty() and coloured("", BOLD):
        found["ANSIBLE_FORCE_COLOR"] = "1"
        del found["ANSIBLE_NOCOLOR"], found["NO_COLOR"]
    return found


def stop_engine() -> bool:
    """Stop an Engine that an earlier run left, and tell whether there was one."""
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
    """Count the requests so far that could change something in the Engine."""
    return sum(bool(request["writes"]) for request in engine.requests())


def play(children: Children, *arguments: str) -> str:
    """Run ansible-playbook as anybody would, show what it prints, and return it."""
    say(coloured(f"   $ ansible-playbook {' '.join(arguments)}", BOLD))
    lines: list[str] = []
    try:
        for line in children.stream([BIN / "ansible-playbook", *arguments], env=environment(), cwd=ROOT):
            # Empty lines are shown when something follows: Ansible ends with them, and our headings begin with one.
            if line:
                say("\n" * bool(lines and not lines[-1]) + f"     {line}")
            lines.append(line)
    except subprocess.CalledProcessError as problem:
        raise DemoError(f"ansible-playbook ended with code {problem.returncode}; see above.") from problem
    return "\n".join(lines)


def changes(output: str) -> int:
    """Return how many tasks changed something, from the recap of a play."""
    return sum(map(int, re.findall(r"changed=(\d+)", output)))


def show(children: Children) -> None:
    """The four steps."""
    heading("1. An oVirt Engine starts")
    say(
        "   oVirt Engine is the server that manages virtual machines. This one is part of the project (lab/): it speaks"
    )
    say("   the real REST API, on this machine only, and simulates the hosts and what runs on them. No hypervisor, no")
    say("   docker and no image is needed.")
    engine = lab.start(children, BIN / "python", LAB, "--speed", SPEED, env=environment())
    say(f"   Engine {engine.about['version']} answers at {engine.about['url']}, after {engine.seconds:.1f} s.")

    heading("2. Three containers are asked for")
    say("   inventories/lab/group_vars/all.yml lists them, the playbook makes the Engine agree with the list.")
    first = play(children, *DEPLOY)
    wrote = writes(engine)

    heading("3. What the Engine shows now")
    say("   Each container is a VM to oVirt: it has a host, a status, networks, and can be stopped like any other.")
    play(children, *REPORT)

    heading("4. The same again: nothing is left to do")
    second = play(children, *DEPLOY)
    wrote_again = writes(engine) - wrote
    say(f"\n   First run: {changes(first)} task changed something, with {wrote} writing requests to the Engine.")
    say(f"   Second run: {changes(second)} changed, {wrote_again} writing requests.")
    if changes(second) or wrote_again:
        raise DemoError("The second run should have changed nothing.")


def farewell(kept: bool) -> None:
    """What to try next."""
    heading("Try next")
    run = "PATH=$PWD/.work/venv/demo/bin:$PATH ansible-playbook " + " ".join(DEPLOY)
    if kept:
        say("   The Engine goes on running. Change inventories/lab/group_vars/all.yml, then")
        say(f"     {run}")
        say("   Ask it yourself:")
        say("     . .ovirt-lab/engine.env")
        say('     curl --cacert "$OVIRT_CAFILE" -u "$OVIRT_USERNAME:$OVIRT_PASSWORD" "$OVIRT_URL/vms"')
        say("   make demo-down    stop it")
    else:
        say("   make demo KEEP=1  the same, and the Engine goes on running, so that you can play with it")
    say("   make test         prove all of it, under three versions of ansible-core")
    say("   README.md         the first play for your own Engine")


def options_of(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tools/demo", description="Show a container run as a VM.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--keep", action="store_true", help="leave the Engine running at the end")
    choice.add_argument("--down", action="store_true", help="stop an Engine that was left running")
    return parser.parse_args(words)


def demonstrate(options: argparse.Namespace, children: Children) -> int:
    """Run the demonstration and return the exit code."""
    watch = Stopwatch()
    if stop_engine():
        say("An Engine that was left running has been stopped.")
    link_collection()
    if not LAB.exists():
        with INTERRUPTIONS.held():
            LAB.mkdir()
            OURS.touch()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    say(coloured("Containers that run as VMs, managed by oVirt Engine", BOLD))
    try:
        show(children)
    except (DemoError, lab.LabError) as problem:
        say(coloured(f"\n{problem}", RED))
        return 1
    farewell(options.keep)
    end = "The Engine is running." if options.keep else "Everything that was started has been stopped."
    say(coloured(f"\nDone in {watch}. {end}", GREEN))
    return 0


def remove_lab() -> None:
    """Remove the Engine's directory when it is ours."""
    if OURS.exists():
        shutil.rmtree(LAB, ignore_errors=True)
    else:
        (LAB / "engine.log").unlink(missing_ok=True)


def clean_up(children: Children, keep: bool) -> None:
    """End what was started and remove what was written, also after Ctrl-C; not to be disturbed."""
    INTERRUPTIONS.ignore()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    if not keep:
        children.end_all()
        remove_lab()


def main(words: list[str]) -> int:
    """Do what was asked for."""
    INTERRUPTIONS.watch()
    options = options_of(words)
    if options.down:
        say("The Engine has been stopped." if stop_engine() else "No Engine is running.")
        remove_lab()
        return 0
    code = 1
    children = Children()
    try:
        code = demonstrate(options, children)
    except KeyboardInterrupt:
        code = 130
    finally:
        clean_up(children, options.keep and code == 0)
    if code == 130:
        say("\nInterrupted: the Engine and the playbook are stopped, nothing is left behind.")
    return code
