# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of engine-config, parsed as in EngineConfigCLIParser.java@ovirt-engine-4.1 (unchanged in 4.5).

The first is the action, the second may be a key, options may stand anywhere behind, and unknown ones are ignored.
"""

from __future__ import annotations

from .console import Failure

ACTIONS = {
    "-a": "all",
    "--all": "all",
    "-l": "list",
    "--list": "list",
    "-g": "get",
    "--get": "get",
    "-s": "set",
    "--set": "set",
    "-h": "help",
    "--help": "help",
    "-r": "reload",
    "--reload": "reload",
    "-m": "merge",
    "--merge": "merge",
    "-d": "diff",
    "--diff": "diff",
}
_HINT = "Please tell me what to do: list? get? set? get-all?"


class Arguments:
    """Parsed arguments. (`dataclasses` takes a third of the command's start, so it is not used here.)"""

    def __init__(self, action: str, key: str | None = None) -> None:
        self.action = action
        self.key = key
        self.value: str | None = None
        self.options: dict[str, str] = {}

    @property
    def version(self) -> str | None:
        """The value of --cver."""
        return self.options.get("--cver")

    @property
    def writes(self) -> bool:
        """Whether a key has to come with a value."""
        return self.action in ("set", "merge")


def parse(words: list[str], *, knows_diff: bool) -> Arguments:
    """Arguments for all words after the command's name. Action -d came with 4.2."""
    if not words:
        raise Failure("Error: at least 1 argument needed for configuration utility to run.")
    asked = _action(words[0], knows_diff)
    password_file = any(word.startswith("--admin-pass-file") for word in words)
    skip = False
    for place, word in enumerate(words[1:], 1):
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = _option(asked, words, place)
        elif place == 1:
            _second_word(asked, word, password_file)
    _check(asked)
    return asked


def split(word: str) -> tuple[str, str]:
    """At the first "="; one at the very beginning does not count."""
    place = word.find("=")
    return (word[:place], word[place + 1 :]) if place > 0 else (word, "")


def _action(word: str, knows_diff: bool) -> Arguments:
    if not word.startswith("-"):
        raise Failure("First argument must be an action, and start with '-' or '--'")
    name, key = split(word)
    action = ACTIONS.get(name)
    known = action is not None and (knows_diff or action != "diff")
    if not known or (key and name not in ("--get", "--help")):
        shown = f"{name}={key}" if key else name
        raise Failure(f"Action verb must come first, and '{shown}' is not an action.\n{_HINT}")
    return Arguments(str(action), key or None)


def _option(asked: Arguments, words: list[str], place: int) -> bool:
    """Note an option; whether its value was the next word."""
    name, value = split(words[place])
    if name in ("-o", "--only-reloadable"):
        asked.options[name] = "true"
    elif value:
        asked.options[name] = value
    elif place + 1 < len(words):
        asked.options[name] = words[place + 1]
        return True
    return False


def _second_word(asked: Arguments, word: str, password_file: bool) -> None:
    if asked.writes and "=" not in word and not password_file:
        raise Failure("Argument for set/merge action must be in format of key=value.")
    key, value = split(word)
    if value and not asked.writes:
        raise Failure(f"Illegal second argument: {word}.")
    if asked.writes and (value or asked.key is None):
        asked.key, asked.value = key, value
    elif asked.action in ("get", "help") and asked.key is None:
        asked.key = word


def _check(asked: Arguments) -> None:
    if asked.action == "get" and asked.key is None:
        raise Failure("Missing key for get action.")
    if asked.writes and (asked.key is None or asked.value is None):
        raise Failure("Missing key or value for set action, make sure arguments are in proper order.")
