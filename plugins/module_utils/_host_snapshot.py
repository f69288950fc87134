# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""What has changed on a host, and the steps that lead back. Pure: data in, data out.

A picture is what a host looks like:

    files      path -> None, or {content: base64, mode, uid, gid}
    folders    directory of such a file -> whether it is there
    packages   NAME.ARCH -> VERSION-RELEASE
    services   unit -> {enabled: what systemctl is-enabled says, active: bool}, for units that are there
    since      unit -> when it became active, so that a restart can be told
    sysctls    key -> value, None where the kernel has no such key
    policies   "iptables FORWARD" -> policy
    rules      {"iptables": {table: lines of iptables-save}, "ip6tables": the same}
    links      network devices of docker: docker0, br-<id>
    networks   docker network -> id, None while docker does not answer
    trees      directory -> "missing", "empty" or "used"

A change is the difference of two pictures, with what was before:

    {packages: [NAME.ARCH], versions: sentences, files: path -> {before, after, mixed}, folders: [path], services: unit
    -> before, sysctls: key -> {before, after}, policies: chain -> before, networks: {name: id}, trees: path -> before,
    docker: what of docker was in the firewall before it was started, or None, restarted: units that were running,
    exact: whether nothing but this has happened since}
"""

from __future__ import absolute_import, division, print_function

import base64
import json

from . import _host_firewall

__metaclass__ = type

# What a chain does that nobody has looked at yet: the kernel lists its table after the first look.
UNTOUCHED = "ACCEPT"
DOCKER = "docker.service"
VDSM = ("supervdsmd.service", "vdsmd.service")
NOTHING = {
    "packages": [],
    "versions": [],
    "files": {},
    "folders": [],
    "services": {},
    "sysctls": {},
    "policies": {},
    "networks": {},
    "trees": {},
    "docker": None,
    "restarted": [],
    "exact": False,
}


def change(before, now):
    """Return what has changed from one picture to the next."""
    old_packages, packages = before["packages"], now["packages"]
    same = sorted(set(old_packages) & set(packages))
    return {
        "packages": sorted(set(packages) - set(old_packages)),
        "versions": [
            "%s was %s and is %s" % (name, old_packages[name], packages[name])
            for name in same
            if old_packages[name] != packages[name]
        ]
        + ["%s-%s is gone" % (name, old_packages[name]) for name in sorted(set(old_packages) - set(packages))],
        "files": dict(
            (path, {"before": before["files"][path], "after": content_of(now["files"][path]), "mixed": False})
            for path in now["files"]
            if before["files"][path] != now["files"][path]
        ),
        "folders": [path for path in sorted(now["folders"]) if now["folders"][path] and not before["folders"][path]],
        "services": dict(
            (unit, before["services"].get(unit))
            for unit in now["services"]
            if before["services"].get(unit) != now["services"][unit]
        ),
        "sysctls": dict(
            (key, {"before": before["sysctls"][key], "after": now["sysctls"][key]})
            for key in now["sysctls"]
            if before["sysctls"][key] != now["sysctls"][key]
        ),
        "policies": dict(
            (chain, before["policies"].get(chain, UNTOUCHED))
            for chain, policy in now["policies"].items()
            # nftables' own chains are nobody's but their owner's; docker sets none of their policies.
            if not chain.startswith("nft ") and before["policies"].get(chain, UNTOUCHED) != policy
        ),
        "networks": dict(
            (name, ident)
            for name, ident in (now["networks"] or {}).items()
            if before["networks"] is not None and name not in before["networks"]
        ),
        "trees": dict(
            (path, before["trees"][path])
            for path in now["trees"]
            if now["trees"][path] != before["trees"][path] != "used"
        ),
        "docker": _dockers_before(before, now),
        "restarted": [
            unit for unit in sorted(now["since"]) if before["since"].get(unit) not in (now["since"][unit], None)
        ],
        "exact": True,
    }


def _dockers_before(before, now):
    """What was docker's before it was started, so that no more than that is left; None if it was not started."""
    if _active(before, DOCKER) or not (_active(now, DOCKER) or now["links"] != before["links"]):
        return None
    return {"steps": _host_firewall.docker_steps(before["rules"]), "links": before["links"]}


def _active(picture, unit):
    return picture["services"].get(unit, {}).get("active", False)


def together(first, second, baseline):
    """Return two changes of one owner as one. ``baseline`` is the picture between them.

    A file that somebody else has changed in between is mixed: it can no longer be put back as a whole.
    """
    files = dict(first["files"])
    for path, entry in second["files"].items():
        old = files.get(path)
        between = old is not None and old["after"] != content_of(baseline["files"][path])
        files[path] = entry if old is None else dict(entry, before=old["before"], mixed=old["mixed"] or between)
    return {
        "packages": sorted(set(first["packages"]) | set(second["packages"])),
        "versions": first["versions"] + second["versions"],
        "files": files,
        "folders": sorted(set(first["folders"]) | set(second["folders"])),
        "services": dict(second["services"], **first["services"]),
        "sysctls": dict(
            (key, dict(value, before=first["sysctls"].get(key, value)["before"]))
            for key, value in list(first["sysctls"].items()) + list(second["sysctls"].items())
        ),
        # Later these may be somebody else's decision, and networks have a role of their own.
        "policies": {},
        "networks": {},
        "trees": dict(second["trees"], **first["trees"]),
        "docker": first["docker"] or second["docker"],
        "restarted": sorted(set(first["restarted"]) | set(second["restarted"])),
        "exact": False,
    }


def content_of(file):
    """Return a file's content in base64, None for a file that is not there."""
    return file["content"] if file else None


def way_back(own, now, keys, discard):
    """Return (steps, kept): what undoes a change, and sentences about what stays because somebody else was there.

    keys: path -> keys of a JSON file that are ours, for a file that others have changed since.
    discard: whether data that has come into directories that were missing or empty is deleted as well.
    The order is that of undoing: what uses docker, docker, its files, what it left in the kernel, services as before.
    """
    files, changed, kept = _files(own, now, keys)
    names = [name for name in own["packages"] if name in now["packages"]]
    packages = sorted("%s-%s" % (name.rpartition(".")[0], now["packages"][name]) for name in names)
    steps = [
        {"do": "remove network", "network": name}
        for name in sorted(own["networks"])
        if (now["networks"] or {}).get(name) == own["networks"][name]
    ]
    steps += _stops(own, now)
    steps += [{"do": "remove packages", "packages": packages}] if packages else []
    steps += files
    steps += [{"do": "remove folder", "path": path} for path in own["folders"] if now["folders"].get(path)]
    steps += _trees(own, now) if discard else []
    steps += _kernel(own, now)
    steps += _starts(own, now, changed, packages)
    return steps, kept + own["versions"]


def _stops(own, now):
    steps = []
    for unit, was in sorted(own["services"].items()):
        is_now = now["services"].get(unit, {})
        if is_now.get("active") and not (was or {}).get("active"):
            steps.append({"do": "stop", "unit": unit})
        if is_now.get("enabled") == "enabled" and (was or {}).get("enabled") != "enabled":
            steps.append({"do": "disable", "unit": unit})
    return steps


def _files(own, now, keys):
    steps, changed, kept = [], [], []
    for path, entry in sorted(own["files"].items()):
        is_now, target = now["files"].get(path), entry["before"]
        if entry["mixed"] or content_of(is_now) != entry["after"]:
            target = _without(is_now, entry["before"], keys.get(path, []))
            if target is None:
                kept.append("%s is kept: somebody else has changed it since" % path)
                continue
        if target != is_now:
            steps.append({"do": "write", "path": path, "file": target} if target else {"do": "delete", "path": path})
            changed.append(path)
    return steps, changed, kept


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


def _trees(own, now):
    """Directories that held nothing: what is in them came since. One that was there, a mount point maybe, stays."""
    return [
        {"do": "remove tree" if was == "missing" else "empty tree", "path": path}
        for path, was in sorted(own["trees"].items())
        if now["trees"].get(path) not in (was, None)
    ]


def _kernel(own, now):
    """Settings, policies, rules and devices; docker leaves all of them behind when it ends."""
    steps = [
        {"do": "sysctl", "key": key, "value": value["before"]}
        for key, value in sorted(own["sysctls"].items())
        if value["before"] is not None and now["sysctls"].get(key) == value["after"]
    ]
    steps += [
        {"do": "policy", "chain": chain, "policy": was}
        for chain, was in sorted(own["policies"].items())
        if now["policies"].get(chain, UNTOUCHED) != was
    ]
    if own["docker"] is not None:
        left = [step for step in _host_firewall.docker_steps(now["rules"]) if step not in own["docker"]["steps"]]
        steps += [dict(step, do="remove rule" if "rule" in step else "remove chain") for step in left]
        steps += [{"do": "remove link", "link": name} for name in now["links"] if name not in own["docker"]["links"]]
    return steps


def _starts(own, now, changed, packages):
    """Units as they were: started if they were stopped; restarted if they have read what is no longer true."""
    steps, restart = [], []
    if any(name.startswith("/etc/vdsm/") for name in changed) or any(name.startswith("vdsm") for name in packages):
        restart += [unit for unit in VDSM if unit in own["restarted"]]
    if any("docker" in path and "yum" not in path for path in changed) and own["docker"] is None:
        restart += [DOCKER] if DOCKER in own["restarted"] else []
    for unit, was in sorted(own["services"].items()):
        is_now = now["services"].get(unit, {})
        if was and was["enabled"] == "enabled" and is_now.get("enabled") != "enabled":
            steps.append({"do": "enable", "unit": unit})
        if was and was["active"] and not is_now.get("active") and unit not in restart:
            steps.append({"do": "start", "unit": unit})
    # One that does not run now may have been broken by this change, or later stopped by somebody.
    units = [unit for unit in restart if own["exact"] or now["since"].get(unit) is not None]
    return steps + ([{"do": "restart", "units": units}] if units else [])


def differences(before, now):
    """Return a sentence for everything in which two pictures differ. When units became active is no difference."""
    found = []
    for kind in sorted(set(before) - {"since"}):
        was, is_now = _flat(kind, before[kind]), _flat(kind, now[kind])
        if kind == "networks" and None in (before[kind], now[kind]):
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
    return dict((name, "there") for name in value)


def _word(value):
    if isinstance(value, dict) and "content" in value:
        return "a file of %d bytes, mode %o" % (len(decoded(value)), value["mode"])
    return "not there" if value is None else "%s" % (value,)


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
