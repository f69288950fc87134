# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both demonstrations have in common: where things are, and playbooks that are run and shown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from workshop import ROOT, WORK
from workshop import environment as surroundings
from workshop.console import BOLD, coloured, say
from workshop.environment import BIN
from workshop.processes import Children

LAB = ROOT / ".ovirt-lab"  # inventories/lab looks there
OURS = LAB / "made-by-make-demo"  # without it, the directory is somebody's own and stays
SCRATCH = WORK / "demo"
# The lab's own clock: what takes a host a minute takes three seconds. inventories/lab counts on it.
SPEED = "20"
INVENTORY = ("-i", "inventories/lab")


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


def environment(brief: bool = False) -> dict[str, str]:
    """Return the environment of the programs that are shown; `brief`: tasks that change nothing are not."""
    found = surroundings.environment() | {
        # Other collections' own; nobody here can do anything about them.
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_DISPLAY_OK_HOSTS": str(int(not brief)),
        "PYTHONPATH": str(ROOT / "lab"),
        "ANSIBLE_LOCAL_TEMP": str(SCRATCH / "local"),
        # On hosts ~/.ansible will do; this machine's stays as it is.
        "ANSIBLE_REMOTE_TEMP": str(SCRATCH / "remote"),
    }
    if sys.stdout.isatty() and coloured("", BOLD):
        found["ANSIBLE_FORCE_COLOR"] = "1"
        del found["ANSIBLE_NOCOLOR"], found["NO_COLOR"]
    return found


def run(children: Children, command: list[str | Path], failed: str, brief: bool = False) -> str:
    """Run a command, show what it prints, and return it. Raises DemoError with the given words if it fails."""
    lines: list[str] = []
    try:
        for line in shown(children.stream(command, env=environment(brief), cwd=ROOT), brief):
            # Empty lines are shown when something follows: Ansible ends with them, and our headings begin with one.
            if line:
                say("\n" * bool(lines and not lines[-1]) + f"     {line}")
            lines.append(line)
    except subprocess.CalledProcessError as problem:
        raise DemoError(f"{failed} ended with code {problem.returncode}; see above.") from problem
    return "\n".join(lines)


def shown(lines: Iterable[str], brief: bool) -> Iterator[str]:
    """Leave out, if asked to, headings of tasks that have nothing below them, and what was included."""
    heading = ""
    for line in lines:
        if brief and line.startswith("TASK ["):
            heading = line
        elif brief and (line.startswith("included: ") or (heading and not line)):
            continue
        else:
            if heading and not line.startswith("PLAY"):
                yield heading
            heading = ""
            yield line


def play(children: Children, *arguments: str, brief: bool = False) -> str:
    """Run ansible-playbook as anybody would, show what it prints, and return it."""
    say(coloured(f"   $ ansible-playbook {' '.join(arguments)}", BOLD))
    return run(children, [BIN / "ansible-playbook", *arguments], "ansible-playbook", brief)


def changes(output: str) -> int:
    """Return how many tasks changed something, from the recap of a play."""
    return sum(map(int, re.findall(r"changed=(\d+)", output)))
