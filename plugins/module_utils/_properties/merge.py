# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Merges custom properties into those that the Engine has, while others may do the same."""

from __future__ import absolute_import, division, print_function

from .._host.host import HostError, text
from . import pattern
from .backup import Backups
from .engine_config import EngineConfig, words_of
from .grammar import PropertyError, check_key, effective, numbers, parse, planned

__metaclass__ = type

#: What text is, in Python 2 too.
TEXT = text(b"").__class__
#: How often it begins again when somebody else changes the same level.
ROUNDS = 5


def asked_for(params):
    """The properties of the options, sorted, as pairs of key and pattern; a pattern of None takes the key out.

    Also notes: sentences on what Java and Python read differently. Raises PropertyError for what the Engine would not
    take.
    """
    pairs, notes = [], []
    for key, wanted in sorted(params["properties"].items()):
        key, wanted = text(key), text(wanted)
        check_key(key)
        if params["state"] == "absent":
            wanted = None
        elif wanted is not None:
            if not isinstance(wanted, TEXT):
                raise PropertyError("properties: the pattern of %s is not a text; put it in quotes" % key)
            notes += pattern.check(key, wanted)
        pairs.append((key, wanted))
    return pairs, notes


def chosen(levels, stored):
    """The levels to look at, of those that are stored. Raises PropertyError for one that is not."""
    if levels is None:
        return [level for level, _value in stored]
    known = [level for level, _value in stored]
    unknown = [level for level in levels if level not in known]
    if unknown or not levels:
        raise PropertyError(
            "cluster_levels: the Engine stores no level %s; name some of %s"
            % (", ".join(unknown) or "without a name", ", ".join(known))
        )
    return [level for level in known if level in levels]


class Merge:
    """The properties asked for, what is stored, and what was written so far.

    ``params`` are the options of the module; all methods raise HostError for what the Engine machine refuses.
    """

    def __init__(self, host, params):
        self.params = params
        self.pairs, self.notes = asked_for(params)
        self.config = EngineConfig(host, params["timeout"])
        self.backups = Backups(host, params["backup_directory"], self.config.locale)
        self.plan = []  # triples: level, value before, value after
        self.written = {}  # level to what it was at first

    def look(self):
        """Read all levels in one call, and plan (level, before, after) for those asked for."""
        stored = self.config.levels()
        asked = self.params["cluster_levels"]
        levels = None if asked is None else [text(level) for level in asked]
        values = dict(stored)
        self.plan = [
            (level, values[level], planned(level, values[level], self.pairs)) for level in chosen(levels, stored)
        ]
        for level, before, after in self.differing():
            self.config.may_write(level, before, after)

    def differing(self):
        """What has to be written."""
        return [step for step in self.plan if step[1] != step[2]]

    def apply(self):
        """Write until all is as planned, though somebody else may change it meanwhile."""
        self.backups.lock(self.params["timeout"])
        try:
            for _round in range(ROUNDS):
                if self.write_all():
                    return
                self.look()
            raise HostError(
                "the values of engine-config have changed %d times while they were to be written, or it shows them "
                "differently with --cver and without; see who else changes them, then run again" % ROUNDS
            )
        finally:
            self.backups.unlock()

    def write_all(self):
        """Write each level that differs, once. Return whether nobody else came in between."""
        for level, before, after in self.differing():
            self.backups.keep(level, before)
            if self.config.value(level) != before:
                self.forget(level)
                return False
            known = level in self.written
            # Noted first: where what comes next fails, it may have been written.
            self.written.setdefault(level, before)
            outcome = self.config.write(level, after)
            self.backups.touch()
            now = self.config.value(level)
            if now == before:
                if not known:
                    del self.written[level]
                self.forget(level)
                raise HostError(self.trouble(level, outcome))
            if now != after:
                return False
        return True

    def forget(self, level):
        """Take a level out of the backup unless an earlier round has written it."""
        if level not in self.written:
            self.backups.forget(level)

    def trouble(self, level, outcome):
        """Why a level was not written, and what was."""
        done = ", ".join(sorted(self.written, key=numbers)) or "none"
        return (
            "level %s: engine-config did not write the value: %s (levels written before: %s); run again once the cause "
            "is gone" % (level, words_of(outcome), done)
        )

    def result(self):
        """The result, as all outcomes have it."""
        steps = [(self.written.get(level, before), after) for level, before, after in self.plan]
        levels = [level for level, _before, _after in self.plan]
        changed = any(before != after for before, after in steps)
        return {
            "changed": changed,
            "levels": {level: _level(*values) for level, values in zip(levels, steps)},
            "restart_pending": True if changed else self.backups.outdated(),
            "backup": self.backups.shown_path,
            "notes": self.notes,
            "diff": {
                "before": lines(levels, [values[0] for values in steps]),
                "after": lines(levels, [values[1] for values in steps]),
            },
        }

    def failure(self):
        """What is known when a write fails: a level that was not reached is as before."""
        self.plan = [(level, before, after if level in self.written else before) for level, before, after in self.plan]
        return self.result()


def _level(before, after):
    """A level as the result has it."""
    return {"before": effective(before), "after": effective(after), "stored": after, "changed": before != after}


def lines(levels, values):
    """Values as text for the diff, one line for each property of each level."""
    found = [(level, pair) for level, value in zip(levels, values) for pair in parse(value)]
    return "".join("%s %s=%s\n" % (level, key, regex) for level, (key, regex) in found)
