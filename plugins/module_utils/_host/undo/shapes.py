# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Shapes of data that was read from JSON, checked in depth before anything is done with it.

A shape is a function of a value and its place (``own.files``). It raises ShapeError with the place and what is wrong.
"""

from __future__ import absolute_import, division, print_function

import base64

__metaclass__ = type

#: JSON's texts; Python 2.7 has another type for them than for names in a program.
TEXT = type(b"".decode("ascii"))
#: More than any number in a record: seconds, sizes, owners. Larger ones do not fit into what they are computed with.
LARGEST = 10**15


class ShapeError(ValueError):
    """Data of the wrong shape. The text says where it is and what is wrong with it."""

    def __init__(self, place, why):
        ValueError.__init__(self, "%s %s" % (place or "it", why))


def text(value, place):
    """Any text."""
    if not isinstance(value, TEXT):
        raise ShapeError(place, "is not a text")


def path(value, place):
    """A path that the system takes."""
    text(value, place)
    try:
        fits = value.startswith("/") and "\0" not in value and bool(value.encode("utf-8"))
    except ValueError:  # half of a pair of surrogates
        fits = False
    if not fits:
        raise ShapeError(place, "is not a path")


def base64_text(value, place):
    """Bytes as base64."""
    text(value, place)
    try:
        base64.b64decode(value.encode("ascii"))
    except (TypeError, ValueError):  # Python 2.7 raises TypeError
        raise ShapeError(place, "is not base64")


def boolean(value, place):
    """True or false."""
    if not isinstance(value, bool):
        raise ShapeError(place, "is neither true nor false")


def number(value, place):
    """A number that can be computed with."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST < value < LARGEST:
        raise ShapeError(place, "is not a number, or is too large")


def whole(value, place):
    """A number of an owner, or of a mode."""
    number(value, place)
    if isinstance(value, float) or not -1 <= value < 2**32:
        raise ShapeError(place, "is not a whole number in its range")


def anything(_value, _place):
    """Any value; nothing uses what is in it."""


def optional(shape):
    """Null, or of this shape."""

    def check(value, place):
        if value is not None:
            shape(value, place)

    return check


def each(shape):
    """A list of such."""

    def check(value, place):
        if not isinstance(value, list):
            raise ShapeError(place, "is not a list")
        for index, one in enumerate(value):
            shape(one, "%s.%d" % (place, index))

    return check


def in_order(*shapes):
    """A list of fixed length, each entry of its own shape."""

    def check(value, place):
        each(anything)(value, place)
        if len(value) != len(shapes):
            raise ShapeError(place, "has not %d parts" % (len(shapes),))
        for index, shape in enumerate(shapes):
            shape(value[index], "%s.%d" % (place, index))

    return check


def by_name(shape, name=text):
    """An object with any names, each of this shape."""

    def check(value, place):
        if not isinstance(value, dict):
            raise ShapeError(place, "is not an object")
        for key, one in value.items():
            name(key, place)
            shape(one, "%s.%s" % (place, key) if place else key)

    return check


def fields(needed, more=()):
    """An object with these names. Those of ``more`` may be missing; others may be there."""
    more = dict(more)

    def check(value, place):
        if not isinstance(value, dict):
            raise ShapeError(place, "is not an object")
        lacking = sorted(set(needed) - set(value))
        if lacking:
            raise ShapeError(place, "lacks %s" % (", ".join(lacking),))
        for key, shape in sorted(needed.items()) + sorted(more.items()):
            if key in value:
                shape(value[key], "%s.%s" % (place, key) if place else key)

    return check
