# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The steps that undo a change (see changes.py), in the order of undoing. Pure: data in, data out."""

from __future__ import absolute_import, division, print_function

import json

from .files import content_of, decoded, encoded
from .changes import DOCKER, UNTOUCHED

__metaclass__ = type

VDSM = ("supervdsmd.service", "vdsmd.service")


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
    return steps, kept + own["versions"] + of_others(own)


def of_others(own):
    """Sentences about packages that may be somebody else's."""
    words = "%s is kept: it came while a run was cut short, and may be somebody else's"
    return [words % (name,) for name in own["others"]]


def _stops(own, now):
    steps = []
    # A docker that is not running this moment may be about to: systemd starts one again that has died.
    dying = [DOCKER] if own["docker"] is not None and DOCKER in now["services"] else []
    for unit in sorted(set(own["services"]) | set(dying)):
        was, is_now = own["services"].get(unit) or {}, now["services"].get(unit) or {}
        if (is_now.get("active") or unit in dying) and not was.get("active"):
            steps.append({"do": "stop", "unit": unit})
        if unit in own["services"] and is_now.get("enabled") == "enabled" and was.get("enabled") != "enabled":
            steps.append({"do": "disable", "unit": unit})
    return steps


def _files(own, now, keys):
    steps, changed, kept = [], [], []
    for path, entry in sorted(own["files"].items()):
        is_now, target = now["files"].get(path), entry["before"]
        if entry["mixed"] or content_of(is_now) != entry["after"]:
            target = _without(is_now, entry["before"], _keys_of(path, own, now, keys))
            if target is None:
                kept.append("%s is kept: somebody else has changed it since" % path)
                continue
        if target != is_now:
            steps.append({"do": "write", "path": path, "file": target} if target else {"do": "delete", "path": path})
            changed.append(path)
        if target and target.get("attributes", {}) is None:
            kept.append("%s: its extended attributes are not known, as getfattr is not installed" % (path,))
    return steps, changed, kept


def _keys_of(path, own, now, keys):
    """Keys of a file, also where a link leads to it."""
    for name, ours in keys.items():
        for file in (now["files"].get(name), own["files"].get(name, {}).get("before")):
            if path == name or (file and file.get("real") == path):
                return ours
    return []


def _without(current, was, keys):
    """Return a JSON file without our keys, which get their former values back; None where that cannot be done."""
    if current is None or "link" in current or (was and "link" in was) or not keys:
        return None
    try:
        content = json.loads(decoded(current).decode("utf-8"))
        former = json.loads(decoded(was).decode("utf-8")) if was else {}
    except ValueError:
        return None
    if not isinstance(content, dict) or not isinstance(former, dict):
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
        {"do": "sysctl", "key": key, "value": "0" if value["before"] is None else value["before"]}
        for key, value in sorted(own["sysctls"].items())
        if now["sysctls"].get(key) == value["after"] and _can_be_set_back(key, value, now["sysctls"].get(key))
    ]
    steps += [
        {"do": "policy", "chain": chain, "policy": was}
        for chain, was in sorted(own["policies"].items())
        if now["policies"].get(chain, UNTOUCHED) != was
    ]
    # Which rules these are is seen when it is done: docker may still be making some.
    return steps + ([dict(own["docker"], do="remove docker's rules")] if own["docker"] is not None else [])


def _can_be_set_back(key, value, is_now):
    """br_netfilter stays loaded, and filters VMs' packets unless it is told not to; no switch of it was off."""
    if value["before"] is None:
        return key.startswith("net.bridge.") and is_now not in (None, "0")
    return is_now is not None


def _starts(own, now, changed, packages):
    """Units as they were: started if they were stopped; restarted if they have read what is no longer true."""
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
        "enable": "enable %(unit)s",
        "start": "start %(unit)s",
    }
    if step["do"] == "remove packages":
        return "remove " + ", ".join(step["packages"])
    if step["do"] == "restart":
        return "restart " + " and ".join(step["units"])
    return words[step["do"]] % step
