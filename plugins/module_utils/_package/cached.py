# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Builds a package once, though several tasks may ask for it at the same moment."""

from __future__ import absolute_import, division, print_function

import fcntl
import os

from . import build
from .download import make_folder

__metaclass__ = type


def build_once(host, source, version, release, path):
    """Build a package unless somebody else has just done so; whether it was built. Raises HostError."""
    folder = host.path(os.path.dirname(path))
    make_folder(folder)
    # All hosts of a play come at once; the folder itself is the lock, and nothing is left of it.
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if build.kept(host.path(path)):
            return False
        build.build(host, source, version, release, host.path(path))
        return True
    finally:
        os.close(lock)
