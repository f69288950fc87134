# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""From a list of container VMs to one wish each, and to the fleet's VMs that the list no longer names. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ._runtimes import check as check_runtime
from ._site import Site, Vm
from ._spec import ContainerVm, SpecError, container_options, parse

# The name is part of a tag and of correlation ids, of which enough must be left to be unique.
_FLEET = re.compile(r"[A-Za-z0-9_-]{1,20}")
MAX_COUNT = 10000
#: More sentences than these help nobody.
SENTENCES = 10


@dataclass(frozen=True)
class Order:
    """What is asked for: a wish for each container VM, and the fleet that they belong to.

    ``counted`` are the names of entries with ``count``; ``prune`` says that VMs of the fleet that are not listed go.
    """

    wishes: tuple[ContainerVm, ...]
    fleet: str | None = None
    prune: bool = False
    counted: frozenset[str] = frozenset()


def order(
    asked: list[dict[str, Any]], defaults: dict[str, Any] | None = None, fleet: str | None = None, prune: bool = False
) -> Order:
    """What is asked for, checked as far as that goes without an Engine. Raises :class:`SpecError` with all problems."""
    counted = frozenset(str(entry["name"]) for entry in asked if entry.get("count") is not None)
    problems = _problems_of_fleet(fleet, prune, counted)
    wishes: list[ContainerVm] = []
    for entry in asked:
        try:
            wishes += wishes_of_entry(entry, defaults or {})
        except SpecError as problem:
            problems.append(str(problem))
    twice = [name for name, times in Counter(wish.name for wish in wishes).items() if times > 1]
    problems += [f"{name}: it is listed more than once. Leave one of them in containers" for name in twice]
    if problems:
        raise SpecError(sentences(problems))
    return Order(tuple(wishes), fleet, prune, counted)


def wishes_of_entry(entry: dict[str, Any], defaults: dict[str, Any]) -> list[ContainerVm]:
    """The wishes of one entry: one, or with ``count`` so many with a number at the end of their name."""
    count = entry.get("count")
    if count is not None and not 0 <= count <= MAX_COUNT:
        raise SpecError(f"{entry['name']}: count is {count}; 0 to {MAX_COUNT} is needed. Correct count")
    # The last one has the longest name.
    name = entry["name"] if count is None else f"{entry['name']}-{max(count, 1)}"
    said = {key: value for words in (defaults, entry) for key, value in words.items() if value is not None}
    wish = parse({**_UNSAID, **said, "name": name})
    check_runtime(wish)
    if count is None:
        return [wish]
    return [replace(wish, name=f"{entry['name']}-{number}") for number in range(1, count + 1)]


def surplus(asked: Order, site: Site) -> list[ContainerVm]:
    """Wishes to remove what the fleet has too many: only what carries its tag, and the highest number first."""
    if site.fleet is None:
        return []
    listed = {wish.name for wish in asked.wishes}
    own = [vm for vm in site.vms if vm.runtime and vm.id in site.fleet.members and vm.name not in listed]
    going = [vm for vm in own if asked.prune or _stem(vm.name) in asked.counted]
    return [ContainerVm(vm.name, state="absent") for vm in sorted(going, key=_highest_first)]


def sentences(problems: list[str], between: str = "; ") -> str:
    """Problems, or names, in one line; of very many the first few."""
    more = len(problems) - SENTENCES
    return between.join(problems[:SENTENCES]) + (f"{between}and {more} more" if more > 0 else "")


def _problems_of_fleet(fleet: str | None, prune: bool, counted: Iterable[str]) -> list[str]:
    problems = []
    if fleet is not None and not _FLEET.fullmatch(fleet):
        problems.append(
            f"fleet {fleet!r} is no name of a fleet: 1 to 20 ASCII letters, digits, '_' and '-' are needed. Correct it"
        )
    for needs in (["prune"] if prune else []) + [f"count of {name}" for name in sorted(counted)]:
        if fleet is None:
            problems.append(f"{needs} needs a fleet, whose tag tells its own VMs from those of others. Give fleet")
    return problems


def _stem(name: str) -> str:
    """``web`` of ``web-12``; empty when no entry with ``count`` gives such a name."""
    match = re.fullmatch(r"(.+)-[1-9][0-9]*", name)
    return match[1] if match else ""


def _highest_first(vm: Vm) -> tuple[str, int]:
    stem = _stem(vm.name)
    return (stem, -int(vm.name[len(stem) + 1 :])) if stem else (vm.name, 0)


#: What an entry is where neither it nor the defaults say anything.
_UNSAID = {name: spec["default"] for name, spec in container_options().items() if "default" in spec}


def member_options() -> dict[str, dict[str, Any]]:
    """The argument spec of an entry without its name. Nothing has a default here: an entry comes after ``defaults``."""
    options = {name: {k: v for k, v in spec.items() if k != "default"} for name, spec in container_options().items()}
    del options["name"]
    return options
