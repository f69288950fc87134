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
    runs      all runs that have worked with it
    boot      which boot of the host that was, "" where that is not known; uptime: its seconds then, or None
"""

from __future__ import absolute_import, division, print_function

import errno
import json
import os
import re

from ..files import HALF, write_whole
from ..host import HostError, text
from .changes import NOTHING
from .record_shape import FORMAT, UNDER_WAY, check
from .shapes import ShapeError

__metaclass__ = type

DIRECTORY = "/var/lib/ovirt-containers"
#: What a record may be called: its file is NAME.json.
NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


def new(owner, now):
    """A record with nothing in it. ``now`` is a moment (see busy.py)."""
    return {
        "format": FORMAT,
        "stage": "begun",
        "owner": owner,
        "since": now["touched"],
        "touched": now["touched"],
        "about": [[], [], []],
        "baseline": None,
        "safety": None,
        "engine": {"drained": False, "stopped_vms": []},
        "own": dict(NOTHING),
        "cut_short": [],
        "others": {},
        "late": False,
        "runs": [],
        "boot": now["boot"],
        "uptime": now["uptime"],
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
    except RuntimeError:  # RecursionError is new in Python 3.5
        raise _damaged(path, "deeper than Python can follow")
    try:
        check(record)
    except ShapeError as problem:
        raise _damaged(path, problem)
    return _completed(record)


def _completed(record):
    """The record, with keys added that older versions did not write."""
    record.setdefault("runs", [record["owner"]] if record["owner"] else [])
    record.setdefault("boot", "")
    record.setdefault("uptime", None)
    for key, value in NOTHING.items():
        record["own"].setdefault(key, value)
    return record


def _damaged(path, why):
    words = "%s is damaged (%s), so the host cannot be put back from it. Undo by hand what it is about, then delete it."
    return HostError(words % (path, why))


def write(path, record):
    """Keep a record so that it survives a crash. Files may hold secrets, so only root reads it.

    Raises HostError where that is not possible, and leaves what was there before.
    """
    directory = os.path.dirname(path)
    try:
        write_whole(path, json.dumps(record, indent=1, sort_keys=True).encode("utf-8"))
        for place in (directory, os.path.dirname(directory)):
            _sync(place)
    except (IOError, OSError) as problem:
        words = "%s cannot be written: %s. Make room, then run it again."
        raise HostError(words % (path, problem.strerror))
    finally:
        tidy(directory)


def _sync(directory):
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(path):
    """Delete a record, and the directory with the last of them. Raises HostError where that is not possible."""
    try:
        if os.path.lexists(path):
            os.unlink(path)
        tidy(os.path.dirname(path))
    except OSError as problem:
        raise HostError("%s cannot be deleted: %s. Delete it by hand." % (path, problem.strerror))


def tidy(directory):
    """Delete temporary files of a killed module, and the directory if it is empty then. The caller holds the lock."""
    names = os.listdir(directory) if os.path.isdir(directory) else []
    left = [name for name in names if name.startswith(HALF[0]) and name.endswith(HALF[1])]
    try:
        for name in left:
            os.unlink(os.path.join(directory, name))
        if os.path.isdir(directory) and len(left) == len(names):
            os.rmdir(directory)
    except OSError:
        pass  # the next one tries again; nobody reads what is left


def places(directory):
    """Files of all records in a directory, name to path. Copies under other names do not count."""
    names = os.listdir(directory) if os.path.isdir(directory) else []
    stems = [name[: -len(".json")] for name in sorted(names) if name.endswith(".json")]
    return {stem: os.path.join(directory, stem + ".json") for stem in stems if NAME.match(stem)}


def others(path):
    """The other records, path to content."""
    return {place: read(place) for place in places(os.path.dirname(path)).values() if place != path}


def readable(path):
    """The other records without those that are damaged."""
    found = {}
    for place in places(os.path.dirname(path)).values():
        try:
            record = read(place) if place != path else None
        except HostError:
            continue  # reported where it has to be read
        if record is not None:
            found[place] = record
    return found


def under_way(host):
    """What runs have begun and not ended: by name: stage, since, safety, engine, way_back, problem."""
    directory = host.path(DIRECTORY)
    found = {}
    for name in host.names(DIRECTORY):
        stem, _dot, kind = name.rpartition(".")
        if not stem or kind != "json":
            continue
        place = os.path.join(directory, name)
        if not NAME.match(stem):
            found[stem] = _problem("%s cannot be a record of a run, by its name; move it away" % (text(place),))
            continue
        try:
            record = read(place)
        except HostError as problem:
            found[stem] = _problem(problem.args[0])
            continue
        if record and record["stage"] in UNDER_WAY:
            found[stem] = {key: record[key] for key in ("stage", "since", "safety", "engine")}
            found[stem].update(way_back=record["baseline"] is not None, problem=None)
    return found


def _problem(sentence):
    keys = ("stage", "since", "safety", "engine", "way_back")
    return dict(dict.fromkeys(keys), problem=text(sentence))
