# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Records on the host: what a snapshot noted, kept as one file of JSON each, safe from crashes and from other runs.

A record:

    format    2
    stage     "begun" (nothing is changed yet), "open" (changes since the baseline can be undone), "proven" (they stay;
              what is left is to give the host back), "sealed" (what its owner has changed is noted)
    owner     the run that works with it, {} when nobody does or it is not known
    since     when it was begun; touched: when its owner was heard of last; seconds of the host's clock
    about     [files, trees, services] that the baseline is about
    baseline  a picture (see changes.py), or None
    safety    what VMs depended on when it was taken (see safety.py), or None
    engine    {"drained": bool, "stopped_vms": [names]}
    own       a change (see changes.py): what was sealed
    cut_short sentences about what may be somebody else's
    others    the other records at that time, path to record
    late      whether the run that took the baseline was killed, and another one works with it now
"""

from __future__ import absolute_import, division, print_function

import errno
import json
import os
import tempfile
import time

from ..host import HostError, text
from .changes import KINDS, NOTHING

__metaclass__ = type

DIRECTORY = "/var/lib/ovirt-containers"
FORMAT = 2
UNDER_WAY = ("begun", "open", "proven")
STAGES = UNDER_WAY + ("sealed",)
#: A run that was not heard of for so many seconds is taken for dead: more than any of its tasks may take.
SILENCE = 3600
_TYPES = {
    "about": list,
    "baseline": (dict, type(None)),
    "cut_short": list,
    "engine": dict,
    "late": bool,
    "others": dict,
    "own": dict,
    "owner": dict,
    "safety": (dict, type(None)),
    "since": (int, float),
    "touched": (int, float),
}


class BusyError(HostError):
    """Another run works with the record. ``owner`` says which."""

    def __init__(self, sentence, owner):
        HostError.__init__(self, sentence)
        self.owner = owner


def new(owner):
    """A record with nothing in it."""
    now = time.time()
    return {
        "format": FORMAT,
        "stage": "begun",
        "owner": owner,
        "since": now,
        "touched": now,
        "about": [[], [], []],
        "baseline": None,
        "safety": None,
        "engine": {"drained": False, "stopped_vms": []},
        "own": dict(NOTHING),
        "cut_short": [],
        "others": {},
        "late": False,
    }


def read(path):
    """The record, None if there is none. Raises HostError for one that is not whole."""
    try:
        with open(path, "rb") as source:
            record = json.loads(source.read().decode("utf-8"))
    except (IOError, OSError) as problem:
        if problem.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise HostError("%s cannot be read: %s" % (path, problem.strerror))
    except ValueError as problem:
        raise _damaged(path, problem)
    _check(path, record)
    return record


def _check(path, record):
    if not isinstance(record, dict):
        raise _damaged(path, "no object")
    if record.get("format") != FORMAT:
        raise _damaged(path, "format %s, not %s" % (record.get("format"), FORMAT))
    if record.get("stage") not in STAGES:
        raise _damaged(path, "stage %s" % (record.get("stage"),))
    for key, kinds in _TYPES.items():
        if not isinstance(record.get(key), kinds) or (isinstance(record[key], bool) and kinds is not bool):
            raise _damaged(path, "%s is of another kind" % (key,))
    if len(record["about"]) != 3 or not all(isinstance(part, list) for part in record["about"]):
        raise _damaged(path, "about is not three lists")
    if set(NOTHING) - set(record["own"]):
        raise _damaged(path, "own lacks %s" % (", ".join(sorted(set(NOTHING) - set(record["own"]))),))
    if not isinstance(record["engine"].get("stopped_vms"), list):
        raise _damaged(path, "engine has no list stopped_vms")
    if record["baseline"] is not None:
        _check_picture(path, record["baseline"])


def _check_picture(path, picture):
    for key, kinds in KINDS.items():
        if key not in picture or not isinstance(picture[key], kinds):
            raise _damaged(path, "baseline has no %s" % (key,))


def _damaged(path, why):
    words = "%s is damaged (%s), so the host cannot be put back from it. Undo by hand what it is about, then delete it."
    return HostError(words % (path, why))


def write(path, record):
    """Keep a record so that it survives a crash. Files may hold secrets, so only root reads it.

    Raises HostError where that is not possible, and leaves what was there before.
    """
    directory = os.path.dirname(path)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=directory)
        with os.fdopen(handle, "wb") as target:
            target.write(json.dumps(record, indent=1, sort_keys=True).encode("utf-8"))
            target.flush()
            os.fsync(target.fileno())
        os.rename(temporary, path)
        temporary = None
        for place in (directory, os.path.dirname(directory)):
            _sync(place)
    except (IOError, OSError) as problem:
        words = "%s cannot be written: %s. Nothing was changed since the record before; make room, then run it again."
        raise HostError(words % (path, problem.strerror))
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        tidy(directory)


def _sync(directory):
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(path):
    """Delete a record, and the directory with the last of them."""
    if os.path.lexists(path):
        os.unlink(path)
    tidy(os.path.dirname(path))


def tidy(directory):
    """Take away what a killed module has left, and the directory with the last record. The lock is held."""
    names = os.listdir(directory) if os.path.isdir(directory) else []
    left = [name for name in names if name.startswith(".") and name.endswith(".tmp")]
    for name in left:
        os.unlink(os.path.join(directory, name))
    if os.path.isdir(directory) and len(left) == len(names):
        os.rmdir(directory)


def others(path):
    """The other records, path to content."""
    directory = os.path.dirname(path)
    names = os.listdir(directory) if os.path.isdir(directory) else []
    places = [os.path.join(directory, name) for name in names if name.endswith(".json")]
    return {place: read(place) for place in places if place != path}


def under_way(host):
    """What runs have begun and not ended: by name: stage, since, safety, engine, way_back, problem."""
    directory = host.path(DIRECTORY)
    found = {}
    for name in host.names(DIRECTORY):
        stem, _dot, kind = name.rpartition(".")
        if not stem or kind != "json":
            continue
        try:
            record = read(os.path.join(directory, name))
        except HostError as problem:
            found[stem] = {
                "stage": None,
                "since": None,
                "safety": None,
                "engine": None,
                "way_back": None,
                "problem": text(problem.args[0]),
            }
            continue
        if record and record["stage"] in UNDER_WAY:
            found[stem] = {key: record[key] for key in ("stage", "since", "safety", "engine")}
            found[stem].update(way_back=record["baseline"] is not None, problem=None)
    return found


def refuse_busy(name, record, owner, take_over):
    """Raise BusyError where another run, which may be alive, has begun what the record tells."""
    holder = record["owner"] if record and record["stage"] in UNDER_WAY else {}
    if not holder or not owner or holder in (owner, take_over):
        return
    silent = time.time() - record["touched"]
    if silent > SILENCE:
        return
    raise BusyError(
        "another run is changing this host: process %s on %s has begun %s and was heard of %d s ago. Wait until it has "
        "ended. If it was killed, run this on that machine, or again when it was not heard of for %d minutes."
        % (holder.get("pid"), holder.get("controller"), name, silent, SILENCE // 60),
        holder,
    )
