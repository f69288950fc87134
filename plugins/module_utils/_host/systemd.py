# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Units of systemd, and whether a service needs a restart: files that changed after its start have not been read."""

from __future__ import absolute_import, division, print_function

import os
import re
import time

__metaclass__ = type

_ACTIVE = ("active", "reloading")
_UPTIME = "/proc/uptime"


def units(said):
    """Units of ``systemctl show``, which prints a block for each: ``{id: {property: value}}``.

    A property that is shown several times has one line for each.
    """
    found = {}
    for block in re.split(r"\n\s*\n", said):
        values = {}
        for name, value in [line.split("=", 1) for line in block.splitlines() if "=" in line]:
            values[name] = values[name] + "\n" + value if name in values else value
        if values.get("Id"):
            found[values["Id"]] = values
    return found


def active(units, name):
    """Whether a unit is active."""
    return units.get(name, {}).get("ActiveState") in _ACTIVE


def started(host, units, name):
    """When a unit became active, in seconds of the clock that files are stamped with; None when it does not run.

    systemd gives it in microseconds since the machine started. All rounding makes this result later or the stamp of a
    file earlier, so a file that was written before the start never counts as newer: the uptime is cut to a hundredth
    of a second and read before the clock, and a stamp is that of the kernel's last tick, or of the last second on
    file systems without fractions.
    """
    if not active(units, name):
        return None
    uptime = (host.read(_UPTIME) or "").split()
    try:
        since = int(units[name].get("ActiveEnterTimestampMonotonic") or 0) / 1e6
        age = float(uptime[0]) - since
    except (IndexError, ValueError):
        return None
    # Just started: the uptime may be cut to before it. More than that are clocks of two machines.
    if not since or age < -1:
        return None
    return time.time() - max(age, 0)


def changed(host, paths, moment):
    """Whether one of these was changed after a moment; None for no moment."""
    if moment is None:
        return None
    return any(_stamp(host, path) > moment for path in paths)


def _stamp(host, path):
    """The last change of a file or of the link to it; 0 when it is not there."""
    found = 0
    for look in (os.lstat, os.stat):
        try:
            # Not the time of its content: rpm and cp -p set that to any time.
            found = max(found, look(host.path(path)).st_ctime)
        except OSError:
            pass
    return found
