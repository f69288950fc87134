# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Engine machine: a JSON file that `python -m ovirt_lab.hosts up` writes, for root only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

DEFAULT = Path("/etc/ovirt-lab/engine.json")


@dataclass(frozen=True)
class Settings:
    """Version of the Engine, its user, and its world: `world` (YAML text), or a site of `hosts`."""

    version: str = "4.3"
    speed: float = 1.0
    username: str = "admin@internal"
    password: str = field(default="", repr=False)
    hosts: dict[str, str] = field(default_factory=dict)  # name -> address of its Vdsm
    world: str = ""

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Those of a file."""
        return cls.parse(path.read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, text: str) -> Settings:
        """From the text of the file."""
        return cls(**json.loads(text))

    def as_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self), indent=2) + "\n"
