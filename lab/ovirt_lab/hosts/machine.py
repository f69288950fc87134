# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine machine of a group: its settings, its start, and engine.json, which describes it to other processes.

Everything goes through `docker exec`; what runs there is ovirt_lab.engine_machine.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .docker import LabError, attempt, docker
from .group import Group
from .spec import HostSpec

# The versions of the embedded Engine; the image has a package of each, and this one is installed.
VERSIONS = ("4.1", "4.3", "4.5")
INSTALLED = "4.3"
SETTINGS = "/etc/ovirt-lab/engine.json"
USERNAME = "admin@internal"
CA_FILE = "engine-ca.pem"
PAUSE = 0.1


@dataclass(frozen=True)
class EngineOptions:
    """Options of the Engine. `world` is YAML text; without it there is a cluster of the group's hosts."""

    version: str = INSTALLED
    speed: float = 1.0
    world: str = ""


def up(group: Group, spec: HostSpec, options: EngineOptions, timeout: float = 60) -> dict[str, Any]:
    """Start the Engine on a machine that is up; return the content of engine.json without the CA's file.

    An Engine with the wanted options is left alone. Any other is replaced, since options cannot be changed.
    """
    urls = {host.name: host.as_dict()["vdsm_url"] for host in group.hosts()}
    hosts = {name: url for name, url in urls.items() if url}
    wanted = {"version": options.version, "speed": options.speed, "username": USERNAME, "world": options.world,
              "hosts": hosts}  # fmt: skip
    container = f"{group.name}-{spec.name}"
    found = _settings(container)
    if found and {**found, "password": ""} != {**wanted, "password": ""}:
        group.remove(spec.name)
        group.up([spec], timeout=timeout, rebuild=False)
        found = {}
    if not found:
        found = {**wanted, "password": secrets.token_urlsafe(12)}
        _install(container, found)
    _start(container, timeout)
    machine = next(host for host in group.hosts() if host.name == spec.name)
    return {
        "url": f"https://{machine.address}/ovirt-engine/api",
        "username": found["username"],
        "password": found["password"],
        "version": found["version"],
        "container": container,
    }


def _settings(container: str) -> dict[str, Any]:
    done = attempt("exec", container, "cat", SETTINGS)
    found: dict[str, Any] = json.loads(done.stdout) if not done.returncode else {}
    return found


def _install(container: str, settings: Mapping[str, Any]) -> None:
    """Give a machine that was never an Engine its settings, and the packages of that version."""
    if settings["version"] != INSTALLED:
        packages = f"/opt/repo/engine/ovirt-engine*-{settings['version']}.*.rpm"
        docker("exec", container, "sh", "-c", f"rpm -U --oldpackage {packages}")
    script = f"umask 077; cat > {shlex.quote(SETTINGS)}"
    docker("exec", "--interactive", container, "sh", "-c", script, data=json.dumps(settings, indent=2).encode())


def _start(container: str, timeout: float) -> None:
    """Start the service, and wait for the health page."""
    deadline = time.monotonic() + timeout
    health = "http://localhost/ovirt-engine/services/health"
    done = attempt("exec", container, "systemctl", "start", "ovirt-engine", timeout=timeout)
    while not done.returncode:
        if not attempt("exec", container, "curl", "-sf", "-o", "/dev/null", "-m", "5", health).returncode:
            return
        if time.monotonic() > deadline:
            raise LabError(f"{container}: the Engine is not healthy after {timeout:.0f} s. {_journal(container)}")
        time.sleep(PAUSE)
        done = attempt("exec", container, "systemctl", "is-active", "ovirt-engine")
    raise LabError(f"{container}: ovirt-engine does not start. {_journal(container)}")


def _journal(container: str) -> str:
    words = ("journalctl", "--unit", "ovirt-engine", "--output", "cat", "--lines", "20", "--no-pager")
    said = [line for line in attempt("exec", container, *words).stdout.splitlines() if "systemd" not in line]
    mine = [line for line in said if line.startswith("ovirt-engine: ")] or said or ["its journal is empty"]
    return f"It said: {mine[-1]} (docker exec {container} journalctl -u ovirt-engine)"


def save(login: Mapping[str, Any], folder: Path) -> Path:
    """Write engine.json, for its owner only, and the certificate of the Engine's CA."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = folder / CA_FILE
    container = str(login["container"])
    certificate.write_text(docker("exec", container, "cat", "/etc/pki/ovirt-engine/ca.pem") + "\n", encoding="ascii")
    path = folder / "engine.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps({**login, "ca_file": str(certificate.resolve())}, indent=2) + "\n")
    return path


def forget(folder: Path) -> None:
    """Remove what `save` wrote; an engine.json without that certificate is another Engine's."""
    if (folder / CA_FILE).exists():
        (folder / CA_FILE).unlink()
        (folder / "engine.json").unlink(missing_ok=True)


__all__ = ["EngineOptions", "forget", "save", "up"]
