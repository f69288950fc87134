# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A docker daemon for container hosts: the one that answers, else one of our own, started and ended with the command.

Ours has its own socket and its own images in .work/docker; it needs root. It works on the machine's network, though.
While it runs, IPv4 forwarding is on, and docker's bridges and rules are there; the policy of FORWARD stays what it is.
When it has ended, forwarding is what it was, and docker's bridges, chains and rules that are new are gone. The kernel
modules that docker loads stay loaded (br_netfilter among them), and everything stays if this program is killed. If
another docker runs by then, nothing of the network is put back: nobody could tell whose it is.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workshop.console import Stopwatch
from workshop.environments import ROOT, WORK
from workshop.processes import INTERRUPTIONS, Children

START_SECONDS = 40.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 30.0
NEEDED = ("docker", "dockerd", "containerd", "runc", "ip", "iptables", "iptables-save", "ip6tables", "ip6tables-save")
OTHERS = "unix:///var/run/docker.sock"
IPV4 = Path("/proc/sys/net/ipv4")
LINKS = Path("/sys/class/net")
# docker names the bridge of a network after the first twelve digits of the network's id.
BRIDGE = r"(docker0|br-[0-9a-f]{12})"
DOCKERS = re.compile(rf"(-[Aj] DOCKER|-[io] {BRIDGE})(?![^\s-])")


def answers(host: str | None = None) -> bool:
    """Tell whether a daemon answers: the one that DOCKER_HOST or the default socket names, or a given one."""
    if not shutil.which("docker"):
        return False
    env = {**os.environ, **({"DOCKER_HOST": host} if host else {})}
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(asked, env=env, capture_output=True, check=False, timeout=ANSWER_SECONDS)
        return done.returncode == 0
    return False


def cannot_start() -> str | None:
    """Return why no daemon of our own can be started here; None if one can."""
    missing = [command for command in NEEDED if not shutil.which(command, path=search_path())]
    if missing:
        return f"no docker daemon answers, and {', '.join(missing)} to start one is not installed"
    if os.geteuid() != 0:
        return "no docker daemon answers, and starting one needs root"
    return None


def search_path() -> str:
    """Return PATH with the directories of daemons, which an ordinary user's PATH may lack."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


@contextmanager
def docker(children: Children) -> Iterator[str | None]:
    """Provide a daemon for the block, as DOCKER_HOST or what is set already; yield why there is none, or None."""
    if answers():
        yield None
        return
    if reason := cannot_start():
        yield reason
        return
    set_before = os.environ.get("DOCKER_HOST")
    with put_back_network(), own_daemon(children) as (host, reason):
        try:
            if reason is None:
                os.environ["DOCKER_HOST"] = host
            yield reason
        finally:
            os.environ.pop("DOCKER_HOST", None)
            if set_before is not None:
                os.environ["DOCKER_HOST"] = set_before


@contextmanager
def own_daemon(children: Children) -> Iterator[tuple[str, str | None]]:
    """Run a daemon for the block; yield where it listens, and why it does not, or None."""
    # A unix socket's path may have 108 characters, and a checkout may lie deep.
    place = Path(tempfile.mkdtemp(prefix="ovirt-lab-docker-"))
    process = None
    try:
        process = start(children, place)
        host = f"unix://{place}/docker.sock"
        yield host, wait(process, host)
    finally:
        if process:
            children.end(process, STOP_SECONDS)
            children.forget(process)
        shutil.rmtree(place, ignore_errors=True)


def start(children: Children, place: Path) -> subprocess.Popen[bytes]:
    """Start dockerd with everything it writes in two directories of ours."""
    WORK.mkdir(exist_ok=True)
    log = WORK / "dockerd.log"
    log.write_bytes(b"")
    command: list[str | Path] = ["dockerd", "--host", f"unix://{place}/docker.sock", "--pidfile", place / "pid"]
    command += ["--data-root", WORK / "docker", "--exec-root", place / "exec"]
    return children.start(command, log=log, env={**os.environ, "PATH": search_path()}, cwd=ROOT)


def wait(process: subprocess.Popen[bytes], host: str) -> str | None:
    """Wait until the daemon answers; return why it does not."""
    watch = Stopwatch()
    while watch.seconds() < START_SECONDS:
        if answers(host):
            return None
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.3)
            break
    told = (WORK / "dockerd.log").read_text(errors="replace").strip().splitlines()
    return f"dockerd did not start: {told[-1] if told else 'it said nothing'} (.work/dockerd.log)"


@contextmanager
def put_back_network() -> Iterator[None]:
    """Turn forwarding on for a dockerd of the block, and take away afterwards what it leaves."""
    before = Firewall("iptables"), Firewall("ip6tables")
    links = bridges()
    # The global setting sets those of every device and, the other way round, whether redirects are accepted.
    others = [*IPV4.glob("conf/*/forwarding"), IPV4 / "conf" / "all" / "accept_redirects"]
    settings = {path: path.read_text() for path in (IPV4 / "ip_forward", *others)}
    try:
        # dockerd sets the policy of FORWARD to DROP, but only if it has to turn forwarding on itself.
        write(IPV4 / "ip_forward", "1\n")
        yield
    finally:
        with INTERRUPTIONS.held():
            if not answers(OTHERS):
                for firewall in before:
                    firewall.put_back()
                for link in bridges() - links:
                    run("ip", "link", "delete", link)
                # The global one comes first.
                for path, value in settings.items():
                    write(path, value)


def bridges() -> set[str]:
    """Return the links that are docker's bridges, by their names."""
    return {path.parent.name for path in LINKS.glob("*/bridge") if re.fullmatch(BRIDGE, path.parent.name)}


def write(path: Path, value: str) -> None:
    """Set a value of the kernel's unless it is so; one that cannot be set or is gone with its device is left."""
    with suppress(OSError):
        if path.read_text() != value:
            path.write_text(value)


def run(*command: str) -> str | None:
    """Run a command of the network and return what it says; None if it fails."""
    path = {**os.environ, "PATH": search_path()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=path)
    return done.stdout if done.returncode == 0 else None


class Firewall:
    """What iptables or ip6tables said at first."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.before = self.saved()

    def saved(self) -> Counter[tuple[str, str]] | None:
        """Return what there is, as pairs of a table and a line without counters; None if that cannot be found out."""
        told = run(f"{self.command}-save")
        if told is None:
            return None
        lines: Counter[tuple[str, str]] = Counter()
        table = ""
        for line in told.splitlines():
            if line.startswith("*"):
                table = line[1:]
            elif line.startswith((":", "-A ")):
                lines[table, re.sub(r" \[\d+:\d+\]$", "", line)] += 1
        return lines

    def put_back(self) -> None:
        """Take away the rules and the chains that are docker's and new, and set the old policy of FORWARD."""
        after = self.saved()
        if self.before is None or after is None:
            return
        added = list((after - self.before).elements())
        for table, line in added:
            if DOCKERS.search(line):
                run(self.command, "-t", table, "-D", *shlex.split(line)[1:])
        for table, line in added:
            if line.startswith(":DOCKER"):
                run(self.command, "-t", table, "-X", line[1:].split()[0])
        if ("filter", ":FORWARD DROP") in added:
            run(self.command, "-P", "FORWARD", "ACCEPT")
