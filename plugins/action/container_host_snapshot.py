# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module container_host_snapshot, and passes it the identity of this run.

A snapshot that a run has left open belongs to that run. Whether it was killed can only be seen on the machine where it
ran: this one, or the module refuses.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

MODULE = "ovirt_contrib.containers.container_host_snapshot"

Run = dict[str, Any]


def this_run() -> Run:
    """The process of the playbook: this one is a worker of it."""
    return described(os.getppid())


def described(pid: int) -> Run:
    """The identity of a process: another one with its number, on another machine or after a restart, has another."""
    return {"controller": socket.gethostname(), "place": place(), "pid": pid, "started": started(pid)}


def place() -> str:
    """Where process numbers mean what they mean here: this machine, this boot, and this namespace of processes."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{machine} {boot} {os.readlink('/proc/self/ns/pid')}"
    except (OSError, ValueError):
        return ""


def started(pid: int) -> int | None:
    """When a process was started, in the kernel's ticks. 0 for one that has ended, None where that is not known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        words = stat.rpartition(")")[2].split()
        return 0 if words[0] in "ZX" else int(words[19])
    except (OSError, IndexError, ValueError):
        return None


def has_ended(run: Run) -> bool:
    """Whether a run is known to have ended. One of another machine is not."""
    pid = run.get("pid")
    if run.get("controller") != socket.gethostname() or not isinstance(pid, int) or not 0 < pid < 2**31:
        return False
    if run.get("place") != place():
        # The same machine after a restart; without a name for it or its boots, or in another container, nobody knows.
        return is_earlier_boot(str(run.get("place")), place())
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # somebody else's process: it is there
    now = started(pid)
    # /proc may hide the processes of others (hidepid).
    return now is not None and run.get("started") is not None and now != run["started"]


def is_earlier_boot(other: str, here: str) -> bool:
    """Whether a place is this machine's own namespace of processes, at another boot."""
    there, now = other.split(), here.split()
    if len(there) != 3 or len(now) != 3:
        return False
    return (there[0], there[2]) == (now[0], now[2]) and there[1] != now[1]


class ActionModule(ActionBase):
    """Hands the task to the module with the run, and once more where a run in its way is gone."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module on the task's host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = {"run": this_run(), **self._task.args}
        gone: list[Run] = []
        answer = self._module(arguments, task_vars)
        # Several may have been killed here, each with a record of its own.
        while (other := answer.get("busy")) and other not in gone and has_ended(other):
            gone.append(other)
            answer = self._module({**arguments, "take_over": gone}, task_vars)
        result.update(answer)
        return result

    def _module(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(module_name=MODULE, module_args=arguments, task_vars=task_vars)
        return answer
