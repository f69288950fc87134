# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Understanding a search text: `name=web* and cluster=Default or tag=x sortby name desc page 2`.

The grammar is that of SyntaxChecker.analyzeSyntaxState, which is the same in 4.1.9, 4.3.10 and 4.5.3.7. The Engine
answers a text with an error in it by an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(!=|>=|<=|=|>|<|\(|\))|([^\s=<>!()"]+))')
_RELATIONS = ("=", "!=", ">", "<", ">=", "<=")
_DISALLOWED = ("'", ";")  # DISALLOWED_CHARS

Token = tuple[str, str]  # (operator, word); one of them is empty


@dataclass
class Search:
    """A parsed search: alternatives (`or`) of conditions (`and`), the order and the page."""

    alternatives: list[list[tuple[str, str, str]]]  # (key, operator, value); key "" is a bare word
    sort: str = ""
    descending: bool = False
    page: int = 0
    tags: dict[str, frozenset[str]] = field(default_factory=dict)  # value of a tag condition -> names it stands for
    made: float = 0.0  # Engine time of the translation
    wrong: bool = False  # the text has a syntax error: nothing is found


def parse(text: str) -> Search:
    """Understand a search text; a text that cannot be understood is `wrong`."""
    matches = list(_scan(text))
    tokens = [(m.group(2) or "", m.group(1) if m.group(1) is not None else m.group(3) or "") for m in matches]
    search = Search([[]])
    search.wrong = any(letter in text for letter in _DISALLOWED)
    position = 0
    while position < len(tokens):
        position = _condition(tokens, position, search)
    if matches and text[matches[-1].end() :].strip():
        search.wrong = True  # a quote that is not closed
    search.alternatives = [a for a in search.alternatives if a]
    if sum(key == "" for conditions in search.alternatives for key, _, _ in conditions) > 1:
        search.wrong = True  # FREE_TEXT_ALLOWED_ONCE_PER_OBJ
    return search


def _scan(text: str) -> Iterable[re.Match[str]]:
    position = 0
    while match := _TOKEN.match(text, position):
        yield match
        position = match.end()


def _condition(tokens: list[Token], at: int, search: Search) -> int:
    """Take one condition, connector or clause from the tokens; returns the position behind it."""
    operator, word = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else ("", "")
    lower = word.lower()
    if following[0] in _RELATIONS and not operator:
        return _relation(tokens, at, search)
    if operator in _RELATIONS:
        search.wrong = True
    elif lower in ("and", "or"):
        search.wrong |= at + 1 == len(tokens)
        if lower == "or":
            search.alternatives.append([])
    elif lower in ("sortby", "page"):
        return _order(tokens, at, search)
    elif not operator and not word.endswith(":"):  # "Vms: name=x" names the kind, which the address did already
        search.alternatives[-1].append(("", "=", word))
    return at + 1


def _relation(tokens: list[Token], at: int, search: Search) -> int:
    """Take `key relation value`; without a value it is an error."""
    operator, value = tokens[at + 2] if at + 2 < len(tokens) else ("=", "")
    search.wrong |= bool(operator)
    search.alternatives[-1].append((tokens[at][1].lower(), tokens[at + 1][0], value))
    return at + 3


def _order(tokens: list[Token], at: int, search: Search) -> int:
    """Take `sortby field [asc|desc]` and `page number`, which end a search."""
    words = [word.lower() for _, word in tokens[at:]]
    if words[0] == "sortby":
        search.sort = words[1] if len(words) > 1 else ""
        direction = words[2] if len(words) > 2 else "asc"
        search.descending = direction == "desc"
        search.wrong |= not search.sort or direction not in ("asc", "desc")
        words = words[3:]
    if words:
        number = words[1] if len(words) == 2 and words[0] == "page" else ""
        search.wrong |= not (number.isascii() and number.isdigit())
        search.page = 0 if search.wrong else int(number)
    return len(tokens)
