# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Why Java and Python do not read a pattern alike, in the words of a refusal."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

NOTES = {
    "d": "\\d is 0 to 9 in Java; Python takes other digits too",
    "w": "\\w is a-z, A-Z, 0-9 and _ in Java; Python takes other letters and digits too",
    "s": "\\s is ASCII white space in Java; Python takes other white space too",
    "b": "\\b is the edge of a word, and Java and Python differ in which letters beyond ASCII make one",
    "i": "(?i) is about ASCII letters in Java; Python takes other letters too",
    "$": "$ is also before the last end of a line, and Java knows more of those than Python",
    ".": ". takes no end of a line, and Java knows more of those than Python; values of one line are read alike",
}
_NAMED = "named groups are (?P<name>...) in Python and (?<name>...) in Java; use a group without a name"
_GROUPS = {
    "(?P": _NAMED,
    "(?>": "atomic groups are not known to Python before 3.11",
    "(?#": "comments are not known to Java",
    "(?(": "conditions are not known to Java",
}
_ESCAPES = {
    "B": "\\B fits an empty value in Java, and none in Python",
    "Z": "\\Z is the end in Python, and in Java the end or the last line; leave it out, as the whole value counts",
    "z": "\\z is not known to Python; leave it out, as the whole value counts anyway",
    "Q": "\\Q...\\E is not known to Python; write a \\ before each character",
    "E": "\\Q...\\E is not known to Python; write a \\ before each character",
    "p": "\\p{...} is not known to Python; name the characters in a class",
    "P": "\\P{...} is not known to Python; name the characters in a class",
    "v": "\\v is one character in Python and a class in Java; write \\x0B",
    "0": "octal numbers are written differently in Java and Python; write \\x and two digits",
    "b": "\\b in a class is a character in Python and an error in Java; write \\x08",
}


def of_group(start):
    """Why a group that begins so is refused."""
    if start in ("(?<=", "(?<!"):
        return "Java and Python differ in what they allow in a lookbehind"
    if start[:3] == "(?<":
        return _NAMED
    flags = "of the flags only (?i) and (?s) mean the same in Java and Python, and only at the start of the pattern"
    return _GROUPS.get(start[:3], flags)


def of_escape(letter):
    """Why a backslash with this letter or digit is refused."""
    return _ESCAPES.get(letter, "\\%s is not known to Java, or not to Python, or means different things" % letter)
