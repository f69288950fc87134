# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse files: where they have data, and how they are copied and zeroed without filling their holes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_STEP = 4 << 20


def data_ranges(file: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, length) in bytes of each part of an open file below `end` that is not a hole."""
    at = 0
    while at < end:
        try:
            start = os.lseek(file, at, os.SEEK_DATA)
        except OSError:  # ENXIO: nothing but holes from here on
            return
        if start >= end:
            return
        at = min(os.lseek(file, start, os.SEEK_HOLE), end)
        yield start, at - start


def pieces(file: int, end: int) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of all data of an open file below `end`, a few MiB at a time."""
    for start, length in data_ranges(file, end):
        for at in range(start, start + length, _STEP):
            yield at, os.pread(file, min(_STEP, start + length - at), at)


def copy(source: Path, target: Path) -> None:
    """Copy a file; its holes stay holes. OSError where either cannot be opened."""
    with source.open("rb") as old, target.open("wb") as new:
        size = os.fstat(old.fileno()).st_size
        new.truncate(size)
        for at, data in pieces(old.fileno(), size):
            os.pwrite(new.fileno(), data, at)


def zero(file: int, offset: int, size: int) -> None:
    """Have so many bytes of an open file read as zeroes. Only what is not a hole is written."""
    nothing = bytes(_STEP)
    end = offset + size
    if os.fstat(file).st_size < end:
        os.ftruncate(file, end)
    for start, length in list(data_ranges(file, end)):
        for at in range(max(start, offset), start + length, _STEP):
            os.pwrite(file, memoryview(nothing)[: min(_STEP, start + length - at)], at)


def allocated(path: Path) -> int:
    """The bytes that a file takes on its file system."""
    return path.stat().st_blocks * 512
