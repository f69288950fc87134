# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The filters of container_vm_info: the search they mean, and why it may find nothing. Pure."""

from __future__ import annotations

import re
from typing import Any

from .._vm.errors import SpecError
from .._vm.members import cannot_find_underscores
from .._vm.site import Site
from .._vm.text import dotted, listing
from .queries import by_tag, quoted

FILTERS = ("name", "cluster", "host", "tag")


def check_filters(params: dict[str, Any]) -> None:
    """Refuse a filter that the search language cannot express. Raises :class:`SpecError`."""
    for key in FILTERS:
        if params[key] is not None and (not params[key].strip() or '"' in params[key]):
            raise SpecError(
                f"{key} {params[key]!r} cannot be searched for: a text without quotes is needed. Correct it"
            )


def search(params: dict[str, Any]) -> str:
    """The filters in the Engine's search language; a tag so that it is found also when it is new."""
    terms = [by_tag(params[key]) if key == "tag" else f"{key}={quoted(params[key])}" for key in FILTERS if params[key]]
    return " and ".join(terms) + " sortby name asc" if terms else "sortby name asc"


def not_there(params: dict[str, Any], site: Site) -> list[str]:
    """A cluster or host in a filter that does not exist; the Engine's search for it only finds nothing."""
    known: dict[str, list[str]] = {"cluster": list(site.clusters), "host": list(site.hosts)}
    return [
        f"{key} {params[key]!r} does not exist, so no container VM is found; Engine has: {listing(known[key])}"
        for key in known
        if params[key] and not any(_matches(name, params[key]) for name in known[key])
    ]


def doubts_about_tag(tag: str, tags: set[str], version: tuple[int, ...]) -> list[str]:
    """Why a search by tag found nothing, where that is not because nothing carries it."""
    if not any(_matches(name, tag) for name in tags):
        return [f"tag {tag!r} does not exist, so no container VM is found; Engine has: {listing(sorted(tags))}"]
    if "_" in tag and cannot_find_underscores(version):
        return [f"Engine {dotted(version)} finds nothing by a tag with '_' in its name, such as {tag!r}"]
    return []


def _matches(name: str, wanted: str) -> bool:
    """As the search language has it: ``*`` stands for any text, and case does not count."""
    pattern = ".*".join(map(re.escape, wanted.split("*")))
    return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None
