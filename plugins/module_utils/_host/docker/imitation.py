# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Whether the command ``docker`` is docker, or podman's imitation of it."""

from __future__ import absolute_import, division, print_function

import os
import re

from . import replies

__metaclass__ = type


def runtime_command(host):
    """``docker``, ``podman`` for podman's imitation of it, None where there is no such command.

    Its file shows it: a script that runs podman (package podman-docker), or a link to podman. It is not run for that:
    podman makes its storage when it is run for the first time.
    """
    path = host.which("docker")
    if path is None:
        return None
    imitated = os.path.basename(os.path.realpath(path)).startswith("podman") or host.is_script_of(path, "podman")
    return "podman" if imitated else "docker"


def confirmed(name, packages, answers):
    """The runtime, once ``docker version`` or ``docker --version`` has answered: not every imitation looks like one.

    Where even that leaves it open, the package does not.
    """
    if name != "docker":
        return name
    said = answers[0].out
    if re.search(r"^(podman version |Client:\s+Podman Engine)", said, re.MULTILINE):
        return "podman"
    engines = [known for known in replies.ENGINES if known in packages]
    open_still = replies.versions(said)["client"] is None
    return "podman" if open_still and "podman-docker" in packages and not engines else "docker"
