# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both demonstrations share: paths, and how a playbook is run and shown."""

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
OURS = LAB / "made-by-make-demo"  # without this file the directory is somebody's own and stays
SCRATCH = WORK / "demo"
# How fast the lab's clock runs: what takes a host a minute takes three seconds. inventories/lab waits accordingly.
SPEED = "20"
INVENTORY = ("-i", "inventories/lab")


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


def environment(brief: bool = False) -> dict[str, str]:
    """Return the environment of ansible-playbook and the lab. With `brief`, tasks without a change are not shown."""
    found = surroundings.environment() | {
        # Deprecations within other collections; a user of the demo cannot do anything about them.
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_DISPLAY_OK_HOSTS": str(int(not brief)),
        "PYTHONPATH": str(ROOT / "lab"),
        "ANSIBLE_LOCAL_TEMP": str(SCRATCH / "local"),
        # Leave ~/.ansible of this machine as it is.
        "ANSIBLE_REMOTE_TEMP": str(SCRATCH / "remote"),
    }
    if sys.stdout.isatty() and coloured("", BOLD):
        found["ANSIBLE_FORCE_COLOR"] = "1"
        del found["ANSIBLE_NOCOLOR"], found["NO_COLOR"]
    return found


def run(children: Children, command: list[str | Path], failed: str, brief: bool = False) -> str:
    """Run a command, show what it prints, and return it. Raises DemoError, which begins with `failed`."""
    lines: list[str] = []
    try:
        for line in shown(children.stream(command, env=environment(brief), cwd=ROOT), brief):
            # An empty line is shown only before another line: Ansible ends with one, and our headings begin with one.
            if line:
                say("\n" * bool(lines and not lines[-1]) + f"     {line}")
            lines.append(line)
    except subprocess.CalledProcessError as problem:
        raise DemoError(f"{failed} ended with code {problem.returncode}; see above.") from problem
    return "\n".join(lines)


def shown(lines: Iterable[str], brief: bool) -> Iterator[str]:
    """Yield the lines to show; with `brief`, without headings of tasks that show nothing and without includes."""
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
    """Run ansible-playbook, show its command line and what it prints, and return the latter."""
    say(coloured(f"   $ ansible-playbook {' '.join(arguments)}", BOLD))
    return run(children, [BIN / "ansible-playbook", *arguments], "ansible-playbook", brief)


def compare(first: str, wrote: int, second: str, wrote_again: int) -> None:
    """Show what two runs of a playbook changed, and how many requests wrote. Raises DemoError if the second did."""
    tasks = changes(first)
    what = f"{tasks} task{'s' * (tasks != 1)} changed something"
    say(f"\n   First run: {what}, with {wrote} writing requests to the Engine.")
    say(f"   Second run: {changes(second)} changed, {wrote_again} writing requests.")
    if changes(second) or wrote_again:
        raise DemoError("The second run should have changed nothing.")


def changes(output: str) -> int:
    """Return how many tasks changed something, from the recap of a play."""
    return sum(map(int, re.findall(r"changed=(\d+)", output)))
