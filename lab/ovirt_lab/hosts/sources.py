# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What images are made of: the files of lab/images and the stand-in Vdsm, and a hash that tells when they changed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from .docker import LabError

LAB = Path(__file__).resolve().parents[2]
IMAGES = LAB / "images"
PACKAGE = LAB / "ovirt_lab"


def _wanted(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of this folder, but for documentation and what tools leave behind."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        litter = any(part == "__pycache__" or part.startswith(".") for part in name.parts)
        if path.is_file() and not litter and name.suffix != ".md":
            yield name.as_posix(), path


def files() -> Iterator[tuple[str, Path]]:
    """Name in the build context, and file; always in the same order."""
    if not (IMAGES / "Dockerfile").is_file():
        raise LabError("The recipes of the test hosts (lab/images) are not there: use a checkout of the project.")
    found = [*_wanted(IMAGES), ("ovirt_lab/__init__.py", PACKAGE / "__init__.py")]
    found += [(f"ovirt_lab/vdsm/{name}", path) for name, path in _wanted(PACKAGE / "vdsm")]
    return iter(sorted(found))


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def digest(*extra: str) -> str:
    """Changes when a file, its being executable, or one of the extra words does."""
    result = hashlib.sha256("\0".join(extra).encode())
    for name, path in files():
        content = path.read_bytes()
        result.update(f"\0{name}\0{_mode(path):o}\0{len(content)}\0".encode() + content)
    return result.hexdigest()[:16]


def context() -> bytes:
    """The build context for `docker build -`; without times and owners, so that docker's cache holds."""
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w") as archive:
        for name, path in files():
            content = path.read_bytes()
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = _mode(path), len(content)
            archive.addfile(entry, io.BytesIO(content))
    return result.getvalue()
