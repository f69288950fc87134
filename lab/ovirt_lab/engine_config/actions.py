# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions and their output (EngineConfigLogic.java of the branches 4.1 and 4.3, and of 4.5.3, where it is new).

The 4.5 of this lab is 4.5.3, where a key that is not in engine-config.properties, or one that is not mergable, ends in
a NullPointerException: it prints "null".
"""

from __future__ import annotations

from typing import Any

from . import store
from .arguments import Arguments
from .console import Console, Failure
from .keys import GENERAL, KEYS, SPECIFICATION, USER_DEFINED, Key, defaults

NO_DATABASE = (
    "Connection to the Database failed. Please check that the hostname and port number are correct and that the "
    "Database service is up and running."
)
_NULL_POINTER = Failure("null")


class Tool:
    """One run of engine-config."""

    def __init__(self, console: Console, path: store.PathLike) -> None:
        self.console = console
        self.path = path
        self.engine = str(self._table()["version"])
        self.rewritten = self.engine == "4.5"

    def run(self, asked: Arguments) -> None:
        """Run the action."""
        if asked.action == "reload":
            raise _NULL_POINTER  # UnsupportedOperationException without a message
        getattr(self, f"_{asked.action}")(asked)

    def _table(self) -> dict[str, Any]:
        try:
            return store.load(self.path)
        except (OSError, ValueError):
            raise Failure(NO_DATABASE) from None

    def _rows(self, name: str) -> dict[str, str]:
        """The stored values of a key by version, in the table's own order."""
        rows: dict[str, str] = self._table()["options"].get(name, {})
        return rows

    def _key(self, name: str | None) -> Key | None:
        key = KEYS.get(name or "")
        if key is None and self.rewritten:
            raise _NULL_POINTER
        return key

    def _list(self, asked: Arguments) -> None:
        if {"-o", "--only-reloadable"} & set(asked.options):
            return  # none of these keys is reloadable
        for key in KEYS.values():
            self.console.line(f"{key.name}: {key.description} (Value Type: {key.kind})")

    def _all(self, _asked: Arguments) -> None:
        for name in KEYS:
            if self._rows(name):
                self._print(name)

    def _print(self, name: str) -> None:
        rows = self._rows(name)
        if not rows:
            raise Failure(f"Error fetching {name} value: no such entry with default version.")
        for version, value in rows.items():
            self.console.line(f"{name}: {value} version: {version}")

    def _get(self, asked: Arguments) -> None:
        name, version = str(asked.key), asked.version
        key = self._key(name)
        if version is None or not version.strip():
            if key is None:
                raise Failure(
                    f"Error fetching {name} value: no such entry. Please verify key name and property file support."
                )
            self._print(name)
            return
        value = self._rows(name).get(version) if key else None
        if value is None:
            raise Failure(f"Error fetching {name} value: no such entry with version '{version}'.")
        self.console.line(value)

    def _set(self, asked: Arguments) -> None:
        name = str(asked.key)
        version = asked.version if asked.version is not None else self._ask_version(name)
        if not self._persist(name, str(asked.value), version):
            with_version = "" if version is None else f" with version {version}"
            raise Failure(f"Error setting {name}'s value. No such entry{with_version}.")

    def _merge(self, asked: Arguments) -> None:
        name, value = str(asked.key), str(asked.value)
        key = self._key(name)
        if key is None or not key.mergable:
            if self.rewritten:
                raise _NULL_POINTER
            self.console.line(f"{name} does not support merge of values.")
            return
        version = asked.version if asked.version is not None else self._ask_version(name)
        current = self._rows(name).get(version or GENERAL, "").strip()
        if current:
            value = merged(value, current, key.delimiter)
            if value == current:
                self.console.line("Merge operation cancelled as value is unchanged.")
                return
        if not self._persist(name, value, version):
            # The real program formats this message the wrong way, so its places stay empty.
            raise Failure("setValue: error merging %s value. No such entry%s.")

    def _help(self, asked: Arguments) -> None:
        key = KEYS.get(asked.key or "")
        if key is None or self.rewritten:
            self.console.write(
                f"Cannot display help for key {asked.key}. "
                "The key does not exist at the configuration file of engine-config."
            )
            return
        self.console.line(note(key))

    def _diff(self, _asked: Arguments) -> None:
        was = defaults(self.engine)
        for name, rows in self._table()["options"].items():
            for version, value in rows.items():
                default = was.get(name, {}).get(version, value)
                if value != default:
                    self.console.line(f"Name: {name}\nVersion: {version}\nCurrent: {value}\nDefault: {default}\n")

    def _persist(self, name: str, value: str, version: str | None) -> bool:
        key = self._key(name)
        trouble = key.trouble(value) if key else None
        if trouble is not None:
            raise Failure(f"Cannot set value {value} to key {name}. {trouble}")
        try:
            return key is not None and store.update(self.path, name, version or GENERAL, value)
        except store.TooLong:
            raise Failure(
                f"Error setting {name}'s value. ERROR: value too long for type character varying({store.LIMIT})"
            ) from None

    def _ask_version(self, name: str) -> str | None:
        """The only version of a key; where there are several, a menu that takes no other answer than one of them.

        On a closed input it is printed for ever.
        """
        versions = list(self._rows(name))
        if len(versions) < 2:
            return versions[0] if versions else None
        while True:
            self.console.line("Please select a version:")
            for number, version in enumerate(versions, 1):
                self.console.line(f"{number}. {version}")
            answer = self.console.read_line()
            # Integer.parseInt takes no spaces and no empty text
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(versions):
                return versions[int(answer) - 1]


def merged(value: str, current: str, delimiter: str) -> str:
    """Merge two values as -m does: append the elements that are missing, replace none."""
    for element in _elements(value, delimiter):
        if element not in _elements(current, delimiter):
            current += ("" if current.endswith(delimiter) else delimiter) + element
    return current


def _elements(value: str, delimiter: str) -> list[str]:
    """String.split: without the empty elements at the end."""
    found = value.split(delimiter)
    while len(found) > 1 and not found[-1]:
        found.pop()
    return found


def note(key: Key) -> str:
    """What --help=KEY says (getHelpNote of the *ValueHelper classes)."""
    if key.kind == USER_DEFINED:
        return f"User defined VM properties specification should conform to {SPECIFICATION}"
    kind = "numeric" if key.kind == "Integer" else "string"
    return (
        "\n\n\n### Notes:\n"
        f"### 1. The value that should be passed to {key.name} should be {kind}.\n"
        f"### 2. Possible values to be provided are : {','.join(key.valid)} \n"
        "### 3. In order for your change(s) to take effect,\n"
        "###    restart the oVirt engine service (using: 'service ovirt-engine restart').\n" + "#" * 80 + "\n\n"
    )
