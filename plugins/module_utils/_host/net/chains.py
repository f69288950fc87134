# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Which chains of the packet filter the packets of VMs can pass, and how these chains have changed.

The host routes or bridges them, so what it filters of its own traffic (INPUT, OUTPUT) never meets them: a program that
bans an address there, as fail2ban does all day, takes nothing from a VM.
"""

from __future__ import absolute_import, division, print_function

import re

from .firewall import docker_rules

__metaclass__ = type

_BUILT_IN = ("FORWARD", "PREROUTING", "POSTROUTING")
_HOOKS = ("forward", "prerouting", "postrouting", "ingress", "egress")
_HOOK = re.compile(r"^type \S+ hook (\w+)")
_JUMP = re.compile(r"\b(?:jump|goto) ([^\s,;}]+)")


def differences(before, after, foreign=()):
    """Sentences: rules that are gone, came, or changed places, in chains that VMs' packets can pass.

    Docker's own rules come and go. ``foreign`` are devices that docker has not made, whatever its rules say.
    """
    found = []
    # A chain counts where it counted or counts: what is in one that nothing leads to any more has not gone.
    passed = passed_chains(before) | passed_chains(after)
    old_rules, new_rules = (docker_rules(rules, foreign)[1] for rules in (before, after))
    for command in sorted(set(old_rules) | set(new_rules)):
        old, new = (_kept(command, rules.get(command), passed) for rules in (old_rules, new_rules))
        for table in sorted(set(old) | set(new)):
            place = ("%s %s" % (command, table)).strip()
            found += _difference(place, old.get(table, []), new.get(table, []))
    return found


def policies(before, after, rules_before, rules_after):
    """Sentences: changed policies of chains that VMs' packets can pass."""
    found = []
    passed = passed_chains(rules_before) | passed_chains(rules_after)
    bases = set(_bases(rules_before.get("nft") or [])) | set(_bases(rules_after.get("nft") or []))
    for chain in sorted(set(before) | set(after)):
        place = chain.partition(" ")[2]
        if chain.startswith("nft "):
            # A chain whose hook is not known counts.
            if docker_rules({"nft": [place]})[0]["nft"] or (place in bases and ("nft", place) not in passed):
                continue
        elif place != "FORWARD":
            continue
        nothing = "accept" if chain.startswith("nft ") else "ACCEPT"
        old, new = before.get(chain, nothing), after.get(chain, nothing)
        if old.lower() != new.lower():
            found.append("the policy of %s was %s and is %s" % (chain, old, new))
    return found


def passed_chains(rules):
    """Chains of the rules of a VM safety state that VMs' packets can pass: pairs ``("iptables filter", "FORWARD")`` and
    ``("nft", "inet firewalld filter_FORWARD")``."""
    found = set()
    for command, tables in rules.items():
        if isinstance(tables, dict):
            for table, lines in tables.items():
                reached = _reached(_BUILT_IN, _iptables_jumps(lines))
                found.update(("%s %s" % (command, table), chain) for chain in reached)
        else:
            found.update((command, place) for place in _nft_reached(tables or []))
    return found


def _reached(roots, jumps):
    """Chains that jumps lead to from these, and these."""
    reached, waiting = set(), list(roots)
    while waiting:
        chain = waiting.pop()
        if chain not in reached:
            reached.add(chain)
            waiting += jumps.get(chain, ())
    return reached


def _iptables_jumps(lines):
    jumps = {}
    for line in lines:
        words = line.split()
        if len(words) > 2 and words[0] in ("-A", "-I"):
            # A target that is not a chain, such as ACCEPT, leads nowhere.
            targets = [target for option, target in zip(words, words[1:]) if option in ("-j", "-g")]
            jumps.setdefault(words[1], []).extend(targets)
    return jumps


def _nft_parts(line):
    """Place and rule of a line; the place of one that only names its chain or table is that."""
    place, colon, rule = line.partition(": ")
    if not colon:
        return re.sub(r"^(table|chain) ", "", line), ""
    return place, rule


def _bases(lines):
    """Hooks of the base chains, by their place."""
    found = {}
    for place, rule in map(_nft_parts, lines):
        hook = _HOOK.match(rule)
        if hook:
            found[place] = hook.group(1)
    return found


def _nft_reached(lines):
    bases, jumps, named, mapping = _bases(lines), {}, set(), set()
    for place, rule in map(_nft_parts, lines):
        words = place.split()
        if len(words) != 3:
            continue
        targets = [" ".join(words[:2] + [target]) for target in _JUMP.findall(rule)]
        jumps.setdefault(place, []).extend(targets)
        named.update(targets)
        if re.search(r"\bvmap @", rule):
            mapping.add(place)
    # What a map leads to is not among the lines, since its elements come and go: to any chain that nothing else names.
    for place in mapping:
        table = place.split()[:2]
        jumps[place] += [
            chain for chain in jumps if chain.split()[:2] == table and chain not in named and chain not in bases
        ]
    # Whatever a bridge carries is a packet of a VM.
    roots = [place for place, hook in bases.items() if hook in _HOOKS or place.startswith("bridge ")]
    return _reached(roots, jumps)


def _kept(command, rules, passed):
    """Lines by table that count."""
    if isinstance(rules, dict):
        return {
            table: [line for line in lines if _iptables_counts("%s %s" % (command, table), line, passed)]
            for table, lines in rules.items()
        }
    # A base chain's policy is compared by itself.
    lines = [re.sub(r" policy \w+;", "", line) for line in rules or [] if _nft_counts(command, line, passed)]
    return {"": lines}


def _iptables_counts(table, line, passed):
    words = line.split()
    if line.startswith(":"):
        # Built-in chains do not: a table that was looked at is made by looking.
        return line.endswith(" -") and (table, words[0][1:]) in passed
    return len(words) < 2 or (table, words[1]) in passed


def _nft_counts(command, line, passed):
    place, rule = _nft_parts(line)
    if len(place.split()) == 3:
        return (command, place) in passed
    # Of a table only its flags matter (dormant): sets and their like do nothing by themselves.
    return rule.startswith("flags ") and any(
        other == command and chain.startswith(place + " ") for other, chain in passed
    )


def _difference(place, old, new):
    gone, added = _missing(old, new), _missing(new, old)
    found = ["%s: rule gone: %s" % (place, line) for line in gone]
    found += ["%s: rule added: %s" % (place, line) for line in added]
    if not found and old != new:
        found.append("%s: rules are in another order" % (place,))
    return found


def _missing(these, those):
    """Those of the first that the second has not, or has fewer times."""
    left = list(those)
    missing = []
    for line in these:
        if line in left:
            left.remove(line)
        else:
            missing.append(line)
    return missing
