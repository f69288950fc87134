# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections and actions that older Engines do not have. The SDK has the service tree of the newest Engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from . import routes

Version = tuple[int, int]

FULL = {"4.1": "4.1.9.1-1.el7.centos", "4.3": "4.3.10.4-1.el7", "4.5": "4.5.3.7-1.el8"}

# Three or four numbers, and perhaps what a package says behind them.
_FULL = re.compile(r"(\d+\.\d+)\.\d+(\.\d+)?(-\S+)?")
# Searches for tags with `_` find nothing: from 2328ebb6f1b to before eb9c755a87f (tags 4.1.2 and 4.1.3 have it).
_NO_UNDERSCORE = ((4, 1, 2, 0), (4, 1, 3, 0))


@dataclass(frozen=True)
class Release:
    """An Engine's version: `minor` as "4.1" decides how it behaves, `full` is what product_info shows."""

    text: str  # as given by the user
    minor: str
    full: str

    @classmethod
    def parse(cls, text: str) -> Release:
        """Parse "4.1", which means the last 4.1 whose sources were read, or "4.1.2.0"; ValueError for any other."""
        if text in FULL:
            return cls(text, text, FULL[text])
        parts = _FULL.fullmatch(text)
        if parts is None or parts[1] not in FULL:
            known = ", ".join(FULL)
            raise ValueError(f"version is one of {known}, or a full one of these such as 4.1.2.0, not {text!r}")
        package = FULL[parts[1]].partition("-")[2]
        return cls(text, parts[1], text if parts[3] else f"{text}-{package}")

    @property
    def number(self) -> tuple[int, ...]:
        """All four numbers: (4, 1, 2, 0)."""
        numbers = [int(part) for part in self.full.partition("-")[0].split(".")]
        return (*numbers, 0)[:4]

    @property
    def finds_underscores(self) -> bool:
        """Whether a search finds a tag with `_` in its name."""
        first, last = _NO_UNDERSCORE
        return not first <= self.number <= last


# First version of a collection or action, by the end of its pattern (`@since` marks and history of the api-model).
SINCE: dict[str, Version] = {
    "options": (4, 2),
    "externaltemplateimports": (4, 5),
    "users/*/options": (4, 4),
    "hosts/*/cpuunits": (4, 5),
    "hosts/*/externalnetworkproviderconfigurations": (4, 2),
    "nics/*/linklayerdiscoveryprotocolelements": (4, 2),
    "clusters/*/externalnetworkproviders": (4, 2),
    "affinitygroups/*/hosts": (4, 3),
    "affinitygroups/*/hostlabels": (4, 4),
    "affinitygroups/*/vmlabels": (4, 4),
    "vms/*/backups": (4, 4),
    "vms/*/checkpoints": (4, 5),
    "vms/*/mediateddevices": (4, 5),
    "templates/*/mediateddevices": (4, 5),
    "vms/*/autopincpuandnumanodes": (4, 4),
    "vms/*/exporttoexportdomain": (4, 3),
    "vms/*/exporttopathonhost": (4, 2),
    "vms/*/reset": (4, 5),
    "vms/*/screenshot": (4, 4),
}


def has(version: Version, pattern: str) -> bool:
    """Whether this version knows the address pattern."""
    parts = pattern.split("/")
    for end in range(1, len(parts) + 1):
        for start in range(end):
            since = SINCE.get("/".join(parts[start:end]))
            if since is not None and version < since:
                return False
    return True


@lru_cache(maxsize=1024)
def _relations(version: Version, pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    node = routes.find_pattern(pattern)
    if node is None:
        return (), ()
    actions = tuple(name for name in sorted(node.actions) if has(version, f"{pattern}/{name}"))
    links = tuple(name for name in sorted(node.children) if has(version, f"{pattern}/{name}"))
    return actions, links


def decorations(version: Version, pattern: str, href: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the actions and (rel, href) of the sub-collections of an object."""
    actions, links = _relations(version, pattern)
    return list(actions), [(name, f"{href}/{name}") for name in links]
