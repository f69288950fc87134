# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML or JSON: what a client sends (Content-Type) and wants to have (Accept)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ovirtsdk4 import types
from ovirtsdk4.writer import Writer

from . import json_wire, messages, wire
from .refusal import Refusal


@dataclass(frozen=True)
class Media:
    """A form of answers: its content type, how objects and lists of objects are written, and how hrefs begin in it."""

    name: str
    content_type: str
    render: Callable[[Any, wire.Decorate, int], bytes]
    document: Callable[[bytes], bytes]
    collection: Callable[[str, str, Iterable[bytes]], bytes]
    href: bytes

    def fault(self, reason: str, detail: str) -> bytes:
        """The answer of a refused request; detail before reason, as in the schema. `detail` may be empty."""
        return self.document(self.render(types.Fault(reason=reason, detail=detail or None), lambda href: ([], []), 0))


XML = Media(
    "xml",
    messages.XML,
    wire.render,
    wire.document,
    lambda tag, _item, items: wire.collection(tag, items),
    b'href="',
)
JSON = Media(
    "json",
    messages.JSON,
    json_wire.render,
    lambda body: body,
    json_wire.collection,
    b'"href": "',
)
_WANTED = {"application/xml": XML, "application/json": JSON, "application/*": XML, "*/*": XML}


def wanted(accept: str) -> Media:
    """The form of the answer, by the header Accept; XML where the client does not say. 406 for any other form."""
    if not accept:
        return XML
    best, quality = None, 0.0
    for part in accept.split(","):
        kind, *parameters = (word.strip() for word in part.lower().split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        value = float(weight) if weight.replace(".", "", 1).isdigit() else 1.0
        if kind in _WANTED and value > quality:
            best, quality = _WANTED[kind], value
    if best is None:
        raise Refusal(406)
    return best


def read(body: bytes, content_type: str, expected: Any) -> Any:
    """Parse a body into SDK objects. `expected` is the type of an object in JSON, which does not say what it is.

    Raises Malformed for what cannot be parsed, and a Refusal with 415 for another content type.
    """
    kind = content_type.lower().partition(";")[0].strip()
    if kind in ("", "application/xml", "application/*", "*/*"):
        return wire.read(body)
    if kind != "application/json":
        raise Refusal(415)
    obj = wire.read(json_wire.to_xml(body, tag_of(expected.__name__)))
    json_wire.check_names(body, obj)
    return obj


@lru_cache(maxsize=512)
def tag_of(name: str) -> str:
    """The name of an object of an SDK type, given by its name: `host_nic` for HostNic."""
    obj = getattr(types, name)()
    cursor = json_wire.Cursor(obj, lambda href: ([], []))
    Writer._writers[type(obj)](obj, cursor, None)
    return cursor.tag
