# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Regular expressions of the Engine, which are java.util.regex.Pattern, as patterns of Python.

Different there: `.` matches no line terminator, of which there are six. `\d`, `\w` and `\s` are ASCII. A named
group is `(?<name>...)`. There are `\p{Alnum}` and the like. Classes of Unicode (`\p{L}`), `&&` in a class and `\Q`
are not known here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NO_TERMINATOR = "[^\\n\\r\\x85\\u2028\\u2029]"
_DOT_IS_ALL = re.compile(r"\(\?[a-zA-Z]*s[a-zA-Z]*\)")  # the flag (?s) at the beginning

# Inside of a class: \p{Name} of POSIX, which is ASCII.
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "XDigit": "0-9a-fA-F",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Space": r" \t\n\x0b\f\r",
    "ASCII": r"\x00-\x7f",
}
_OUTSIDE = re.compile(r"\\p\{(?P<posix>\w+)\}|\\.|\(\?<(?![=!])|\[\^?\]?|.", re.DOTALL)
_INSIDE = re.compile(r"\\p\{(?P<posix>\w+)\}|\\.|.", re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is what the pattern says (String.matches); re.error if it is not a pattern."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_translated(pattern), re.ASCII)


def check(pattern: str) -> None:
    """Raise re.error if this is not a pattern."""
    _compiled(pattern)


def _translated(pattern: str) -> str:
    """The pattern in Python's words."""
    words = {r"\z": r"\Z", "(?<": "(?P<", ".": "." if _DOT_IS_ALL.match(pattern) else _NO_TERMINATOR}
    parts, position, in_class = [], 0, False
    while found := (_INSIDE if in_class else _OUTSIDE).match(pattern, position):
        position, text = found.end(), found[0]
        posix = _POSIX.get(found["posix"] or "")
        if posix is not None:
            parts.append(posix if in_class else f"[{posix}]")
        elif in_class:
            in_class = text != "]"
            parts.append(r"\[" if text == "[" else text)
        else:
            in_class = text.startswith("[")
            parts.append(words.get(text, text))
    return "".join(parts)
