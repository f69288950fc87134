# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The shape of a record (see records.py), with the pictures and changes in it (see changes.py)."""

from __future__ import absolute_import, division, print_function

from .shapes import (
    ShapeError,
    anything,
    base64_text,
    boolean,
    by_name,
    each,
    fields,
    in_order,
    number,
    optional,
    path,
    text,
    whole,
)

__metaclass__ = type

FORMAT = 2
UNDER_WAY = ("begun", "open", "proven")
STAGES = UNDER_WAY + ("sealed",)

_OWNER = {"uid": whole, "gid": whole}
_LINK = fields(dict(_OWNER, link=text, real=path))
_CONTENT = fields(dict(_OWNER, content=base64_text, mode=whole, attributes=optional(by_name(base64_text))))


def _file(value, place):
    (_LINK if isinstance(value, dict) and "link" in value else _CONTENT)(value, place)


_UNIT = fields({"enabled": text, "active": boolean})
_TABLES = by_name(each(text))
_STEP = fields({"command": text, "table": text}, {"rule": text, "chain": text})
_ENGINE = fields({"drained": boolean, "stopped_vms": each(text)})
_RUN = by_name(anything)

PICTURE = fields(
    {
        "files": by_name(optional(_file), path),
        "folders": by_name(boolean, path),
        "packages": by_name(text),
        "transactions": by_name(text),
        "units": each(text),
        "services": by_name(_UNIT),
        "since": by_name(optional(text)),
        "sysctls": by_name(optional(text)),
        "policies": by_name(optional(text)),
        "rules": by_name(_TABLES),
        "devices": each(text),
        "links": each(text),
        "networks": optional(by_name(text)),
        "trees": by_name(text, path),
    }
)
CHANGE = fields(
    {
        "packages": each(text),
        "versions": each(text),
        "others": each(text),
        "files": by_name(fields({"before": optional(_file), "after": optional(text), "mixed": boolean}), path),
        "folders": each(path),
        "services": by_name(optional(_UNIT)),
        "sysctls": by_name(fields({"before": optional(text), "after": optional(text)})),
        "policies": by_name(text),
        "networks": by_name(text),
        "trees": by_name(optional(text), path),
        "docker": optional(
            fields({"steps": each(_STEP), "links": each(text), "foreign": each(text), "started": boolean})
        ),
        "restarted": each(text),
        "exact": boolean,
    },
    {"rules": by_name(_TABLES)},
)


def _rules(value, place):
    """Tables of iptables and ip6tables, lines of nft."""
    by_name(anything)(value, place)
    for command, lines in value.items():
        (_TABLES if isinstance(lines, dict) else each(text))(lines, "%s.%s" % (place, command))


#: What is compared with it is in safety.py; more may be in it.
SAFETY = fields(
    {
        "forwarding": by_name(optional(number)),
        "bridge_netfilter": by_name(optional(number)),
        "policies": by_name(optional(text)),
        "rules": _rules,
        "bridges": by_name(each(text)),
        "routes": each(text),
        "addresses": by_name(each(text)),
        "vms": each(text),
    },
    {
        "paths": optional(by_name(optional(text))),
        "reachable": optional(by_name(optional(boolean))),
        "bridged": optional(fields({"sent": number, "lost": number})),
        "docker_bridges": optional(each(text)),
    },
)


def check(record, place=""):
    """Raise ShapeError when this is not a record."""
    fields({"format": anything, "stage": text})(record, place)
    if record["format"] != FORMAT:
        raise ShapeError(place, "has format %s, not %s" % (record["format"], FORMAT))
    if record["stage"] not in STAGES:
        raise ShapeError(place, "has the stage %s" % (record["stage"],))
    _RECORD(record, place)


_RECORD = fields(
    {
        "format": anything,
        "stage": text,
        "owner": _RUN,
        "since": number,
        "touched": number,
        "about": in_order(each(path), each(path), each(text)),
        "baseline": optional(PICTURE),
        "safety": optional(SAFETY),
        "engine": _ENGINE,
        "own": CHANGE,
        "cut_short": each(text),
        "others": by_name(check, path),
        "late": boolean,
    },
    {"boot": text, "uptime": optional(number), "runs": each(_RUN), "json_keys": by_name(each(text))},
)
