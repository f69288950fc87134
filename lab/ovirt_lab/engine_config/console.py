# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments, input and output of a Java program (ToolConsole.java): all in the locale's encoding.

If that is ASCII, as in the C locale, any other character becomes U+FFFD in the input and "?" in the output, without an
error. A value that is read there and written back is damaged.
"""

from __future__ import annotations

import codecs
import locale
import os
import sys


class Failure(Exception):
    """Ends the command with exit code 1 and this message, which is printed on stdout like everything else."""


def encoding() -> str:
    """The locale's encoding according to the C library; Python itself would always say UTF-8."""
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        return "ascii"
    try:
        return codecs.lookup(locale.nl_langinfo(locale.CODESET)).name
    except LookupError:
        return "ascii"


class Console:
    """Reads and writes bytes."""

    def __init__(self, charset: str | None = None) -> None:
        self.charset = charset or encoding()

    def words(self, given: list[str]) -> list[str]:
        """Words of the command line, as the program sees them."""
        return [os.fsencode(word).decode(self.charset, "replace") for word in given]

    def write(self, text: str) -> None:
        """Print, at once."""
        sys.stdout.buffer.write(text.encode(self.charset, "replace"))
        sys.stdout.buffer.flush()

    def line(self, text: object = "") -> None:
        """Print a line."""
        self.write(f"{text}\n")

    def read_line(self) -> str:
        """A line of the input. A closed input is an empty line too."""
        line = bytearray()
        while True:
            try:
                character = os.read(0, 1)
            except OSError:
                break
            if character in (b"", b"\n"):
                break
            line += character
        return line.decode("latin-1")
