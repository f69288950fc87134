# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of disks: a sparse file for each that was written to, in one of two forms.

`<id>.raw` has what the guest sees, `<id>.qcow2` a qcow2 file byte for byte. A raw disk has the first form; a cow disk
has the form in which it was written last, and is changed to the other when a transfer needs that. A disk without a file
is empty.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ovirtsdk4 import types

from . import qcow2, sparse

RAW, QCOW2 = ".raw", ".qcow2"


class Content:
    """The files of an Engine's disks."""

    def __init__(self) -> None:
        self._directory: Path | None = None
        self._mine: set[Path] = set()
        self._given: dict[str, Path] = {}  # files of others, which are only read
        self._temporary: Any = None

    def keep_in(self, directory: Path) -> None:
        """Keep files in this directory, which is made when it is needed."""
        if self._temporary is None:
            self._directory = directory

    @property
    def directory(self) -> Path:
        """Where the files are: a temporary directory unless another was named."""
        if self._directory is None:
            import tempfile  # here, since most Engines keep no content

            self._temporary = tempfile.TemporaryDirectory(prefix="ovirt-lab-disks-")  # goes with this object
            self._directory = Path(self._temporary.name)
        self._directory.mkdir(parents=True, exist_ok=True)
        return self._directory

    def find(self, ident: str) -> Path | None:
        """The file of a disk; None if it is empty."""
        folder = self._directory
        paths = [folder / f"{ident}{form}" for form in (RAW, QCOW2)] if folder is not None else []
        return next((path for path in paths if path.exists()), self._given.get(ident))

    def give(self, ident: str, path: Path) -> None:
        """Let a disk have the content of a file, which stays as it is."""
        self._given[ident] = path

    def console(self, vm_id: str) -> Path | None:
        """The file for what the guest of a VM prints; None while nothing is kept."""
        return self._directory / f"{vm_id}.console" if self._directory is not None else None

    def make_console(self, vm_id: str) -> Path:
        """The same for a guest that is about to print; it is one of this Engine's files from now on."""
        path = self.directory / f"{vm_id}.console"
        self._mine.add(path)
        return path

    def remove_console(self, vm_id: str) -> None:
        """Forget what the guest of a VM printed."""
        path = self.console(vm_id)
        if path is not None:
            path.unlink(missing_ok=True)

    def prepare(self, disk: Any, guest: bool, writable: bool) -> Path:
        """The file for a transfer: of what the guest sees, or in the format of the disk. qcow2.Unsupported, if not."""
        form = RAW if guest or disk.format == types.DiskFormat.RAW else QCOW2
        self._take(disk.id)
        path, old = self.directory / f"{disk.id}{form}", self.find(disk.id)
        self._mine.add(path)
        if path == old:
            if form == RAW:
                self._grow(path, disk.provisioned_size)
            return path
        if form == RAW:
            self._to_raw(old, path, disk.provisioned_size)
        elif writable:
            path.touch()  # a whole qcow2 file is about to come
        else:
            qcow2.pack(old, path, disk.provisioned_size)
        if old is not None:
            old.unlink()
        return path

    def _to_raw(self, old: Path | None, path: Path, size: int) -> None:
        if old is not None:
            try:
                qcow2.unpack(old, path)
            except qcow2.Unsupported:
                path.unlink(missing_ok=True)
                raise
        self._grow(path, size)

    @staticmethod
    def _grow(path: Path, size: int) -> None:
        with path.open("ab") as file:
            file.truncate(max(size, path.stat().st_size))

    def _take(self, ident: str) -> None:
        """Give a disk a file of its own in place of one that is only read."""
        if ident in self._given:
            self.copy(ident, ident)
            del self._given[ident]

    def grow(self, disk: Any) -> None:
        """A disk has become larger: so has what a guest sees of its qcow2 file (HSM.updateVolumeSize of Vdsm)."""
        self._take(disk.id)
        path = self.find(disk.id)
        if path is not None and path.suffix == QCOW2:
            qcow2.grow(path, disk.provisioned_size)

    def used(self, ident: str) -> int:
        """The bytes that a disk takes on its storage."""
        path = self.find(ident)
        return sparse.allocated(path) if path is not None else 0

    def copy(self, old: str, new: str) -> None:
        """Give one disk the content of another."""
        path = self.find(old)
        if path is not None:
            form = QCOW2 if qcow2.Header.read(path) is not None else RAW
            target = self.directory / f"{new}{form if path in self._given.values() else path.suffix}"
            self._mine.add(target)
            sparse.copy(path, target)

    def clear(self) -> None:
        """Remove the files of this Engine; others may keep theirs in the same directory."""
        for path in self._mine:
            path.unlink(missing_ok=True)

    def remove(self, ident: str) -> None:
        """Forget the content of a disk."""
        path = self.find(ident)
        if self._given.pop(ident, None) is None and path is not None:
            path.unlink(missing_ok=True)


def problem(path: Path, disk: Any, sizes: bool) -> str:
    """Why a host rejects an uploaded file; empty if it does not (HSM.verify_untrusted_volume@vdsm 4.30.46, 4.50.3).

    `sizes`: whether the virtual size is looked at, which Vdsm 4.19 does not. A smaller one is fine.
    """
    if path.suffix == RAW and disk.format != types.DiskFormat.RAW:
        return ""  # the host made the qcow2 file itself
    header = qcow2.Header.read(path)
    found = "qcow2" if header is not None else "raw"
    wanted = "raw" if disk.format == types.DiskFormat.RAW else "qcow2"
    if found != wanted:
        return f"the format is {found}, not {wanted}"
    if header is None:
        return ""
    if header.backing:
        return "it has a backing file"
    if sizes and header.size > disk.provisioned_size:
        return f"its virtual size is {header.size}, more than {disk.provisioned_size}"
    return ""
