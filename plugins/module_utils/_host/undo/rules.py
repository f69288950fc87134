# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Rules of others that are gone from iptables, and how they get to their places again. Pure.

A reload of the firewall removes them, for instance the reload that docker asks for. What cannot be put back exactly is
only reported: a chain with rules that were not there before, a rule for a device that has gone, and a chain that is not
built in and has lost some of its rules, which happens every minute where a program bans addresses.
"""

from __future__ import absolute_import, division, print_function

import re
import shlex

from ..net import firewall

__metaclass__ = type

_BUILT_IN = ("INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING")
_DEVICE = re.compile(r"(?:^| )(?:-i|-o|--physdev-in|--physdev-out) (\S+)")
_JUMP = re.compile(r" (?:-j|-g) (\S+)")


def gone(before, now, foreign):
    """Chains of which somebody's rules are gone and can be put back: command -> table -> lines as they were."""
    found = {}
    old, new = (firewall.docker_rules(picture["rules"], foreign)[1] for picture in (before, now))
    for command in ("iptables", "ip6tables"):
        for table, lines in sorted((old.get(command) or {}).items()):
            left = (new.get(command) or {}).get(table, [])
            chains = _chains(lines, left, now["devices"])
            if chains:
                kept = [line for line in before["rules"][command][table] if _chain(line) in chains]
                found.setdefault(command, {})[table] = kept
    return found


def _chains(old, new, devices):
    """The chains of a table that can be put back; those of somebody's own only where something leads to them."""
    wanted = {chain for chain in map(_chain, old) if chain in _BUILT_IN and _is_less(chain, old, new, devices)}
    reached = set(map(_chain, new)) | wanted
    while True:
        leads = [_JUMP.search(line) for line in old if _chain(line) in reached]
        more = {
            found.group(1)
            for found in leads
            if found and found.group(1) not in _BUILT_IN and _is_less(found.group(1), old, new, devices)
        }
        if more <= wanted:
            return wanted
        wanted |= more
        reached |= more


def _is_less(chain, old, new, devices):
    """Whether a chain has lost rules and nothing else has happened to it."""
    was, is_now = _rules(chain, old), _rules(chain, new)
    if chain not in _BUILT_IN and (is_now or chain not in map(_chain, old)):
        return False
    lost = missing(was, is_now)
    if not lost:
        return chain not in _BUILT_IN and chain not in map(_chain, new)
    names = [name for _index, line in lost for name in _DEVICE.findall(line)]
    return all(name.endswith("+") or name in devices for name in names)


def missing(was, is_now):
    """Lines that a list has lost, as (index in the old list, line). None if it changed in any other way."""
    left, lost = list(is_now), []
    for index, line in enumerate(was):
        if left and left[0] == line:
            left.pop(0)
        else:
            lost.append((index, line))
    return None if left else lost


def commands(command, table, wanted, saved, foreign):
    """Commands that restore the chains of a table. None if the chains have changed since.

    wanted: their lines as they were. saved: all lines of the table as they are. Docker's rules are not put back.
    """
    docker = set(firewall.docker_rules({command: {table: wanted}}, foreign)[0][command][table])
    lines = [line for line in wanted if line not in docker]
    base = [command, "-w", "-t", table]
    found = [base + ["-N", _chain(line)] for line in lines if line.startswith(":") and _is_new(line, saved)]
    for chain in sorted({_chain(line) for line in lines}):
        is_now = _rules(chain, saved)
        # Docker's own that are there, or are not, keep their places among the others.
        lost = missing([line for line in _rules(chain, wanted) if line in is_now or line not in docker], is_now)
        if lost is None:
            return None
        found += [base + ["-I", chain, "%d" % (index + 1,)] + words(line)[2:] for index, line in lost]
    return found


def words(rule):
    """A rule of iptables-save as words of a command. Raises ValueError for quotes that do not match."""
    # shlex of Python 2.7 wants bytes.
    return shlex.split(rule if isinstance(rule, str) else rule.encode("utf-8"))


def _is_new(line, saved):
    return _chain(line) not in _BUILT_IN and _chain(line) not in map(_chain, saved)


def _rules(chain, lines):
    return [line for line in lines if line.startswith("-A ") and _chain(line) == chain]


def _chain(line):
    parts = line.split()
    if line.startswith(":"):
        return parts[0][1:]
    return parts[1] if len(parts) > 1 else ""
