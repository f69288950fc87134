# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroups of guests. They belong to the whole machine and outlive all processes, so somebody has to remove them.

The name of each begins with the number of the first process of its ground. So one that was left behind can be told from
one that is in use: that process has ended. And no cgroup with a process in it can be removed at all.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

ROOT = "/sys/fs/cgroup"  # where a ground has the cgroups, those of version 2
_NAME = re.compile(r"lab-(\d+)-.+")


def name(first: int, ident: str) -> str:
    """The cgroup of a guest in the ground with this first process."""
    return f"lab-{first}-{ident}"


def open_root(first: int) -> int:
    """The cgroups as a ground sees them: a directory that stays open when the ground ends. OSError if there is none."""
    return os.open(f"/proc/{first}/root{ROOT}", os.O_RDONLY | os.O_DIRECTORY)


def sweep(root: int, ended: int = 0) -> None:
    """Remove what grounds that have ended left behind; `ended` is the first process of one that is known to have."""
    for entry in os.listdir(root):
        found = _NAME.fullmatch(entry)
        if found and (int(found[1]) == ended or not Path("/proc", found[1]).exists()):
            remove(root, entry)


def remove(root: int, entry: str) -> None:
    """Remove a cgroup with all below it, as far as no process is in them."""
    with contextlib.suppress(OSError):
        for _path, _below, _files, inner in os.fwalk(entry, topdown=False, dir_fd=root):
            for each in _below:
                with contextlib.suppress(OSError):
                    os.rmdir(each, dir_fd=inner)
        os.rmdir(entry, dir_fd=root)
