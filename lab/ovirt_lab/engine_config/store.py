# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table vdc_options as a JSON file: `{"version": "4.3", "options": {NAME: {LEVEL or "general": VALUE}}}`.

engine-config edits it, the Engine reads it when it starts. One change is one UPDATE of one row, as in the database:
writers wait for each other, and a reader sees the whole file as it was before or after.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Union

from .keys import LEVELS, USER_DEFINED, defaults

PathLike = Union[str, "os.PathLike[str]"]

#: The environment variable with the path of the file, and the default path.
VARIABLE = "OVIRT_LAB_ENGINE_DB"
DEFAULT = "/var/lib/ovirt-lab/vdc_options.json"

#: varchar(4000), see create_tables.sql
LIMIT = 4000


class TooLong(Exception):
    """A value that the column does not hold."""


def default_path() -> Path:
    """The path in the environment variable OVIRT_LAB_ENGINE_DB, or the default."""
    return Path(os.environ.get(VARIABLE) or DEFAULT)


def load(path: PathLike) -> dict[str, Any]:
    """The whole table as it is now."""
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return content


def create(path: PathLike, engine_version: str, user_defined: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Write a new table for an Engine of this version; `user_defined` is UserDefinedVMProperties by level.

    Other levels have an empty value, as after engine-setup. ValueError for a level that this Engine does not store.
    """
    wanted = dict(user_defined or {})
    unknown = sorted(set(wanted) - set(LEVELS[engine_version]))
    if unknown:
        raise ValueError(f"Engine {engine_version} stores no level {', '.join(unknown)}")
    options = defaults(engine_version)
    options[USER_DEFINED].update(wanted)
    content = {"version": engine_version, "options": options}
    with locked(path):
        _write(Path(path), content)
    return content


def running_values(path: PathLike) -> dict[str, str]:
    """UserDefinedVMProperties by level. An Engine reads them once, when it starts."""
    values: dict[str, str] = load(path)["options"][USER_DEFINED]
    return dict(values)


def update(path: PathLike, name: str, version: str, value: str) -> bool:
    """`UPDATE vdc_options SET option_value = ... WHERE option_name = ... AND version = ...`: was there such a row?"""
    if len(value) > LIMIT:
        raise TooLong(value)
    with locked(path):
        content = load(path)
        row = content["options"].get(name, {})
        if version not in row:
            return False
        # PostgreSQL writes a new row, and lists it last.
        del row[version]
        row[version] = value
        _write(Path(path), content)
    return True


@contextmanager
def locked(path: PathLike) -> Iterator[None]:
    """Keep other writers out. The lock is a file of its own, as the table's is replaced by each write."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place.with_name(place.name + ".lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, path)
