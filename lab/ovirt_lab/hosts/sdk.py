# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SDK's source distribution for the image of the Engine machine; pip downloads it once."""

from __future__ import annotations

import subprocess
import sys

from .docker import LabError
from .sources import LAB

VERSION = "4.6.3"
NAME = f"ovirt_engine_sdk_python-{VERSION}.tar.gz"
STORE = LAB.parent / ".work" / "sdk-source"


def archive() -> bytes:
    """The path of the archive. pip downloads it with the user's own settings."""
    path = STORE / NAME
    if not path.exists():
        _download()
    return path.read_bytes()


def _download() -> None:
    STORE.mkdir(parents=True, exist_ok=True)
    wanted = f"ovirt-engine-sdk-python=={VERSION}"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", wanted],
        cwd=STORE, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if not (STORE / NAME).exists():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise LabError(
            f"pip could not download {wanted}, which the Engine machine's image needs ({last}): "
            f"put {NAME} into {STORE}."
        )
