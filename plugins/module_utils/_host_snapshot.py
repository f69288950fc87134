# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""What a host was like, and the steps that lead back there. Pure: data in, data out; Python 2.7 and 3.6 clean.

A picture of a host is a dictionary:

    files      path -> None, or {content: base64, mode: int, uid: int, gid: int}
    folders    directory of such a file -> whether it is there
    packages   installed packages as NAME-VERSION-RELEASE.ARCH
    services   unit -> {enabled: what systemctl is-enabled says, active: bool}
    sysctls    key -> value, None where the kernel has no such key
    policies   "iptables FORWARD" -> policy
    rules      {"iptables": {table: lines of iptables-save}, "ip6tables": the same}
    links      network devices that docker makes: docker0, br-<id>, veth…
    networks   docker networks, None while docker does not answer
    trees      directory -> "missing", "empty" or "used"

A record is what is kept between `taken` and `restored`: {before: picture, own: what was ours when it was `sealed`
({packages, files, sysctls}), or None: then everything that differs is ours; baseline: packages of the latest `taken`,
None once it is sealed}.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import json

from . import _host_firewall

# What a chain does that nobody has looked at yet: the kernel lists its table after the first look.
UNTOUCHED = "ACCEPT"


def sealed(record, now):
    """Return the record with what has changed since the latest `taken` noted as ours.

    Packages count from the baseline, not from `before`: what somebody installed between two of our runs is not ours.
    """
    own = record["own"] or {"packages": [], "files": {}, "sysctls": {}}
    baseline = now["packages"] if record["baseline"] is None else record["baseline"]
    added = [name for name in now["packages"] if name not in baseline]
    files = dict((path, content_of(now["files"].get(path))) for path in record["before"]["files"])
    return dict(
        record,
        baseline=None,
        own={
            "packages": sorted(set(own["packages"]) | set(added)),
            "files": files,
            "sysctls": dict(now["sysctls"]),
        },
    )


def content_of(file):
    """Return a file's content in base64, None for a file that is not there."""
    return file["content"] if file else None


def way_back(record, now, keys, discard):
    """Return (steps, kept): what leads from `now` back to the record's `before`, and sentences about what stays.

    keys: path -> keys of a JSON file that are ours, for a file that others have changed since.
    discard: whether data directories that were not there before are removed as well.
    The order is that of undoing: what uses docker, docker, its files, what it left in the kernel, services as before.
    """
    before, own, kept = record["before"], record["own"], []
    files, changed_files = _files(before, own, now, keys, kept)
    packages = _packages(before, own, now)
    steps = _networks(before, own, now)
    steps += _stops(before, now, packages)
    steps += [{"do": "remove packages", "packages": packages}] if packages else []
    steps += files
    steps += [{"do": "remove folder", "path": path} for path in _new(before["folders"], now["folders"])]
    steps += _trees(before, now) if discard else []
    steps += _kernel(before, own, now)
    steps += _starts(before, now, changed_files, packages)
    return steps, kept


def _networks(before, own, now):
    """Docker networks made since; after sealing they are their own role's, which knows them by name."""
    if own is not None or before["networks"] is None or now["networks"] is None:
        return []
    return [{"do": "remove network", "network": name} for name in now["networks"] if name not in before["networks"]]


def _packages(before, own, now):
    ours = now["packages"] if own is None else [name for name in own["packages"] if name in now["packages"]]
    return sorted(name for name in ours if name not in before["packages"])


def _stops(before, now, packages):
    """Units that were not active. Before packages go, even a unit without one: docker.socket starts docker again."""
    steps = []
    for unit in sorted(now["services"]):
        was, is_now = before["services"].get(unit, {}), now["services"][unit]
        if is_now["active"] and not was.get("active"):
            steps.append({"do": "stop", "unit": unit})
        if is_now["enabled"] == "enabled" and was.get("enabled") != "enabled":
            steps.append({"do": "disable", "unit": unit})
    return steps


def _files(before, own, now, keys, kept):
    steps, changed = [], []
    for path in sorted(before["files"]):
        was, is_now = before["files"][path], now["files"].get(path)
        if was == is_now:
            continue
        target = was
        if own is not None and content_of(is_now) != own["files"].get(path):
            target = _without(is_now, was, keys.get(path, []))
            if target is None:
                kept.append("%s is kept: somebody else has changed it since" % path)
                continue
        if target == is_now:
            continue
        steps.append({"do": "write", "path": path, "file": target} if target else {"do": "delete", "path": path})
        changed.append(path)
    return steps, changed


def _without(current, was, keys):
    """Return a JSON file without our keys, which get their former values back; None where that cannot be done."""
    if current is None or not keys:
        return None
    try:
        content = json.loads(decoded(current).decode("utf-8"))
        former = json.loads(decoded(was).decode("utf-8")) if was else {}
    except ValueError:
        return None
    for key in keys:
        content.pop(key, None)
        if key in former:
            content[key] = former[key]
    if content == former and was:
        return was
    text = json.dumps(content, indent=4, separators=(",", ": ")) + "\n"
    return dict(current, content=encoded(text.encode("utf-8")))


def _trees(before, now):
    """Directories that held nothing: what is in them came since. One that was there, a mount point maybe, stays."""
    used = [path for path in sorted(now["trees"]) if now["trees"][path] != before["trees"][path] != "used"]
    return [
        {"do": "remove tree" if before["trees"][path] == "missing" else "empty tree", "path": path} for path in used
    ]


def _new(before, now):
    """Directories that have come since."""
    return [path for path in sorted(now) if now[path] and not before.get(path)]


def _kernel(before, own, now):
    """Settings, policies, rules and devices; docker leaves all of them behind when it ends."""
    docker_stays = before["services"].get("docker.service", {}).get("active", False)
    steps = []
    for key in sorted(before["sysctls"]):
        was, is_now = before["sysctls"][key], now["sysctls"].get(key)
        ours = own is None or own["sysctls"].get(key) == is_now
        if was is not None and was != is_now and ours:
            steps.append({"do": "sysctl", "key": key, "value": was})
    # A policy is kept only while the host is rolled back: later it may be somebody else's decision.
    for chain, policy in sorted(_policies(now).items()) if own is None else []:
        was = _policies(before).get(chain, UNTOUCHED)
        if was != policy:
            steps.append({"do": "policy", "chain": chain, "policy": was})
    if not docker_stays:
        steps += _firewall(before["rules"], now["rules"])
        steps += [{"do": "remove link", "link": name} for name in now["links"] if name not in before["links"]]
    return steps


def _policies(picture):
    """Policies of iptables; those of nftables' own chains are nobody's but their owner's, docker sets none."""
    return dict((chain, policy) for chain, policy in picture["policies"].items() if not chain.startswith("nft "))


def _firewall(before, now):
    """What docker has put into the firewall since."""
    old = _host_firewall.docker_steps(before)
    left = [step for step in _host_firewall.docker_steps(now) if step not in old]
    return [dict(step, do="remove rule" if "rule" in step else "remove chain") for step in left]


def _starts(before, now, changed_files, packages):
    """Units as they were: started if stopped since, restarted if they have read what is no longer true."""
    steps = []
    restart = [unit for unit in ("supervdsmd.service", "vdsmd.service") if _reads_vdsm(changed_files, packages)]
    if any("docker" in path for path in changed_files):
        restart.append("docker.service")
    for unit in sorted(before["services"]):
        was, is_now = before["services"][unit], now["services"].get(unit, {})
        if was["enabled"] == "enabled" and is_now.get("enabled") != "enabled":
            steps.append({"do": "enable", "unit": unit})
        if was["active"] and unit not in restart and not is_now.get("active"):
            steps.append({"do": "start", "unit": unit})
    units = [unit for unit in restart if before["services"].get(unit, {}).get("active")]
    return steps + ([{"do": "restart", "units": units}] if units else [])


def _reads_vdsm(changed_files, packages):
    return any("vdsm" in name for name in changed_files + packages)


def differences(before, now):
    """Return a sentence for everything in which two pictures differ."""
    found = []
    for kind in sorted(before):
        was, is_now = _flat(kind, before[kind]), _flat(kind, now[kind])
        if kind == "networks" and None in (was, is_now):
            continue
        for name in sorted(set(was) | set(is_now)):
            if was.get(name) != is_now.get(name):
                found.append("%s: %s was %s and is %s" % (kind, name, _word(was.get(name)), _word(is_now.get(name))))
    return found


def _flat(kind, value):
    if value is None:
        return {}
    if kind == "services":
        return dict((unit, "%(enabled)s, active: %(active)s" % state) for unit, state in value.items())
    if kind == "rules":
        # A table is listed once somebody has looked at it; its own chains, which cannot go, are no difference.
        lines = [
            (command, table, line) for command in value for table in value[command] for line in value[command][table]
        ]
        return dict((" ".join(entry), "there") for entry in lines if entry[2][0] != ":" or entry[2].endswith(" -"))
    if kind == "policies":
        return dict((chain, policy) for chain, policy in value.items() if policy.upper() != UNTOUCHED)
    if isinstance(value, dict):
        return value
    return dict((json.dumps(item, sort_keys=True), "there") for item in value)


def _word(value):
    if isinstance(value, dict) and "content" in value:
        return "a file of %d bytes, mode %o" % (len(decoded(value)), value["mode"])
    return "not there" if value is None else str(value)


def sentence(step):
    """Return a step in words."""
    words = {
        "remove network": "remove docker network %(network)s",
        "stop": "stop %(unit)s",
        "disable": "disable %(unit)s",
        "write": "write %(path)s as it was",
        "delete": "delete %(path)s",
        "remove tree": "delete the directory %(path)s",
        "empty tree": "delete all that is in %(path)s",
        "remove folder": "remove the directory %(path)s if it is empty",
        "sysctl": "set %(key)s to %(value)s",
        "policy": "set the policy of %(chain)s to %(policy)s",
        "remove rule": "remove docker's rule from %(command)s -t %(table)s: %(rule)s",
        "remove chain": "remove docker's chain %(chain)s from %(command)s -t %(table)s",
        "remove link": "remove the network device %(link)s",
        "enable": "enable %(unit)s",
        "start": "start %(unit)s",
    }
    if step["do"] == "remove packages":
        return "remove " + ", ".join(step["packages"])
    if step["do"] == "restart":
        return "restart " + " and ".join(step["units"])
    return words[step["do"]] % step


def encoded(content):
    """Return bytes as base64 text."""
    return base64.b64encode(content).decode("ascii")


def decoded(file):
    """Return the bytes of a file in a picture."""
    return base64.b64decode(file["content"])
