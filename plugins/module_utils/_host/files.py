# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Writes files on the host so that a reader finds a whole file or none, even if the host stops in between."""

from __future__ import absolute_import, division, print_function

import os
import tempfile

__metaclass__ = type

#: Beginning and end of a name that a file has until it is whole. A process that is killed leaves it.
HALF = (".", ".tmp")


def write_whole(path, content, mode=0o600):
    """Write bytes to a file and to the disk. Raises IOError or OSError; then the file is as it was before."""
    handle, temporary = tempfile.mkstemp(prefix=HALF[0], suffix=HALF[1], dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.chmod(temporary, mode)
        os.rename(temporary, path)
    except Exception:
        os.unlink(temporary)
        raise
