# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the root file system of a disk is: on the whole disk, or in one of its partitions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .ground import GuestError, run

_SECTOR = 512
_ROOT = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"  # "root" of x86-64, of the Discoverable Partitions Specification
_LINUX = ("0fc63daf-8483-4772-8e79-3d69d8477de4", "0x83")  # "Linux filesystem data" of GPT, Linux of DOS


@dataclass(frozen=True)
class Partition:
    """A part of a disk, in bytes."""

    offset: int
    size: int
    kind: str  # the type, as partx shows it


def root_options(path: Path) -> str:
    """The options of `mount` that choose the root file system of a raw disk; empty if it has no partition table.

    Of a GPT that is the partition of type "root"; else it is the largest one for Linux. GuestError if there is none.
    """
    found = _partitions(path)
    if found is None:
        return ""
    roots = [each for each in found if each.kind == _ROOT] or [each for each in found if each.kind in _LINUX]
    if not roots:
        raise GuestError("none of its partitions is one for Linux")
    root = max(roots, key=lambda each: each.size)
    return f",offset={root.offset},sizelimit={root.size}"


def _partitions(path: Path) -> list[Partition] | None:
    """The partitions of a disk; None if it has no partition table. partx ends with 1 then."""
    try:
        text = run("partx", "--raw", "--noheadings", "--output", "START,SECTORS,TYPE", str(path))
    except GuestError:
        return None
    lines = [line.split() for line in text.splitlines()]
    return [Partition(int(start) * _SECTOR, int(size) * _SECTOR, kind) for start, size, kind in lines]
