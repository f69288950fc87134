# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Which commands could read the host. One that failed shows no rules, which does not mean that there are none."""

from __future__ import absolute_import, division, print_function

import re

__metaclass__ = type

SEEN, ABSENT = "seen", "absent"
#: In the order of the commands of a VM safety state.
LOOKS = ("iptables", "ip6tables", "nft", "ip")
#: The looks of every VM safety state in words. Those of a probe are "ping" and "canary".
_WORDS = {
    "iptables": "iptables-save",
    "ip6tables": "ip6tables-save",
    "nft": "nft list ruleset",
    "ip": "ip addr show and ip route show",
    "ping": "ping to neighbours",
    "canary": "the count of packets between two bridged namespaces",
}
_PROBES = ("ping", "canary")
#: A kernel that has no such table has no rule in it.
_NO_TABLES = re.compile(r"/proc/net/ip6?_tables_names|(Address family|Protocol|Operation) not supported", re.IGNORECASE)


def looks(host, outcomes):
    """``{"iptables": "seen", ...}``: ``absent`` where the command is not there, else why the look failed."""
    found = {}
    for name, outcome in zip(LOOKS, outcomes):
        nothing_there = outcome.code is not None and name != "ip" and _NO_TABLES.search(outcome.err)
        # ip prints all that it can when one of its questions fails.
        answered = outcome.ok or (name == "ip" and outcome.code is not None and outcome.out.strip())
        if answered or nothing_there:
            found[name] = SEEN
        else:
            found[name] = outcome.said if host.which(outcome.words[0]) else ABSENT
    return found


def unseen(found):
    """Sentences: why a later VM safety state cannot be compared with one that has these looks."""
    failed = [name for name in sorted(found) if name not in _PROBES and _failed(found, name)]
    sentences = ["%s failed (%s)" % (_WORDS[name], found[name]) for name in failed]
    if found.get("iptables") == found.get("nft") == ABSENT:
        sentences.append("neither iptables-save nor nft is installed")
    return sentences + (["ip is not installed"] if found.get("ip") == ABSENT else [])


def _failed(found, name):
    return found.get(name) not in (SEEN, ABSENT, None)


def lost(before, after):
    """Sentences: what could be read before and cannot be read now, and what could not be read before."""
    old, new = before.get("looks") or {}, after.get("looks") or {}
    sentences = ["before the change %s, so its effect is not known" % (words,) for words in before.get("unseen") or []]
    for name in sorted(new):
        # What docker brought and does not answer hides as much as what answered before.
        hides = _failed(new, name) and name not in _PROBES and not _failed(old, name)
        if hides or (old.get(name) == SEEN and new[name] != SEEN):
            why = "it is not installed any more" if new[name] == ABSENT else new[name]
            sentences.append("%s worked before the change and does not work now (%s)" % (_WORDS[name], why))
    return sentences + _lost_ways(before, after)


def _lost_ways(before, after):
    untold = after.get("untold") or []
    peers = sorted(peer for peer, device in (before.get("paths") or {}).items() if device and peer in untold)
    if not peers:
        return []
    more = " and %d others" % (len(peers) - 3,) if len(peers) > 3 else ""
    return ["how the host reaches %s%s is not known any more" % (", ".join(peers[:3]), more)]


def as_before(before, after):
    """``after``, with the values of ``before`` where a look failed: a failed look is reported once, not as a loss."""
    now = dict(after, rules=dict(after["rules"]), policies=dict(after["policies"]))
    blind = [name for name, look in (after.get("looks") or {}).items() if look != SEEN]
    for name in ("iptables", "ip6tables", "nft"):
        if name in blind:
            now["rules"][name] = before["rules"].get(name, now["rules"].get(name))
            for chain, policy in before["policies"].items():
                if chain.startswith(name + " "):
                    now["policies"][chain] = policy
    if "ip" in blind:
        now.update(addresses=before["addresses"], routes=before["routes"])
    return now
