# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and writes down what it took: measured.py RESULT.json COMMAND...

A process of its own, because the kernel tells the peak memory of a process's children over its whole life only. What
is told is the largest single one of all descendants, not their sum.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def reap_all() -> None:
    """Wait for what the command left behind: asynchronous tasks are orphans, and count too."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def main(result: str, *command: str) -> int:
    """Run the command, return its exit code."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.monotonic()
    code = subprocess.call(command)
    seconds = time.monotonic() - started
    reap_all()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # MiB; Linux counts in KiB
    Path(result).write_text(json.dumps({"seconds": seconds, "memory": peak}))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
