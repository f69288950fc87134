# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""qcow2 files: what a guest sees in them, and back. qemu-img is the judge where it is there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transfers import MIB, qcow2

from ovirt_lab.engine.images import qcow2 as images
from ovirt_lab.engine.images import sparse

needs_qemu = pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not there (package qemu-utils)")


def _sparse(path: Path, size: int, parts: dict[int, bytes]) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
        for at, data in parts.items():
            os.pwrite(file.fileno(), data[: size - at], at)
    return path


@given(
    size=st.integers(512, 40 * MIB),
    parts=st.dictionaries(st.integers(0, 40 * MIB), st.binary(min_size=1, max_size=200), max_size=5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_there_and_back(tmp_path: Path, size: int, parts: dict[int, bytes]) -> None:
    old = _sparse(tmp_path / "old", size, {at: data for at, data in parts.items() if at < size})
    images.pack(old, tmp_path / "packed", size)
    header = images.Header.read(tmp_path / "packed")
    assert header is not None and (header.size, header.backing) == (size, 0)
    images.unpack(tmp_path / "packed", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == old.read_bytes()


def test_what_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"", b"raw", qcow2(MIB, backing=b"base"), qcow2(MIB)[:65536]):
        path.write_bytes(data)
        with pytest.raises(images.Unsupported):
            images.unpack(path, tmp_path / "new")


def test_zeroing_writes_only_where_data_is(tmp_path: Path) -> None:
    path = _sparse(tmp_path / "file", 64 * MIB, {MIB: b"1" * MIB})
    with path.open("r+b") as file:
        sparse.zero(file.fileno(), MIB + 10, 60 * MIB)
    assert path.read_bytes() == bytes(MIB) + b"1" * 10 + bytes(63 * MIB - 10)
    assert sparse.allocated(path) <= 2 * MIB


@needs_qemu
@pytest.mark.parametrize("size", [MIB, 3 * MIB + 512, 700 * MIB])
def test_qemu_reads_what_is_packed(tmp_path: Path, size: int) -> None:
    old = _sparse(tmp_path / "old", size, {0: b"first", size - 5: b"last!"})
    images.pack(old, tmp_path / "packed", size)
    for command in (["check", "-f", "qcow2", "packed"], ["compare", "-f", "raw", "-F", "qcow2", "old", "packed"]):
        done = subprocess.run(["qemu-img", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@needs_qemu
@pytest.mark.parametrize("options", [[], ["-c"], ["-o", "compat=0.10"], ["-o", "cluster_size=4k"]])
def test_what_qemu_packs_is_read(tmp_path: Path, options: list[str]) -> None:
    text = b"".join(b"%d\n" % number for number in range(50_000))
    old = _sparse(tmp_path / "old", 8 * MIB, {5: os.urandom(100_000), 3 * MIB: text})
    command = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", *options, "old", "packed"]
    subprocess.run(command, cwd=tmp_path, check=True)
    images.unpack(tmp_path / "packed", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == old.read_bytes()


@pytest.mark.parametrize("larger", [3 * MIB, 2000 * MIB])
def test_a_file_of_a_disk_that_has_grown_has_its_new_size(tmp_path: Path, larger: int) -> None:
    """By its header where the first table suffices (512 MiB a cluster entry), else written anew."""
    plain, packed, back = (tmp_path / name for name in ("plain", "packed", "back"))
    images.pack(_sparse(plain, MIB, {70000: b"here"}), packed, MIB)
    images.grow(packed, larger)
    header = images.Header.read(packed)
    assert header is not None and header.size == larger
    images.grow(packed, MIB)  # never smaller
    images.unpack(packed, back)
    assert back.stat().st_size == larger
    with back.open("rb") as file:
        assert os.pread(file.fileno(), 4, 70000) == b"here"


def test_a_file_that_cannot_be_read_keeps_its_size(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(qcow2(MIB, backing=b"x"))
    images.grow(file, 1 << 50)
    assert images.Header.read(file).size == MIB and list(tmp_path.iterdir()) == [file]  # type: ignore[union-attr]
