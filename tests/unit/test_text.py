# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for people: folded names, columns, and what a terminal must not get."""

from __future__ import annotations

import random
import re

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.text import (
    folded,
    harmless,
    natural,
    one_line,
    padded,
    shortened,
    width,
    without,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["web-10", "web-2", "web-1"], "web-1, web-2, web-10"),
        ([f"web-{n}" for n in range(1, 13)], "web-1 .. web-12"),
        (["web-29", "web-30"], "web-29, web-30"),
        (["web-1", "web-2", "web-3", "web-5", "cache"], "cache, web-1 .. web-3, web-5"),
        (["a-1", "a-2", "a-3", "b-1", "b-2", "b-3"], "a-1 .. a-3, b-1 .. b-3"),
        # A number with a zero before it is another name, and not the next one.
        (["web-08", "web-09", "web-10"], "web-08, web-09, web-10"),
        (["one", "one"], "one"),
        ([], ""),
    ],
)
def test_names_are_folded_in_natural_order(names: list[str], text: str) -> None:
    random.Random(1).shuffle(names)  # noqa: S311, no secret
    assert folded(names) == text


def test_of_very_many_names_as_many_are_told_as_fit() -> None:
    names = [f"host-{n}-a" for n in range(1, 101)]
    text = folded(names, 40)
    assert width(text) <= 40
    told, _and, more = text.partition(" and ")
    assert int(more.removesuffix(" more")) + len(told.split(", ")) == 100


@given(st.lists(st.from_regex(r"[a-z]{1,3}-?[0-9]{0,3}", fullmatch=True), max_size=30), st.integers(0, 60))
def test_no_name_is_lost_in_folding(names: list[str], columns: int) -> None:
    """Each is named, within a range, or counted."""
    text = folded(names, columns)
    told, _and, more = text.partition(" and ")
    count = int(more.removesuffix(" more")) if more else 0
    for piece in filter(None, told.split(", ")):
        first, _to, last = piece.partition(" .. ")
        numbers = [int(re.findall("[0-9]+$", name)[0]) for name in (first, last) if last]
        count += numbers[1] - numbers[0] + 1 if last else 1
    assert count == len(set(names))


def test_natural_order() -> None:
    assert sorted(["web-10", "web-9", "Web-1", "10", "9"], key=natural) == ["9", "10", "Web-1", "web-9", "web-10"]


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c"])
def test_control_characters_are_shown_as_what_they_are_not(bad: str) -> None:
    assert one_line(f"a{bad}b") == "a\ufffdb"
    assert harmless({f"k{bad}": [f"v{bad}", {"x": bad}]}) == {"k\ufffd": ["v\ufffd", {"x": "\ufffd"}]}


def test_line_ends_are_kept_in_data_and_not_in_sentences() -> None:
    assert one_line("a\r\n\tb\u2028c") == "a b c"
    assert harmless("a\n\tb") == "a\n\tb"
    assert harmless({"n": 1, "t": True, "x": None, "l": (1, "a")}) == {"n": 1, "t": True, "x": None, "l": [1, "a"]}


@given(st.text())
def test_a_line_is_one_line_and_obeys_nobody(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", one_line(text))


@given(st.text(), st.integers(5, 40))
def test_what_is_too_long_is_cut_in_its_middle(text: str, columns: int) -> None:
    short = shortened(text, columns)
    assert width(short) <= columns
    assert short == text or "..." in short
    assert width(padded(short, columns)) == columns


def test_wide_characters_take_two_columns() -> None:
    assert (width("容器-1"), width("e\u0301")) == (6, 1)


def test_a_secret_is_told_from_other_words() -> None:
    assert without({"S3cr3t-pass"}, "login=S3cr3t-pass!") == "login=********!"
    assert without({"4"}, "host4 has 14 of 4 VMs") == "host4 has 14 of ******** VMs"
