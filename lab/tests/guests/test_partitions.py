# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which partition of a disk is its root, with real partition tables, and that it is what gets mounted."""

from __future__ import annotations

import shutil
import struct
import uuid
import zlib
from pathlib import Path

import pytest

from ovirt_lab.guests import GuestError, lacks
from ovirt_lab.guests.ground import RUN, Ground, run
from ovirt_lab.guests.partitions import root_options

pytestmark = pytest.mark.skipif(shutil.which("partx") is None, reason="partx (util-linux) is not installed")

SECTOR, DISK = 512, 64 << 20
LINUX, ROOT = "0fc63daf-8483-4772-8e79-3d69d8477de4", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"  # EFI system partition
Parts = list[tuple[str, int, int]]  # type, first sector, sectors


def dos(parts: list[tuple[int, int, int]]) -> bytes:
    """A DOS partition table."""
    entries = b"".join(struct.pack("<B3xB3xII", 0, kind, start, size) for kind, start, size in parts)
    return bytes(446) + entries.ljust(64, b"\0") + b"\x55\xaa"


def gpt(parts: Parts) -> bytes:
    """The beginning of a disk with a GPT: a DOS table that protects it, a header, and the entries."""
    last = DISK // SECTOR - 1
    entries = b"".join(
        uuid.UUID(kind).bytes_le + uuid.uuid4().bytes_le + struct.pack("<QQQ", start, start + size - 1, 0) + bytes(72)
        for kind, start, size in parts
    ).ljust(128 * 128, b"\0")
    about = (1, last, 34, last - 33, uuid.uuid4().bytes_le, 2, 128, 128, zlib.crc32(entries))
    header = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, *about)
    header = header[:16] + struct.pack("<I", zlib.crc32(header)) + header[20:]
    return dos([(0xEE, 1, last)]) + header.ljust(SECTOR, b"\0") + entries


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk.raw"
    with path.open("wb") as file:
        file.truncate(DISK)
    return path


def write(disk: Path, table: bytes) -> None:
    with disk.open("r+b") as file:
        file.write(table)


@pytest.mark.parametrize(
    ("table", "start", "size"),
    [
        (gpt([(LINUX, 2048, 40960), (ROOT, 43008, 20480), (SYSTEM, 63488, 2048)]), 43008, 20480),
        (gpt([(SYSTEM, 2048, 60000), (LINUX, 63488, 2048), (LINUX, 65536, 4096)]), 65536, 4096),
        (dos([(0x82, 2048, 60000), (0x83, 63488, 2048), (0x83, 65536, 4096)]), 65536, 4096),
    ],
    ids=["gpt: the root", "gpt: the largest for Linux", "dos: the largest for Linux"],
)
def test_the_root_partition_is_found(disk: Path, table: bytes, start: int, size: int) -> None:
    write(disk, table)
    assert root_options(disk) == f",offset={start * SECTOR},sizelimit={size * SECTOR}"


def test_a_disk_without_partitions_and_one_without_a_root(disk: Path) -> None:
    assert root_options(disk) == ""
    write(disk, gpt([(SYSTEM, 2048, 4096)]))
    with pytest.raises(GuestError, match="none of its partitions is one for Linux"):
        root_options(disk)


def test_the_root_partition_can_be_mounted(disk: Path, tmp_path: Path) -> None:
    problem = lacks("nspawn") or ("" if shutil.which("mke2fs") else "mke2fs is not installed")
    if problem:
        pytest.skip(problem)
    start = 4096
    content = tmp_path / "content"
    content.mkdir()
    (content / "here").write_text("yes")
    run("mke2fs", "-q", "-t", "ext4", "-d", str(content), "-E", f"offset={start * SECTOR}", str(disk), "16M")
    write(disk, gpt([(LINUX, 2048, 2048), (LINUX, start, (16 << 20) // SECTOR)]))
    ground = Ground()
    try:
        ground.run("mkdir", f"{RUN}/disk")
        ground.run("mount", "-o", f"loop{root_options(disk)}", str(disk), f"{RUN}/disk")
        assert ground.run("cat", f"{RUN}/disk/here") == "yes"
    finally:
        ground.close()
