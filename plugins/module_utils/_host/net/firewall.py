# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Packet filter rules as iptables-save and nft print them, and which of them are docker's own."""

from __future__ import absolute_import, division, print_function

import re

from .arithmetic import contains, network
from .devices import docker_device

__metaclass__ = type

#: Chains of docker (libnetwork's iptables package, 1.10 to 29), and those that firewalld makes for docker's zone and
#: policy (docker 20.10 and later).
_DOCKER_CHAIN = re.compile(r"^DOCKER($|-)|(^|_)docker(-forwarding)?($|_)|^docker-")
_USER_CHAIN = "DOCKER-USER"
#: Chains in which docker refers to nothing but its bridges (moby, libnetwork/drivers/bridge, 1.10 to 29).
_ISOLATION = re.compile(r"^DOCKER-(ISOLATION(-STAGE-[12])?|INTERNAL|BRIDGE|CT)$")
_COUNTERS = re.compile(r"\s*\[\d+:\d+\]\s*")
_DEVICE_OPTIONS = ("-i", "-o", "--in-interface", "--out-interface", "--physdev-in", "--physdev-out")


def iptables_rules(saved):
    """Tables of ``iptables-save``: ``{table: [":CHAIN POLICY", "-A CHAIN ...", ...]}`` without counters."""
    tables, lines = {}, []
    for line in saved.splitlines():
        if line.startswith("*"):
            lines = tables.setdefault(line[1:].strip(), [])
        elif line.startswith((":", "-", "[")):
            rule = _COUNTERS.sub(" ", line).strip()
            lines += [rule] if rule.strip(":-") else []
    return tables


def iptables_policies(tables):
    """Policies of the built-in chains of the table filter: ``{"FORWARD": "ACCEPT", ...}``."""
    chains = [line[1:].split() for line in tables.get("filter", []) if line.startswith(":")]
    return {chain[0]: chain[1] for chain in chains if len(chain) > 1 and chain[1] != "-"}


def in_nftables(saved):
    """Whether this iptables-save read nftables: its tables are in ``nft list ruleset`` too (iptables 1.8)."""
    return "(nf_tables)" in saved or "by xtables-save" in saved


def nft_rules(listed, skipped=()):
    """Lines and policies of ``nft list ruleset``, each line with its place: ``inet filter forward: ct state ...``.

    ``skipped`` are tables (``ip filter``) whose lines are left out, since iptables-save has shown them.
    """
    lines, policies, place, depth = [], {}, [], 0
    for raw in listed.splitlines():
        line = _nft_line(raw)
        if not line:
            continue
        if depth:  # what sets, counters and their like hold comes and goes by itself; what they mean is in the rules
            depth += line.count("{") - line.count("}")
        elif line.endswith("{") and line.split()[0] in ("table", "chain"):
            place = line.split()[1:-1] if line.startswith("table") else place[:2] + [line.split()[1]]
            lines.append(" ".join([line.split()[0]] + place))
        elif line.endswith("{"):
            depth = 1
            lines.append("%s: %s" % (" ".join(place), line[:-2]))
        elif line == "}":
            place = place[:2] if len(place) == 3 else []
        else:
            lines.append("%s: %s" % (" ".join(place), line))
            found = re.search(r"^type \S+ hook .*policy (\w+)", line)
            if found:
                policies[" ".join(place)] = found.group(1)
    return _without(skipped, lines, policies)


def _nft_line(raw):
    line = re.sub(r"\s+", " ", raw.split("# ")[0] if '"' not in raw else raw).strip()
    line = re.sub(r"counter packets \d+ bytes \d+", "counter", line)
    return "" if line.startswith("#") else line


def _without(skipped, lines, policies):
    def known(place):
        return " ".join(place.replace(":", " ").split()[:2]) in skipped

    kept = [line for line in lines if not known(re.sub(r"^(table|chain) ", "", line))]
    return kept, {place: policy for place, policy in policies.items() if not known(place)}


def docker_bridges(rules, foreign=()):
    """Bridges to which docker's own rules refer, whatever they are called: an option gives one any name.

    Docker's are a rule of FORWARD that sends what leaves through the bridge to its chain, and the chains that only
    docker fills. ``foreign`` are devices that docker has not made: one that is in such a rule is not docker's.
    """
    found = set()
    for tables in rules.values():
        for lines in tables.values() if isinstance(tables, dict) else ():
            for line in lines:
                found.update(_bridges_of(line.split()))
    return sorted(found - set(foreign))


def _bridges_of(words):
    if len(words) < 4 or words[0] != "-A":
        return []
    pairs = list(zip(words, words[1:]))
    if words[1] == "FORWARD" and ("-j", "DOCKER") in pairs:
        return [device for option, device in pairs if option == "-o"]
    if _ISOLATION.match(words[1]):
        return [device for option, device in pairs if option in ("-i", "-o")]
    return []


def docker_rules(rules, foreign=()):
    """Split a ruleset of a VM safety state into what is docker's own and what is not, each of the same shape.

    Docker's are its chains, jumps to them, rules naming its bridges and its masquerading. What an admin put into
    DOCKER-USER is the admin's. ``foreign``: see :func:`docker_bridges`.
    """
    bridges = docker_bridges(rules, foreign)
    own, others = {}, {}
    for command, tables in rules.items():
        if isinstance(tables, dict):
            own[command], others[command] = {}, {}
            for table, lines in tables.items():
                subnets = _docker_subnets(lines, bridges)
                split = [_iptables_line_is_dockers(line, bridges, subnets) for line in lines]
                own[command][table] = [line for line, docker in zip(lines, split) if docker]
                others[command][table] = [line for line, docker in zip(lines, split) if not docker]
        else:
            own[command] = [line for line in tables or [] if _nft_line_is_dockers(line, bridges)]
            others[command] = [line for line in tables or [] if not _nft_line_is_dockers(line, bridges)]
    return own, others


def docker_steps(rules, foreign=()):
    """What docker left in iptables, in the order in which it can be taken away: rules, then emptied chains.

    Each is ``{"command", "table", "rule"}`` or ``{"command", "table", "chain"}``. A DOCKER-USER chain that holds
    rules of the admin stays, and so does the jump to it.
    """
    own, others = docker_rules(rules, foreign)
    steps, chains = [], []
    for command in ("iptables", "ip6tables"):
        for table, lines in sorted((own.get(command) or {}).items()):
            kept = [line for line in others[command][table] if line.startswith("-A %s " % (_USER_CHAIN,))]
            for line in lines:
                place = {"command": command, "table": table}
                if kept and _USER_CHAIN in line.split() + [line.split()[0][1:]]:
                    continue
                if line.startswith(":"):
                    chains.append(dict(place, chain=line.split()[0][1:]))
                else:
                    steps.append(dict(place, rule=line))
    return steps + chains


def _is_docker_device(name, bridges):
    return docker_device(name.rstrip("+")) or name in bridges


def _iptables_line_is_dockers(line, bridges, subnets):
    words = line.split()
    if line.startswith(":"):
        return bool(_DOCKER_CHAIN.search(words[0][1:]))
    chain = words[1] if len(words) > 1 else ""
    if chain == _USER_CHAIN:
        return words[2:] == ["-j", "RETURN"]
    if _DOCKER_CHAIN.search(chain):
        return True
    pairs = list(zip(words, words[1:]))
    if any(option in ("-j", "-g") and _DOCKER_CHAIN.search(target) for option, target in pairs):
        return True
    if any(option in _DEVICE_OPTIONS and _is_docker_device(device, bridges) for option, device in pairs):
        return True
    return _is_hairpin(dict(pairs), subnets)


def _docker_subnets(lines, bridges):
    """Subnets that docker masquerades: ``-A POSTROUTING -s SUBNET ! -o BRIDGE -j MASQUERADE``."""
    found = []
    for line in lines:
        options = dict(zip(line.split(), line.split()[1:]))
        if options.get("-j") == "MASQUERADE" and _is_docker_device(options.get("-o", ""), bridges):
            found.append(options.get("-s"))
    return [subnet for subnet in found if subnet]


def _is_hairpin(options, subnets):
    """A published port's masquerading of a container that calls itself; names no device."""
    source = options.get("-s")
    if options.get("-j") != "MASQUERADE" or not source or source != options.get("-d"):
        return False
    return any(contains(network(subnet), network(source)) for subnet in subnets)


def _nft_line_is_dockers(line, bridges):
    place, _colon, rule = line.partition(":")
    words = [word for word in place.split() if word not in ("table", "chain")]
    names = words[1:]
    if _USER_CHAIN in names:
        return not rule or re.match(r"^ (counter )?return$", rule) is not None
    if any(_DOCKER_CHAIN.search(name) for name in names):
        return True
    if any(_DOCKER_CHAIN.search(target) for target in re.findall(r"\b(?:jump|goto) (\S+)", rule)):
        return True
    return any(_is_docker_device(device, bridges) for device in re.findall(r'[io]ifname (?:!= )?"([^"]+)"', rule))
