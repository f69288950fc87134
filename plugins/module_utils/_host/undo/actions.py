# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Carries out the steps that way_back.py plans."""

from __future__ import absolute_import, division, print_function

import errno
import os
import shlex
import shutil
import time

from . import files
from ..net import firewall
from ..host import HostError
from .picture import SECONDS, bridge_of_docker
from ..vdsm import CODE, DOCKER_PATHS, capability, client, docker_path, questions
from .way_back import sentence

__metaclass__ = type

#: How long rules of docker are looked for that are still being made, or that something else holds.
DOCKER_SECONDS = 30
#: How long a restarted Vdsm may take until it answers: it reads its VMs first, and says 99 to every question meanwhile
#: (recovery in lib/vdsm/clientIF.py, v4.19.20).
VDSM_SECONDS = 120


def undo(host, step):
    """Carry out one step. Raises HostError with the step and what the host said."""
    try:
        ACTIONS[step["do"]](host, step)
    except HostError as problem:
        raise HostError("Could not %s: %s" % (sentence(step), problem))
    except (IOError, OSError) as problem:
        raise HostError("Could not %s: %s" % (sentence(step), problem.strerror or problem))
    except ValueError as problem:  # a rule whose quotes do not match
        raise HostError("Could not %s: %s" % (sentence(step), problem))


def undo_all(host, steps):
    """Carry out all steps; one that fails must not keep the others from being done. Return why some failed."""
    found = []
    for step in steps:
        try:
            undo(host, step)
        except HostError as problem:
            found.append("%s" % problem)
    return found


def _run(host, *words):
    outcome = host(list(words), timeout=SECONDS)
    if not outcome.ok:
        raise HostError(outcome.said)


def _remove_packages(host, step):
    # rpm itself: it takes away these and no other package, and refuses where something else needs one of them.
    _run(host, "rpm", "-e", *step["packages"])
    _run(host, "systemctl", "daemon-reload")


def _write(host, step):
    files.write(host, step["path"], step["file"])
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


def _remove_dockers_rules(host, step):
    """Rules before chains, then devices; again until nothing is left, as a docker that just died has left children."""
    deadline = time.time() + DOCKER_SECONDS
    links = set()
    while True:
        left = _left_of_docker(host, step, links)
        if not left:
            break
        said = [outcome.said for outcome in [host(_removal(one)) for one in left] if not outcome.ok]
        if time.time() > deadline and _left_of_docker(host, step, links):
            raise HostError("%d are still there after %s s: %s" % (len(left), DOCKER_SECONDS, " ".join(said[:3])))
        time.sleep(0.2)
    for name in sorted(links):
        if host.exists("/sys/class/net/" + name):
            _run(host, "ip", "link", "delete", name)


def _left_of_docker(host, step, links):
    """What can be taken out of the firewall now; docker's devices are added to ``links``."""
    rules = {}
    for command in ("iptables", "ip6tables"):
        if host.which(command + "-save"):
            saved = host([command + "-save"])
            if not saved.ok:
                raise HostError("%s-save failed: %s" % (command, saved.said))
            rules[command] = firewall.iptables_rules(saved.out)
    links.update(name for name in firewall.docker_bridges(rules, step["foreign"]) if name not in step["links"])
    there = host.names("/sys/class/net")
    links.update(name for name in there if bridge_of_docker(name) and name not in step["links"] + step["foreign"])
    return [one for one in firewall.docker_steps(rules, step["foreign"]) if one not in step["steps"]]


def _removal(one):
    words = [one["command"], "-w", "-t", one["table"]]
    if "chain" in one:
        return words + ["-X", one["chain"]]
    rule = one["rule"]
    # shlex of Python 2.7 wants bytes.
    return words + ["-D"] + shlex.split(rule if isinstance(rule, str) else rule.encode("utf-8"))[1:]


def _stop(host, step):
    _run(host, "systemctl", "stop", "--", step["unit"])
    # One that has failed stays in systemd's list of failures, also without its file.
    host(["systemctl", "reset-failed", "--", step["unit"]])


def _restart(host, step):
    if "vdsmd.service" in step["units"]:
        _refuse_without_docker(host)
    # One that has failed often is not started again before this. It fails for a unit that has not failed.
    host(["systemctl", "reset-failed", "--"] + list(step["units"]))
    # One command is one transaction: vdsmd requires supervdsmd and is restarted once, not twice.
    _run(host, "systemctl", "restart", "--", *step["units"])
    if "vdsmd.service" in step["units"]:
        _wait_for_vdsm(host)


def _wait_for_vdsm(host):
    """systemd calls Vdsm started as soon as its process is there (its unit is Type=simple); what comes next asks it."""
    asks = client(host)
    deadline = time.time() + VDSM_SECONDS
    while asks:
        state, said = capability(host(questions(asks)[0], timeout=SECONDS))
        if state != "failed":
            return
        if time.time() > deadline:
            raise HostError("it was restarted and does not answer after %s s: %s" % (VDSM_SECONDS, said))
        time.sleep(0.5)


def _refuse_without_docker(host):
    """A Vdsm with vdsm-containers that finds no docker when it starts stops every container VM (4.19, recovery)."""
    # The directory may stay when the package goes; Python 2.7 also runs a .pyc without its source.
    code = [name for name in host.names(CODE) if name.endswith((".py", ".pyc", ".pyo"))]
    if code and docker_path(host) is None:
        raise HostError(
            "vdsm-containers is installed and docker is not in %s: Vdsm would stop every container VM. Install docker, "
            "or remove vdsm-containers, then restart it by hand" % (" or ".join(DOCKER_PATHS),)
        )


ACTIONS = {
    "remove network": lambda host, step: _run(host, "docker", "network", "rm", "--", step["network"]),
    "stop": _stop,
    "start": lambda host, step: _run(host, "systemctl", "start", "--", step["unit"]),
    "enable": lambda host, step: _run(host, "systemctl", "enable", "--", step["unit"]),
    "disable": lambda host, step: _run(host, "systemctl", "disable", "--", step["unit"]),
    "restart": _restart,
    "remove packages": _remove_packages,
    "write": _write,
    "delete": _delete,
    "remove folder": _remove_folder,
    "remove tree": _remove_tree,
    "empty tree": _empty_tree,
    "sysctl": _sysctl,
    "policy": _policy,
    "remove docker's rules": _remove_dockers_rules,
}
