# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""vdsm.conf and its drop-ins as Vdsm 4.19 reads them: with the ConfigParser of Python 2.7, under every Python.

The parsers of later Pythons differ in empty values, comments, and what they take for an error. That of 2.7 is not used
either: its defaults would show through where Vdsm's own are set.
"""

from __future__ import absolute_import, division, print_function

import re

__metaclass__ = type

_OPTION = re.compile(r"(?P<name>[^:=\s][^:=]*)\s*(?P<sign>[:=])\s*(?P<value>.*)$")
_SECTION = re.compile(r"\[(?P<name>[^]]+)\]")
_REFERENCE = re.compile(r"%\(([^)]*)\)s|%%")
#: As deep as ConfigParser follows one option into another.
_DEPTH = 10


class MalformedError(Exception):
    """A file that stops Vdsm from starting. Its text says where."""


def sections(content):
    """``{section: {option: text}}`` of a file; DEFAULT among them. Raises MalformedError."""
    found, options, name = {}, None, None
    for number, line in enumerate(content.split("\n"), 1):
        # "rem" is a comment too, and a blank line does not end a value.
        if not line.strip() or line[0] in "#;" or (line.split(None, 1)[0].lower() == "rem" and line[0] in "rR"):
            continue
        if line[0].isspace() and options is not None and name:
            options[name] = (options[name] + "\n" + line.strip()).strip("\n")
            continue
        section, option = _SECTION.match(line), _OPTION.match(line)
        if section:
            options, name = found.setdefault(section.group("name"), {}), None
        elif options is None:
            raise MalformedError("line %d is in no section: %s" % (number, line.strip()))
        elif option:
            name = option.group("name").strip().lower()
            options[name] = _value(option)
        else:
            raise MalformedError("line %d is not an option: %s" % (number, line.strip()))
    return found


def _value(option):
    value = option.group("value")
    comment = value.find(";")
    # As it is there, also for one that begins with it.
    if comment != -1 and value[comment - 1].isspace():
        value = value[:comment]
    value = value.strip()
    return "" if value == '""' else value


def interpolated(options, name):
    """An option's value with others' in place of ``%(other)s``. Raises MalformedError where Vdsm's call fails."""
    value = options[name]
    for _round in range(_DEPTH):
        if "%(" not in value:
            return value
        value = _percent(value, options, name)
    if "%(" in value:
        raise MalformedError("%s refers to itself" % (name,))
    return value


def _percent(value, options, name):
    """The operator % of Python 2.7 as far as it means anything: ``%(option)s`` and ``%%``."""

    def meant(found):
        other = found.group(1)
        if other is None:
            return "%"
        if other.lower() not in options:
            raise MalformedError("%s refers to %s, which there is not" % (name, other))
        return options[other.lower()]

    if "%" in _REFERENCE.sub("", value):
        raise MalformedError("%s has a %% that refers to nothing: %s" % (name, value))
    return _REFERENCE.sub(meant, value)
