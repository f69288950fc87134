# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of custom properties mean what they mean to java.util.regex."""

from __future__ import annotations

import contextlib
import re

import pytest
from client import Lab, props
from hypothesis import given
from hypothesis import strategies as st
from test_vms import refused

from ovirt_lab.engine_config import java_patterns

ARABIC_ONE, A_UMLAUT, SEPARATOR = "\u0661", "\u00e4", "\u2028"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [(r"^.*$", "a b", True), (r"^.*$", "a\nb", False), (r"^.*$", "a\rb", False), (r"^.*$", f"a{SEPARATOR}b", False),
     (r"^.+$", "a\n", False), (r"a", "ab", False), (r"^a|b$", "ab", False), (r"[^;]*", "a\nb", True),
     (r"(?s).*", "a\nb", True), (r"[.]", "x", False), (r"[.]", ".", True), (r"\.", "x", False), (r"[\].]", "\n", False),
     (r"\d+", "12", True), (r"\d+", ARABIC_ONE, False), (r"\w+", A_UMLAUT, False), (r"\W", A_UMLAUT, True),
     (r"\s", "\u00a0", False), (r"(?<name>a)\1", "aa", True), (r"(?<=a)b|a(?<!b)", "a", True),
     (r"\p{Alnum}+", "aZ9", True), (r"[\p{Lower}-]+", "a-z", True), (r"\p{Digit}", ARABIC_ONE, False),
     (r"a\z", "a", True)],
)  # fmt: skip
def test_pattern(pattern: str, text: str, expected: bool) -> None:
    assert java_patterns.matches(pattern, text) is expected


@given(st.text(alphabet=r"ab.[]^\d(?<=)*$"))
def test_what_python_cannot_read_is_an_error_of_one_kind(pattern: str) -> None:
    with contextlib.suppress(re.error):
        java_patterns.check(pattern)


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_a_custom_property_of_two_lines(version: str) -> None:
    level = {"4.5": "4.2"}.get(version, "4.1")
    lab = Lab(version, {"properties": {level: "one=^.*$;many=^[\\s\\S]*$;number=^\\d+$"}})
    refused(lab, 400, "have illegal values. The keys are: one", lambda: lab.vm(custom_properties=props(one="a\nb")))
    refused(lab, 400, "The keys are: number", lambda: lab.vm(custom_properties=props(number=ARABIC_ONE)))
    assert lab.vm(custom_properties=props(many="a\nb")).custom_properties[0].value == "a\nb"
