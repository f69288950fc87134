# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Text for people: without control characters, in columns, and names folded to ranges. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any

# C0 and C1 controls and DEL (a terminal obeys ESC and U+009B), line and paragraph separators, and the marks that turn
# the direction of writing (Unicode UAX 9): with these a name could look like another one.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_IN_DATA = re.compile(f"(?![\t\n])[{_CONTROLS}]")
#: What stands in place of a control character.
REPLACEMENT = "\ufffd"
#: A shorter secret is recognized only as a word of its own.
_RECOGNIZED = 8
_NUMBERED = re.compile(r"(.*?)(0|[1-9][0-9]*)", re.DOTALL)


def one_line(text: str) -> str:
    """``text`` on one line: blanks for line ends and tabs, U+FFFD for other control characters."""
    return _CONTROL.sub(REPLACEMENT, re.sub(r"[\r\n\t\u2028\u2029]+", " ", text))


def harmless(value: Any) -> Any:
    """``value`` with all its strings, keys too, freed of control characters but for line ends and tabs."""
    if isinstance(value, str):
        return _CONTROL_IN_DATA.sub(REPLACEMENT, value.replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {harmless(key): harmless(item) for key, item in value.items()}
    return [harmless(item) for item in value] if isinstance(value, (list, tuple)) else value


def without(secrets: Iterable[str], text: str) -> str:
    """``text`` without these secrets, as far as they stand apart from other words in it."""
    for secret in sorted(secrets, key=len, reverse=True):
        escaped = re.escape(secret)
        text = re.sub(escaped if len(secret) >= _RECOGNIZED else rf"(?<!\w){escaped}(?!\w)", "********", text)
    return text


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, columns: int) -> str:
    """``text`` with blanks at its end, so that it takes ``columns``."""
    return text + " " * (columns - width(text))


def shortened(text: str, columns: int) -> str:
    """``text`` in at most ``columns``; what is too much is cut out of its middle."""
    if width(text) <= columns:
        return text
    head, tail = "", ""
    for front, back in zip(text, reversed(text), strict=True):
        if width(head + front + tail) + 3 > columns:
            break
        head += front
        if width(head + back + tail) + 3 > columns:
            break
        tail = back + tail
    return f"{head}...{tail}"


def beginning(text: str, columns: int) -> str:
    """``text`` in at most ``columns``; what is too much is cut off its end."""
    if width(text) <= columns:
        return text
    while text and width(text) + 3 > columns:
        text = text[:-1]
    return f"{text.rstrip()}..."


def natural(name: str) -> list[tuple[int, str]]:
    """A key to sort names with: web-2 comes before web-10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", name)]


def folded(names: Iterable[str], columns: int = 0) -> str:
    """Names in natural order, numbered ones as ranges: ``cache, web-1 .. web-8``.

    With ``columns`` as many as fit, and how many more there are; at least one is named.
    """
    pieces = _ranges(sorted(set(names), key=natural))
    shown, rest = [text for text, _names in pieces], 0
    while columns and len(shown) > 1 and width(_listed(shown, rest)) > columns:
        rest += pieces[len(shown) - 1][1]
        shown.pop()
    return _listed(shown, rest)


def _listed(shown: list[str], rest: int) -> str:
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _ranges(names: list[str]) -> list[tuple[str, int]]:
    """Ranges and single names, each with how many names it stands for. Two in a row do not make a range."""
    pieces = []
    for _stem, run in groupby(enumerate(names), key=lambda item: _run(*item)):
        members = [name for _place, name in run]
        if len(members) > 2:
            pieces.append((f"{members[0]} .. {members[-1]}", len(members)))
        else:
            pieces += [(name, 1) for name in members]
    return pieces


def _run(place: int, name: str) -> tuple[str, int]:
    """A key that is equal for names in a row: the stem, and the number minus the place."""
    match = _NUMBERED.fullmatch(name)
    return (match[1], int(match[2]) - place) if match else (name, -1)


def listing(names: Iterable[str]) -> str:
    """Names for a sentence; "none" where there are none."""
    return ", ".join(names) or "none"


def dotted(version: tuple[int, ...]) -> str:
    """A version or level in the usual form: (4, 1) is "4.1"."""
    return ".".join(map(str, version))
