# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search language of the API: `name=web* and cluster=Default or tag=x sortby name desc page 2`."""

from __future__ import annotations

import datetime
import enum
import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import routes, views
from .resources import Field, Kind
from .search_text import Search, parse

if TYPE_CHECKING:
    from .context import Context

_PAGE_SIZE = 100
_DAY = 86400.0


def select(ctx: Context, kind: Kind) -> list[Any]:
    """The items of the collection at ctx.path that `search`, `max` and the page ask for."""
    limit = int(ctx.query["max"]) if ctx.query.get("max", "").lstrip("-").isdigit() else -1
    sensitive = ctx.query.get("case_sensitive", "false").lower() == "true"
    search = _translated(ctx, kind, limit, sensitive)
    if search.wrong:
        return []
    items = _candidates(ctx, kind, search)
    if search.alternatives:
        tests = [[_test(ctx, kind, search, *c, sensitive) for c in conditions] for conditions in search.alternatives]
        items = [o for o in items if any(all(test(o) for test in conditions) for conditions in tests)]
    if search.sort:
        by = _field(kind, search.sort)
        if kind.path == "events" and not search.descending:  # kept newest first; those of one moment turn round too
            items = items[::-1]
        items = sorted(items, key=lambda o: [_sortable(v) for v in values(ctx, o, by)], reverse=search.descending)
    if search.page:
        size = limit if limit > 0 else _PAGE_SIZE
        return items[(search.page - 1) * size : search.page * size]
    return items[:limit] if limit >= 0 else items


def _translated(ctx: Context, kind: Kind, limit: int, sensitive: bool) -> Search:
    """The search text as SearchQuery.initQueryData makes SQL of it (4.1.9, 4.3.10 and 4.5.3.7 alike): kept by text,
    `max` and case for a day, unless there is a `*` in the text. What a tag condition stands for is decided then: names
    of tags as SQL text, or of none at all. The guard against that, containsStaticInValues, looks for
    `with_tags.tag_id in`, but BaseConditionFieldAutoCompleter writes `with_tags.tag_name IN`. In anything else than
    tags a kept translation does not differ from a new one, so only these are kept here."""
    text = ctx.query.get("search", "") if views.searched(ctx, kind.path) else ""
    now = ctx.engine.now()
    key = (kind.path, text, limit, sensitive)
    kept: Search | None = ctx.engine.searches.get(key)
    if kept is not None and now - kept.made < _DAY:
        return kept
    search = parse(text)
    search.made = now
    for name, operator, value in itertools.chain(*search.alternatives):
        expand = getattr(_field(kind, name), "expand", None) if name and operator == "=" else None
        if expand is not None:
            search.tags[value] = expand(ctx, value)
    if search.tags and "*" not in text:
        ctx.engine.searches[key] = search
    return search


def _candidates(ctx: Context, kind: Kind, search: Search) -> list[Any]:
    """All items; of the VMs only those that may be meant when they are asked for by their whole names."""
    names = [_whole_name(conditions) for conditions in search.alternatives] if ctx.path == "vms" else []
    if names and None not in names:
        return list(ctx.store.vms_called(*filter(None, names)))
    return list(kind.items(ctx))


def _whole_name(conditions: list[tuple[str, str, str]]) -> str | None:
    """The name that whatever meets these conditions has, if they say so."""
    names = (value for key, operator, value in conditions if (key, operator) == ("name", "=") and "*" not in value)
    return next(names, None)


def _field(kind: Kind, key: str) -> Field:
    declared = {name.lower(): found for name, found in kind.search.items()}
    return declared.get(key, key if "." not in key else None)


def _test(
    ctx: Context, kind: Kind, search: Search, key: str, op: str, wanted: str, sensitive: bool
) -> Callable[[Any], bool]:
    """A test of one object for one condition."""
    fields = list(kind.search.values()) or ["name", "description", "comment"] if not key else [_field(kind, key)]
    if not key:
        wanted = f"*{wanted}*"
    names = search.tags.get(wanted) if key and op == "=" and hasattr(fields[0], "expand") else None
    if names is not None:
        return lambda obj: not names.isdisjoint(values(ctx, obj, fields[0]))
    pattern = _pattern(wanted, sensitive)

    def test(obj: Any) -> bool:
        if isinstance(fields[0], str) and not hasattr(obj, fields[0].partition(".")[0]):
            return False  # no field of this kind: the Engine looks for the whole as a text
        found = [v for name in fields for v in values(ctx, obj, name)]
        if op in ("=", "!="):
            hit = any(pattern.fullmatch(v if isinstance(v, str) else _sortable(v)) for v in found)
            return hit == (op == "=")
        return any(_compare(v, op, wanted) for v in found)

    return test


def _pattern(wanted: str, sensitive: bool) -> re.Pattern[str]:
    """LIKE or ILIKE: only `*` is special."""
    text = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.compile(text, re.DOTALL | (0 if sensitive else re.IGNORECASE))


def _compare(value: Any, op: str, wanted: str) -> bool:
    left, right = _sortable(value), wanted
    if left.lstrip("0").isdigit() and wanted.isdigit():
        left, right = left.zfill(24), right.zfill(24)
    severity = ["normal", "warning", "error", "alert"]
    if left in severity and right.lower() in severity:
        left, right = str(severity.index(left)), str(severity.index(right.lower()))
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[op]


def _sortable(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


def values(ctx: Context, obj: Any, wanted: Field) -> list[Any]:
    """All values of a search field of an object; empty when there is none."""
    if wanted is None:
        return []
    if callable(wanted):
        found = wanted(ctx, obj)
        return list(found) if isinstance(found, (list, tuple, set)) else [] if found is None else [found]
    found = [obj]
    for name in wanted.split("."):
        found = [v for o in found for v in _step(ctx, o, name)]
    return found


def _step(ctx: Context, obj: Any, name: str) -> list[Any]:
    """The values of one attribute: references are looked up, sub-collections listed."""
    value = getattr(obj, name, None)
    if value is None and getattr(obj, "href", None):
        path = routes.split(obj.href)
        segment = name.replace("_", "")
        node = routes.find_pattern(routes.pattern_of(path))
        if node is not None and segment in node.children:
            return ctx.engine.items(ctx, f"{path}/{segment}")
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [ctx.store.at(v.href) or v if isinstance(v, types.Identified) and v.href else v for v in found]
