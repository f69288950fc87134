# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The specification of a host on the command line: NAME:IMAGE[:docker=SIZE]."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .docker import LabError
from .images import ENGINE, IMAGES

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
SIZE = re.compile(r"[1-9][0-9]*[kmg]")


@dataclass(frozen=True)
class HostSpec:
    """One host: its name, its image, and how large the file system of docker's data is."""

    name: str
    image: str
    docker: str = "2g"

    @classmethod
    def parse(cls, text: str) -> HostSpec:
        """From NAME:IMAGE[:docker=SIZE]."""
        name, _, rest = text.partition(":")
        image, _, option = rest.partition(":")
        if not NAME.fullmatch(name):
            raise LabError(f"{text!r}: a host's name is lower-case letters, digits and -, not {name!r}.")
        if image not in IMAGES:
            raise LabError(f"{text!r}: there is no image {image!r}, only {', '.join(IMAGES)}.")
        if not option:
            return cls(name, image)
        key, _, value = option.partition("=")
        if key != "docker" or not SIZE.fullmatch(value):
            raise LabError(f"{text!r}: the only option is docker=SIZE (as docker=64m), not {option!r}.")
        if image == ENGINE:
            raise LabError(f"{text!r}: the Engine machine has no docker, so there is no {option!r} for it.")
        return cls(name, image, value)

    @property
    def is_engine(self) -> bool:
        """Whether this is the Engine machine, not a host."""
        return self.image == ENGINE
