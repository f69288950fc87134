# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The value of UserDefinedVMProperties, ``key=pattern;key=pattern``, and our keys in it. Pure: text in, text out.

The grammar is that of CustomPropertiesUtils.java, the same from Engine 4.1 to 4.5. A pattern cannot hold ";", and
nothing escapes it. When a key is there twice, as engine-config -m leaves it, the Engine takes the last one.
"""

from __future__ import absolute_import, division, print_function

import re

__metaclass__ = type

#: The column takes 4,000 characters. One less is left, so that no count of characters can be the wrong one.
MOST = 3999
_KEY = re.compile(r"[a-z_A-Z0-9]+\Z")
_ALWAYS = ("sap_agent", "sndbuf", "vhost", "viodiskcache")
#: PredefinedVMProperties (0000_config.sql of 4.1, 4.3 and 4.5): first and last level that has the key. Where Engines
#: disagree about a level, as 4.3 and 4.5 do about mdev_type, it counts as having it.
_BETWEEN = {
    "mdev_type": ((4, 1), (4, 3)),
    "hugepages": ((4, 2), (99,)),
    "scsi_hostdev": ((4, 4), (99,)),
    "nvram_template": ((4, 4), (99,)),
    "extra_cpu_flags": ((4, 6), (99,)),
}


class PropertyError(Exception):
    """Something that is not written. Its text is one sentence for the user."""


def parse(value):
    """Return the (key, pattern) pairs of a value in their order, doubles included."""
    pieces = value.split(";") if value else []
    if len(pieces) > 1 and not pieces[-1]:
        pieces.pop()  # a ";" at the end is allowed
    pairs = [piece.partition("=") for piece in pieces]
    for key, equals, _pattern in pairs:
        if not equals or not _KEY.match(key):
            raise PropertyError('"%s" is not key=pattern with a key of letters, digits and _' % (key + equals))
    return [(key, pattern) for key, _equals, pattern in pairs]


def effective(value):
    """Return what the Engine makes of a value: key to pattern."""
    return dict(parse(value))


def merge(value, asked):
    """Return a value with these (key, pattern) pairs in it; a pattern of None takes the key out.

    A key that is there keeps its place, and where it is there more than once, the first of them. New ones come last.
    Pairs of others keep their order and every character, and so does a ";" at the end as long as anything is before it.
    """
    wanted = dict(asked)
    pairs = parse(value)
    there = {key for key, _pattern in pairs}
    merged, done = [], set()
    for key, pattern in pairs:
        if key not in wanted:
            merged.append((key, pattern))
        elif key not in done and wanted[key] is not None:
            merged.append((key, wanted[key]))
        done.add(key)
    merged += [(key, pattern) for key, pattern in asked if key not in there and pattern is not None]
    text = ";".join(key + "=" + pattern for key, pattern in merged)
    return text + ";" if text and value.endswith(";") else text


def predefined(level):
    """Return the names of the properties that the Engine itself defines at a cluster level."""
    number = numbers(level)
    found = [key for key, (first, last) in _BETWEEN.items() if first <= number <= last]
    return sorted(_ALWAYS + tuple(found))


def numbers(level):
    """Return a level as numbers, to sort by."""
    return tuple(int(part) for part in level.split("."))


def check_key(key):
    """Refuse a name that no property can have."""
    if not _KEY.match(key):
        raise PropertyError(
            'properties: "%s" cannot be the name of a property; use letters without accents, digits and _' % (key,)
        )


def planned(level, value, asked):
    """Return what the value of a level becomes, refused where it is not to be touched or must not become that."""
    taken = [key for key, pattern in asked if pattern is not None and key in predefined(level)]
    if taken:
        raise PropertyError(
            "properties: the Engine itself defines %s at level %s; leave it out, or use another name"
            % (", ".join(taken), level)
        )
    try:
        after = merge(value, asked)
    except PropertyError as problem:
        raise PropertyError(
            "level %s: the stored value is malformed, as %s, and is left as it is; correct it with engine-config first"
            % (level, problem.args[0])
        )
    if after != value and len(after) > MOST:
        raise PropertyError(
            "level %s: with the properties the value would have %d characters, and may have %d; shorten the patterns"
            % (level, len(after), MOST)
        )
    return after
