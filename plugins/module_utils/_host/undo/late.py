# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""Which changes a killed run made itself. Others may have changed the host since it was killed. Pure."""

from __future__ import absolute_import, division, print_function

from .changes import DOCKER
from .way_back import keys_of

__metaclass__ = type


def ours(own, now, noted, theirs, keys):
    """Return (change, kept): the change without later changes by others, and a sentence about each of those.

    noted: path -> contents that the killed run has noted as its own, in the records of the roles within it.
    theirs: changes that other runs have noted since. keys: see way_back.py.
    """
    own, kept = _without(own, theirs)
    own["files"] = dict(own["files"])
    for path, entry in own["files"].items():
        own["files"][path] = dict(entry, mixed=_is_mixed(path, entry, own, now, noted, keys))
    for path, what in sorted((now.get("held") or {}).items()):
        if what and path in own["trees"]:
            own["trees"] = {name: was for name, was in own["trees"].items() if name != path}
            kept.append("%s is kept with what is in it (%s): others used it since a run was cut short" % (path, what))
    if now.get("in_use") and own["docker"] is not None:
        own, more = _without_docker(own, now["in_use"])
        kept += more
    elif own["docker"] is None:
        words = "docker network %s is kept: it came while a run was cut short, and may be somebody else's"
        kept += [words % (name,) for name in sorted(own["networks"])]
        own["networks"] = {}
    return own, kept


def _is_mixed(path, entry, own, now, noted, keys):
    """Whether a file can hold what others have written."""
    if path in noted:
        return entry["after"] not in noted[path]
    # The run was killed before it noted what it wrote. Of a file that was there, and of one with keys of ours, the rest
    # may be somebody's. Another one that came has come with the run, by its name.
    return entry["before"] is not None or bool(keys_of(path, own, now, keys))


def _without(own, theirs):
    """The change without what other runs have recorded as made by them."""
    own, kept = dict(own), []
    for other in theirs:
        files = sorted(set(own["files"]) & set(other["files"]))
        kept += ["%s is kept: another run has changed it since" % (path,) for path in files]
        packages = sorted(set(own["packages"]) & set(other["packages"]))
        kept += ["%s is kept: another run has noted it as its own since" % (name,) for name in packages]
        own["packages"] = [name for name in own["packages"] if name not in packages]
        for kind in ("files", "services", "trees"):
            own[kind] = {name: value for name, value in own[kind].items() if name not in other[kind]}
        if other["docker"] is not None:
            own["docker"] = None
    return own, kept


def _without_docker(own, what):
    """Keep all that docker needs, since others' containers run on it. Put back the kernel's settings."""
    kept = (
        "docker is kept with %s: somebody has used it since a run was cut short. When that is not needed any more, "
        "remove it, then docker" % (what,)
    )
    return dict(
        own,
        packages=[name for name in own["packages"] if name.startswith("vdsm")],
        files={path: entry for path, entry in own["files"].items() if "docker" not in path},
        services={unit: was for unit, was in own["services"].items() if not _is_dockers(unit)},
        trees={},
        networks={},
        docker=None,
    ), [kept]


def _is_dockers(unit):
    return unit == DOCKER or unit.startswith(("docker", "containerd"))
