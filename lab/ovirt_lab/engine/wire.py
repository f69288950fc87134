# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML in and out: the SDK's readers and writers, in the shape that a real Engine gives it.

The SDK's writers put everything in alphabetical order and write links as empty lists. The Engine's schema
(ovirt-engine-api.xsd, BaseResource) wants actions, name, description, comment, links and then the rest. The writers
only need something with four methods to write to, so `Cursor` takes the place of their C writer and sorts on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

import ovirtsdk4
from ovirtsdk4 import types
from ovirtsdk4.reader import Reader
from ovirtsdk4.writer import Writer

from .forms import FORMS
from .refusal import Refusal

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST = ("name", "description", "comment")


def escape(text: str) -> str:
    """Text and attribute values; xml.sax.saxutils would cost 24 ms of start-up time."""
    if not text.isalnum():
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
            if character in text:
                text = text.replace(character, entity)
    return text


Decorate = Callable[[str], "tuple[list[str], list[tuple[str, str]]]"]  # href -> action names, links (rel, href)


class _Frame:
    """An element that is being written."""

    __slots__ = ("tag", "attributes", "first", "rest")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.attributes: dict[str, str] = {}
        self.first: dict[str, str] = {}
        self.rest: list[str] = []


class Cursor:
    """Collects what a writer writes; `text` is the result. `decorate` names the actions and links of an href."""

    def __init__(self, decorate: Decorate, depth: int = 0) -> None:
        self._decorate = decorate
        self._stack: list[_Frame] = []
        self._base = depth
        self.text = ""

    def write_start(self, tag: str) -> None:
        """An element begins."""
        self._stack.append(_Frame(tag))

    def write_attribute(self, name: str, value: str) -> None:
        """An attribute of the element that has just begun."""
        self._stack[-1].attributes[name] = value

    def write_element(self, tag: str, value: str) -> None:
        """A whole element with text."""
        frame = self._stack[-1]
        if tag in FORMS:
            value = FORMS[tag](value)
        line = f"{'    ' * (self._base + len(self._stack))}<{tag}>{escape(value)}</{tag}>\n"
        if tag in _FIRST and frame.attributes:
            frame.first[tag] = line
        else:
            frame.rest.append(line)

    def write_end(self) -> None:
        """The innermost element ends."""
        frame = self._stack.pop()
        text = self._render(frame, "    " * (self._base + len(self._stack)), root=not self._stack)
        if not self._stack:
            self.text = text
            return
        self._stack[-1].rest.append(text)

    def _render(self, frame: _Frame, pad: str, root: bool) -> str:
        href = frame.attributes.get("href", "")
        attributes = "".join(f' {k}="{escape(v)}"' for k, v in frame.attributes.items())
        full = root or (href and (frame.rest or frame.first))
        before, after = self._links(href, pad + "    ") if full else ("", "")
        if not (before or after or frame.rest or frame.first):
            return f"{pad}<{frame.tag}{attributes}/>\n"
        first = "".join(frame.first[tag] for tag in _FIRST if tag in frame.first)
        return f"{pad}<{frame.tag}{attributes}>\n{before}{first}{after}{''.join(frame.rest)}{pad}</{frame.tag}>\n"

    def _links(self, href: str, pad: str) -> tuple[str, str]:
        actions, links = self._decorate(href)
        before = ""
        if actions:
            lines = "".join(f'{pad}    <link href="{href}/{name}" rel="{name}"/>\n' for name in actions)
            before = f"{pad}<actions>\n{lines}{pad}</actions>\n"
        return before, "".join(link(rel, target, pad) for rel, target in links)


def link(rel: str, href: str, pad: str = "    ") -> str:
    """One link element."""
    return f'{pad}<link href="{escape(href)}" rel="{rel}"/>\n'


def render(obj: Any, decorate: Decorate, depth: int = 0) -> bytes:
    """The XML of one object, without declaration."""
    cursor = Cursor(decorate, depth)
    Writer._writers[type(obj)](obj, cursor, None)
    return cursor.text.encode()


def document(body: bytes) -> bytes:
    """A whole answer."""
    return DECLARATION + body


def collection(tag: str, items: Iterable[bytes]) -> bytes:
    """The answer of a list; in one go, because it may be large."""
    return b"".join((DECLARATION, f"<{tag}>\n".encode(), *items, f"</{tag}>\n".encode()))


def fault(reason: str, detail: str) -> bytes:
    """The answer of a refused request; detail before reason, as in the schema."""
    return document(render(types.Fault(reason=reason, detail=detail), lambda href: ([], [])))


class Malformed(Exception):
    """A body that cannot be parsed; api.answer turns it into the Engine's answer with a link to the documentation."""


def read(body: bytes) -> Any:
    """Parse a body into SDK objects.

    expat parses it first, since the SDK's parser prints errors on stderr and gives no line number.
    """
    try:
        expat.ParserCreate().Parse(body, True)
        return Reader.read(body)
    except ValueError as error:
        raise Refusal(400, "Invalid value", str(error)) from error  # IOExceptionMapper, InvalidValueException
    except (expat.ExpatError, ovirtsdk4.Error) as error:
        raise Malformed(str(error)) from error
