# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Reads the escapes and the character classes in a pattern, as far as Java and Python have the same ones."""

from __future__ import absolute_import, division, print_function

from . import reasons
from .grammar import PropertyError

__metaclass__ = type

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
HEX = DIGITS + "abcdefABCDEF"


class Characters:
    """What in a pattern stands for one character. ``at`` is the place up to which it was read."""

    def __init__(self, pattern):
        self.pattern = pattern
        self.at = 0
        self.notes = set()
        self.repeatable = False  # whether a quantifier may follow

    def _ahead(self, length=1):
        return self.pattern[self.at : self.at + length]

    def _escaped_character(self):
        """An escape that stands for a character or a kind of them. Return the character, None for a kind."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        if not letter:
            raise PropertyError('a "\\" at the end')
        if letter in "dDwWsS":
            self.notes.add(letter.lower())
            self.at += 2
            return None
        if letter in "xu":
            return self._code(2 if letter == "x" else 4)
        if letter in "tnrfa":
            self.at += 2
            return {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a"}[letter]
        if letter in LETTERS + DIGITS:
            raise PropertyError(reasons.of_escape(letter))
        self.at += 2
        return letter

    def _code(self, length):
        digits = self.pattern[self.at + 2 : self.at + 2 + length]
        if len(digits) < length or any(digit not in HEX for digit in digits):
            raise PropertyError("\\x takes two hexadecimal digits and \\u four")
        if 0xD800 <= int(digits, 16) < 0xE000:
            raise PropertyError("half of a character; write the character itself")
        self.at += 2 + length
        return _Code(int(digits, 16))

    def _class(self):
        start = self.at
        self.at += 2 if self._ahead(2) == "[^" else 1
        if self._ahead() == "]":
            raise PropertyError('a class begins with "]", which Java and Python read differently; write \\]')
        first = self.at
        while self._ahead() != "]":
            if self.at >= len(self.pattern):
                self.at = start
                raise PropertyError('a "[" is not closed')
            self._member(first)
        self.at += 1
        self.repeatable = True

    def _member(self, first):
        """A character, a kind of characters, or a range."""
        if self._ahead(2) in ("&&", "||", "--", "~~"):
            raise PropertyError(
                '"%s" in a class is an operator, or may become one; write it with a "\\"' % self._ahead(2)
            )
        if self._ahead() == "-" and self.at != first and self.pattern[self.at + 1 : self.at + 2] != "]":
            raise PropertyError('"-" inside a class; write \\-, or put it first or last')
        low = self._one()
        if self._ahead() != "-" or self.pattern[self.at + 1 : self.at + 2] in ("]", ""):
            return
        self.at += 1
        if self._ahead() == "-":
            raise PropertyError('"-" as the end of a range; write \\-')
        high = self._one()
        if low is None or high is None or _number(low) > _number(high):
            raise PropertyError("a range goes from a character to one that is not before it")

    def _one(self):
        character = self._ahead()
        if character == "\\":
            return self._escaped_character()
        if character == "[":
            raise PropertyError('"[" in a class begins another class in Java; write \\[')
        self.at += 1
        return character


class _Code(int):
    """The number of a character that the pattern writes as an escape."""


def _number(character):
    return int(character) if isinstance(character, _Code) else ord(character)
