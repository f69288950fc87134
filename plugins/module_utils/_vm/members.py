# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""From a list of container VMs to one spec each, and to the fleet's VMs that the list no longer names. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .errors import SpecError
from .runtimes.choice import check, no_runtime
from .site import Site, Vm
from .spec import ContainerVm, container_options, parse, stem_of
from .text import dotted, natural

# The name is part of a tag and of correlation ids, of which enough must be left to be unique.
_FLEET = re.compile(r"[A-Za-z0-9_-]{1,20}")
MAX_COUNT = 10000
#: Most problems that one error lists.
SENTENCES = 10


@dataclass(frozen=True)
class Order:
    """What is asked for: a spec for each container VM, and the fleet that they belong to.

    ``counted`` maps the name of an entry with ``count`` to its count. ``prune`` removes VMs of the fleet that are not
    listed.
    """

    specs: tuple[ContainerVm, ...]
    fleet: str | None = None
    prune: bool = False
    counted: Mapping[str, int] = field(default_factory=dict)


def order(
    asked: list[dict[str, Any]], defaults: dict[str, Any] | None = None, fleet: str | None = None, prune: bool = False
) -> Order:
    """What is asked for, checked as far as that goes without an Engine. Raises :class:`SpecError` with all problems."""
    counted = {str(entry["name"]): entry["count"] for entry in asked if entry.get("count") is not None}
    problems = _problems_of_fleet(fleet, prune, counted)
    specs: list[ContainerVm] = []
    for entry in asked:
        try:
            specs += specs_of_entry(entry, defaults or {})
        except SpecError as problem:
            problems.append(str(problem))
    twice = [name for name, times in Counter(spec.name for spec in specs).items() if times > 1]
    problems += [f"{name}: it is listed more than once. Leave one of them in containers" for name in twice]
    if problems:
        raise SpecError(sentences(problems))
    return Order(tuple(specs), fleet, prune, counted)


def specs_of_entry(entry: dict[str, Any], defaults: dict[str, Any]) -> list[ContainerVm]:
    """The specs of one entry: one, or with ``count`` so many with a number at the end of their name."""
    count = entry.get("count")
    if count is not None and not 0 <= count <= MAX_COUNT:
        raise SpecError(f"{entry['name']}: count is {count}; 0 to {MAX_COUNT} is needed. Correct count")
    # The last one has the longest name.
    name = entry["name"] if count is None else f"{entry['name']}-{max(count, 1)}"
    said = {key: value for words in (defaults, entry) for key, value in words.items() if value is not None}
    spec = parse({**_UNSAID, **said, "name": name})
    check(spec)
    if count is None:
        return [spec]
    return [replace(spec, name=f"{entry['name']}-{number}") for number in range(1, count + 1)]


def check_fleet(site: Site) -> None:
    """Refuse a fleet whose tag the Engine cannot find. Raises :class:`SpecError`."""
    if site.fleet and "_" in site.fleet.name and cannot_find_underscores(site.version):
        raise SpecError(
            f"fleet {site.fleet.name!r} has '_' in its name, and this is Engine {dotted(site.version or ())}: 4.1.2.0 "
            "to 4.1.3.0 find no tag with '_'. Choose a name without it, or update the Engine"
        )


def cannot_find_underscores(version: tuple[int, ...] | None) -> bool:
    """Whether an Engine finds nothing by a tag with "_" in its name (regression 2328ebb6f1b of ovirt-engine)."""
    return version is not None and (4, 1, 2, 0) <= version <= (4, 1, 3, 0)


def surplus(asked: Order, site: Site) -> list[ContainerVm]:
    """Specs with state absent for surplus VMs of the fleet: only those with its tag, the highest number first."""
    if site.fleet is None:
        return []
    listed = {spec.name for spec in asked.specs}
    own = [vm for vm in site.vms if vm.runtime and vm.id in site.fleet.members and vm.name not in listed]
    going = [vm for vm in own if asked.prune or stem_of(vm.name) in asked.counted]
    # One that cannot be read is reported and not removed: nobody knows whether it is the fleet's.
    unread = [name for name in site.unread if name not in listed and (asked.prune or stem_of(name) in asked.counted)]
    names = [vm.name for vm in sorted(going, key=_highest_first)] + sorted(unread, key=natural)
    return [ContainerVm(name, state="absent") for name in names]


def sentences(problems: list[str], between: str = "; ") -> str:
    """Problems, or names, in one line: the first :data:`SENTENCES`, and how many more there are."""
    more = len(problems) - SENTENCES
    return between.join(problems[:SENTENCES]) + (f"{between}and {more} more" if more > 0 else "")


def _problems_of_fleet(fleet: str | None, prune: bool, counted: Iterable[str]) -> list[str]:
    problems = []
    if fleet is not None and not _FLEET.fullmatch(fleet):
        problems.append(
            f"fleet {fleet!r} is not a fleet name: 1 to 20 ASCII letters, digits, '_' and '-' are needed. Correct it"
        )
    for needs in (["prune"] if prune else []) + [f"count of {name}" for name in sorted(counted)]:
        if fleet is None:
            problems.append(f"{needs} needs a fleet, since its tag marks the VMs that are its own. Give fleet")
    return problems


def _highest_first(vm: Vm) -> tuple[str, int]:
    stem = stem_of(vm.name)
    return (stem, -int(vm.name[len(stem) + 1 :])) if stem else (vm.name, 0)


#: Values of the options that neither an entry nor the defaults set.
_UNSAID = {name: spec["default"] for name, spec in container_options().items() if "default" in spec}


def member_options() -> dict[str, dict[str, Any]]:
    """The argument spec of an entry without its name. Nothing has a default here: an entry comes after ``defaults``."""
    options = {name: {k: v for k, v in spec.items() if k != "default"} for name, spec in container_options().items()}
    del options["name"]
    return options


def problem_of_entries(params: dict[str, Any]) -> str | None:
    """Why options of a fleet cannot be taken, with the names of the entries, or None; of raw options, before defaults.

    Ansible's own error names neither the entry that has an unknown option, nor why a runtime is refused.
    """
    entry = {"name": {"type": "str", "required": True}, "count": {"type": "int"}, **member_options()}
    problems = _problems_of_options("defaults", params.get("defaults") or {}, member_options())
    containers = params.get("containers")
    for number, given in enumerate(containers if isinstance(containers, list) else [], 1):
        name = given.get("name") if isinstance(given, dict) else None
        problems += _problems_of_options(str(name or f"entry {number} of containers"), given, entry)
    return sentences(problems) if problems else None


def problem_of_options(params: dict[str, Any]) -> str | None:
    """Why an option of one container VM cannot be taken, where there is more to say than Ansible does; else None."""
    reason = no_runtime(params.get("runtime"))
    return f"{params.get('name')}: {reason}" if reason else None


def _problems_of_options(who: str, given: Any, options: dict[str, Any]) -> list[str]:
    if not isinstance(given, dict):
        return [f"{who}: a dictionary of options is needed, {given!r} was found"]
    problems = [f"{who}: it cannot have the option {key}. Options are: {', '.join(options)}"
                for key in given if key not in options]  # fmt: skip
    if reason := no_runtime(given.get("runtime")):
        return [*problems, f"{who}: {reason}"]
    # Ansible has filled in what is not given, with nothing.
    known = {key: value for key, value in given.items() if key in options and value is not None}
    return problems + [f"{who}: {words}" for words in ArgumentSpecValidator(options).validate(known).error_messages]
