# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The configuration and the data of docker's daemon."""

from __future__ import absolute_import, division, print_function

import json
import os
import re

from ..host import version_tuple

__metaclass__ = type

DAEMON_JSON = "/etc/docker/daemon.json"
_BOM = b"\xef\xbb\xbf"
DATA = "/var/lib/docker"
#: docker.com's and the distribution's daemon.
_DAEMON = re.compile(r"dockerd(-current|-latest)?\Z")


def daemon_config(host, version=None):
    """Content of daemon.json, whether it is there, and what is wrong with it for this version of docker."""
    content = host.bytes(DAEMON_JSON)
    if content is None:
        # A link that leads nowhere is where docker would find nothing, and where a file could be.
        there = host.exists(DAEMON_JSON)
        dangling = there and not os.path.exists(host.path(DAEMON_JSON))
        return {}, there, "%s cannot be read" % (DAEMON_JSON,) if there and not dangling else None
    if content.startswith(_BOM):
        if version_tuple(version) < (23,):
            words = "%s begins with a byte order mark, which docker reads from version 23 on; take it away"
            return {}, True, words % (DAEMON_JSON,)
        content = content[len(_BOM) :]
    if not content.strip():
        return {}, True, None  # docker takes an empty file for {}
    try:
        parsed = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return {}, True, "%s: byte %d is not UTF-8" % (DAEMON_JSON, error.start)
    except ValueError as error:
        return {}, True, "%s: %s" % (DAEMON_JSON, error)
    if not isinstance(parsed, dict):
        return {}, True, "%s: not an object" % (DAEMON_JSON,)
    return parsed, True, None


def in_swarm(host, said, root):
    """Whether the daemon is part of a swarm, by its answer to docker info; docker before 1.12 knows none.

    One that does not answer is in a swarm again as soon as it starts, where its data says so (moby,
    daemon/cluster/cluster.go: docker-state.json; the directory itself is always there).
    """
    if not said:
        return host.exists(os.path.join(root, "swarm", "docker-state.json"))
    swarm = said.get("Swarm")
    state = swarm.get("LocalNodeState") if isinstance(swarm, dict) else swarm
    return state in ("active", "pending", "locked")


def root_dir(said, config, flags):
    """Directory of docker's data, also while no daemon answers (the key was ``graph`` up to 17.05)."""
    flag = flags.get("data-root", {}).get("value")
    return said.get("DockerRootDir") or flag or config.get("data-root") or config.get("graph") or DATA


def daemon_path(host, unit):
    """A daemon of docker's that is here: the program of docker.service, or what runs; None where there is none.

    It may come from no package, and its command may be where nobody looks for it.
    """
    for path in re.findall(r"/[^\s;]+", unit.get("ExecStart") or ""):
        if _DAEMON.match(os.path.basename(path)) and os.path.exists(host.path(path)):
            return path
    for pid in host.names("/proc"):
        words = (host.read("/proc/%s/cmdline" % (pid,)) or "").split("\0") if pid.isdigit() else [""]
        if _DAEMON.match(os.path.basename(words[0])):
            return words[0]
    return None


def free_bytes(host, path):
    """Free space where a directory is or would be."""
    place = host.path(path)
    while not os.path.isdir(place) and place != os.path.dirname(place):
        place = os.path.dirname(place)
    try:
        status = os.statvfs(place)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
