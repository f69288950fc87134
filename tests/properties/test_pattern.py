# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is accepted as a pattern is read alike by Python and by Java."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._properties.grammar import PropertyError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._properties.pattern import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

REFUSED = [
    ("", "empty"),
    ("a;b", "cannot be escaped"),
    ("a\nb", "control character"),
    ("\ufffd", "U\\+FFFD"),
    ("\ud800", "half of a character"),
    ("a\\", "at the end"),
    ("a**", "nothing that"),
    ("*a", "nothing that"),
    ("^*", "nothing that"),
    ("(?=a)+", "nothing that"),
    ("a|+", "nothing that"),
    ("a++", "possessive"),
    ("a{2}+", "possessive"),
    ("a{,2}", "begins a quantifier"),
    ("{", "begins a quantifier"),
    ("a{x}", "begins a quantifier"),
    ("a{70000}", "begins a quantifier"),
    ("a{3,2}", "smaller number"),
    ("(a", "not closed"),
    ("a)", "without its"),
    ("[a", "not closed"),
    ("[]a]", "begins with"),
    ("[^](,?[0-9A-Za-z-]+)+", "begins with"),  # Engine 4.3 had this one itself
    ("[a[b]]", "another class"),
    ("[[:alpha:]]", "another class"),
    ("[a&&b]", "operator"),
    ("[a--b]", "end of a range"),
    ("[--a]", "operator"),
    ("[a||b]", "operator"),
    ("[z-a]", "a range goes"),
    ("[\\d-z]", "a range goes|inside a class"),
    ("[a-\\d]", "a range goes"),
    ("[a-c-e]", "inside a class"),
    ("[\\b]", "not known|in a class"),
    ("(?P<n>a)", "named groups"),
    ("(?<n>a)", "named groups"),
    ("(?P=n)", "named groups"),
    ("(?<=a)b", "lookbehind"),
    ("(?<!a)b", "lookbehind"),
    ("(?>a)", "atomic"),
    ("(?#a)", "comments"),
    ("(a)(?(1)b)", "conditions"),
    ("a(?i)b", "flags"),
    ("(?i:a)", "flags"),
    ("(?x)a", "flags"),
    ("(?m)a", "flags"),
    ("(?u)a", "flags"),
    ("(?-i)a", "flags"),
    ("a\\Z", "leave it out"),
    ("a\\z", "leave it out"),
    ("\\Ba", "empty value"),
    ("\\Qa\\E", "before each character"),
    ("\\p{L}", "name the characters"),
    ("\\P{L}", "name the characters"),
    ("\\v", "write"),
    ("\\h", "not known to Java"),
    ("\\R", "not known to Java"),
    ("\\cA", "not known to Java"),
    ("\\e", "not known to Java"),
    ("\\G", "not known to Java"),
    ("\\k<n>", "not known to Java"),
    ("\\N", "not known to Java"),
    ("\\012", "octal"),
    ("\\1", "not complete"),
    ("(a\\1)", "not complete"),
    ("(a)\\10", "end"),
    ("\\x4", "hexadecimal"),
    ("\\x{41}", "hexadecimal"),
    ("\\u004", "hexadecimal"),
    ("\\uD800", "half of a character"),
    ("a$\\r", "only the end of a line"),
    ("(a$|b)c", "only the end of a line"),
]
ACCEPTED = [
    "docker",
    "^(true|false)$",
    "^[0-9]+$",
    "^(([a-zA-Z0-9_]*):(true|false))(,(([a-zA-Z0-9_]*):(true|false)))*$",
    "(?:[a-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-][a-z0-9]+)*(?:@sha256:[0-9a-f]{64})?",
    "^(none|writeback|writethrough)$",
    "(a$|b$)",
    "(?!-)[^-]*?",
    "(a)\\1",
    "[-a]",
    "[^-a]",
    "[a-]",
    "[\\]\\[\\-\\^]",
    "[a-z&|~]",
    "[^^]",
    "]}",
    "\\x3B\\u00e9",
    "\\-\\_\\{\\}",
    "a{0,9999}b{2}?c{2,}",
    "é",
    "()|",
    "\\Aa",
]


@pytest.mark.parametrize(("pattern", "why"), REFUSED)
def test_refused(pattern: str, why: str) -> None:
    with pytest.raises(PropertyError, match=why) as caught:
        check("key", pattern)
    assert str(caught.value).startswith("properties: the pattern of key")
    assert "\n" not in str(caught.value).replace(pattern, "")


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_accepted_without_a_note(pattern: str) -> None:
    assert check("key", pattern) == []


@pytest.mark.parametrize(
    ("pattern", "begin"),
    [
        ("\\d", "key: \\d "),
        ("[\\D]", "key: \\d "),
        ("\\W", "key: \\w "),
        ("\\S", "key: \\s "),
        ("\\ba", "key: \\b "),
        ("(?i)a", "key: (?i) "),
        ("(?is)a", "key: (?i) "),
        (".*", "key: . "),
        ("(?!a$)b", "key: $ "),
    ],
)
def test_noted(pattern: str, begin: str) -> None:
    (note,) = check("key", pattern)
    assert note.startswith(begin)


TOKENS = [
    *"ab-1.^$|*+?(){}[]\\,:=&~ _/#<>!é",
    *["(?:", "(?=", "(?!", "(?i)", "(?s)", "(?P<n>", "(?<n>", "[^", "a-z", "{2}", "{1,}", "{0,2}", "{,2}", "&&", "--"],
    *["\\d", "\\w", "\\s", "\\b", "\\B", "\\D", "\\x41", "\\u0041", "\\t", "\\r", "\\1", "\\2", "\\A", "\\Z", "\\p{L}"],
    *["(a)", "(b|1)", "(a$|b)", "$)", "[ab]", "[a-c1]", "[^-a]", "[a-]", "[\\d_]", "\\-", "\\]", "\\[", "\\.", "\\\\"],
]
ALIKE = ["", "a", "b", "ab", "aa", "A", "1", "a1", "-", "a-1", "[", "]", "\\", "^", "a b", "_", "abab", "{", "|", "\t"]
#: Where these are read differently there has to be a note.
ODD = ["é", "٣", "\u00a0", "\n", "\r", "a\n", "a\r", "\u2028", "K", "ſ", "İ", "𝒳", "aé", "\x0b", "\x85"]
PATTERNS = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map("".join)


def answer(pattern: str) -> str:
    """Which values Python says fit; that it compiles without a warning is part of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled = re.compile(pattern)
    return "".join("01"[bool(compiled.fullmatch(value))] for value in ALIKE + ODD)


@given(PATTERNS)
@settings(max_examples=1000, suppress_health_check=[HealthCheck.filter_too_much])
def test_python_compiles_what_is_accepted(pattern: str) -> None:
    try:
        check("key", pattern)
    except PropertyError:
        return
    answer(pattern)


JAVA = """
import java.io.*; import java.util.*; import java.util.regex.*;
import static java.nio.charset.StandardCharsets.*;
public class Matches {
  static String text(String word) { return new String(Base64.getDecoder().decode(word.substring(1)), UTF_8); }
  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      StringBuilder out = new StringBuilder();
      try {
        for (int i = 1; i < words.length; i++) out.append(text(words[i]).matches(text(words[0])) ? '1' : '0');
      } catch (PatternSyntaxException e) { out = new StringBuilder("refused"); }
      System.out.println(out);
    }
  }
}
"""


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[str]]:
    """What the real thing answers, for many patterns."""
    if not (shutil.which("java") and shutil.which("javac")):
        pytest.skip("no JDK on this machine")
    place: Path = tmp_path_factory.mktemp("java")
    (place / "Matches.java").write_text(JAVA)
    subprocess.run(["javac", "Matches.java"], cwd=place, check=True, timeout=60)

    def ask(patterns: list[str]) -> list[str]:
        lines = [" ".join("x" + base64.b64encode(t.encode()).decode() for t in [p, *ALIKE, *ODD]) for p in patterns]
        words = ["java", "-cp", str(place), "Matches"]
        ran = subprocess.run(words, input="\n".join(lines), capture_output=True, text=True, check=True, timeout=60)
        return ran.stdout.splitlines()

    return ask


def test_java_says_the_same(java: Callable[[list[str]], list[str]]) -> None:
    found: dict[str, list[str]] = {}

    @given(PATTERNS)
    @settings(max_examples=3000, database=None, suppress_health_check=list(HealthCheck))
    def collect(pattern: str) -> None:
        try:
            found[pattern] = check("key", pattern)
        except PropertyError:
            return

    collect()
    found.update((pattern, check("key", pattern)) for pattern in ACCEPTED)
    assert len(found) > 200
    for (pattern, notes), theirs in zip(found.items(), java(list(found)), strict=True):
        ours = answer(pattern)
        assert ours[: len(ALIKE)] == theirs[: len(ALIKE)], pattern
        assert ours == theirs or notes, pattern
