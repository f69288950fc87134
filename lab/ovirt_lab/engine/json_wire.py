# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON in and out, in the shape that a real Engine gives it (facts engine-wire.md 11.3).

The Engine makes JSON of the classes that it makes XML of (JSONProvider@4.3.10 and 4.5.3.7). Every scalar is a text, but
for dates, which are milliseconds since 1970, and what the schema calls a decimal. A list is an object with one array by
the name of its items: `"custom_properties": {"custom_property": [...]}`; an empty list is an empty object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ovirtsdk4 import Struct
from ovirtsdk4.writer import Writer

from .forms import DATES, FORMS
from .wire import Decorate, Malformed, escape

# xs:decimal and xs:double in ovirt-engine-api.xsd, by the element around them.
_NUMBERS = frozenset(
    (
        ("affinity_group", "priority"),
        ("cpu", "speed"),
        ("quota_cluster_limit", "memory_limit"),
        ("quota_cluster_limit", "memory_usage"),
        ("quota_storage_limit", "usage"),
        ("value", "datum"),
    )
)


def _scalar(around: str, tag: str, text: str) -> Any:
    if (around, tag) in _NUMBERS:
        number = float(FORMS[tag](text) if tag in FORMS else text)
        return int(number) if number.is_integer() else number
    if tag in DATES:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    return text


@dataclass
class _Frame:
    """An element that is being written. `source` is the object or list of the SDK that it shows, where it is known."""

    tag: str
    source: Any
    content: dict[str, Any] = field(default_factory=dict)
    items: Iterator[Any] = field(default_factory=lambda: iter(()))


class Cursor:
    """Collects what a writer of the SDK writes; `value` is the result, a dict. See wire.Cursor.

    A writer does not say which elements are lists. The object that it writes does.
    """

    def __init__(self, obj: Any, decorate: Decorate) -> None:
        self._decorate = decorate
        self._obj = obj
        self._stack: list[_Frame] = []
        self.tag = ""
        self.value: dict[str, Any] = {}

    def write_start(self, tag: str) -> None:
        """An element begins."""
        source = self._source(tag)
        items = iter(source) if isinstance(source, list) else iter(())
        self._stack.append(_Frame(tag, source, items=items))

    def _source(self, tag: str) -> Any:
        if not self._stack:
            return self._obj
        around = self._stack[-1]
        if isinstance(around.source, list):
            return next(around.items, None)
        return getattr(around.source, tag, None)

    def write_attribute(self, name: str, value: str) -> None:
        """An attribute of the element that has just begun."""
        self._stack[-1].content[name] = value

    def write_element(self, tag: str, value: str) -> None:
        """A whole element with text."""
        self._put(tag, _scalar(self._stack[-1].tag, tag, value))

    def write_end(self) -> None:
        """The innermost element ends."""
        frame = self._stack.pop()
        if not self._stack or frame.content.keys() - {"href", "id"}:
            self._add_links(frame.content)
        if self._stack:
            self._put(frame.tag, frame.content)
        else:
            self.tag, self.value = frame.tag, frame.content

    def _put(self, tag: str, value: Any) -> None:
        around = self._stack[-1]
        if isinstance(around.source, list):
            around.content.setdefault(tag, []).append(value)
        else:
            around.content[tag] = value

    def _add_links(self, content: dict[str, Any]) -> None:
        href = content.get("href", "")
        if href or not self._stack:
            actions, links = self._decorate(href)
            if actions:
                content["actions"] = {"link": [{"href": f"{href}/{name}", "rel": name} for name in actions]}
            if links:
                content["link"] = [{"href": target, "rel": rel} for rel, target in links]


def render(obj: Any, decorate: Decorate, _depth: int = 0) -> bytes:
    """The JSON of one object."""
    cursor = Cursor(obj, decorate)
    Writer._writers[type(obj)](obj, cursor, None)
    return json.dumps(cursor.value, ensure_ascii=False).encode()


def collection(_tag: str, item: str, items: Iterable[bytes]) -> bytes:
    """The answer of a list of such items."""
    found = list(items)
    return b'{"%s": [%s]}' % (item.encode(), b", ".join(found)) if found else b"{}"


def to_xml(body: bytes, tag: str) -> bytes:
    """The XML of an object in JSON, whose name JSON does not say. Raises Malformed."""
    try:
        value = json.loads(body)
        if not isinstance(value, dict):
            raise Malformed(f"An object was expected, not {value!r}.")
        return _element(tag, value).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _element(tag: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(tag, item) for item in value)
    if not re.fullmatch(r"[a-z_]\w*", tag, re.ASCII):
        raise Malformed(f"There is no property {tag!r}.")
    if not isinstance(value, dict):
        return f"<{tag}>{escape(_text(tag, value))}</{tag}>"
    attributes = "".join(f' {name}="{escape(str(value[name]))}"' for name in ("href", "id") if name in value)
    below = "".join(_element(name, each) for name, each in value.items() if name not in _NOT_BELOW)
    return f"<{tag}{attributes}>{below}</{tag}>"


_NOT_BELOW = frozenset(("href", "id", "link", "actions"))


def _text(tag: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and tag in DATES:
        return datetime.fromtimestamp(value / 1000, timezone.utc).isoformat()
    return str(value)


def check_names(body: bytes, obj: Any) -> None:
    """Raise Malformed for a property that the object does not have: Jackson refuses it, the XML reader skips it."""
    _check(json.loads(body), obj)


def _check(value: dict[str, Any], obj: Any) -> None:
    for name in value.keys() - _NOT_BELOW:
        attribute = name if hasattr(obj, name) else f"{name}_"  # import_, for Python's sake
        if not hasattr(obj, attribute):
            raise Malformed(f"Unrecognized field {name!r}")
        below, found = value[name], getattr(obj, attribute)
        if isinstance(below, dict) and isinstance(found, Struct):
            _check(below, found)
        elif isinstance(below, dict) and isinstance(found, list):
            _check_items(name, below, found)


def _check_items(name: str, value: dict[str, Any], found: list[Any]) -> None:
    for item, given in value.items():
        if item in _NOT_BELOW:
            continue
        if given and not found:
            raise Malformed(f"Unrecognized field {item!r}")
        for below, obj in zip(given if isinstance(given, list) else [given], found, strict=False):
            if isinstance(below, dict) and isinstance(obj, Struct):
                _check(below, obj)
