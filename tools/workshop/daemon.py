# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A docker daemon for container hosts: the one that answers, else one of our own, started and ended with the command.

Ours has its own socket and its own images in .work/docker, so that it is in nobody's way; it needs root. What docker
leaves in the machine's firewall when it ends is put back as it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workshop.console import Stopwatch
from workshop.environments import ROOT, WORK
from workshop.processes import Children

START_SECONDS = 40.0
STOP_SECONDS = 20.0
NEEDED = ("docker", "dockerd", "containerd", "runc", "iptables")
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


def answers(host: str | None = None) -> bool:
    """Tell whether a daemon answers: the one that DOCKER_HOST or the default socket names, or a given one."""
    if not shutil.which("docker"):
        return False
    env = {**os.environ, **({"DOCKER_HOST": host} if host else {})}
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(asked, env=env, capture_output=True, check=False, timeout=30).returncode == 0


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
    # A unix socket's path may have 108 characters, and a checkout may lie deep.
    place = Path(tempfile.mkdtemp(prefix="ovirt-lab-docker-"))
    before = Firewall()
    process = start(children, place)
    try:
        reason = wait(process, f"unix://{place}/docker.sock")
        if reason is None:
            os.environ["DOCKER_HOST"] = f"unix://{place}/docker.sock"
        yield reason
    finally:
        os.environ.pop("DOCKER_HOST", None)
        children.end(process, STOP_SECONDS)
        children.forget(process)
        before.put_back()
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


class Firewall:
    """What dockerd changes in the machine's network when it starts and leaves so when it ends."""

    def __init__(self) -> None:
        self.forwarding = FORWARDING.read_text().strip()
        self.policies = {command: self.policy(command) for command in ("iptables", "ip6tables")}
        self.bridge = Path("/sys/class/net/docker0").exists()

    def policy(self, command: str) -> str | None:
        """Return the policy of the chain FORWARD."""
        asked = [command, "-S", "FORWARD"]
        path = {**os.environ, "PATH": search_path()}
        answer = subprocess.run(asked, capture_output=True, text=True, check=False, env=path).stdout.split()
        return answer[2] if answer[:2] == ["-P", "FORWARD"] else None

    def put_back(self) -> None:
        """Set forwarding and policies as they were and remove docker0 if it was not there."""
        path = {**os.environ, "PATH": search_path()}
        for command, policy in self.policies.items():
            if policy and policy != self.policy(command):
                subprocess.run([command, "-P", "FORWARD", policy], check=False, env=path)
        if self.forwarding != FORWARDING.read_text().strip():
            FORWARDING.write_text(self.forwarding)
        if not self.bridge and Path("/sys/class/net/docker0").exists():
            subprocess.run(["ip", "link", "delete", "docker0"], check=False, env=path)
