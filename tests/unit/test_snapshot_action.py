# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the run that has left a snapshot open is gone, as the machine knows where it ran."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

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
    machine, boot, space = run["place"].split()
    assert action.has_ended({**run, "place": f"{machine} {boot[::-1]} {space}"})


def test_another_machine_of_the_same_name_is_another_one() -> None:
    """Two controllers called localhost, both in the first namespace of processes."""
    run = action.described(os.getpid())
    machine, boot, space = run["place"].split()
    assert not action.has_ended({**run, "place": f"{machine[::-1]} {boot[::-1]} {space}"})
    # As a record of a version before this has it, and one of a machine without a name.
    assert not action.has_ended({**run, "place": f"{boot[::-1]} {space}"})


def test_a_machine_without_a_name_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action.Path, "read_text", lambda *_how, **_more: "")
    assert not action.is_earlier_boot("other pid:[1]", action.place())


@pytest.mark.parametrize("kill", [None, PermissionError])
def test_a_process_that_proc_hides_is_alive(monkeypatch: pytest.MonkeyPatch, kill: type[Exception] | None) -> None:
    """/proc with hidepid=2 shows nobody else's."""
    run = action.described(os.getpid())

    def killed(_pid: int, _signal: int) -> None:
        if kill:
            raise kill

    monkeypatch.setattr(action.os, "kill", killed)
    monkeypatch.setattr(action, "started", lambda _pid: None)
    assert not action.has_ended(run)
    # Nor is one known to have ended whose start was hidden when it was noted.
    monkeypatch.setattr(action, "started", lambda _pid: 7)
    assert not action.has_ended({**run, "started": None})


def test_a_process_of_another_user_with_its_number_is_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = action.described(os.getpid())

    def killed(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(action.os, "kill", killed)
    assert not action.has_ended(run)
    assert action.has_ended({**run, "started": run["started"] - 1})


def test_all_that_were_killed_here_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a record of its own; one that is alive ends it."""
    asked: list[Any] = []

    def answer(_self: Any, arguments: dict[str, Any], _vars: Any) -> dict[str, Any]:
        gone = arguments.get("take_over", [])
        asked.append(list(gone))
        return {"busy": {"pid": len(gone)}} if len(gone) < 3 else {"changed": True}

    monkeypatch.setattr(action.ActionModule, "_module", answer)
    monkeypatch.setattr(action.ActionBase, "run", lambda *_words: {})
    plugin = object.__new__(action.ActionModule)
    plugin._task = SimpleNamespace(args={"name": "x"})
    monkeypatch.setattr(action, "has_ended", lambda run: run["pid"] < 2)
    assert plugin.run() == {"busy": {"pid": 2}}
    assert asked == [[], [{"pid": 0}], [{"pid": 0}, {"pid": 1}]]
    monkeypatch.setattr(action, "has_ended", lambda _run: True)
    assert plugin.run() == {"changed": True}


@pytest.mark.parametrize(
    "other",
    [
        {"controller": "elsewhere.example.com"},
        {"place": "boot pid:[1]"},
        {"place": ""},
        {"pid": None},
        {"pid": "1"},
        {"pid": 0},
        {"pid": 2**40},
        {"pid": True, "controller": "elsewhere.example.com"},
    ],
)
def test_of_what_cannot_be_told_nothing_is_taken(other: dict[str, object]) -> None:
    """Another machine, another container, or no answer at all."""
    run = {**action.described(2**22 - 1), **other}
    assert not action.has_ended(run)


def test_no_run_at_all_has_not_ended() -> None:
    assert not action.has_ended({})
