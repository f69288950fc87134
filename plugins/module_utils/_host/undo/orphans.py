# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Modules of a killed run that are still at work on the host: the last one goes on to its end."""

from __future__ import absolute_import, division, print_function

import os
import re
import time

from ..host import HostError

__metaclass__ = type

#: Seconds that such a module may take: a package manager with many packages.
PATIENCE = 600
#: Seconds without such a module: some tasks are several modules, one after another.
QUIET = 1.0
_MODULE = re.compile(
    r"AnsiballZ_(dnf5?|yum|package|copy|template|file|yum_repository|sysctl|systemd(_service)?|service|command"
    r"|container_network|container_host_snapshot)\b"
)
#: With pipelining a module's name is not in its words; one that installs has the database of rpm open.
_DATABASES = ("/var/lib/rpm/", "/usr/lib/sysimage/rpm/")


def wait(host):
    """Wait until no module of another run is at work. Raises HostError when that takes too long."""
    deadline = time.time() + PATIENCE
    quiet_since = None
    while True:
        found = at_work(host)
        if not found:
            quiet_since = quiet_since or time.time()
            if time.time() - quiet_since >= QUIET:
                return
        else:
            quiet_since = None
            if time.time() > deadline:
                words = "a run that was cut short is still at work here: %s. Wait until it has ended, or end it"
                raise HostError(words % (", ".join(found),))
        time.sleep(0.2)


def at_work(host):
    """Such processes, as ``AnsiballZ_dnf (pid 4711)``."""
    own = _own(host)
    found = []
    for pid in host.names("/proc"):
        if not pid.isdigit() or int(pid) in own:
            continue
        words = (host.read("/proc/%s/cmdline" % (pid,)) or "").replace("\0", " ")
        module = _MODULE.search(words)
        if module:
            found.append("%s (pid %s)" % (module.group(0), pid))
        elif "python" in words.partition(" ")[0] and _has_database(host, pid):
            found.append("a package manager (pid %s)" % (pid,))
    return found


def _own(host):
    """This process and its ancestors: sudo and shells around it have its words as well."""
    found, pid = set(), os.getpid()
    while pid > 1 and pid not in found:
        found.add(pid)
        stat = (host.read("/proc/%d/stat" % (pid,)) or "").rpartition(")")[2].split()
        pid = int(stat[1]) if len(stat) > 1 and stat[1].isdigit() else 0
    return found


def _has_database(host, pid):
    for handle in host.names("/proc/%s/fd" % (pid,)):
        try:
            target = os.readlink(host.path("/proc/%s/fd/%s" % (pid, handle)))
        except OSError:
            continue
        if target.startswith(_DATABASES):
            return True
    return False
