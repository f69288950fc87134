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
import shutil
import time

from ..host import HostError
from ..net import settings
from ..vdsm import CODE, DOCKER_PATHS, capability, client, docker_path, questions
from . import data, firewall_back, kept_files, mounts
from .picture import SECONDS
from .way_back import sentence

__metaclass__ = type

#: How long rpm may take: a day. Whoever ends it in the middle of its transaction breaks its database.
RPM_SECONDS = 86400
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


def _remove_packages(host, step):
    # rpm itself: it takes away these and no other package, and refuses where something else needs one of them.
    host.must(["rpm", "-e"] + list(step["packages"]), RPM_SECONDS)
    host.must(["systemctl", "daemon-reload"], SECONDS)


def _write(host, step):
    kept_files.write(host, step["path"], step["file"])
    _reload_units(host, step["path"])


def _delete(host, step):
    path = host.path(step["path"])
    if os.path.lexists(path):
        os.unlink(path)
    _reload_units(host, step["path"])


def _reload_units(host, path):
    if path.startswith("/etc/systemd/"):
        host.must(["systemctl", "daemon-reload"], SECONDS)


def _remove_folder(host, step):
    try:
        os.rmdir(host.path(step["path"]))
    except OSError as problem:
        if problem.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise


def _remove_tree(host, step):
    if os.path.islink(host.path(step["path"])):
        raise HostError("it is a link now, and what it leads to may be anybody's; delete it by hand")
    _refuse_to_delete(host, step, itself=True)
    shutil.rmtree(host.path(step["path"]))


def _empty_tree(host, step):
    _refuse_to_delete(host, step, itself=False)
    for name in host.names(step["path"]):
        path = os.path.join(host.path(step["path"]), name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _refuse_to_delete(host, step, itself):
    """What is mounted there may be anybody's, on another machine even."""
    mounted = mounts.within(host, step["path"], itself)
    if mounted:
        raise HostError("%s is mounted there; unmount it and delete the directory by hand" % ", ".join(mounted))
    # Docker ran till now: what somebody has made since the first look.
    held = data.held(host, step["path"]) if step.get("late") else ""
    if held:
        raise HostError("others used it since (%s); delete it by hand" % (held,))


def _sysctl(host, step):
    with open(host.path(settings.path(step["key"])), "w") as target:
        target.write(step["value"] + "\n")


def _stop(host, step):
    host.must(["systemctl", "stop", "--", step["unit"]], SECONDS)
    # One that has failed stays in systemd's list of failures, also without its file.
    host(["systemctl", "reset-failed", "--", step["unit"]])


def _restart(host, step):
    if "vdsmd.service" in step["units"]:
        _refuse_without_docker(host)
    # One that has failed often is not started again before this. It fails for a unit that has not failed.
    host(["systemctl", "reset-failed", "--"] + list(step["units"]))
    # One command is one transaction: vdsmd requires supervdsmd and is restarted once, not twice.
    host.must(["systemctl", "restart", "--"] + list(step["units"]), SECONDS)
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
    "remove network": lambda host, step: host.must(["docker", "network", "rm", "--", step["network"]], SECONDS),
    "stop": _stop,
    "start": lambda host, step: host.must(["systemctl", "start", "--", step["unit"]], SECONDS),
    "enable": lambda host, step: host.must(["systemctl", "enable", "--", step["unit"]], SECONDS),
    "disable": lambda host, step: host.must(["systemctl", "disable", "--", step["unit"]], SECONDS),
    "restart": _restart,
    "remove packages": _remove_packages,
    "write": _write,
    "delete": _delete,
    "remove folder": _remove_folder,
    "remove tree": _remove_tree,
    "empty tree": _empty_tree,
    "sysctl": _sysctl,
    "policy": firewall_back.set_policy,
    "remove docker's rules": firewall_back.remove_dockers_rules,
    "put rules back": firewall_back.put_rules_back,
}
