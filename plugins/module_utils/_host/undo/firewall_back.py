# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Puts the firewall back to what it was before docker: policies, docker's own rules, and rules that docker took out."""

from __future__ import absolute_import, division, print_function

import time

from ..host import HostError
from ..net import firewall
from . import rules
from .picture import SECONDS, bridge_of_docker

__metaclass__ = type

#: How long rules of docker are looked for that are still being made, or that something else holds.
DOCKER_SECONDS = 30


def set_policy(host, step):
    """Set the policy of a chain back."""
    command, chain = step["chain"].split()[:2]
    if command not in ("iptables", "ip6tables"):
        raise HostError("only iptables and ip6tables have a policy that can be set back from here")
    host.must([command, "-w", "-P", chain, step["policy"]], SECONDS)


def remove_dockers_rules(host, step):
    """Rules before chains, then devices; again until nothing is left, as a docker that just died has left children."""
    deadline = time.time() + DOCKER_SECONDS
    links = set()
    while True:
        read, unread = _firewall(host)
        left = _left_of_docker(host, step, read, links)
        if not left:
            break
        said = [outcome.said for outcome in [host(_removal(one)) for one in left] if not outcome.ok]
        if time.time() > deadline and _left_of_docker(host, step, _firewall(host)[0], links):
            raise HostError("%d are still there after %s s: %s" % (len(left), DOCKER_SECONDS, " ".join(said[:3])))
        time.sleep(0.2)
    for name in sorted(links):
        if host.exists("/sys/class/net/" + name):
            host.must(["ip", "link", "delete", name], SECONDS)
    if unread:
        raise HostError("; ".join(unread))


def _firewall(host):
    """Return (rules of iptables and ip6tables, why one of them cannot be read)."""
    read, unread = {}, []
    for command in ("iptables", "ip6tables"):
        if host.which(command + "-save"):
            saved = host([command + "-save"])
            if saved.ok:
                read[command] = firewall.iptables_rules(saved.out)
            else:
                unread.append("%s-save failed: %s" % (command, saved.said))
    return read, unread


def _left_of_docker(host, step, read, links):
    """What can be taken out of the firewall now; docker's devices are added to ``links``."""
    links.update(name for name in firewall.docker_bridges(read, step["foreign"]) if name not in step["links"])
    there = host.names("/sys/class/net")
    links.update(name for name in there if bridge_of_docker(name) and name not in step["links"] + step["foreign"])
    return [one for one in firewall.docker_steps(read, step["foreign"]) if one not in step["steps"]]


def _removal(one):
    words = [one["command"], "-w", "-t", one["table"]]
    if "chain" in one:
        return words + ["-X", one["chain"]]
    return words + ["-D"] + rules.words(one["rule"])[1:]


def put_rules_back(host, step):
    """Put rules back that docker took out, where nothing else has changed there since."""
    saved, problems = _firewall(host)
    for command, tables in sorted(step["rules"].items()):
        for table, wanted in sorted(tables.items()):
            lines = saved[command].get(table, []) if command in saved else None
            todo = None if lines is None else rules.commands(command, table, wanted, lines, step["foreign"])
            if todo is None and lines is not None:
                problems.append("other rules are in %s %s by now; put back by hand what is gone" % (command, table))
            for words in todo or []:
                outcome = host(words, timeout=SECONDS)
                problems += [] if outcome.ok else ["%s: %s" % (" ".join(words), outcome.said)]
    if problems:
        raise HostError("; ".join(problems))
