# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Engines, and the actions and links that objects have in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ovirtsdk4 import types

from . import api_model, routes

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


# Of these, Engine 4.3 and later send an empty description and comment too (facts engine-wire.md 11.2).
_ALWAYS_DESCRIBED = (types.Vm, types.Cluster, types.Template, types.StorageDomain, types.Host, types.Network)


def describe(version: Version, shown: Any) -> None:
    """Give the copy of an object that is shown an empty description and comment, where this Engine sends them."""
    if version >= (4, 3) and isinstance(shown, _ALWAYS_DESCRIBED):
        shown.description = shown.description or ""
        shown.comment = shown.comment or ""


def forget_empty(obj: Any) -> None:
    """Drop an empty description and comment from an object before it is stored, as clients send back what they got."""
    if isinstance(obj, _ALWAYS_DESCRIBED):
        obj.description = obj.description or None
        obj.comment = obj.comment or None


@lru_cache(maxsize=1024)
def _relations(version: Version, pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    node = routes.find_pattern(pattern)
    if node is None:
        return (), ()
    actions = api_model.actions(version, pattern) & node.actions.keys()
    links = api_model.links(version, pattern) & node.children.keys()
    return tuple(sorted(actions)), tuple(sorted(links))


def decorations(version: Version, pattern: str, href: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the actions and (rel, href) of the sub-collections of an object."""
    actions, links = _relations(version, pattern)
    return list(actions), [(name, f"{href}/{name}") for name in links]
