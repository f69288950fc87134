# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A group of machines and its networks: created together, marked by a label, and removed together."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import boot, networks
from .docker import LabError, attempt, docker, inspect, need
from .images import ENGINE, build, discard, identity, tag
from .networks import Network
from .spec import HostSpec

GROUP, HOST, IMAGE, SPEC = ("ovirt-lab." + word for word in ("group", "host", "image", "spec"))
DEFAULT = "ovirt-lab"
VDSM_PORT = 54321

# What systemd and docker need in a container, and nothing more: --privileged is refused where the machine itself lacks
# a capability. seccomp and apparmor would keep runc from making a keyring and systemd from mounting; label: SELinux.
FLAGS = (
    "--cgroupns=private",
    "--cap-add=SYS_ADMIN",
    "--cap-add=NET_ADMIN",
    "--security-opt=seccomp=unconfined",
    "--security-opt=apparmor=unconfined",
    "--security-opt=label=disable",
    "--tmpfs=/run",
    "--tmpfs=/tmp:exec",
)


@dataclass(frozen=True)
class Host:
    """A running host: its addresses and its networks."""

    name: str
    group: str
    container: str
    image: str
    state: str
    address: str
    networks: dict[str, dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for hosts.json."""
        url = f"http://{self.address}:{VDSM_PORT}" if self.address and self.image != ENGINE else ""
        return {**self.__dict__, "vdsm_url": url}


class Group:
    """The hosts and networks that carry this group's label."""

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.label = f"{GROUP}={name}"

    def up(self, specs: Sequence[HostSpec], timeout: float = 60, rebuild: bool = True) -> list[tuple[Host, float]]:
        """Create these hosts, beside those that exist; return each with the seconds until systemd was running."""
        need()
        if rebuild:
            build(sorted({spec.image for spec in specs}))
        made = networks.ensure(self.name, ["--label", self.label])
        with ThreadPoolExecutor() as pool:
            times = list(pool.map(lambda spec: self._one_up(spec, made, timeout), specs))
        found = {host.name: host for host in self.hosts()}
        return [(found[spec.name], seconds) for spec, seconds in zip(specs, times, strict=True)]

    def remove(self, name: str) -> None:
        """Remove one of the machines; its networks stay."""
        _remove(inspect("container", f"{self.name}-{name}"))

    def down(self) -> list[str]:
        """Remove the hosts with their anonymous volumes, and the networks; the names of what was removed."""
        need()
        containers = docker("ps", "--all", "--filter", f"label={self.label}", "--format", "{{.Names}}").split()
        _remove(inspect("container", *containers))
        return containers + networks.remove(self.label)

    def hosts(self) -> list[Host]:
        """Those that are there, by name."""
        ids = docker("ps", "--all", "--quiet", "--filter", f"label={self.label}", "--filter", f"label={HOST}").split()
        where = {kind: network.as_dict() for kind, network in networks.existing(self.name).items()}
        return sorted((self._host(each, where) for each in inspect("container", *ids)), key=lambda host: host.name)

    def save(self, folder: Path) -> Path:
        """Write hosts.json."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "hosts.json"
        path.write_text(json.dumps({host.name: host.as_dict() for host in self.hosts()}, indent=2) + "\n")
        return path

    def _host(self, found: dict[str, Any], where: dict[str, dict[str, str]]) -> Host:
        labels, attached = found["Config"]["Labels"], found["NetworkSettings"]["Networks"]
        return Host(
            name=labels[HOST],
            group=self.name,
            container=found["Name"].lstrip("/"),
            image=labels[IMAGE],
            state=found["State"]["Status"],
            address=attached.get(f"{self.name}-mgmt", {}).get("IPAddress", ""),
            networks=where,
        )

    def _one_up(self, spec: HostSpec, made: dict[str, Network], timeout: float) -> float:
        started = time.monotonic()
        container = f"{self.name}-{spec.name}"
        found = inspect("container", container)
        if found and not self._is(found[0], spec):
            _remove(found)
            found = []
        if not found:
            self._create(container, spec, made)
        if not found or not found[0]["State"]["Running"]:
            docker("start", container)
        boot.wait(container, timeout)
        return time.monotonic() - started

    def _is(self, found: dict[str, Any], spec: HostSpec) -> bool:
        """Whether this container is the wanted host, made of the present image."""
        labels = found["Config"]["Labels"] or {}
        if labels.get(GROUP) != self.name:
            raise LabError(f"There is a container {found['Name'].lstrip('/')} which is not a host of this group.")
        return labels.get(SPEC) == str(spec) and found["Image"] == identity(spec.image)

    def _create(self, container: str, spec: HostSpec, made: dict[str, Network]) -> None:
        labels = {GROUP: self.name, HOST: spec.name, IMAGE: spec.image, SPEC: str(spec)}
        management = made["mgmt"]
        docker(
            "create", "--name", container, "--hostname", spec.name, *FLAGS,
            *([] if spec.is_engine else [f"--tmpfs=/var/lib/docker:exec,size={spec.docker}"]),
            *(f"--label={key}={value}" for key, value in labels.items()),
            f"--network={management.name}",
            f"--env=LAB_MGMT={management.subnet}", f"--env=LAB_GATEWAY={management.gateway}",
            tag(spec.image),
        )  # fmt: skip
        # Before it starts: the second NIC is there when the host sets up its network.
        if not spec.is_engine:
            docker("network", "connect", made["data"].name, container)


def _remove(found: Sequence[dict[str, Any]]) -> None:
    """Remove these containers, their anonymous volumes, and the images that only they kept."""
    if found:
        docker("rm", "--force", "--volumes", *(each["Id"] for each in found))
        discard(each["Image"] for each in found)


def groups() -> list[str]:
    """The groups that have a host."""
    need()
    shown = attempt("ps", "--all", "--filter", f"label={HOST}", "--format", f'{{{{.Label "{GROUP}"}}}}').stdout
    return sorted(set(shown.split()))
