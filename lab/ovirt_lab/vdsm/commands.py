# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding commands and running them."""

from __future__ import annotations

import configparser
import errno
import os
import shutil
import subprocess
from collections.abc import Sequence

from .site import Site

Result = tuple[int, str, str]


class CommandPath:
    """The path of a command: the first of the paths that exists, else the one in PATH.

    A path that was found is kept until the process ends; a failure is not (CommandPath, lib/vdsm/utils.py@v4.19.20).
    """

    def __init__(self, site: Site, name: str, *paths: str) -> None:
        self._site = site
        self.name = name
        self.paths = paths
        self._found = ""

    @property
    def cmd(self) -> str:
        """The path; OSError if there is none, although Vdsm's callers test for None."""
        if not self._found:
            there = (str(self._site.path(path)) for path in self.paths if self._site.path(path).exists())
            found = next(there, None) or shutil.which(self.name)
            if found is None:
                raise OSError(errno.ENOENT, f"{os.strerror(errno.ENOENT)}: {self.name}")
            self._found = found
        return self._found


def systemctl(site: Site) -> CommandPath:
    """systemctl, as vdsmd and supervdsmd find it."""
    return CommandPath(site, "systemctl", "/bin/systemctl", "/usr/bin/systemctl")


def systemd_run(site: Site) -> CommandPath:
    """systemd-run; constants.EXT_SYSTEMD_RUN is the one path."""
    return CommandPath(site, "systemd-run", "/usr/bin/systemd-run")


def docker(site: Site) -> CommandPath:
    """docker. Vdsm only looks for the command; it checks neither daemon nor version."""
    return CommandPath(site, "docker", "/bin/docker", "/usr/bin/docker")


def affinity(site: Site, config: configparser.ConfigParser) -> list[str]:
    """The words before every command, so that it uses all CPUs although Vdsm keeps to one.

    There are none if cpu_affinity is empty (wrap_command, lib/vdsm/cmdutils.py@v4.19.20).
    """
    if not config.get("vars", "cpu_affinity"):
        return []
    return [str(site.path("/usr/bin/taskset")), "--cpu-list", f"0-{os.sysconf('SC_NPROCESSORS_CONF') - 1}"]


def run(command: Sequence[str]) -> Result:
    """Run a command to its end: code, stdout, stderr."""
    done = subprocess.run(
        list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    return done.returncode, done.stdout, done.stderr
