# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded Engine as a process: start it, and list the requests that it had."""

from __future__ import annotations

import base64
import json
import ssl
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

from workshop import ROOT
from workshop.processes import Children

READY_SECONDS = 60.0
READY = "ready at https://"


class LabError(Exception):
    """The Engine did not start; the message has its output."""


@dataclass(frozen=True)
class Engine:
    """A running Engine: the content of its engine.json, its process, and the seconds until it was ready."""

    about: dict[str, Any]
    process: Popen[bytes]
    seconds: float

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests since the start, without those for this list."""
        return requests(self.about)


def requests(about: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the requests to an Engine since its start, without those for this list. ``about`` is its engine.json."""
    base = about["url"].removesuffix("/ovirt-engine/api")
    login = f"{about['username']}:{about['password']}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}"}
    request = urllib.request.Request(f"{base}/ovirt-lab/requests", headers=headers)  # noqa: S310 - https, see about
    trust = ssl.create_default_context(cafile=about["ca_file"])
    with urllib.request.urlopen(request, context=trust, timeout=30) as answer:  # noqa: S310
        log = json.load(answer)
    return [entry for entry in log if not entry["path"].startswith("/ovirt-lab/")]


def start(children: Children, python: Path, directory: Path, *options: str | Path, env: Mapping[str, str]) -> Engine:
    """Start an Engine that keeps its files in a directory, and wait until it answers. Raises LabError."""
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "engine.log"
    log.write_bytes(b"")
    started = time.monotonic()
    command = [python, "-m", "ovirt_lab.engine", "--dir", directory, *options]
    process = children.start(command, log=log, env={**env, "PYTHONPATH": str(ROOT / "lab")}, cwd=ROOT)
    while time.monotonic() < started + READY_SECONDS and process.poll() is None:
        if READY in log.read_text(errors="replace"):
            seconds = time.monotonic() - started
            return Engine(json.loads((directory / "engine.json").read_text()), process, seconds)
        time.sleep(0.005)
    raise LabError(f"The Engine did not start. It said:\n{log.read_text(errors='replace')}")
