# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration leaves nothing behind, however it ends. It runs in a fresh copy of the project, as a newcomer's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tools.copies import copy_project

pytestmark = pytest.mark.timeout(400)
#: When it is interrupted, in seconds, and how: while it imports, starts the Engine, plays for the first time and again.
INTERRUPTED = [(0.1, signal.SIGINT), (0.8, signal.SIGINT), (2.0, signal.SIGINT), (5.0, signal.SIGINT)]
INTERRUPTED += [(3.0, signal.SIGTERM), (2.0, signal.SIGHUP)]
if settings.get_current_profile_name() == "thorough":
    INTERRUPTED += [(moment, signal.SIGINT) for moment in (0.5, 1.1, 1.5, 3.0, 8.0)] + [(0.8, signal.SIGTERM)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project; the demonstration runs in our own environment, which has all that it needs."""
    copy = copy_project(tmp_path_factory.mktemp("demo"))
    yield copy
    # pytest keeps a few directories of each run; this one is large.
    subprocess.run(["rm", "-rf", copy / ".work"], check=True)


def leftovers(project: Path) -> list[str]:
    """Return the command lines of processes that have to do with the copy."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(project) in command:
                found.append(command)
    return found


def demo(project: Path, *words: str) -> subprocess.Popen[str]:
    """Start the demonstration in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-B", "-m", "demo", "--simulated", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "tools")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_it_runs_twice_and_cleans_up(project: Path) -> None:
    """Both runs say that the second play changed nothing; no process and no Engine directory stays."""
    for run in (1, 2):
        process = demo(project)
        output = process.communicate(timeout=180)[0]
        assert process.returncode == 0, f"run {run}: {output}"
        assert "Second run: 0 changed, 0 writing requests" in output
        assert re.search(r"First run: [1-9]\d* task", output)
        assert not (project / ".ovirt-lab").exists()
        assert leftovers(project) == []


def test_it_can_be_left_running(project: Path) -> None:
    """--keep leaves the Engine, --down takes it away, a second --down finds nothing."""
    process = demo(project, "--keep")
    output = process.communicate(timeout=180)[0]
    assert process.returncode == 0, output
    assert len([command for command in leftovers(project) if "ovirt_lab.engine" in command]) == 1
    for answer in ("The site has been removed.", "There is no site to remove."):
        output = demo(project, "--down").communicate(timeout=60)[0]
        assert answer in output
    assert leftovers(project) == []


@pytest.mark.parametrize(("moment", "number"), INTERRUPTED)
def test_interrupted_it_leaves_nothing(project: Path, moment: float, number: signal.Signals) -> None:
    """Ctrl-C goes to the whole process group, at any moment: no process, no half state, and the next run works."""
    process = demo(project)
    time.sleep(moment)
    os.killpg(process.pid, number)
    output = process.communicate(timeout=60)[0]
    print(output, file=sys.stderr)
    assert leftovers(project) == []
    assert not (project / ".ovirt-lab").exists()
    assert not (project / ".work" / "demo").exists()
    # Python itself says so when it is interrupted before the first line of ours.
    assert "Traceback" not in output or "init_import_site" in output
