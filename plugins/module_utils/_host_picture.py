# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Looks at a host (`take`) and carries out the steps that `_host_snapshot` plans (`undo`)."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import errno
import os
import re
import shlex
import shutil
import stat
import tempfile

from . import _host_safety
from ._host import HostError
from ._host_snapshot import decoded, encoded, sentence

# Whose restart makes a difference: they have read then what was written before.
READERS = ("docker.service", "supervdsmd.service", "vdsmd.service")
SYSCTLS = (
    "net.ipv4.ip_forward",
    "net.ipv6.conf.all.forwarding",
    "net.ipv6.conf.default.forwarding",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.bridge.bridge-nf-call-arptables",
)
# Long enough for a package manager that waits for another one, and for docker with many containers.
SECONDS = 300
# Devices that docker makes: its bridges and the host ends of its containers' veth pairs.
DOCKER_LINK = re.compile(r"^(docker0|docker_gwbridge|br-[0-9a-f]{12})$")


def take(host, files, trees, units):
    """Return a picture of the host (see `_host_snapshot`).

    files: paths whose content counts. trees: directories of which only counts whether anything is in them. units: whose
    state counts.
    """
    safety = _host_safety.snapshot(host, probe=False)
    return {
        "files": dict((path, _file(host, path)) for path in files),
        "folders": dict((os.path.dirname(path), os.path.isdir(host.path(os.path.dirname(path)))) for path in files),
        "packages": packages(host),
        "services": dict((unit, state) for unit, state in _services(host, units).items() if state),
        "since": _since(host),
        "sysctls": dict((key, host.read("/proc/sys/" + key.replace(".", "/"))) for key in SYSCTLS),
        "policies": dict(safety["policies"]),
        "rules": dict((command, safety["rules"][command]) for command in ("iptables", "ip6tables")),
        "links": [name for name in host.names("/sys/class/net") if DOCKER_LINK.match(name)],
        "networks": _networks(host),
        "trees": dict((path, _tree(host, path)) for path in trees),
    }


def packages(host):
    """Return the installed packages. Raises HostError where rpm cannot tell: without it nothing can be undone."""
    listed = host(["rpm", "-qa", "--qf", "%{NAME}.%{ARCH} %{VERSION}-%{RELEASE}\\n"], timeout=SECONDS)
    if not listed.ok:
        raise HostError("rpm -qa failed: %s. A snapshot needs the list of installed packages." % listed.said)
    # What may be there in several versions, as the kernel, is compared as a whole.
    found = {}
    for line in sorted(listed.out.splitlines()):
        name, _blank, version = line.partition(" ")
        found[name] = found[name] + ", " + version if name in found else version
    return found


def _file(host, path):
    try:
        with open(host.path(path), "rb") as source:
            content, status = source.read(), os.fstat(source.fileno())
    except (IOError, OSError) as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise HostError("%s cannot be read: %s. It has to be kept before it is changed." % (path, error.strerror))
    return {
        "content": encoded(content),
        "mode": stat.S_IMODE(status.st_mode),
        "uid": status.st_uid,
        "gid": status.st_gid,
    }


def _tree(host, path):
    if not os.path.isdir(host.path(path)):
        return "missing"
    return "used" if host.names(path) else "empty"


def _services(host, units):
    """Return the state of each unit, None for one that is not there."""
    asked = ["is-enabled", "is-active"]
    answers = host.all([["systemctl", word, unit] for unit in units for word in asked])
    states = {}
    for number, unit in enumerate(units):
        enabled, active = [answer.out.strip() for answer in answers[2 * number : 2 * number + 2]]
        # systemd 219 says nothing about a unit that is not there, later ones say not-found.
        known = enabled not in ("", "not-found")
        states[unit] = {"enabled": enabled, "active": active in ("active", "activating")} if known else None
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
    """Return docker's networks, name to id; None while no daemon answers."""
    if not host.which("docker"):
        return None
    listed = host(["docker", "network", "ls", "--no-trunc"])
    return dict(line.split()[1::-1] for line in listed.out.splitlines()[1:] if line.strip()) if listed.ok else None


def undo(host, step):
    """Carry out one step. Raises HostError with the step and what the host said."""
    try:
        ACTIONS[step["do"]](host, step)
    except HostError as problem:
        raise HostError("Could not %s: %s" % (sentence(step), problem))
    except (IOError, OSError) as problem:
        raise HostError("Could not %s: %s" % (sentence(step), problem.strerror or problem))


def _run(host, *words):
    outcome = host(list(words), timeout=SECONDS)
    if not outcome.ok:
        raise HostError(outcome.said)


def _remove_packages(host, step):
    # rpm itself: it takes away these and no other package, and refuses where something else needs one of them.
    _run(host, "rpm", "-e", *step["packages"])
    _run(host, "systemctl", "daemon-reload")


def _write(host, step):
    """Put a file back in one move, so that nobody reads half of it."""
    path, wanted = host.path(step["path"]), step["file"]
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        os.makedirs(directory, 0o755)
    handle, temporary = tempfile.mkstemp(prefix=".ovirt-containers-", dir=directory)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(decoded(wanted))
            os.fchmod(target.fileno(), wanted["mode"])
            os.fchown(target.fileno(), wanted["uid"], wanted["gid"])
        os.rename(temporary, path)
    except (IOError, OSError):
        os.unlink(temporary)
        raise
    _reload_units(host, step["path"])


def _delete(host, step):
    path = host.path(step["path"])
    if os.path.lexists(path):
        os.unlink(path)
    _reload_units(host, step["path"])


def _reload_units(host, path):
    if path.startswith("/etc/systemd/"):
        _run(host, "systemctl", "daemon-reload")


def _remove_folder(host, step):
    try:
        os.rmdir(host.path(step["path"]))
    except OSError as problem:
        if problem.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise


def _refuse_mounts(host, path):
    """What is mounted below a directory may be anybody's, on another machine even."""
    mounted = [line.split()[4] for line in (host.read("/proc/self/mountinfo") or "").splitlines()]
    below = [place for place in mounted if place.startswith(path + "/")]
    if below:
        raise HostError("%s is mounted there; unmount it and delete the directory by hand" % ", ".join(below))


def _remove_tree(host, step):
    _refuse_mounts(host, step["path"])
    shutil.rmtree(host.path(step["path"]))


def _empty_tree(host, step):
    _refuse_mounts(host, step["path"])
    for name in host.names(step["path"]):
        path = os.path.join(host.path(step["path"]), name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _sysctl(host, step):
    path = host.path("/proc/sys/" + step["key"].replace(".", "/"))
    with open(path, "w") as target:
        target.write(step["value"] + "\n")


def _policy(host, step):
    command, chain = step["chain"].split()[:2]
    if command not in ("iptables", "ip6tables"):
        raise HostError("only iptables and ip6tables have a policy that can be set back from here")
    _run(host, command, "-w", "-P", chain, step["policy"])


def _iptables(host, step, *words):
    _run(host, step["command"], "-w", "-t", step["table"], *words)


def _remove_rule(host, step):
    # shlex of Python 2.7 wants bytes where there is no need for text.
    _iptables(host, step, "-D", *shlex.split(str(step["rule"]))[1:])


def _restart(host, step):
    # One that has failed often is not started again before this. It fails for a unit that has not failed.
    host(["systemctl", "reset-failed"] + list(step["units"]))
    # One command is one transaction: vdsmd requires supervdsmd and is restarted once, not twice.
    _run(host, "systemctl", "restart", *step["units"])


ACTIONS = {
    "remove network": lambda host, step: _run(host, "docker", "network", "rm", step["network"]),
    "stop": lambda host, step: _run(host, "systemctl", "stop", step["unit"]),
    "start": lambda host, step: _run(host, "systemctl", "start", step["unit"]),
    "enable": lambda host, step: _run(host, "systemctl", "enable", step["unit"]),
    "disable": lambda host, step: _run(host, "systemctl", "disable", step["unit"]),
    "restart": _restart,
    "remove packages": _remove_packages,
    "write": _write,
    "delete": _delete,
    "remove folder": _remove_folder,
    "remove tree": _remove_tree,
    "empty tree": _empty_tree,
    "sysctl": _sysctl,
    "policy": _policy,
    "remove rule": _remove_rule,
    "remove chain": lambda host, step: _iptables(host, step, "-X", step["chain"]),
    "remove link": lambda host, step: _run(host, "ip", "link", "delete", step["link"]),
}
