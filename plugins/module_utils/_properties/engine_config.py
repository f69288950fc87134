# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The command engine-config: what it prints about UserDefinedVMProperties, and one write for one level.

It prints everything on stdout, errors too, and a menu without end where a version is not named; so --cver always is.
Its exit code proves nothing, so each write is read back.
"""

from __future__ import absolute_import, division, print_function

import re

from .._host.host import HostError
from .grammar import numbers

__metaclass__ = type

KEY = "UserDefinedVMProperties"
#: engine-config is a Java program, which takes and prints characters in the locale's encoding. In the C locale it
#: replaces whatever is not ASCII, without a word: "?" when it prints. One of these is on every Engine machine.
_LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8")
_ENV = "/usr/bin/env"
_LEVEL = re.compile(r"[0-9]+(\.[0-9]+)+\Z")
_DAMAGED = "\ufffd"


class EngineConfig:
    """The command, with a time limit for each call."""

    def __init__(self, host, timeout):
        self.host = host
        self.timeout = timeout
        self.path = host.which("engine-config")
        if self.path is None:
            raise HostError("engine-config: command not found; this module has to run on the Engine's own machine")
        known = host(["locale", "-a"]).out.split()
        self.locale = ([name for name in _LOCALES if name in known] + ["C"])[0]

    def _run(self, *words):
        prefix = [_ENV, "LC_ALL=" + self.locale]
        return self.host(prefix + [self.path] + list(words), timeout=self.timeout)

    def levels(self):
        """Every stored value, as (level, value) in the order of the levels."""
        outcome = self._run("-g", KEY)
        if not outcome.ok:
            raise HostError("engine-config does not print %s: %s" % (KEY, words_of(outcome)))
        return parse(outcome.out)

    def value(self, level):
        """The value of one level."""
        outcome = self._run("-g", KEY, "--cver=" + level)
        if not outcome.ok or not outcome.out.endswith("\n"):
            raise HostError("level %s: engine-config does not print the value: %s" % (level, words_of(outcome)))
        return _undamaged(outcome.out[:-1])

    def write(self, level, value):
        """Replace the value of one level. What came of it is to be read."""
        return self._run("-s", "%s=%s" % (KEY, value), "--cver=" + level)

    def may_write(self, level, before, after):
        """Refuse a write that would lose characters, since the machine has no UTF-8 locale. Raises HostError."""
        if self.locale == "C" and ("?" in before or any(ord(character) > 127 for character in after)):
            raise HostError(
                "level %s: the value may hold characters outside ASCII, and no UTF-8 locale is there in which "
                "engine-config keeps them; install one, such as the package glibc-langpack-en" % level
            )


def words_of(outcome):
    """What engine-config said about its trouble, on one line."""
    if outcome.code is None:
        return outcome.said
    lines = [line.strip() for line in (outcome.out + "\n" + outcome.err).splitlines() if line.strip()]
    return " ".join(lines[-4:])[:600] or "exit code %s" % (outcome.code,)


def parse(said):
    """What ``-g KEY`` printed, as sorted (level, value): a line ``KEY: VALUE version: LEVEL`` for each.

    A value may hold ends of lines; then its line goes on until the next one that begins with the key.
    """
    records = []
    for line in said[:-1].split("\n"):
        if line.startswith(KEY + ": "):
            records.append([line[len(KEY) + 2 :]])
        elif records:
            records[-1].append(line)
        else:
            raise _unreadable(line)
    found = {}
    for record in records:
        value, mark, level = "\n".join(record).rpartition(" version: ")
        if not mark or not _LEVEL.match(level) or level in found:
            raise _unreadable(record[-1])
        found[level] = _undamaged(value)
    if not found or not said.endswith("\n"):
        raise _unreadable(said[-80:])
    return sorted(found.items(), key=lambda pair: numbers(pair[0]))


def _unreadable(line):
    return HostError(
        'engine-config printed "%s" where "%s: VALUE version: LEVEL" was expected; nothing is changed, look at '
        "what `engine-config -g %s` prints" % (line[:80], KEY, KEY)
    )


def _undamaged(value):
    if _DAMAGED in value:
        raise HostError(
            "a value of %s holds U+FFFD or bytes that are not UTF-8, so it cannot be written back as it is; nothing is "
            "changed, correct the value with engine-config first" % KEY
        )
    return value
