# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The host as a module sees it: its commands and its files."""

from __future__ import absolute_import, division, print_function

import os
import re

from .commands import SBIN, Outcome, run_all, text

__metaclass__ = type
__all__ = ["Host", "HostError", "Outcome", "one_line", "text", "version_tuple"]

#: Seconds for one command. The slowest are Vdsm's clients, which wait for a busy vdsmd.
TIMEOUT = 30


class HostError(Exception):
    """The host refuses or lacks something. The text is one sentence for the user."""


class Host:
    """Runs commands and reads files. ``host(words)`` runs one command, :meth:`all` several side by side.

    Nothing goes through a shell, no command can ask a question (stdin is closed or what was given), each speaks the
    C locale, and each has a time limit.
    """

    #: Prefix of every file that is read; a test has a directory of its own here.
    root = "/"

    def __call__(self, words, timeout=TIMEOUT, stdin=None):
        return self.all([words], timeout, stdin)[0]

    def all(self, commands, timeout=TIMEOUT, stdin=None):
        """Run commands side by side; their outcomes in the same order.

        A command is a list of words, or a pair of such a list and its standard input.
        """
        pairs = [command if isinstance(command, tuple) else (command, stdin) for command in commands]
        return run_all([(words, self.which(words[0]), given) for words, given in pairs], timeout)

    def must(self, words, timeout=TIMEOUT):
        """Run a command that has to end well. Raises HostError with what it said when it does not."""
        outcome = self(words, timeout)
        if not outcome.ok:
            raise HostError(outcome.said)

    def which(self, name):
        """Path of a command, None when there is none."""
        if "/" in name:
            return name if os.access(name, os.X_OK) else None
        places = os.environ.get("PATH", "").split(os.pathsep)
        for directory in places + (list(SBIN) if self.root == "/" else []):
            path = os.path.join(directory, name)
            if directory and os.path.isfile(path) and os.access(path, os.X_OK):
                return path
        return None

    def is_script_of(self, path, word):
        """Whether a command that :meth:`which` found is a script with this word in its first lines."""
        try:
            with open(path, "rb") as source:
                start = source.read(2000)
        except (IOError, OSError):
            return False
        return start.startswith(b"#!") and word.encode("ascii") in start

    def path(self, path):
        """Where a file of the host is."""
        return path if self.root == "/" else os.path.join(self.root, path.lstrip("/"))

    def bytes(self, path):
        """Content of a file, None when it cannot be read."""
        try:
            with open(self.path(path), "rb") as source:
                return source.read()
        except (IOError, OSError):
            return None

    def read(self, path):
        """Text of a file without white space around it, None when it cannot be read."""
        content = self.bytes(path)
        return None if content is None else text(content).strip()

    def number(self, path):
        """Number that a file holds, None when there is none."""
        content = self.read(path)
        try:
            return int(content, 0) if content else None
        except ValueError:
            return None

    def names(self, path):
        """Sorted names in a directory, empty when there is none."""
        try:
            return sorted(os.listdir(self.path(path)))
        except (IOError, OSError):
            return []

    def exists(self, path):
        """Whether there is such a file, directory or link."""
        return os.path.lexists(self.path(path))

    def target(self, path):
        """Last part of what a link points to, None when it is not a link."""
        try:
            return os.path.basename(os.readlink(self.path(path)))
        except (IOError, OSError):
            return None

    def real(self, path):
        """The path without any link in it."""
        return os.path.realpath(self.path(path))


def one_line(value):
    """Somebody's text for a sentence: control characters are question marks."""
    return re.sub("[\x00-\x1f\x7f]", "?", "%s" % (text(value),))


def version_tuple(version):
    """Numbers at the start of a version: ``1.13.1-209.git`` is (1, 13, 1). Empty for None."""
    numbers = []
    for part in (version or "").split("."):
        digits = ""
        for character in part:
            if not character.isdigit():
                break
            digits += character
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)
