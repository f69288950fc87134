# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A docker daemon for container hosts: the one that answers, else one of our own.

Ours has its own socket and its own images in .work/docker; it needs root, and it works on the machine's network (see
network.py). It ends with the command that needs it, or runs until `end_lasting` (see `lasting`). If another docker runs
when it ends, the network is left as it is: it may be the other one's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from workshop import ROOT, WORK
from workshop.console import Stopwatch
from workshop.network import Network, forward, search_path
from workshop.processes import INTERRUPTIONS, Children, alive

START_SECONDS = 40.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 30.0
NEEDED = ("docker", "dockerd", "containerd", "runc", "ip", "iptables", "iptables-save", "ip6tables", "ip6tables-save")
OTHERS = "unix:///var/run/docker.sock"
PROC = Path("/proc")


def answers(host: str | None = None) -> bool:
    """Return whether a daemon answers: the one of DOCKER_HOST or of the default socket, or the given one."""
    if not shutil.which("docker"):
        return False
    env = {**os.environ, **({"DOCKER_HOST": host} if host else {})}
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(asked, env=env, capture_output=True, check=False, timeout=ANSWER_SECONDS)
        return done.returncode == 0
    return False


def others() -> bool:
    """Return whether another docker runs: it answers, or there is a process of that name."""
    names = set()
    for path in PROC.glob("[0-9]*/comm"):
        with suppress(OSError):  # a process that has ended meanwhile
            names.add(path.read_text())
    return answers(OTHERS) or "dockerd\n" in names


def cannot_start() -> str | None:
    """Return why no daemon can be started on this machine; None if one can."""
    missing = [command for command in NEEDED if not shutil.which(command, path=search_path())]
    if missing:
        return f"no docker daemon answers, and {', '.join(missing)} to start one is not installed"
    if os.geteuid() != 0:
        return "no docker daemon answers, and starting one needs root"
    return None


@contextmanager
def docker(children: Children) -> Iterator[str | None]:
    """Provide a daemon for the block, through DOCKER_HOST where needed. Yields None, or why there is no daemon."""
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
def put_back_network() -> Iterator[None]:
    """Turn forwarding on for a dockerd within the block, and remove what it leaves afterwards."""
    before = Network.look()
    try:
        forward()
        yield
    finally:
        with INTERRUPTIONS.held():
            if not others():
                before.put_back()


@contextmanager
def own_daemon(children: Children) -> Iterator[tuple[str, str | None]]:
    """Run a daemon for the block. Yields its address, and None or why it did not start."""
    place = new_place()
    process = None
    try:
        process = children.start(command(place), log=new_log(), env=environment(), cwd=ROOT)
        yield address(place), wait(process, address(place))
    finally:
        if process:
            children.end(process, STOP_SECONDS)
            children.forget(process)
        shutil.rmtree(place, ignore_errors=True)


def new_place() -> Path:
    """Make a directory for sockets: the path of one may have 108 characters, and a checkout may lie deep."""
    return Path(tempfile.mkdtemp(prefix="ovirt-lab-docker-"))


def address(place: Path) -> str:
    """Return where the daemon of a directory listens, as DOCKER_HOST says it."""
    return f"unix://{place}/docker.sock"


def command(place: Path) -> list[str | Path]:
    """Return the command of a daemon that writes to two directories of ours only."""
    words: list[str | Path] = ["dockerd", "--host", address(place), "--pidfile", place / "pid"]
    return [*words, "--data-root", WORK / "docker", "--exec-root", place / "exec"]


def environment() -> dict[str, str]:
    """Return the process environment of a daemon."""
    return {**os.environ, "PATH": search_path()}


def new_log() -> Path:
    """Return the daemon's log file, emptied."""
    WORK.mkdir(exist_ok=True)
    log = WORK / "dockerd.log"
    log.write_bytes(b"")
    return log


def wait(process: subprocess.Popen[bytes], host: str) -> str | None:
    """Wait until the daemon answers. Returns None, or why it does not."""
    watch = Stopwatch()
    while watch.seconds() < START_SECONDS:
        if answers(host):
            return None
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.3)
            break
    told = (WORK / "dockerd.log").read_text(errors="replace").strip().splitlines()
    return f"dockerd did not start: {told[-1] if told else 'it said nothing'} (.work/dockerd.log)"


def lasting() -> str | None:
    """Start a daemon that outlives this command, unless one answers. Returns None, or why there is no daemon.

    DOCKER_HOST is set to it. `end_lasting` finds it through .work/docker.json.
    """
    find_lasting()
    if answers():
        return None
    os.environ.pop("DOCKER_HOST", None)
    if reason := cannot_start():
        return reason
    with INTERRUPTIONS.held():
        network, place = Network.look(), new_place()
        forward()
        with new_log().open("ab") as log:
            process = subprocess.Popen(
                command(place), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(), cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip
        noted = {"pid": process.pid, "place": str(place), "network": network.as_dict()}
        (WORK / "docker.json").write_text(json.dumps(noted))
    if reason := wait(process, address(place)):
        end_lasting()
        return reason
    os.environ["DOCKER_HOST"] = address(place)
    return None


def find_lasting() -> None:
    """Set DOCKER_HOST to the lasting daemon, if one runs."""
    noted = note()
    if noted and alive(noted["pid"]) and is_ours(noted["pid"]):
        os.environ["DOCKER_HOST"] = address(Path(noted["place"]))


def note() -> dict[str, Any] | None:
    """Return the content of .work/docker.json; None without."""
    try:
        noted: dict[str, Any] = json.loads((WORK / "docker.json").read_text())
    except (OSError, ValueError):
        return None
    return noted


def end_lasting() -> bool:
    """End the lasting daemon and put the network back. Returns whether there was one."""
    noted = note()
    if noted is None:
        return False
    with INTERRUPTIONS.held():
        if alive(noted["pid"]) and is_ours(noted["pid"]):
            os.kill(noted["pid"], signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while alive(noted["pid"]) and time.monotonic() < deadline:
                time.sleep(0.1)
        if not others():
            Network(**noted["network"]).put_back()
        shutil.rmtree(noted["place"], ignore_errors=True)
        (WORK / "docker.json").unlink()
    return True


def is_ours(pid: int) -> bool:
    """Return whether a process is our daemon; the pid may have been given to another process."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return str(WORK / "docker").encode() in words
    return False
