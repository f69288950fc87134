# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""What is mounted in a directory, wherever links lead."""

from __future__ import absolute_import, division, print_function

import re

from .kept_files import real

__metaclass__ = type

#: How the kernel writes a blank, a tab, a line's end and a backslash of a name (mangle in fs/seq_file.c).
_CODE = re.compile(r"\\([0-7]{3})")


def within(host, path, itself):
    """Where something is mounted below a directory, and if ``itself``, on it."""
    place = real(host, path)
    lines = [line.split() for line in (host.read("/proc/self/mountinfo") or "").splitlines()]
    found = [_CODE.sub(lambda code: chr(int(code.group(1), 8)), words[4]) for words in lines if len(words) > 4]
    return [one for one in found if one.startswith(place.rstrip("/") + "/") or (itself and one == place)]
