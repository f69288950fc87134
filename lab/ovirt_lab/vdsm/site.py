# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths on the host, the version of Vdsm, and the laboratory's settings."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION_FILE = "/usr/share/ovirt-lab/vdsm-version"
CONTAINER_CODE = "/usr/lib/python2.7/site-packages/vdsm/virt/containers/__init__.py"
LAB_SETTINGS = "/etc/ovirt-lab/vdsm.json"
RUN_DIR = "/var/run/vdsm"
KEY_FILE = "/etc/pki/vdsm/keys/vdsmkey.pem"
_KNOWN_SETTINGS = {"speed", "storage_pool", "spm", "tasks", "start", "recovery"}


class Site:
    """The file system: everything is below OVIRT_LAB_ROOT when that is set, as for tests."""

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = Path(root if root is not None else os.environ.get("OVIRT_LAB_ROOT", "/"))

    def path(self, absolute: str) -> Path:
        """A path of the host below the root."""
        return self.root / absolute.lstrip("/")


@dataclass(frozen=True)
class Version:
    """Version and release of the package, and how that Vdsm treats containers.

    The code was in the tree from 4.19.1 to 4.30.0; since 4.20.1 (commit 5457255b1, "fix is_kvm helper") every VM is
    taken for an ordinary one, and 4.30.1 (commit 20651e930) removed it all.
    """

    version: str = "4.19.20"
    release: str = "1.el8"

    @classmethod
    def parse(cls, text: str) -> Version:
        """ "4.19.20-1.el8"."""
        version, _, release = text.strip().partition("-")
        return cls(version, release or "1")

    @property
    def numbers(self) -> tuple[int, ...]:
        """(4, 19, 20)"""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def has_capability(self) -> bool:
        """Whether `containers` is a key of the capabilities at all."""
        return (4, 19) <= self.numbers < (4, 30, 1)

    @property
    def starts_containers(self) -> bool:
        """Whether the key containerType makes a difference (is_kvm, lib/vdsm/virt/utils.py)."""
        return (4, 19) <= self.numbers < (4, 20, 1)

    @property
    def cluster_levels(self) -> list[str]:
        """clusterLevels of dsaversion.py at v4.19.20, v4.20.17 and v4.30.17."""
        if self.numbers < (4, 20):
            return ["3.6", "4.0", "4.1"]
        return ["3.6", "4.0", "4.1", "4.2"] if self.numbers < (4, 30) else ["4.1", "4.2", "4.3"]


@dataclass
class Settings:
    """What no Vdsm has: /etc/ovirt-lab/vdsm.json. `speed`: its time passes so many times faster. `storage_pool`,
    `spm`, `tasks`: the pool it is connected to, whether it manages it, and the storage tasks it is busy with. `start`,
    `recovery`: seconds until vdsmd listens, and seconds for which it then answers 99."""

    speed: float = 1.0
    storage_pool: str = ""
    spm: bool = False
    tasks: dict[str, Any] = field(default_factory=dict)
    start: float = 0.0
    recovery: float = 0.0


def read_version(site: Site) -> Version:
    """The version of the package that is installed."""
    path = site.path(VERSION_FILE)
    return Version.parse(path.read_text(encoding="ascii")) if path.exists() else Version()


def read_settings(site: Site) -> Settings:
    """The laboratory's settings; ValueError names what is not known."""
    path = site.path(LAB_SETTINGS)
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    unknown = sorted(set(values) - _KNOWN_SETTINGS)
    if unknown:
        raise ValueError(f"{path}: unknown settings {', '.join(unknown)}; known: {', '.join(sorted(_KNOWN_SETTINGS))}")
    return Settings(**values)
