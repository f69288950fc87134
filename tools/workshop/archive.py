# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the collection: the project's files, with a README whose links work outside of the repository.

usage: python -m workshop.archive DIRECTORY
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from workshop import ROOT
from workshop.environment import BIN

#: The target of a Markdown link that is neither an address nor a place on the same page.
RELATIVE = re.compile(r"(?<=\]\()(?!#|[a-z][a-z0-9+.-]*:)(?P<path>[^)\s]+)(?=\))")
#: Reserved for documentation (RFC 2606): nothing is ever hosted there.
PLACEHOLDER = re.compile(r"https://([\w.-]+\.)?example\.(org|com|net)/")


def absolute(text: str, repository: str, version: str) -> str:
    """Return Markdown with relative links made links to the files of a version in the repository."""
    return RELATIVE.sub(lambda link: f"{repository.rstrip('/')}/blob/{version}/{link['path']}", text)


def copy_files(source: Path, place: Path) -> None:
    """Copy the project's files, tracked and new ones, as git lists them."""
    words = ["git", "-c", f"safe.directory={source}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(words, cwd=source, capture_output=True, check=True).stdout
    for name in filter(None, map(os.fsdecode, listing.split(b"\0"))):
        if (source / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, place / name)


def build(place: Path, source: Path = ROOT) -> Path:
    """Build the collection into a directory; returns the archive. Raises ``CalledProcessError`` when that fails."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        copy_files(source, copy)
        about = metadata(copy)
        readme = copy / about["readme"]
        readme.write_text(absolute(readme.read_text(), about["repository"], about["version"]))
        words: list[str | Path] = [
            BIN / "ansible-galaxy",
            "collection",
            "build",
            copy,
            "--output-path",
            place,
            "--force",
        ]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return place / f"{about['namespace']}-{about['name']}-{about['version']}.tar.gz"


def metadata(source: Path) -> dict[str, Any]:
    """Return what galaxy.yml says."""
    found: dict[str, Any] = yaml.safe_load((source / "galaxy.yml").read_text())
    return found


def main(words: list[str]) -> int:
    """Build into the directory named, and say what is left to fill in before the archive is published."""
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    print(build(Path(words[0])))
    repository = metadata(ROOT)["repository"]
    if PLACEHOLDER.match(repository):
        print(
            f"galaxy.yml: repository is the placeholder {repository}. Before you publish the archive, write "
            "the address of the repository there, and change documentation, homepage and issues with it.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
