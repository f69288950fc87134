# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker command line. The daemon that it reaches (DOCKER_HOST, contexts) runs the hosts."""

from __future__ import annotations

import json
import subprocess
from typing import Any


class LabError(Exception):
    """An error for the user: one sentence, with docker's own message."""


def attempt(*words: str, data: bytes | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run `docker WORDS` and return its result, also if it fails."""
    try:
        done = subprocess.run(["docker", *words], input=data or b"", capture_output=True, timeout=timeout, check=False)
    except FileNotFoundError:
        raise LabError(
            "There is no docker command on PATH: install it, or only its client, and set DOCKER_HOST."
        ) from None
    except subprocess.TimeoutExpired:
        raise LabError(f"docker {words[0]} has not ended after {timeout:.0f} s.") from None
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )


def docker(*words: str, data: bytes | None = None, timeout: float = 60) -> str:
    """What `docker WORDS` prints; a LabError with its last words when it fails."""
    done = attempt(*words, data=data, timeout=timeout)
    if done.returncode:
        # A build writes errors on both streams.
        said = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-20:])
        raise LabError(f"docker {words[0]} failed: {said}")
    return done.stdout.strip()


def inspect(kind: str, *names: str) -> list[dict[str, Any]]:
    """The answer of `docker inspect` for those of these objects that exist."""
    if not names:
        return []
    found: list[dict[str, Any]] = json.loads(attempt(kind, "inspect", *names).stdout or "[]")
    return found


def available() -> str | None:
    """None when a daemon answers, else one line that says why not."""
    try:
        done = attempt("version", "--format", "{{.Server.Version}}", timeout=10)
    except LabError as error:
        return str(error)
    if done.returncode or not done.stdout.strip():
        return "No docker daemon answers: " + " ".join((done.stderr or done.stdout).split())
    return None


def need() -> None:
    """Raise when no daemon answers."""
    problem = available()
    if problem:
        raise LabError(problem)
