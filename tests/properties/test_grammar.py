# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our keys among those of others: whatever stands there, theirs come out as they went in."""

from __future__ import annotations

import re
import string

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._properties import grammar
from hypothesis import assume, given
from hypothesis import strategies as st
from ovirt_lab.engine_config.keys import SPECIFICATION

KEYS = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=6)
#: Anything at all but ";": ends of lines, "=", characters of any script.
PATTERNS = st.text(st.characters(exclude_characters=";", exclude_categories=["Cs"]), max_size=12)
Pairs = list[tuple[str, str]]
PAIRS = st.lists(st.tuples(KEYS, PATTERNS), max_size=6)
ASKED = st.dictionaries(KEYS, st.none() | PATTERNS, max_size=4).map(lambda asked: list(asked.items()))


def text_of(pairs: Pairs, end: str) -> str:
    """A value as it is stored."""
    return ";".join(f"{key}={pattern}" for key, pattern in pairs) + (end if pairs else "")


@st.composite
def values(draw: st.DrawFn) -> str:
    """Any value that the Engine takes, doubles and a ";" at the end included."""
    return text_of(draw(PAIRS), draw(st.sampled_from(["", ";"])))


def foreign(value: str, asked: list[tuple[str, str | None]]) -> bytes:
    """The bytes of everything that is not ours."""
    ours = {key for key, _pattern in asked}
    pieces = value.removesuffix(";").split(";") if value else []
    return ";".join(piece for piece in pieces if piece.partition("=")[0] not in ours).encode()


@given(values(), ASKED)
def test_foreign_properties_keep_order_and_bytes(value: str, asked: list[tuple[str, str | None]]) -> None:
    assert foreign(grammar.merge(value, asked), asked) == foreign(value, asked)


@given(values(), ASKED)
def test_what_comes_out_is_what_was_asked_for(value: str, asked: list[tuple[str, str | None]]) -> None:
    merged = grammar.merge(value, asked)
    assert re.fullmatch(SPECIFICATION, merged), "the Engine would refuse it"
    wanted = dict(asked)
    found = grammar.effective(merged)
    assert {key: found.get(key) for key in wanted} == wanted
    keys = [key for key, _pattern in grammar.parse(merged)]
    assert all(keys.count(key) <= 1 for key in wanted)


@given(values(), ASKED)
def test_merging_again_changes_nothing(value: str, asked: list[tuple[str, str | None]]) -> None:
    merged = grammar.merge(value, asked)
    assert grammar.merge(merged, asked) == merged


@given(values(), ASKED, ASKED)
def test_two_admins_with_different_keys_end_at_the_same(
    value: str, ours: list[tuple[str, str | None]], theirs: list[tuple[str, str | None]]
) -> None:
    assume(not set(dict(ours)) & set(dict(theirs)))
    one = grammar.merge(grammar.merge(value, ours), theirs)
    other = grammar.merge(grammar.merge(value, theirs), ours)
    assert grammar.effective(one) == grammar.effective(other)


@given(st.data(), PAIRS, ASKED, st.sampled_from(["", ";"]))
def test_the_order_of_foreign_properties_does_not_matter(
    data: st.DataObject, pairs: Pairs, asked: list[tuple[str, str | None]], end: str
) -> None:
    """Merge, then put the foreign ones into another order: the same as the other way round."""
    ours = {key for key, _pattern in asked}
    slots = [place for place, (key, _pattern) in enumerate(pairs) if key not in ours]
    order = data.draw(st.permutations(slots))
    moved = list(pairs)
    for place, source in zip(slots, order, strict=True):
        moved[place] = pairs[source]
    merged = grammar.parse(grammar.merge(text_of(pairs, end), asked))
    theirs = iter([pairs[source] for source in order])
    expected = [next(theirs) if key not in ours else (key, pattern) for key, pattern in merged]
    assert grammar.parse(grammar.merge(text_of(moved, end), asked)) == expected


@given(values())
def test_nothing_asked_for_changes_nothing(value: str) -> None:
    assert grammar.merge(value, []) == value


@given(st.text(string.ascii_letters + "=;_- é", max_size=12))
def test_a_value_is_malformed_where_the_engine_says_so(value: str) -> None:
    if re.fullmatch(SPECIFICATION, value):
        assert grammar.merge(value, []) == value
    else:
        with pytest.raises(grammar.PropertyError):
            grammar.parse(value)


@pytest.mark.parametrize(
    ("value", "asked", "merged"),
    [
        ("", [("a", "1")], "a=1"),
        ("a=1;", [("a", "2")], "a=2;"),
        ("x=1", [("a", "1"), ("b", "2")], "x=1;a=1;b=2"),
        ("x=1;", [("a", "1")], "x=1;a=1;"),
        ("a=1;x=2;a=3", [("a", "3")], "a=3;x=2"),
        ("a=1;x=2;a=3", [("a", None)], "x=2"),
        ("a=1;", [("a", None)], ""),
        ("x=1;x=2;a=", [("a", "=")], "x=1;x=2;a=="),
        ("x=", [("b", None)], "x="),
    ],
)
def test_places(value: str, asked: list[tuple[str, str | None]], merged: str) -> None:
    assert grammar.merge(value, asked) == merged


@pytest.mark.parametrize("value", [";", "a", "a;b=1", "a=1;;", " a=1", "a-b=1", "=1", "é=1", "a=1;\n"])
def test_malformed(value: str) -> None:
    with pytest.raises(grammar.PropertyError, match=r"level 4\.1: the stored value is malformed"):
        grammar.planned("4.1", value, [("k", "v")])


@pytest.mark.parametrize(
    ("level", "key", "there"),
    [
        ("3.6", "mdev_type", False),
        ("4.1", "mdev_type", True),
        ("4.3", "mdev_type", True),
        ("4.4", "mdev_type", False),
        ("4.1", "hugepages", False),
        ("4.2", "hugepages", True),
        ("4.3", "nvram_template", False),
        ("4.4", "scsi_hostdev", True),
        ("4.5", "extra_cpu_flags", False),
        ("4.6", "extra_cpu_flags", True),
        ("4.8", "extra_cpu_flags", True),
        ("3.6", "sap_agent", True),
        ("4.10", "vhost", True),
        ("4.1", "containerType", False),
    ],
)
def test_predefined(level: str, key: str, there: bool) -> None:
    if there:
        with pytest.raises(grammar.PropertyError, match=f"itself defines {key} at level {level}"):
            grammar.planned(level, "", [(key, "1")])
    else:
        assert grammar.planned(level, "", [(key, "1")]) == f"{key}=1"
    assert grammar.planned(level, f"{key}=old", [(key, None)]) == ""


def test_less_than_4000_characters() -> None:
    assert len(grammar.planned("4.1", "", [("key", "x" * 3995)])) == 3999
    with pytest.raises(grammar.PropertyError, match="would have 4000 characters"):
        grammar.planned("4.1", "", [("key", "x" * 3996)])
    with pytest.raises(grammar.PropertyError, match="would have 4001 characters"):
        grammar.planned("4.1", "foreign=" + "x" * 3980, [("key", "x" * 8)])
    full = "foreign=" + "x" * 3992
    assert grammar.planned("4.1", full, [("key", None)]) == full


@pytest.mark.parametrize("key", ["", "a-b", "a.b", "a b", "é", "a\n", "a=b", "a;b"])
def test_a_name_that_no_property_can_have(key: str) -> None:
    with pytest.raises(grammar.PropertyError, match="cannot be the name"):
        grammar.check_key(key)
