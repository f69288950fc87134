# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""qcow2 files, as far as an Engine's hosts need them: the header, and the way to guest data and back.

The layout is that of QEMU's docs/interop/qcow2.rst. Big-endian numbers everywhere.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import sparse

MAGIC = b"QFI\xfb"
_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")  # the 72 bytes that versions 2 and 3 share
_V3 = struct.Struct(">QQQII")  # incompatible, compatible and autoclear features, refcount order, header length
_SIZE_AT = 24  # where the size stands in the header
_OFFSET = 0x00FF_FFFF_FFFF_FE00  # of an entry of the tables
_COMPRESSED = 1 << 62
_COPIED = 1 << 63
_ZERO = 1
_BITS = 16  # clusters of 64 KiB in what is written here
_HEADER_LENGTH = 104


class Unsupported(ValueError):
    """A qcow2 file with what this module does not read: encryption, a data file, zstd, extended tables."""


@dataclass(frozen=True)
class Header:
    """What the header of a qcow2 file says; sizes and offsets in bytes."""

    version: int
    backing: int  # where the name of the backing file is; 0: there is none
    bits: int
    size: int  # of what the guest sees
    encrypted: int
    tables: int
    table_offset: int
    incompatible: int

    @classmethod
    def read(cls, path: Path) -> Header | None:
        """The header of a file; None if it is no qcow2 file."""
        with path.open("rb") as file:
            head = file.read(_HEADER.size + _V3.size)
        if len(head) < _HEADER.size or not head.startswith(MAGIC):
            return None
        _, version, backing, _, bits, size, encrypted, tables, table_offset, *_ = _HEADER.unpack_from(head)
        v3 = version >= 3 and len(head) >= _HEADER.size + _V3.size
        features = _V3.unpack_from(head, _HEADER.size)[0] if v3 else 0
        return cls(version, backing, bits, size, encrypted, tables, table_offset, features)


def grow(path: Path, size: int) -> None:
    """Make what a guest sees of a qcow2 file larger; nothing happens to a larger one, to a file that is no qcow2 file,
    and to one whose first table is too short and that cannot be read (Unsupported)."""
    header = Header.read(path)
    if header is None or header.size >= size:
        return
    cluster = 1 << header.bits
    if header.tables * (cluster // 8) * cluster >= size:
        with path.open("r+b") as file:
            os.pwrite(file.fileno(), struct.pack(">Q", size), _SIZE_AT)
        return
    plain = path.with_name(f"{path.name}.plain")
    try:
        unpack(path, plain)
        os.truncate(plain, size)
        pack(plain, path, size)
    except Unsupported:
        pass
    finally:
        plain.unlink(missing_ok=True)


def unpack(source: Path, target: Path) -> None:
    """Write what a guest sees in a qcow2 file to a sparse file. Unsupported for a file that is not understood."""
    header = Header.read(source)
    if header is None or header.version not in (2, 3) or not 9 <= header.bits <= 21:
        raise Unsupported("it is no qcow2 file of version 2 or 3")
    if header.encrypted or header.backing or header.incompatible & ~3:  # 1: dirty, 2: corrupt
        raise Unsupported("it is encrypted, has a backing file, or features that are not known")
    with source.open("rb") as old, target.open("wb") as new:
        new.truncate(header.size)
        for at, data in _clusters(old.fileno(), header):
            os.pwrite(new.fileno(), data[: header.size - at], at)


def _clusters(file: int, header: Header) -> Iterator[tuple[int, bytes]]:
    """(offset for the guest, bytes) of all clusters that are not zero."""
    cluster = 1 << header.bits
    entries = cluster // 8
    for number, table in enumerate(_table(file, header.table_offset, header.tables)):
        if not table & _OFFSET:
            continue
        for index, entry in enumerate(_table(file, table & _OFFSET, entries)):
            at = (number * entries + index) * cluster
            if at >= header.size:
                return
            if entry & _COMPRESSED:
                yield at, _inflate(file, entry, header.bits)
            elif entry & _OFFSET and not entry & _ZERO:
                yield at, os.pread(file, cluster, entry & _OFFSET)


def _table(file: int, offset: int, entries: int) -> tuple[int, ...]:
    data = os.pread(file, entries * 8, offset)
    if len(data) != entries * 8:
        raise Unsupported("a table is cut off")
    return struct.unpack(f">{entries}Q", data)


def _inflate(file: int, entry: int, bits: int) -> bytes:
    width = 62 - (bits - 8)
    offset = entry & ((1 << width) - 1)
    sectors = ((entry & (_COMPRESSED - 1)) >> width) + 1
    data = os.pread(file, sectors * 512 - (offset & 511), offset)
    try:
        return zlib.decompressobj(-12).decompress(data, 1 << bits)
    except zlib.error as error:
        raise Unsupported(f"a compressed cluster is broken: {error}") from None


def pack(source: Path | None, target: Path, size: int) -> None:
    """Write a qcow2 file of version 3 of what a guest sees; without a source it is all zeroes."""
    cluster = 1 << _BITS
    entries = cluster // 8
    tables = -(-size // (cluster * entries))
    with target.open("wb") as new:
        table_clusters = max(1, -(-tables * 8 // cluster))
        first = [0] * max(tables, 1)
        second: dict[int, list[int]] = {}
        free = 1 + table_clusters  # the next cluster; the header and the first table come before
        for number, data in _full_clusters(source, size, cluster):
            os.pwrite(new.fileno(), data, free * cluster)
            second.setdefault(number // entries, [0] * entries)[number % entries] = free * cluster | _COPIED
            free += 1
        for index, table in second.items():
            os.pwrite(new.fileno(), struct.pack(f">{entries}Q", *table), free * cluster)
            first[index] = free * cluster | _COPIED
            free += 1
        os.pwrite(new.fileno(), struct.pack(f">{len(first)}Q", *first), cluster)
        counts, blocks = _counts(new.fileno(), free, cluster)
        head = _HEADER.pack(MAGIC, 3, 0, 0, _BITS, size, 0, max(tables, 1), cluster, counts, blocks, 0, 0)
        os.pwrite(new.fileno(), head + _V3.pack(0, 0, 0, 4, _HEADER_LENGTH), 0)


def _full_clusters(source: Path | None, size: int, cluster: int) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of the clusters of a sparse file that are not zero."""
    if source is None:
        return
    with source.open("rb") as old:
        done = -1
        for start, length in sparse.data_ranges(old.fileno(), size):
            for number in range(max(start // cluster, done + 1), -(-(start + length) // cluster)):
                data = os.pread(old.fileno(), cluster, number * cluster)
                done = number
                if data.count(0) != len(data):
                    yield number, data.ljust(cluster, b"\0")


def _counts(file: int, used: int, cluster: int) -> tuple[int, int]:
    """Write reference counts of one for all clusters; the offset of their table and its length in clusters."""
    per_block = cluster // 2
    blocks = tables = 1
    while blocks * per_block < used + blocks + tables:
        blocks += 1
        tables = -(-blocks * 8 // cluster)
    total = used + blocks + tables
    places = [(used + tables + number) * cluster for number in range(blocks)]
    os.pwrite(file, struct.pack(f">{blocks}Q", *places).ljust(tables * cluster, b"\0"), used * cluster)
    for number, place in enumerate(places):
        ones = min(per_block, max(0, total - number * per_block))
        os.pwrite(file, (b"\0\1" * ones).ljust(cluster, b"\0"), place)
    return used * cluster, tables
