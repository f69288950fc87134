# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of the plan screen: how room is shared out, and what stands in which column."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.columns import (
    COLUMNS,
    NAME_COLUMNS,
    Line,
    laid_out,
    merged,
    shares,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("wanted", "lines", "given"),
    [
        ({}, 5, {}),
        ({"create": 1}, 5, {"create": 1}),
        ({"create": 9, "remove": 1}, 5, {"create": 4, "remove": 1}),
        ({"create": 9, "remove": 9, "stop": 9}, 7, {"create": 3, "remove": 2, "stop": 2}),
        ({"create": 9, "remove": 9}, 1, {"create": 1, "remove": 1}),
    ],
)
def test_shares(wanted: dict[str, int], lines: int, given: dict[str, int]) -> None:
    assert shares(wanted, lines) == given


@given(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 40)), st.integers(10, 30))
def test_nobody_gets_more_than_wanted_and_no_line_is_left_unused(wanted: dict[str, int], lines: int) -> None:
    got = shares(wanted, lines)
    assert all(1 <= got[kind] <= wanted[kind] for kind in wanted)
    assert sum(got.values()) == min(lines, sum(wanted.values()))


def test_small_groups_share_the_last_line() -> None:
    groups = {"image a": ["x10", "x9"], "image b": ["c"], "image c": ["a"]}
    assert merged("change", groups, 2) == [
        Line("change", ["x10", "x9"], "image a"),
        Line("change", ["c", "a"], "2 different ones, --diff shows them"),
    ]
    assert [line.names for line in merged("change", groups, 3)] == [["a"], ["c"], ["x10", "x9"]]


def test_columns() -> None:
    lines = [
        Line("create", ["web-1", "web-2"], "front:2.5 on host1"),
        Line("replace", ["db"], "image a -> b", "in 1 batch of 1"),
        Line("remove", ["old"], "(not listed any more)", "1 of them running"),
    ]
    assert laid_out(lines) == [
        "+ create   web-1, web-2  front:2.5 on host1",
        "~ replace  db            image a -> b           in 1 batch of 1",
        "- remove   old           (not listed any more)  1 of them running",
    ]
    assert laid_out([]) == []


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200), st.text(max_size=20)), max_size=5))
def test_no_line_is_too_long(about: list[tuple[str, str, str]]) -> None:
    lines = [Line("cannot", [name or "x"], detail) for name, detail, _remark in about]
    for row in laid_out(lines):
        assert len(row) <= COLUMNS + NAME_COLUMNS  # wide characters count twice on a screen, never more than that
