# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""What has changed on a host from one picture to the next. Pure: data in, data out.

A picture is what a host looks like:

    files         path -> a file (see kept_files.py)
    folders       directory of such a file -> whether it is there
    packages      NAME.ARCH -> VERSION-RELEASE
    transactions  NAME.ARCH -> the number of rpm's transaction that installed it
    units         units that the picture is about
    services      those that are there -> {enabled: what systemctl is-enabled says, active: bool}
    since         unit -> when it became active, to recognize a restart
    sysctls       key -> value, None where the kernel has no such key
    policies      "iptables FORWARD" -> policy
    rules         {"iptables": {table: lines of iptables-save}, "ip6tables": the same}
    devices       all network devices
    links         those of docker: docker0, br-<id>, bridges that its rules and networks name
    networks      docker network -> id, None while docker does not answer
    trees         directory -> "missing", "empty", "used" or "a link that leads nowhere"

A change is the difference of two pictures, with what was before:

    {packages: [NAME.ARCH], versions: sentences, others: packages that may be somebody else's, files: path
    -> {before, after, mixed}, folders: [path], services: unit -> before, sysctls: key -> {before, after}, policies:
    chain -> before, networks: {name: id}, trees: path -> before, docker: what of docker was in the firewall while it
    did not run, and whether it was started, or None, rules: chains of which somebody's rules are gone (see rules.py),
    restarted: units that were running, exact: whether nothing but this has happened since}

On a way back a picture may lack what could not be looked at. ``unseen`` names it then: a path, a unit, "packages",
"iptables" or "ip6tables", each with a sentence. Nothing of it is known to have changed.
"""

from __future__ import absolute_import, division, print_function

from ..docker.replies import ENGINES
from ..net import firewall, settings
from . import rules
from .kept_files import content_of, decoded

__metaclass__ = type

# What a chain does that nobody has looked at yet: the kernel lists its table after the first look.
UNTOUCHED = "ACCEPT"
DOCKER = "docker.service"
#: Packages that the roles install by name; what comes in the same transactions of rpm comes for them.
OURS = ENGINES + ("vdsm-containers", "containerd.io", "containerd", "docker-client", "docker-common")
NOTHING = {
    "packages": [],
    "versions": [],
    "others": [],
    "files": {},
    "folders": [],
    "services": {},
    "sysctls": {},
    "policies": {},
    "networks": {},
    "trees": {},
    "docker": None,
    "rules": {},
    "restarted": [],
    "exact": False,
}


def change(before, now, late=False):
    """Return what has changed from one picture to the next.

    ``late``: the run that took the first was killed, and somebody else may have worked on the host since. Then only
    those packages count that came in a transaction with one that a role installs.
    """
    packages, others = _new_packages(before, now, late)
    return {
        "packages": packages,
        "versions": _versions(before["packages"], now["packages"]),
        "others": others,
        "files": {
            path: {"before": before["files"].get(path), "after": content_of(file), "mixed": False}
            for path, file in now["files"].items()
            if before["files"].get(path) != file
        },
        "folders": [
            path for path in sorted(now["folders"]) if now["folders"][path] and not before["folders"].get(path)
        ],
        "services": _services(before, now),
        "sysctls": settings.changed(before["sysctls"], now["sysctls"]),
        "policies": {
            chain: before["policies"].get(chain, UNTOUCHED)
            for chain, policy in now["policies"].items()
            # nftables' own chains are nobody's but their owner's; docker sets none of their policies.
            if not chain.startswith("nft ") and before["policies"].get(chain, UNTOUCHED) != policy
        },
        "networks": {
            name: ident
            for name, ident in (now["networks"] or {}).items()
            if before["networks"] is not None and name not in before["networks"]
        },
        "trees": {
            path: before["trees"].get(path)
            for path in now["trees"]
            if now["trees"][path] != before["trees"].get(path) and before["trees"].get(path) in ("missing", "empty")
        },
        "docker": _dockers_before(before, now),
        # Later these may be somebody's decision.
        "rules": {} if late else rules.gone(before, now, _foreign(before)),
        "restarted": [
            unit for unit in sorted(now["since"]) if before["since"].get(unit) not in (now["since"][unit], None)
        ],
        "exact": True,
    }


def _services(before, now):
    """The former state of each unit that has changed, or whose state cannot be read."""
    old, new, unseen = before["services"], now["services"], now.get("unseen", {})
    found = {name: old.get(name) for name in new if old.get(name) != new[name]}
    found.update((name, old.get(name)) for name in before["units"] if name in unseen)
    return found


def _new_packages(before, now, late):
    """Packages that came, and those that may have come with somebody else."""
    new = sorted(set(now["packages"]) - set(before["packages"]))
    if not late:
        return new, []
    ours = {now["transactions"].get(name) for name in new if name.rpartition(".")[0] in OURS} - {None}
    others = [name for name in new if now["transactions"].get(name) not in ours]
    return [name for name in new if name not in others], others


def _versions(old, new):
    changed = [name for name in sorted(set(old) & set(new)) if old[name] != new[name]]
    found = ["%s was %s and is %s" % (name, old[name], new[name]) for name in changed]
    return found + ["%s-%s is gone" % (name, old[name]) for name in sorted(set(old) - set(new))]


def _dockers_before(before, now):
    """What was docker's while it did not run, so that no more than that is left; None if it ran.

    One that dies at once has left rules as well, so for the run itself it does not matter whether it runs now.
    """
    if DOCKER not in before["units"] or _active(before):
        return None
    return {
        "steps": firewall.docker_steps(before["rules"], _foreign(before)),
        "links": before["links"],
        "foreign": _foreign(before),
        "started": _active(now) or now["links"] != before["links"],
    }


def _active(picture):
    return picture["services"].get(DOCKER, {}).get("active", False)


def _foreign(picture):
    return [name for name in picture["devices"] if name not in picture["links"]]


def together(first, second, baseline):
    """Return two changes of one owner as one. ``baseline`` is the picture between them.

    A file that somebody else has changed in between is mixed: it can no longer be put back as a whole.
    """
    files = dict(first["files"])
    for path, entry in second["files"].items():
        old = files.get(path)
        between = old is not None and old["after"] != content_of(baseline["files"].get(path))
        files[path] = entry if old is None else dict(entry, before=old["before"], mixed=old["mixed"] or between)
    return {
        "packages": sorted(set(first["packages"]) | set(second["packages"])),
        "versions": first["versions"] + second["versions"],
        # Named in another way by then.
        "others": [],
        "files": files,
        "folders": sorted(set(first["folders"]) | set(second["folders"])),
        "services": dict(second["services"], **first["services"]),
        "sysctls": {
            key: dict(value, before=first["sysctls"].get(key, value)["before"])
            for key, value in list(first["sysctls"].items()) + list(second["sysctls"].items())
        },
        # Later these may be somebody else's decision, and networks have a role of their own.
        "policies": {},
        "networks": {},
        "trees": dict(second["trees"], **first["trees"]),
        "docker": first["docker"] or (second["docker"] if (second["docker"] or {}).get("started") else None),
        "rules": {},
        "restarted": sorted(set(first["restarted"]) | set(second["restarted"])),
        "exact": False,
    }


def differences(before, now):
    """Return a sentence for every difference between two pictures, but not for when a unit became active."""
    found, unseen = [], now.get("unseen", {})
    for kind in sorted(set(before) - {"since", "transactions", "devices", "units"}):
        was, is_now = _flat(kind, before[kind]), _flat(kind, now[kind])
        if kind in unseen or (kind == "networks" and None in (before[kind], now[kind])):
            continue
        for name in sorted((set(was) | set(is_now)) - set(unseen)):
            if was.get(name) != is_now.get(name):
                found.append("%s: %s was %s and is %s" % (kind, name, _word(was.get(name)), _word(is_now.get(name))))
    return found


def _flat(kind, value):
    if value is None:
        return {}
    if kind == "services":
        return {unit: "%(enabled)s, active: %(active)s" % state for unit, state in value.items()}
    if kind == "rules":
        # A table is listed once somebody has looked at it; its own chains, which cannot be removed, do not count.
        lines = [
            (command, table, line) for command in value for table in value[command] for line in value[command][table]
        ]
        return {" ".join(entry): "there" for entry in lines if entry[2][0] != ":" or entry[2].endswith(" -")}
    if kind == "policies":
        return {chain: policy for chain, policy in value.items() if policy and policy.upper() != UNTOUCHED}
    if kind == "sysctls":
        # A switch of a module that is loaded now and was not is as good as not there while it is off.
        return {key: state for key, state in value.items() if state != "0" or not key.startswith("net.bridge.")}
    if isinstance(value, dict):
        return value
    return dict.fromkeys(value, "there")


def _word(value):
    if isinstance(value, dict) and "link" in value:
        return "a link to %s" % (value["link"],)
    if isinstance(value, dict) and "content" in value:
        return "a file of %d bytes, mode %o, owner %d:%d" % (
            len(decoded(value)),
            value["mode"],
            value["uid"],
            value["gid"],
        )
    return "not there" if value is None else "%s" % (value,)
