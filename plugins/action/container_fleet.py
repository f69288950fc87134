# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module container_fleet and shows its plan and its progress while it works.

A module's output is read when it has ended, so the module writes its lines to a file, and this follows the file. Where
it cannot, the plan is shown in the end. The lines go to standard error: what a callback plugin writes to standard
output stays readable for machines.
"""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

MODULE = "ovirt_contrib.containers.container_fleet"
#: Seconds between two looks at the file.
LOOK = 0.2

display = Display()


class Follower:
    """Shows the lines that are appended to a file, until it is left as a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, *_how: object) -> None:
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        rest = ""
        with self._path.open(encoding="utf-8") as file:
            while True:
                over = self._over.wait(LOOK)
                *lines, rest = (rest + file.read()).split("\n")
                show(lines)
                if over:
                    return


def show(lines: Iterable[str]) -> None:
    """Show lines, of which the module has made sure that they are harmless. Where nobody can read them, nobody does."""
    if can_be_shown():
        for line in lines:
            display.display(line, stderr=True)


def can_be_shown(file: str = "") -> bool:
    """Whether ansible-playbook's standard error takes lines.

    A worker's lines are written by its parent, whose thread for results ends for good when it cannot write, and the
    play waits for ever (results_thread_main, ansible-core 2.16 to 2.21). So its standard error is looked at first,
    where the system has it under /proc: a full device, a full disk, a terminal that has gone.
    """
    path = file or f"/proc/{os.getppid()}/fd/2"
    try:
        about = os.stat(path)
    except OSError:
        return True
    if stat.S_ISREG(about.st_mode):
        return os.statvfs(path).f_bavail > 0
    if not stat.S_ISCHR(about.st_mode):
        return True
    try:
        with open(path, "ab", buffering=0) as terminal:
            return terminal.isatty() or about.st_rdev != os.stat("/dev/full").st_rdev
    except OSError:
        return False


class ActionModule(ActionBase):
    """Hands the task to the module as it is, but for the file to write lines to."""

    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module on the task's host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        if not self._can_follow():
            result.update(self._module(arguments, task_vars))
            if not self._must_be_silent():
                show(result.get("plan") or [])
            return result
        with tempfile.NamedTemporaryFile(prefix="container_fleet.") as file, Follower(Path(file.name)):
            result.update(self._module({**arguments, "progress": file.name}, task_vars))
        return result

    def _can_follow(self) -> bool:
        """Whether the module's file is one of this machine and this user, and somebody waits for the task."""
        here = self._connection.transport == "local" and not self._play_context.become
        return here and not self._must_be_silent() and not self._task.async_val and not self._task.args.get("progress")

    def _must_be_silent(self) -> bool:
        """Whether nothing about the task may be shown."""
        return bool(self._task.no_log)

    def _module(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(
            module_name=MODULE, module_args=arguments, task_vars=task_vars, wrap_async=bool(self._task.async_val)
        )
        return answer
