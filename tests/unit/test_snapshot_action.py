# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the run that has left a snapshot open is gone, as the machine knows where it ran."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.action import container_host_snapshot as action


@pytest.fixture
def process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])


def test_a_run_that_runs_has_not_ended() -> None:
    assert not action.has_ended(action.described(os.getpid()))
    assert action.this_run() == action.described(os.getppid())


def test_a_killed_run_has_ended(process: subprocess.Popen[bytes]) -> None:
    run = action.described(process.pid)
    assert not action.has_ended(run)
    process.send_signal(signal.SIGKILL)
    # Also while nobody has asked for its exit code.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert action.has_ended(run)
    process.wait()
    assert action.has_ended(run)


def test_another_process_with_its_number_is_another_run() -> None:
    run = action.described(os.getpid())
    assert action.has_ended({**run, "started": run["started"] - 1})


def test_after_a_restart_it_has_ended() -> None:
    run = action.described(os.getpid())
    boot, _blank, space = run["place"].partition(" ")
    assert action.has_ended({**run, "place": f"{boot[::-1]} {space}"})


@pytest.mark.parametrize(
    "other",
    [
        {"controller": "elsewhere.example.com"},
        {"place": "boot pid:[1]"},
        {"place": ""},
        {"pid": None},
        {"pid": "1"},
        {"pid": 0},
        {"pid": True, "controller": "elsewhere.example.com"},
    ],
)
def test_of_what_cannot_be_told_nothing_is_taken(other: dict[str, object]) -> None:
    """Another machine, another container, or no answer at all."""
    run = {**action.described(2**22 - 1), **other}
    assert not action.has_ended(run)


def test_no_run_at_all_has_not_ended() -> None:
    assert not action.has_ended({})
