# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of this machine before a dockerd of ours starts, and how it is put back.

While dockerd runs, IPv4 forwarding is on, and docker has its bridges and rules; the policy of FORWARD does not change.
Afterwards, forwarding is as it was, and docker's new bridges, chains and rules are gone. Kernel modules that docker has
loaded stay loaded, br_netfilter among them.
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
    """Run a command and return its output; None if it fails."""
    path = {**os.environ, "PATH": search_path()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=path)
    return done.stdout if done.returncode == 0 else None


@dataclass(frozen=True)
class Network:
    """The network before dockerd: iptables-save by command (None if it failed), links, settings by path."""

    firewalls: dict[str, str | None]
    links: list[str]
    settings: dict[str, str]

    @classmethod
    def look(cls) -> Network:
        """Return the network as it is now."""
        # ip_forward sets the forwarding of every device, and accept_redirects to the opposite.
        others = [*IPV4.glob("conf/*/forwarding"), IPV4 / "conf" / "all" / "accept_redirects"]
        settings = {str(path): path.read_text() for path in (IPV4 / "ip_forward", *others)}
        return cls({command: run(f"{command}-save") for command in COMMANDS}, sorted(bridges()), settings)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a file."""
        return asdict(self)

    def put_back(self) -> None:
        """Remove what dockerd has left."""
        for command, saved in self.firewalls.items():
            put_back(command, saved)
        for link in bridges().difference(self.links):
            run("ip", "link", "delete", link)
        # The global one comes first.
        for path, value in self.settings.items():
            write(Path(path), value)


def forward() -> None:
    """Turn forwarding on, since a dockerd that has to do so also sets the policy of FORWARD to DROP."""
    write(IPV4 / "ip_forward", "1\n")


def bridges() -> set[str]:
    """Return the links that are docker's bridges, by their names."""
    return {path.parent.name for path in LINKS.glob("*/bridge") if re.fullmatch(BRIDGE, path.parent.name)}


def write(path: Path, value: str) -> None:
    """Set a value of the kernel if it differs, and if it can be set: it may be gone with its device."""
    with suppress(OSError):
        if path.read_text() != value:
            path.write_text(value)


def lines_of(saved: str) -> Lines:
    """Return the output of iptables-save as pairs of a table and a line without counters."""
    lines: Lines = Counter()
    table = ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith((":", "-A ")):
            lines[table, re.sub(r" \[\d+:\d+\]$", "", line)] += 1
    return lines


def put_back(command: str, saved: str | None) -> None:
    """Remove docker's new rules and chains, and set the old policy of FORWARD."""
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
