# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The steps that undo a change (see changes.py), in the order of undoing. Pure: data in, data out."""

from __future__ import absolute_import, division, print_function

import json

from ..net import settings
from .changes import DOCKER, UNTOUCHED
from .kept_files import content_of, decoded, encoded

__metaclass__ = type

VDSM = ("supervdsmd.service", "vdsmd.service")


def way_back(own, now, keys, discard):
    """Return (steps, kept): what undoes a change, and sentences about what stays because somebody else was there.

    keys: path -> keys of a JSON file that are ours, for a file that others have changed since.
    discard: whether data that has come into directories that were missing or empty is deleted as well.
    The order is that of undoing: what uses docker, docker, what it left in the kernel, its files, services as before.
    The kernel's settings are what VMs depend on, so nothing that takes long goes before them.
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
    steps += _settings(own, now) + _policies(own, now)
    steps += [{"do": "remove packages", "packages": packages}] if packages else []
    steps += files
    steps += [{"do": "remove folder", "path": path} for path in own["folders"] if now["folders"].get(path)]
    steps += _trees(own, now) if discard else []
    steps += _rules(own, now)
    steps += _starts(own, now, changed, packages)
    return steps, kept + own["versions"] + of_others(own)


def of_others(own):
    """Sentences about packages that may be somebody else's."""
    words = "%s is kept: it came while a run was cut short, and may be somebody else's"
    return [words % (name,) for name in own["others"]]


def _stops(own, now):
    steps = []
    # A docker that is not running this moment may be about to: systemd starts one again that has died.
    unseen = now.get("unseen", {})
    dying = [DOCKER] if own["docker"] is not None and (DOCKER in now["services"] or DOCKER in unseen) else []
    for unit in sorted(set(own["services"]) | set(dying), key=_rank):
        was, is_now = own["services"].get(unit) or {}, now["services"].get(unit) or {}
        if (is_now.get("active") or unit in unseen or unit in dying) and not was.get("active"):
            steps.append({"do": "stop", "unit": unit})
        enabled = is_now.get("enabled") == "enabled" or unit in unseen
        if unit in own["services"] and enabled and was.get("enabled") != "enabled":
            steps.append({"do": "disable", "unit": unit})
    return steps


def _rank(unit):
    """Sockets first, since a call to one starts docker again; containerd last, since docker uses it."""
    return 0 if unit.endswith(".socket") else 1 if unit == DOCKER else 2, unit


def _files(own, now, keys):
    steps, changed, kept = [], [], []
    for path, entry in sorted(own["files"].items()):
        if path in now.get("unseen", {}):
            continue
        is_now, target = now["files"].get(path), entry["before"]
        if entry["mixed"] or content_of(is_now) != entry["after"]:
            known, target = _without(is_now, entry["before"], keys_of(path, own, now, keys))
            if not known:
                kept.append("%s is kept: somebody else has changed it since" % path)
                continue
        if target != is_now:
            steps.append({"do": "write", "path": path, "file": target} if target else {"do": "delete", "path": path})
            changed.append(path)
        if target and target.get("attributes", {}) is None:
            kept.append("%s: its extended attributes are not known, as getfattr is not installed" % (path,))
    return steps, changed, kept


def keys_of(path, own, now, keys):
    """Keys of a file, also where a link leads to it."""
    for name, ours in keys.items():
        for file in (now["files"].get(name), own["files"].get(name, {}).get("before")):
            if path == name or (file and file.get("real") == path):
                return ours
    return []


def _without(current, was, keys):
    """Return (True, a JSON file without our keys), which get their former values back; (False, None) for no such file.

    Of a file that was not there and holds nothing but ours nothing is left.
    """
    if current is None or "link" in current or (was and "link" in was) or not keys:
        return False, None
    try:
        content = json.loads(decoded(current).decode("utf-8"))
        former = json.loads(decoded(was).decode("utf-8")) if was else {}
    except (ValueError, RuntimeError):  # RecursionError is new in Python 3.5
        return False, None
    if not isinstance(content, dict) or not isinstance(former, dict):
        return False, None
    for key in keys:
        content.pop(key, None)
        if key in former:
            content[key] = former[key]
    if content == former:
        return True, was
    text = json.dumps(content, indent=4, separators=(",", ": ")) + "\n"
    return True, dict(current, content=encoded(text.encode("utf-8")))


def _trees(own, now):
    """Directories that held nothing: what is in them came since. One that was there, a mount point maybe, stays."""
    return [
        {"do": "remove tree" if was == "missing" else "empty tree", "path": path, "late": "held" in now}
        for path, was in sorted(own["trees"].items())
        if now["trees"].get(path) not in (was, None)
    ]


def _settings(own, now):
    """Settings of the kernel. One that has changed since belongs to somebody else and stays."""
    wanted = {
        key: "0" if value["before"] is None else value["before"]
        for key, value in own["sysctls"].items()
        if now["sysctls"].get(key) == value["after"] and _can_be_set_back(key, value, now["sysctls"].get(key))
    }
    pairs = settings.in_order(wanted, own["sysctls"], now["sysctls"])
    return [{"do": "sysctl", "key": key, "value": value} for key, value in pairs]


def _can_be_set_back(key, value, is_now):
    """br_netfilter stays loaded, and filters VMs' packets unless its switches are off; none of them was off."""
    if value["before"] is None:
        return key.startswith("net.bridge.") and is_now not in (None, "0")
    return is_now is not None


def _policies(own, now):
    # None is one that nobody can see.
    return [
        {"do": "policy", "chain": chain, "policy": was}
        for chain, was in sorted(own["policies"].items())
        if now["policies"].get(chain, UNTOUCHED) != was
    ]


def _rules(own, now):
    """Rules and devices of docker, which it leaves behind when it ends; then those of others to their places."""
    # Which rules these are is seen when it is done: docker may still be making some.
    steps = [dict(own["docker"], do="remove docker's rules")] if own["docker"] is not None else []
    foreign = [name for name in now["devices"] if name not in now["links"]]
    return steps + ([{"do": "put rules back", "rules": own["rules"], "foreign": foreign}] if own["rules"] else [])


def _starts(own, now, changed, packages):
    """Restore the state of units: start those that were stopped, restart those that read files which are put back."""
    steps, restart = [], []
    if any(name.startswith("/etc/vdsm/") for name in changed) or any(name.startswith("vdsm") for name in packages):
        restart += [unit for unit in VDSM if unit in own["restarted"]]
    if any("docker" in path and "yum" not in path for path in changed) and own["docker"] is None:
        restart += [DOCKER] if DOCKER in own["restarted"] else []
    for unit, was in sorted(own["services"].items()):
        is_now = now["services"].get(unit) or {}
        if was and was["enabled"] == "enabled" and is_now.get("enabled") != "enabled":
            steps.append({"do": "enable", "unit": unit})
        if was and was["active"] and not is_now.get("active") and unit not in restart:
            steps.append({"do": "start", "unit": unit})
    # One that does not run now may have been broken by this change, or later stopped by somebody.
    units = [unit for unit in restart if own["exact"] or now["since"].get(unit) is not None]
    return steps + ([{"do": "restart", "units": units}] if units else [])


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
        "remove docker's rules": "remove docker's rules, chains and devices that were not there",
        "put rules back": "put back the rules that are gone of %(where)s",
        "enable": "enable %(unit)s",
        "start": "start %(unit)s",
    }
    if step["do"] == "remove packages":
        return "remove " + ", ".join(step["packages"])
    if step["do"] == "put rules back":
        tables = [(command, table) for command in sorted(step["rules"]) for table in sorted(step["rules"][command])]
        step = dict(step, where=", ".join("%s %s" % place for place in tables))
    if step["do"] == "restart":
        return "restart " + " and ".join(step["units"])
    return words[step["do"]] % step
