# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transient services vdsm-<runtime uuid>.service that hold the docker client of each container
(virt/containers/runner.py and command.py@v4.19.20)."""

from __future__ import annotations

from collections.abc import Iterator

from .. import commands
from ..errors import CommandFailed
from ..host import Host
from ..supervdsm import Answer

PREFIX = "vdsm-"
_SERVICE = ".service"


def checked(answer: Answer) -> list[str]:
    """The output of a command that supervdsmd has run; CommandFailed if its exit code is not 0."""
    code, out, err = answer
    if code != 0:
        raise CommandFailed(err)
    return out


def running(host: Host) -> list[str]:
    """The runtime uuids of all running units. Any other vdsm-*.service is among them."""
    command = [commands.systemctl(host.site).cmd, "list-units", "--no-pager", "--no-legend", f"{PREFIX}*"]
    code, out, err = commands.run([*commands.affinity(host.site, host.config), *command])
    if code != 0:
        raise CommandFailed(err.splitlines())
    return list(parse(out))


def parse(output: str) -> Iterator[str]:
    """Uuids of the lines "unit loaded active running description". Lines with less than five words are passed over, and
    so are failed units, before which systemd puts a bullet."""
    for line in output.splitlines():
        words = line.split(None, 4)
        if len(words) != 5 or words[1:4] != ["loaded", "active", "running"]:
            continue
        if words[0].endswith(_SERVICE):
            yield words[0][: -len(_SERVICE)].replace(PREFIX, "", 1)
