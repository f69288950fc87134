# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sources of images: files of lab/images and the programs in them, and a hash that changes with them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .docker import LabError

LAB = Path(__file__).resolve().parents[2]
IMAGES = LAB / "images"
PACKAGE = LAB / "ovirt_lab"


def _wanted(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder, without documentation and caches of tools."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        litter = any(part == "__pycache__" or part.startswith(".") for part in name.parts)
        if path.is_file() and not litter and name.suffix != ".md":
            yield name.as_posix(), path


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile below lab/images, its stages, what else it needs there, and what of ovirt_lab is in the image."""

    dockerfile: str
    stages: tuple[str, ...]
    needs: tuple[str, ...]
    packages: tuple[str, ...]


HOST = Recipe("Dockerfile", ("packages",), ("containers/", "host/", "looks", "repos/", "rpm/"), ("vdsm",))
MACHINE = Recipe(
    "engine/Dockerfile",
    ("system", "sdk", "packages"),  # the first of them is a stage of the hosts' Dockerfile
    ("Dockerfile", "engine/", "host/sbin/lab-init", "looks", "rpm/build", "rpm/macros", "rpm/release.spec"),
    ("engine", "engine_config", "engine_machine"),
)


def files(recipe: Recipe = HOST) -> Iterator[tuple[str, Path]]:
    """Name in the build context, and file; always in the same order."""
    if not (IMAGES / recipe.dockerfile).is_file():
        raise LabError("The recipes of the test hosts (lab/images) are not there: use a checkout of the project.")
    needs = (recipe.dockerfile, *recipe.needs)
    found = [(name, path) for name, path in _wanted(IMAGES) if name.startswith(needs)]
    found += [(f"ovirt_lab/{name}", PACKAGE / name) for name in ("__init__.py", "ending.py")]
    for package in recipe.packages:
        found += [(f"ovirt_lab/{package}/{name}", path) for name, path in _wanted(PACKAGE / package)]
    return iter(sorted(found))


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def digest(*extra: str, recipe: Recipe = HOST) -> str:
    """Changes when a file, its being executable, or one of the extra words does."""
    result = hashlib.sha256("\0".join(extra).encode())
    for name, path in files(recipe):
        content = path.read_bytes()
        result.update(f"\0{name}\0{_mode(path):o}\0{len(content)}\0".encode() + content)
    return result.hexdigest()[:16]


def context(recipe: Recipe = HOST, more: Mapping[str, bytes] | None = None) -> bytes:
    """The build context for `docker build -`; without times and owners, so that docker's cache holds."""
    found = [(name, _mode(path), path.read_bytes()) for name, path in files(recipe)]
    found += [(name, 0o644, content) for name, content in (more or {}).items()]
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w") as archive:
        for name, mode, content in found:
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = mode, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return result.getvalue()
