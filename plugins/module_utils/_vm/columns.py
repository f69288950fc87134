# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Lines of the plan screen: how many there may be, and how they stand in columns. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .text import beginning, folded, natural, one_line, padded, shortened, width

#: Most lines of a plan screen, and most columns of a line.
LINES, COLUMNS = 20, 100
NAME_COLUMNS = 34
#: Kinds of change in the order of the screen, each with its sign.
SIGNS = {
    "create": "+",
    "replace": "~",
    "restart": "~",
    "start": "~",
    "change": "~",
    "later": "~",
    "tag": "~",
    "stop": "~",
    "remove": "-",
    "cannot": "!",
}


class Line(NamedTuple):
    """A line before it is laid out: a kind of change, the names it is for, what changes, and a remark."""

    kind: str
    names: list[str]
    detail: str
    remark: str = ""


def shares(wanted: dict[str, int], lines: int) -> dict[str, int]:
    """How many of ``lines`` each kind of change gets: one at least, and the rest in turn until it has what it wants."""
    given = dict.fromkeys(wanted, 1)
    left = lines - len(given)
    while left > 0 and (hungry := [kind for kind in wanted if given[kind] < wanted[kind]]):
        for kind in hungry[:left]:
            given[kind] += 1
        left -= len(hungry[:left])
    return given


def merged(kind: str, groups: dict[str, list[str]], most: int) -> list[Line]:
    """One line for each group; where these are too many, the smallest share the last line."""
    kept = sorted(groups.items(), key=lambda group: -len(group[1]))
    rest_of_them: list[Line] = []
    if len(kept) > most:
        kept, rest = kept[: most - 1], kept[most - 1 :]
        names = [name for _detail, members in rest for name in members]
        more = "reasons, see their errors" if kind == "cannot" else "ones, --diff shows them"
        rest_of_them = [Line(kind, names, f"{len(rest)} different {more}")]
    lines = [Line(kind, members, detail) for detail, members in kept]
    return sorted(lines, key=lambda line: natural(min(line.names, key=natural))) + rest_of_them


def _who(names: list[str]) -> str:
    """The names in their column; their number is added where they do not fit."""
    text = one_line(folded(names, NAME_COLUMNS))
    number = f" ({len(names)} VMs)" if width(text) > NAME_COLUMNS and len(names) > 1 else ""
    return shortened(text, NAME_COLUMNS - len(number)) + number


def _cut(line: Line, columns: int) -> str:
    """The detail in at most ``columns``: a reason is cut at its end, a change in its middle."""
    return (beginning if line.kind == "cannot" else shortened)(line.detail, columns)


def laid_out(lines: Iterable[Line]) -> list[str]:
    """Lines in columns."""
    cells = [(f"{SIGNS[line.kind]} {line.kind}", _who(line.names), line) for line in lines]
    if not cells:
        return []
    kinds, names = max(width(cell[0]) for cell in cells), min(NAME_COLUMNS, max(width(cell[1]) for cell in cells))
    room = COLUMNS - kinds - names - 4
    texts = [_cut(line, room - (width(line.remark) + 2 if line.remark else 0)) for *_head, line in cells]
    details = max((width(text) for text, cell in zip(texts, cells, strict=True) if cell[2].remark), default=0)
    rows = []
    for (kind, who, line), text in zip(cells, texts, strict=True):
        start = f"{padded(kind, kinds)}  {padded(who, names)}  "
        columns = min(details, room - width(line.remark) - 2)
        rows.append((start + (f"{padded(text, columns)}  {line.remark}" if line.remark else text)).rstrip())
    return rows
