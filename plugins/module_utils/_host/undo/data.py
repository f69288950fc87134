# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""What somebody has in docker: containers, volumes, images. Asked before a docker that a killed run left is undone."""

from __future__ import absolute_import, division, print_function

import fnmatch
import os
import re

__metaclass__ = type

#: Each running container has such a process, also while docker does not answer (1.12 to 29, and EL 7's own).
_SHIM = re.compile(r"^(docker-)?containerd-shim")
_CONTAINER = re.compile(r"^[0-9a-f]{12,64}$")
#: What docker and containerd make in their directories when they start, beside what is looked at below.
_SKELETON = re.compile(
    r"^(aufs|btrfs|builder|buildkit|containerd|containers|devicemapper|engine-id|fuse-overlayfs|image|network|overlay2?"
    r"|plugins|rootfs|runtimes|swarm|tmp|tmp-old|tmpmounts|trust|vfs|volumes|zfs|io\.containerd\.[a-z0-9.-]+)$"
)
#: Data in these directories: what it is, the pattern of its paths, and names that are not data.
_DATA = (
    ("containers", "containers/*", ()),
    ("volumes", "volumes/*", ("metadata.db", "backingFsBlockDev")),
    ("images", "image/*/imagedb/content/*/*", ()),
    ("images", "io.containerd.content.v1.content/blobs/*/*", ()),
    ("images", "containerd/*/io.containerd.content.v1.content/blobs/*/*", ()),
    ("containers", "io.containerd.runtime.*/*/*", ()),
    ("layers", "io.containerd.snapshotter.*/snapshots/*", ()),
    ("plugins", "plugins/*", ("storage", "tmp")),
    ("plugins", "plugins/storage/blobs/*/*", ("tmp",)),
    ("layers", "buildkit/content/blobs/*/*", ()),
    ("a swarm", "swarm/*", ()),
)


def in_use(host):
    """What containers and volumes there are, in words; an empty text for none."""
    running = sum(
        1 for pid in host.names("/proc") if pid.isdigit() and _SHIM.match(os.path.basename(_program(host, pid)))
    )
    containers = len([line for line in _listed(host, ["docker", "ps", "-a", "-q"]) if _CONTAINER.match(line)])
    volumes = len(_listed(host, ["docker", "volume", "ls", "-q"]))
    found = []
    for count, word in ((max(running, containers), "container"), (volumes, "volume")):
        if count:
            found.append("%d %s%s" % (count, word, "s" if count > 1 else ""))
    return " and ".join(found)


def _program(host, pid):
    return (host.read("/proc/%s/cmdline" % (pid,)) or "").split("\0")[0]


def _listed(host, words):
    if not host.which("docker"):
        return []
    said = host(words)
    return [line.strip() for line in said.out.splitlines() if line.strip()] if said.ok else []


def held(host, path):
    """Content of a directory that neither docker nor containerd made for itself, in words; empty if there is none."""
    found = {word for word, pattern, ours in _DATA if _is_more(host, path, pattern.split("/"), ours)}
    found.update(name for name in host.names(path) if not _SKELETON.match(name))
    return ", ".join(sorted(found))


def _is_more(host, path, patterns, ours):
    for name in fnmatch.filter(host.names(path), patterns[0]):
        if len(patterns) == 1:
            if name not in ours:
                return True
        elif _is_more(host, os.path.join(path, name), patterns[1:], ours):
            return True
    return False
