# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Looks at a host: the picture that changes.py compares."""

from __future__ import absolute_import, division, print_function

import os
import re

from ..docker import replies
from ..host import HostError, one_line
from ..net import firewall, settings, sight
from ..net.devices import docker_device
from . import kept_files

__metaclass__ = type

# Units whose restart matters: at their start they read the files that were written before.
READERS = ("docker.service", "supervdsmd.service", "vdsmd.service")
#: What systemctl says when it does not reach systemd, and what is said of it when it does not end.
_SILENT = re.compile(r"^no end after|connect to bus|D-?Bus connection|timed out|Transport endpoint", re.MULTILINE)
# Long enough for a package manager that waits for another one, and for docker with many containers.
SECONDS = 300


def take(host, safety, files, trees, units):
    """Return a picture of the host (see changes.py). Raises HostError where a part of it cannot be looked at.

    safety: what VMs depend on now, with policies and rules. files: paths whose content counts. trees: directories of
    which only counts whether anything is in them. units: whose state counts.
    """
    found = attempt(host, safety, files, trees, units)
    for name in sorted(found["unseen"]):
        raise HostError("%s. A snapshot needs that." % (found["unseen"][name],))
    del found["unseen"]
    return found


def attempt(host, safety, files, trees, units, before=None):
    """The same for a way back: what cannot be looked at is in ``unseen`` (see changes.py), and counts as before.

    before: the picture that the way leads to, or None.
    """
    before = before or {}
    # Why iptables-save or ip6tables-save failed, by command.
    unread = {
        name: "%s-save failed: %s" % (name, safety["looks"][name])
        for name in ("iptables", "ip6tables")
        if safety["looks"][name] not in (sight.SEEN, sight.ABSENT)
    }
    unseen = dict(unread)
    installed, transactions = _attempt(unseen, "packages", packages, host) or (
        before.get("packages", {}),
        before.get("transactions", {}),
    )
    networks, named = _networks(host)
    rules, policies = _firewall(safety, before, unread)
    devices = host.names("/sys/class/net")
    named = set(named) | set(firewall.docker_bridges(rules))
    looked = [(path, _attempt(unseen, path, kept_files.look, host, path)) for path in files]
    return {
        "files": {path: file for path, file in looked if path not in unseen},
        "folders": {os.path.dirname(path): os.path.isdir(host.path(os.path.dirname(path))) for path in files},
        "packages": installed,
        "transactions": transactions,
        "units": list(units),
        "services": {unit: state for unit, state in _services(host, units, unseen).items() if state},
        "since": _since(host),
        "sysctls": settings.values(host),
        "policies": policies,
        "rules": rules,
        "devices": devices,
        "links": [name for name in devices if bridge_of_docker(name) or name in named],
        "networks": networks,
        "trees": {path: _tree(host, path) for path in trees},
        "unseen": unseen,
    }


def _attempt(unseen, name, look, *words):
    try:
        return look(*words)
    except HostError as problem:
        unseen[name] = "%s" % (problem,)
        return None


def _firewall(safety, before, unread):
    """Rules, and policies with None for what docker may have changed unseen: it changes the policy of FORWARD."""
    rules = {command: safety["rules"].get(command) or {} for command in ("iptables", "ip6tables")}
    policies = dict(safety["policies"])
    for command in unread:
        rules[command] = (before.get("rules") or {}).get(command) or {}
        known = before.get("policies") or {}
        policies.update((chain, policy) for chain, policy in known.items() if chain.split()[0] == command)
        policies["%s FORWARD" % (command,)] = None
    return rules, policies


def bridge_of_docker(name):
    """Whether docker gave a bridge its name. The ends of its containers' links go with the containers."""
    return docker_device(name) and not name.startswith("veth")


def packages(host):
    """Return (versions, transactions) of what is installed.

    Raises HostError where rpm fails.
    """
    query = "%{NAME}.%{ARCH} %{VERSION}-%{RELEASE} %{INSTALLTID}\\n"
    listed = host(["rpm", "-qa", "--qf", query], timeout=SECONDS)
    if not listed.ok:
        raise HostError("rpm -qa failed: %s" % listed.said)
    versions, transactions = {}, {}
    for line in sorted(listed.out.splitlines()):
        words = line.split()
        if len(words) != 3:
            raise HostError("rpm -qa listed %s, which is not a package" % (one_line(line),))
        name, version, transaction = words
        # What may be there in several versions, as the kernel, is compared as a whole.
        versions[name] = versions[name] + ", " + version if name in versions else version
        transactions[name] = transaction
    if not versions:
        raise HostError("rpm -qa listed no package; see what rpm says of its database")
    return versions, transactions


def _tree(host, path):
    # Somebody may mount its target later, so nothing in it is ever deleted.
    if os.path.islink(host.path(path)) and not os.path.exists(host.path(path)):
        return "a link that leads nowhere"
    if not os.path.isdir(host.path(path)):
        return "missing"
    return "used" if host.names(path) else "empty"


def _services(host, units, unseen):
    """State of each unit, None for one that is not there. Those that systemd said nothing about are ``unseen``."""
    asked = ["is-enabled", "is-active"]
    answers = host.all([["systemctl", word, "--", unit] for unit in units for word in asked])
    states = {}
    for number, unit in enumerate(units):
        silent = [answer.said for answer in answers[2 * number : 2 * number + 2] if _SILENT.search(answer.err)]
        if silent:
            unseen[unit] = "systemctl does not say whether %s runs: %s" % (unit, silent[0])
            states[unit] = None
            continue
        enabled, active = [answer.out.strip() for answer in answers[2 * number : 2 * number + 2]]
        # systemd 219 says nothing about a unit that is not there, later ones say not-found.
        known = enabled not in ("", "not-found")
        # One that is being started again after a failure is "activating".
        active = active in ("active", "activating", "reloading", "deactivating")
        states[unit] = {"enabled": enabled, "active": active} if known else None
    return states


def _since(host):
    """Return when units became active, None for one that is not."""
    shown = host.all(
        [["systemctl", "show", "-p", "ActiveState", "-p", "ActiveEnterTimestampMonotonic", unit] for unit in READERS]
    )
    found = {}
    for unit, answer in zip(READERS, shown):
        values = dict(line.partition("=")[::2] for line in answer.out.splitlines())
        active = values.get("ActiveState") == "active"
        found[unit] = values.get("ActiveEnterTimestampMonotonic") if active else None
    return found


def _networks(host):
    """Return docker's networks, name to id, and names of their bridges; (None, []) while no daemon answers."""
    if not host.which("docker"):
        return None, []
    listed = host(replies.NETWORKS)
    if not listed.ok:
        return None, []
    idents = replies.idents(listed.out)
    if not idents:
        return {}, []
    found = replies.networks(host(["docker", "network", "inspect"] + idents))
    return {net["name"]: net["id"] for net in found if net["name"]}, replies.bridge_names(found)
