# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Plans as a person reads them: the plan screen. Pure.

It has one line per kind of change, for any number of VMs::

    shop on engine.example.com (4.3): 30 listed, 28 change, 2 as they should be
    + create   web-29, web-30   front:2.5 on host1|host2, backend
    ~ replace  web-1 .. web-8   image front:2.4 -> front:2.5       4 batches of 2, at least 80 s
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .columns import COLUMNS, LINES, SIGNS, Line, laid_out, merged, shares
from .configuration import DEFAULT_MEMORY
from .differences import differing
from .plan import Plan
from .runtimes.choice import image_of, image_properties
from .spec import stem_of
from .text import one_line, shortened
from .values import memory_text

#: Change with the memory, so they are shown only where the memory stays the same.
_WITH_MEMORY = ("memory_guaranteed", "memory_max")
_ABOUT_POWER = ("running", "fleet")


@dataclass(frozen=True)
class Scope:
    """What the plans are about.

    ``title`` is the fleet's name or what stands for it, ``engine`` the Engine's address, ``version`` its version where
    that is known. ``listed`` are the names that are asked for, ``counted`` is how many an entry with count wants, by
    its name. ``batch`` and ``settle`` (seconds) tell how running containers are replaced, ``refused`` why nothing can
    be done to a VM, by name.
    """

    title: str
    engine: str
    version: str | None = None
    listed: frozenset[str] = frozenset()
    counted: Mapping[str, int] = field(default_factory=dict)
    batch: int = 1
    settle: float = 0
    refused: Mapping[str, str] = field(default_factory=dict)


def plan_lines(plans: Mapping[str, Plan], scope: Scope) -> list[str]:
    """The plan screen: a heading and at most :data:`LINES` - 1 lines of at most :data:`COLUMNS` columns."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    there = Counter(stem_of(name) for name, made in plans.items() if made.vm and not _apart(name, scope))
    for name, made in plans.items():
        kind = _kind(made, scope.refused.get(name))
        if kind:
            groups[kind][_detail(kind, made, scope, there)].append(name)
    lines = []
    for kind, most in shares({kind: len(groups[kind]) for kind in SIGNS if kind in groups}, LINES - 1).items():
        lines += merged(kind, groups[kind], most)
    first = next((line for line in lines if line.kind == "replace"), None)
    remarks = [_remark(line, plans, scope, line is first) for line in lines]
    screen = laid_out([line._replace(remark=remark) for line, remark in zip(lines, remarks, strict=True)])
    return [shortened(_heading(plans, scope), COLUMNS), *screen]


# --- one VM


def _kind(made: Plan, refused: str | None) -> str | None:
    """The kind of change of a VM, None when it is as it should be."""
    actions = set(made.actions)
    if refused:
        return "cannot"
    if made.replaces:
        return "replace"
    if {"stop", "start"} <= actions:
        return "restart"
    for kind in ("create", "remove", "start", "stop"):
        if kind in actions:
            return kind
    if actions & {"update", "networks"}:
        return "later" if made.restart_needed and (made.next_run or made.record) else "change"
    return "tag" if actions else None


def _detail(kind: str, made: Plan, scope: Scope, there: Mapping[str, int]) -> str:
    if kind == "cannot":
        return one_line(scope.refused[made.name].removeprefix(f"{made.name}: "))
    if kind == "create":
        return _created(made)
    if kind == "remove":
        return _why_removed(made, scope, there)
    if kind == "tag":
        return "made by this fleet, gets its tag"
    changes = _changes(made)
    return ", ".join(f"{what} {old} -> {new}" for what, (old, new) in changes.items())


def _created(made: Plan) -> str:
    after = made.after
    words = f"{_image(after)} on {'|'.join(after['hosts'])}" if after["hosts"] else _image(after)
    if after["networks"]:
        words += f", {_word(after['networks'], 'networks')}"
    if after["memory"] != memory_text(DEFAULT_MEMORY):
        words += f", {after['memory']}"
    return one_line(words if "start" in made.actions else f"{words}, not started")


def _why_removed(made: Plan, scope: Scope, there: Mapping[str, int]) -> str:
    """``there`` is how many VMs of an entry with count there are, by its name."""
    if made.name in scope.listed:
        return "(state: absent)"
    stem = stem_of(made.name)
    return f"(count {there[stem]} -> {scope.counted[stem]})" if stem in scope.counted else "(not listed any more)"


def _apart(name: str, scope: Scope) -> bool:
    """Whether a VM is listed by its own name beside an entry with count that gives such names."""
    stem = stem_of(name)
    return name in scope.listed and int(name[len(stem) + 1 :] if stem else 0) > scope.counted.get(stem, 0)


def _changes(made: Plan) -> dict[str, tuple[str, str]]:
    """What changes, as ``{key: (before, after)}`` in words, without power and fleet."""
    before, after = differing(made.before, made.after)
    found: dict[str, tuple[str, str]] = {}
    for key in dict.fromkeys([*before, *after]):
        if key in _ABOUT_POWER or (key in _WITH_MEMORY and "memory" in after):
            continue
        old, new = before.get(key), after.get(key)
        if key not in ("properties", "wish"):
            found[key] = (_word(old, key), _word(new, key))
            continue
        for name in dict.fromkeys([*(old or {}), *(new or {})]):
            shown = "image" if name in image_properties() else name
            found[shown] = _pair((old or {}).get(name), (new or {}).get(name), shown)
    return found


def _pair(old: Any, new: Any, key: str) -> tuple[str, str]:
    """Before and after in a few words; of a dictionary the names of what differs."""
    if not (isinstance(old, dict) or isinstance(new, dict)):
        return _word(old, key), _word(new, key)
    left, right = ("+".join(one or ()) or "none" for one in (old, new))
    return left, (right if left != right else f"{right} (others)")


def _image(config: dict[str, Any]) -> str:
    return _word(image_of(config), "image")


def _word(value: Any, key: str) -> str:
    """A value in a few words: at most a line, and digests as people quote them."""
    if value in (None, "", [], ()):
        return "none"
    if key == "networks":
        return "+".join(_network(one) for one in value)
    if isinstance(value, (list, tuple)):
        return "|".join(map(str, value))
    text = one_line(str(value))
    if key == "image":
        name, at, digest = text.partition("@sha256:")
        return f"{name}{at}{digest[:12]}"
    return f'"{shortened(text, 30)}"' if key == "description" else text


def _network(value: str) -> str:
    network, _slash, profile = value.partition("/")
    return network if network == profile else value


# --- all of them


def _heading(plans: Mapping[str, Plan], scope: Scope) -> str:
    version = f" ({scope.version})" if scope.version else ""
    changing = sum(made.changed for made in plans.values())
    fine = [made for name, made in plans.items() if not (made.changed or name in scope.refused)]
    waiting = sum(made.restart_needed for made in fine)
    gone = sum(name not in scope.listed for name in plans)
    parts = [f"{len(scope.listed)} listed"]
    parts += [f"{gone} not listed any more"] if gone else []
    parts += [f"{changing} change", f"{len(fine)} as they should be"]
    parts[-1] += f" ({waiting} at the next start)" if waiting else ""
    parts += [f"{len(scope.refused)} cannot be changed"] if scope.refused else []
    return one_line(f"{scope.title} on {scope.engine}{version}: {', '.join(parts)}")


def _remark(line: Line, plans: Mapping[str, Plan], scope: Scope, first: bool) -> str:
    """What is said at the end of a line; how long replacing takes is said once, in the ``first`` line about it."""
    if line.kind == "later":
        return "at its next start" if len(line.names) == 1 else "at their next start"
    if line.kind == "replace" and first:
        return _batches(sum(made.replaces for made in plans.values()), len(line.names), scope)
    if line.kind == "remove":
        running = sum(bool(plans[name].before.get("running")) for name in line.names)
        return f"{running} of them running" if running else ""
    return ""


def _batches(total: int, here: int, scope: Scope) -> str:
    """In how many batches running containers are replaced, counted over all lines of the screen."""
    number = -(-total // scope.batch)
    words = f"{number} batch{'es' if number > 1 else ''} of {min(scope.batch, total)}"
    words = f"in all {words}" if total > here else words
    return f"{words}, at least {number * scope.settle:g} s" if scope.settle else words
