# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process environment of our programs: the machine's, without what would change Ansible's behaviour."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from workshop import ROOT, WORK

BIN = Path(sys.executable).parent
COLLECTIONS = WORK / "collections"
# A user's own settings must not decide whether our tests pass.
FOREIGN = re.compile(
    r"(ANSIBLE|OVIRT_(?!API_XSD|SDK_SOURCE|LAB_POOL|LAB_MIRROR)|MOLECULE|PYTEST|PYTHON|VIRTUAL_ENV|LC_|LANG)"
)


def environment() -> dict[str, str]:
    """Return the process environment, with the programs beside our interpreter first."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    return kept | {
        "PATH": os.pathsep.join([str(BIN), *real_path()]),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_HOME": str(WORK / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        # Keeps __pycache__ out of the tree; the SDK alone takes half a second to compile, so it must be kept somewhere.
        "PYTHONPYCACHEPREFIX": str(WORK / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }


def real_path() -> list[str]:
    """Return PATH without pyenv's shims: they answer for versions that are not switched on, with status 127."""
    return [place for place in os.environ["PATH"].split(os.pathsep) if not place.endswith("/shims")]


def link_collection() -> None:
    """Make Ansible find this checkout as the collection, by a relative link, so that the tree can be moved."""
    link = COLLECTIONS / "ansible_collections" / "ovirt_contrib" / "containers"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        with suppress(FileExistsError):  # another process may be as fast
            link.symlink_to(Path("..") / ".." / ".." / "..", target_is_directory=True)
