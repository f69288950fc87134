# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Whether Java and Python read a pattern alike. The Engine compiles it with Java, and only when a VM uses it.

What is accepted is the part that both have: literals, classes, groups, alternatives, lookahead, greedy and lazy
quantifiers, references to groups. Anything else is refused, and what both have but take differently beyond ASCII is
noted. No regular expression is compiled here, so that every Python says the same.
"""

from __future__ import absolute_import, division, print_function

from . import reasons
from .characters import DIGITS, Characters
from .grammar import PropertyError

__metaclass__ = type


def check(key, pattern):
    """Return notes about the pattern of a property; refuse one that is not read alike."""
    if not pattern:
        raise PropertyError("properties: the pattern of %s is empty; null takes a property out" % (key,))
    scanner = _Scanner(pattern)
    try:
        scanner.run()
    except PropertyError as problem:
        raise PropertyError(
            'properties: the pattern of %s, "%s", is refused at character %d: %s'
            % (key, pattern, scanner.at + 1, problem.args[0])
        )
    return ["%s: %s" % (key, reasons.NOTES[name]) for name in sorted(scanner.notes)]


class _Scanner(Characters):
    """Reads a pattern from left to right. ``at`` is where it is."""

    def __init__(self, pattern):
        Characters.__init__(self, pattern)
        self.groups = []  # of those open now: number, None for (?:, or "look" for lookahead
        self.count = 0
        self.closed = set()
        self.ended = False  # whether a "$" has ended this alternative
        self.ends = []  # of the groups open now: whether one of their alternatives so far has

    def run(self):
        """Read all of it."""
        for character in self.pattern:
            if character == ";":
                self.at = self.pattern.index(";")
                raise PropertyError('";" separates properties and cannot be escaped; write \\x3B')
            if ord(character) < 32 or ord(character) == 127:
                self.at = self.pattern.index(character)
                raise PropertyError("a control character; write it as an escape, such as \\t or \\n")
        if not _is_whole(self.pattern):
            raise PropertyError("U+FFFD or half of a character; write the character that is meant")
        self._flags()
        while self.at < len(self.pattern):
            self._next()
        if self.groups:
            raise PropertyError('a "(" is not closed')

    def _flags(self):
        for flags in ("(?i)", "(?s)", "(?is)", "(?si)"):
            if self.pattern.startswith(flags):
                self.at = len(flags)
                self.notes.update(["i"] if "i" in flags else [])

    def _next(self):
        character = self._ahead()
        if self.ended and character not in "$|)":
            raise PropertyError('after "$" only the end of a line could come, and Java knows more of those than Python')
        step = _STEPS.get(character)
        if step:
            step(self)
        else:
            self._literal()

    def _literal(self):
        self.at += 1
        self.repeatable = True

    def _dot(self):
        self.notes.add(".")
        self._literal()

    def _start(self):
        self.at += 1
        self.repeatable = False

    def _end(self):
        self.at += 1
        self.repeatable = False
        if "look" in self.groups:
            self.notes.add("$")
        else:
            self.ended = True

    def _alternative(self):
        self.at += 1
        self.repeatable = False
        if self.ends:
            self.ends[-1] = self.ends[-1] or self.ended
        self.ended = False

    def _open(self):
        if self._ahead(2) != "(?":
            self.count += 1
            self.groups.append(self.count)
            self.at += 1
        elif self._ahead(3) in ("(?=", "(?!"):
            self.groups.append("look")
            self.at += 3
        elif self._ahead(3) == "(?:":
            self.groups.append(None)
            self.at += 3
        else:
            raise PropertyError(reasons.of_group(self._ahead(4)))
        self.ends.append(False)
        self.repeatable = False

    def _close(self):
        if not self.groups:
            raise PropertyError('a ")" without its "("')
        group = self.groups.pop()
        self.closed.add(group)
        self.at += 1
        self.ended = self.ends.pop() or self.ended
        self.repeatable = group != "look"

    def _quantifier(self):
        length = 1 if self._ahead() != "{" else self._braces()
        if not self.repeatable:
            raise PropertyError('nothing that "%s" could repeat' % self._ahead())
        self.at += length
        if self._ahead() == "+":
            raise PropertyError("possessive quantifiers are not known to Python before 3.11")
        if self._ahead() == "?":
            self.at += 1
        self.repeatable = False

    def _braces(self):
        """Length of ``{n}``, ``{n,}`` or ``{n,m}``."""
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(end, self.at + 1)].partition(",")
        if not _is_number(low) or (high and not _is_number(high)):
            raise PropertyError(
                '"{" begins a quantifier such as {2}, {2,} or {2,5} in Java; write \\{ for the character'
            )
        if comma and high and int(low) > int(high):
            raise PropertyError("the smaller number comes first in a quantifier")
        return end + 1 - self.at

    def _escape(self):
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter and letter in "Ab":
            self.notes.update(["b"] if letter != "A" else [])
            self.at += 2
            self.repeatable = False
        elif letter and letter in "123456789":
            self._reference(letter)
        else:
            self._escaped_character()
            self.repeatable = True

    def _reference(self, digit):
        if int(digit) not in self.closed:
            raise PropertyError("\\%s refers to a group that is not complete at this place" % digit)
        following = self.pattern[self.at + 2 : self.at + 3]
        if following and following in DIGITS:
            raise PropertyError("Java and Python end \\%s at different digits; put what it refers to into (?:)" % digit)
        self.at += 2
        self.repeatable = True


#: What reads the characters that do not stand for themselves.
_STEPS = {
    "(": _Scanner._open,
    ")": _Scanner._close,
    "[": _Scanner._class,
    "\\": _Scanner._escape,
    ".": _Scanner._dot,
    "^": _Scanner._start,
    "$": _Scanner._end,
    "|": _Scanner._alternative,
    "*": _Scanner._quantifier,
    "+": _Scanner._quantifier,
    "?": _Scanner._quantifier,
    "{": _Scanner._quantifier,
}


def _is_whole(text):
    """Whether a text can be stored: engine-config has U+FFFD for what it could not read."""
    try:
        return b"\xef\xbf\xbd" not in text.encode("utf-8")
    except UnicodeError:
        return False


def _is_number(text):
    # Python 2.7 repeats up to 65,535 times, and no value has more characters than 4,000.
    return 0 < len(text) <= 4 and all(digit in DIGITS for digit in text)
