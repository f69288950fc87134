# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Whether another run, which may be alive, works on the host, by its records."""

from __future__ import absolute_import, division, print_function

import re
import time

from ..host import HostError
from .record_shape import UNDER_WAY

__metaclass__ = type

#: A run that was not heard of for so many seconds is taken for dead: more than any of its tasks may take.
SILENCE = 3600
#: Ports that end with the VM that they are for (libvirt, and Vdsm's own).
_PORT_OF_A_VM = re.compile(r"(vnet|tap)[0-9]")


class BusyError(HostError):
    """Another run works on the host. ``owner`` says which."""

    def __init__(self, sentence, owner):
        HostError.__init__(self, sentence)
        self.owner = owner


def moment(host):
    """Now: by the host's clock, and by the seconds of this boot, which nobody sets."""
    words = (host.read("/proc/uptime") or "").split()
    try:
        uptime = float(words[0])
    except (IndexError, ValueError):
        uptime = None
    return {"touched": time.time(), "boot": host.read("/proc/sys/kernel/random/boot_id") or "", "uptime": uptime}


def silence(record, now):
    """The least number of seconds since the owner of a record was heard of."""
    if is_other_boot(record, now):
        return max(now["touched"] - record["touched"], now["uptime"] or 0)
    if record["boot"] and None not in (record["uptime"], now["uptime"]):
        return max(now["uptime"] - record["uptime"], 0)
    by_clock = now["touched"] - record["touched"]
    # A clock that was set back says nothing; a bit of it is what every clock does.
    return max(by_clock, 0) if by_clock > -SILENCE else SILENCE + 1


def is_other_boot(record, now):
    """Whether the host was started anew since a record was written."""
    return bool(record["boot"] and now["boot"] and record["boot"] != now["boot"])


def after_boot(safety):
    """A VM safety state without what ends with a boot: running VMs, their ports, and which neighbours answered."""
    bridges = {
        name: [port for port in ports if not _PORT_OF_A_VM.match(port)] for name, ports in safety["bridges"].items()
    }
    return dict(safety, vms=[], bridges=bridges, reachable=None if safety.get("reachable") is None else {})


def refuse(records, owner, gone, now):
    """Raise BusyError if another run may be at work on the host.

    Two of them would undo each other, as a way back leads to what was before both. records: name to record. gone: runs
    that are known to have ended. A role within another one is the same run.
    """
    for name, record in sorted(records.items()):
        holder = record["owner"] if record["stage"] in UNDER_WAY else {}
        if not holder or not owner or holder == owner or holder in gone or silence(record, now) > SILENCE:
            continue
        raise BusyError(
            "another run is changing this host: process %s on %s has begun %s and was heard of %d s ago. Wait until it "
            "has ended. If it was killed, run this on that machine, or again when it was not heard of for %d minutes."
            % (holder.get("pid"), holder.get("controller"), name, silence(record, now), SILENCE // 60),
            holder,
        )
