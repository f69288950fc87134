# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine's network around a dockerd of ours: what it was like before, and how it gets so again.

While dockerd runs, IPv4 forwarding is on, and docker's bridges and rules are there; the policy of FORWARD stays what it
is. When it has ended, forwarding is what it was, and docker's bridges, chains and rules that are new are gone. The
kernel modules that docker loads stay loaded, br_netfilter among them.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

IPV4 = Path("/proc/sys/net/ipv4")
LINKS = Path("/sys/class/net")
COMMANDS = ("iptables", "ip6tables")
# docker names the bridge of a network after the first twelve digits of the network's id.
BRIDGE = r"(docker0|br-[0-9a-f]{12})"
DOCKERS = re.compile(rf"(-[Aj] DOCKER|-[io] {BRIDGE})(?![^\s-])")

Lines = Counter[tuple[str, str]]


def search_path() -> str:
    """Return PATH with the directories of daemons, which an ordinary user's PATH may lack."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def run(*command: str) -> str | None:
    """Run a command of the network and return what it says; None if it fails."""
    path = {**os.environ, "PATH": search_path()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=path)
    return done.stdout if done.returncode == 0 else None


@dataclass(frozen=True)
class Network:
    """What there was before dockerd: what each firewall said (None where that cannot be found out), links, settings."""

    firewalls: dict[str, str | None]
    links: list[str]
    settings: dict[str, str]

    @classmethod
    def look(cls) -> Network:
        """Return what there is now."""
        # The global setting sets those of every device and, the other way round, whether redirects are accepted.
        others = [*IPV4.glob("conf/*/forwarding"), IPV4 / "conf" / "all" / "accept_redirects"]
        settings = {str(path): path.read_text() for path in (IPV4 / "ip_forward", *others)}
        return cls({command: run(f"{command}-save") for command in COMMANDS}, sorted(bridges()), settings)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, to be kept in a file."""
        return asdict(self)

    def put_back(self) -> None:
        """Take away what dockerd has left."""
        for command, saved in self.firewalls.items():
            put_back(command, saved)
        for link in bridges().difference(self.links):
            run("ip", "link", "delete", link)
        # The global one comes first.
        for path, value in self.settings.items():
            write(Path(path), value)


def forward() -> None:
    """Turn forwarding on: dockerd sets the policy of FORWARD to DROP, but only if it has to do that itself."""
    write(IPV4 / "ip_forward", "1\n")


def bridges() -> set[str]:
    """Return the links that are docker's bridges, by their names."""
    return {path.parent.name for path in LINKS.glob("*/bridge") if re.fullmatch(BRIDGE, path.parent.name)}


def write(path: Path, value: str) -> None:
    """Set a value of the kernel's unless it is so; one that cannot be set or is gone with its device is left."""
    with suppress(OSError):
        if path.read_text() != value:
            path.write_text(value)


def lines_of(saved: str) -> Lines:
    """Return what iptables-save said as pairs of a table and a line without counters."""
    lines: Lines = Counter()
    table = ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith((":", "-A ")):
            lines[table, re.sub(r" \[\d+:\d+\]$", "", line)] += 1
    return lines


def put_back(command: str, saved: str | None) -> None:
    """Take away the rules and the chains that are docker's and new, and set the old policy of FORWARD."""
    now = run(f"{command}-save")
    if saved is None or now is None:
        return
    added = list((lines_of(now) - lines_of(saved)).elements())
    for table, line in added:
        if DOCKERS.search(line):
            run(command, "-t", table, "-D", *shlex.split(line)[1:])
    for table, line in added:
        if line.startswith(":DOCKER"):
            run(command, "-t", table, "-X", line[1:].split()[0])
    if ("filter", ":FORWARD DROP") in added:
        run(command, "-P", "FORWARD", "ACCEPT")
