# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The package in the cache: found there, or built once though several tasks may ask for it at the same moment."""

from __future__ import absolute_import, division, print_function

import fcntl
import os

from .._host.host import text
from . import build, source
from .download import address_of, download, make_folder, verified, without_query

__metaclass__ = type


def ensure(module, host):
    """Have the package in the cache: the result of vdsm_containers_rpm. Raises HostError."""
    params = module.params
    version, release = params["version"], params["release"]
    build.check_version(version, release)
    found = _read_source(module, host, params["cache"])
    source.check(found, version, release)
    name = build.file_name(version, release)
    key = "%s-%s" % (found.digest[:32], build.RECIPE)
    path = os.path.join(params["cache"], key, name)
    needed = not build.kept(host.path(path))
    if needed:
        build.tools(host)
    if needed and not module.check_mode:
        needed = _build_once(host, found, version, release, path)
    return {
        "changed": needed,
        "package": path,
        "file": name,
        "source_version": found.version,
        "source_digest": found.digest,
        "diff": {"before": "" if needed else path + "\n", "after": path + "\n"},
    }


def _read_source(module, host, cache):
    """Return the sources, from wherever they are. Raises HostError."""
    params = module.params
    address = address_of(module)
    if address is None:
        path, shown = params["source"], text(params["source"])
        if params["checksum"]:
            verified(host, path, shown, params["checksum"])
        return source.read(host, path, shown)
    return source.read(host, download(module, host, address, cache), without_query(address))


def _build_once(host, found, version, release, path):
    """Build a package unless somebody else has just done so; whether it was built. Raises HostError."""
    folder = host.path(os.path.dirname(path))
    make_folder(folder)
    # All hosts of a play come at once; the folder itself is the lock, and nothing is left of it.
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if build.kept(host.path(path)):
            return False
        build.build(host, found, version, release, host.path(path))
        return True
    finally:
        os.close(lock)
