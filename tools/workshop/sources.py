# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the collection is found, and copies for tools that need a real path ansible_collections/NAMESPACE/NAME."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from workshop.environments import ROOT, VENVS, WORK

NAME = Path("ansible_collections") / "ovirt_contrib" / "containers"
COLLECTIONS = WORK / "collections"
# What a tree without git must not carry along; with git, .gitignore says it.
LITTER = {".git", ".work", ".ovirt-lab", "dist", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}


def link_collection() -> None:
    """Make the collection findable under .work/collections; relative, so that the tree can be moved."""
    link = COLLECTIONS / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        with suppress(FileExistsError):  # another process may be as fast
            link.symlink_to(Path("..") / ".." / ".." / "..", target_is_directory=True)


def project_files() -> list[Path]:
    """Return the project's files, relative to its root: tracked and new ones, nothing that git ignores."""
    listing = (
        subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        if shutil.which("git") and (ROOT / ".git").exists()
        else None
    )
    if listing is None or listing.returncode:
        return sorted(walk(ROOT))
    names = [Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def walk(top: Path) -> Iterable[Path]:
    """Yield the files of a tree that is not a git checkout, for instance an unpacked archive."""
    for directory, below, names in os.walk(top):
        below[:] = [name for name in below if name not in LITTER]
        yield from (Path(directory, name).relative_to(top) for name in names)


def copy_collection(place: Path, without: Iterable[str] = ()) -> Path:
    """Copy the project's files to place/ansible_collections/ovirt_contrib/containers and return that path.

    What is there already and not part of the project goes, except tests/output, where ansible-test keeps its cache.
    """
    target = place / NAME
    files = [name for name in project_files() if name.parts[0] not in set(without)]
    wanted = {target / name for name in files}
    for old in list(walk(target)) if target.exists() else []:
        if target / old not in wanted and old.parts[:2] != ("tests", "output"):
            (target / old).unlink()
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    if (ROOT / ".git").exists() and not (target / ".git").exists():
        # Tools look upwards for a repository, find the project's own, and that it ignores everything in .work.
        subprocess.run(["git", "init", "-q", target], check=True)
    return target


def collection_path(environment: str, *ours: Path) -> str:
    """Return ANSIBLE_COLLECTIONS_PATH: where ours is, and the collections of the environment's pip package ansible."""
    packages = sorted((VENVS / environment / "lib").glob("python3*/site-packages"))
    return os.pathsep.join(map(str, [*(ours or [COLLECTIONS]), *packages]))
