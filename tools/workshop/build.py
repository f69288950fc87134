# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the collection and proves that it installs: offline, dependencies checked, into an empty directory.

Run by an environment that has the pip package `ansible`, whose collections satisfy the dependencies.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from workshop.environments import ROOT
from workshop.sources import NAME, copy_collection

# Nothing but these may come with an installed collection, see design: installed content reads only the directories.
SHIPPED = {
    *("CHANGELOG.md", "FILES.json", "LICENSE", "LICENSES", "MANIFEST.json", "README.md", "changelogs"),
    *("inventories", "meta", "playbooks", "plugins", "roles"),
}


def call(*command: str | Path) -> None:
    """Run a command and stop everything when it fails."""
    print("$", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)


def build(place: Path) -> Path:
    """Build the archive from the project's files only, and return it."""
    source = copy_collection(place / "source")
    (place / "dist").mkdir()
    call("ansible-galaxy", "collection", "build", source, "--output-path", place / "dist")
    return next((place / "dist").glob("*.tar.gz"))


def install(archive: Path, place: Path) -> Path:
    """Install the archive into an empty directory and return where it went."""
    call("ansible-galaxy", "collection", "install", archive, "--offline", "--collections-path", place)
    return place / NAME


def check(installed: Path) -> list[str]:
    """Return what is wrong with an installed collection: files too many, or documentation that cannot be read."""
    problems = [
        f"{path.name} does not belong into the archive" for path in installed.iterdir() if path.name not in SHIPPED
    ]
    for module in sorted((installed / "plugins" / "modules").glob("*.py")):
        read = ["ansible-doc", "--json", f"ovirt_contrib.containers.{module.stem}"]
        print("$", *read, flush=True)
        if subprocess.run(read, stdout=subprocess.DEVNULL, check=False).returncode:
            problems.append(f"ansible-doc cannot read {module.stem} where it was installed")
    return problems


def main(arguments: list[str]) -> int:
    """Build in a directory, install, check; with --keep the archive is also copied to dist/."""
    place = Path(arguments[0]).resolve()
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    archive = build(place)
    problems = check(install(archive, place / "installed"))
    print("\n".join(problems) or f"{archive.name}: {archive.stat().st_size // 1024} KiB, installs offline")
    if "--keep" in arguments and not problems:
        (ROOT / "dist").mkdir(exist_ok=True)
        print("built", shutil.copy2(archive, ROOT / "dist"))
    return 1 if problems else 0
