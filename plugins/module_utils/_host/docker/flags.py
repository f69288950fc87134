# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The arguments that docker.service gives its daemon, in the words of daemon.json.

dockerd refuses to start when a key of daemon.json is on its command line as well, equal or not
(daemon/config/config.go, findConfigurationConflicts, moby v20.10.24 and others).
"""

from __future__ import absolute_import, division, print_function

import glob
import re
import shlex

__metaclass__ = type

#: What is asked of systemd. EnvironmentFiles is shown as EnvironmentFile by systemd 219, one line for each file.
PROPERTIES = ("ExecStart", "Environment", "EnvironmentFiles", "FragmentPath", "DropInPaths", "MainPID")
_SHORT = {"-b": "bridge", "-D": "debug", "-g": "graph", "-G": "group", "-H": "host", "-l": "log-level", "-p": "pidfile"}
_SHORT.update({"-s": "storage-driver", "-v": "version", "-h": "help"})
#: Flags that daemon.json calls otherwise: they may be given several times there, and are a list or a map here.
_LISTS = {
    "add-runtime": "runtimes",
    "allow-nondistributable-artifacts": "allow-nondistributable-artifacts",
    "authorization-plugin": "authorization-plugins",
    "default-address-pool": "default-address-pools",
    "dns": "dns",
    "dns-opt": "dns-opts",
    "dns-search": "dns-search",
    "exec-opt": "exec-opts",
    "host": "hosts",
    "insecure-registry": "insecure-registries",
    "label": "labels",
    "node-generic-resource": "node-generic-resources",
    "registry-mirror": "registry-mirrors",
    "storage-opt": "storage-opts",
}
_MAPS = {"cluster-store-opt": "cluster-store-opts", "default-ulimit": "default-ulimits", "log-opt": "log-opts"}
_SWITCHES = (
    (
        "debug",
        "disable-legacy-registry",
        "experimental",
        "icc",
        "init",
        "ip-forward",
        "ip-masq",
        "iptables",
        "ip6tables",
    )
    + ("ipv6", "live-restore", "no-new-privileges", "raw-logs", "selinux-enabled", "tls", "tlsverify", "userland-proxy")
    + ("signature-verification", "cpu-rt-enabled", "rootless", "validate", "version", "help")
)
#: Flags of one thing under two names.
_SAME = {"graph": "data-root"}
#: docker lets these be in both places.
_MERGED = ("runtimes",)


def flags(host, unit):
    """``{key of daemon.json: {"value", "source"}}`` of docker.service, from the properties that systemd shows."""
    found = {}
    for word, value, source in _options(_words(host, unit)):
        name = _SHORT.get(word, word.lstrip("-"))
        name = _SAME.get(name, name)
        key = _LISTS.get(name) or _MAPS.get(name) or name
        if key in _MERGED:
            continue
        old = found.get(key, {}).get("value")
        found[key] = {"value": _value(name, value, old), "source": source}
    return found


def _value(name, value, old):
    if name in _LISTS:
        return (old or []) + [value]
    if name in _MAPS:
        part, _equals, rest = value.partition("=")
        return dict(old or {}, **{part: rest})
    if name in _SWITCHES:
        return value.lower() not in ("false", "0", "f")
    return int(value) if re.match(r"[0-9]{1,9}\Z", value) else value


def _options(words):
    """Pairs of option and value, each with where it is from."""
    found = []
    rest = list(words)
    while rest:
        word, source = rest.pop(0)
        name, equals, value = word.partition("=")
        if word.startswith("--") and len(name) > 2:
            if not equals:
                switch = name[2:] in _SWITCHES or not rest
                value = "true" if switch else rest.pop(0)[0]
            found.append((name, value, source))
        elif word[:2] in _SHORT:
            found += [(option, value, source) for option, value in _short(word, rest)]
    return found


def _short(word, rest):
    """Options of one letter in one word: ``-D``, ``-lwarn``, ``-l=warn``, and ``-DH fd://``, which takes one more."""
    found = []
    letters = word[1:]
    while letters:
        option, letters = "-" + letters[0], letters[1:]
        if _SHORT.get(option) in _SWITCHES and not letters.startswith("="):
            found.append((option, "true"))
            continue
        value = letters[1:] if letters.startswith("=") else letters
        if option in _SHORT:
            found.append((option, value if letters or not rest else rest.pop(0)[0]))
        break
    return found


def _words(host, unit):
    """Words of the command line, each with the file that it is from."""
    shown = re.search(r"argv\[\]=(.*?)(?: ;|\Z)", unit.get("ExecStart") or "", re.DOTALL)
    place = ", ".join([unit.get("FragmentPath") or "docker.service"] + (unit.get("DropInPaths") or "").split())
    if not shown:
        # A unit that is not there, with a daemon that is: what it runs with.
        running = host.read("/proc/%s/cmdline" % (unit.get("MainPID") or "none",)) or ""
        return [(word, "the running dockerd") for word in running.split("\0") if word]
    variables = _variables(host, unit)
    found = []
    for word in shown.group(1).split():
        name = re.match(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?\Z", word)
        if name is None:
            found.append((word, place))
        elif name.group(1) in variables:
            value, source = variables[name.group(1)]
            found += [(part, source) for part in _split(value)]
    return found


def _variables(host, unit):
    """What docker.service knows as environment: value and source by name. A later file wins."""
    found = {}
    for word in _split(unit.get("Environment") or ""):
        name, equals, value = word.partition("=")
        if equals:
            found[name] = (value, unit.get("FragmentPath") or "docker.service")
    listed = unit.get("EnvironmentFiles") or unit.get("EnvironmentFile") or ""
    for line in listed.splitlines():
        pattern = re.sub(r" \(ignore_errors=\w+\)$", "", line.strip())
        for path in _matching(host, pattern) if pattern.startswith("/") else []:
            found.update(_file(host, path))
    return found


def _matching(host, pattern):
    """Files of a pattern in systemd's order, which is that of glob(3)."""
    if not re.search(r"[*?[]", pattern):
        return [pattern]
    root = host.path("/").rstrip("/")
    return [path[len(root) :] for path in sorted(glob.glob(_escaped(root) + pattern))]


def _escaped(path):
    """A path as a pattern of itself; Python 2.7 has no glob.escape."""
    return re.sub(r"([*?[])", r"[\1]", path)


def _file(host, path):
    """Variables of an environment file."""
    found = {}
    for raw in re.sub(r"\\\n", "", host.read(path) or "").splitlines():
        name, equals, value = raw.strip().partition("=")
        if equals and not name.startswith(("#", ";")):
            found[name.strip()] = (_unquoted(value.strip()), path)
    return found


def _unquoted(value):
    words = _split(value) if value[:1] in ("'", '"') else [value]
    return words[0] if words else ""


def _split(value):
    """Words as a shell would have them; as they are where quotes do not match."""
    try:
        # shlex of Python 2.7 wants bytes.
        return [word if isinstance(word, type(value)) else word.decode("utf-8") for word in shlex.split(_native(value))]
    except ValueError:
        return value.split()


def _native(value):
    return value if isinstance(value, str) else value.encode("utf-8")
