# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site: the pages of docs/, the changelog, and a reference that antsibull-docs makes.

usage: python -m workshop.docsite DIRECTORY

A warning of Sphinx is an error: a link within the site that leads nowhere, or a page that no other page names. Links to
other sites are not followed, so that the build needs no network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from workshop import ROOT, WORK, archive
from workshop.environment import BIN, COLLECTIONS, environment, link_collection

SOURCE = WORK / "docsite"
#: A Markdown link from a page to a file of the project outside docs/.
OUTWARD = re.compile(r"(?<=\]\()\.\./(?P<path>[^)\s]+)(?=\))")


def page(text: str, repository: str, version: str) -> str:
    """Return a page whose links to files outside docs/ lead to that version in the repository."""
    return OUTWARD.sub(lambda link: f"{repository.rstrip('/')}/blob/{version}/{link['path']}", text)


def gather(place: Path, docs: Path = ROOT / "docs") -> None:
    """Copy the pages, Sphinx's configuration and the changelog into a new directory."""
    about = archive.metadata(ROOT)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copy2(docs / "conf.py", place)
    for path in (*docs.glob("*.md"), ROOT / "CHANGELOG.md"):
        text = page(path.read_text(), about["repository"], about["version"])
        (place / path.name.lower()).write_text(text)


def add_reference(place: Path) -> None:
    """Write a page for each module, plugin and role into the directory ``place``."""
    place.mkdir(mode=0o755)
    about = archive.metadata(ROOT)
    name = f"{about['namespace']}.{about['name']}"
    words = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(place), name]
    link_collection()
    run(BIN / "antsibull-docs", "collection", *words)


def run(*words: str | Path) -> None:
    """Run a command that finds this checkout as the collection. Raises ``CalledProcessError``."""
    env = environment() | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    subprocess.run(words, check=True, env=env, cwd=ROOT)


def build(place: Path) -> Path:
    """Build the site into a directory; returns its first page. Raises ``CalledProcessError``."""
    gather(SOURCE)
    add_reference(SOURCE / "reference")
    jobs = str(os.cpu_count() or 1)
    words = [
        "-q",
        "-W",
        "--keep-going",
        "-j",
        jobs,
        "-b",
        "html",
        "-d",
        str(WORK / "doctrees"),
        str(SOURCE),
        str(place),
    ]
    run(BIN / "sphinx-build", *words)
    return place / "index.html"


def main(words: list[str]) -> int:
    """Build into the directory named."""
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(build(Path(words[0]).resolve()))
    except subprocess.CalledProcessError as error:
        print(f"docsite: {Path(error.cmd[0]).name} failed, see above.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
