# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that this engine-config knows: a few of engine-config.properties, one of each kind that behaves differently.

Descriptions stand in quotes where the real file has them so, and are printed with them. Defaults: 0000_config.sql.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import java_patterns

USER_DEFINED = "UserDefinedVMProperties"
GENERAL = "general"

# Cluster levels of UserDefinedVMProperties by Engine (fn_db_add_config_value in 0000_config.sql of 4.1, 4.3, and 4.5
# in its first release).
LEVELS = {
    "4.1": ("3.6", "4.0", "4.1"),
    "4.3": ("4.1", "4.2", "4.3"),
    "4.5": ("4.2", "4.3", "4.4", "4.5", "4.6", "4.7"),
}

# The regular expression that a whole value of UserDefinedVMProperties has to match
# (CustomPropertiesUtils.java, unchanged 4.1 - 4.5).
SPECIFICATION = "((([a-z_A-Z0-9])+)=(([^;])*)(;(([a-z_A-Z0-9])+)=(([^;])*))*;?)?"


class Key(NamedTuple):
    """A key of engine-config.properties. `valid` holds values and ranges like 5..10; empty means any."""

    name: str
    description: str
    kind: str = "String"
    valid: tuple[str, ...] = ()
    mergable: bool = False
    delimiter: str = ";"
    default: str = ""
    per_level: bool = False

    def trouble(self, value: str) -> str | None:
        """Why a value is refused (the *ValueHelper classes); None if it is valid. The text may be empty."""
        if self.kind == "Integer":
            return None if self._is_valid_number(value) else ""
        if self.kind == "UserDefinedVMProperties":
            return _specification_trouble(value)
        if self.kind == "CustomProperties":
            return _pairs_trouble(value)
        return None

    def _is_valid_number(self, value: str) -> bool:
        if not re.fullmatch(r"[+-]?[0-9]+", value):
            return False
        number = int(value)
        if not -(2**31) <= number < 2**31:
            return False
        ranges = [(part.partition("..")[0], part.rpartition("..")[2]) for part in self.valid]
        return not ranges or any(int(low) <= number <= int(high) for low, high in ranges)


def _specification_trouble(value: str) -> str | None:
    if re.fullmatch(SPECIFICATION, value):
        return None
    return f"Invalid syntax, user defined VM properties specification should conform to {SPECIFICATION}"


def _pairs_trouble(value: str) -> str | None:
    # CustomPropertiesValueHelper is the only one that compiles.
    for pair in value.split(";"):
        name, equals, pattern = pair.partition("=")
        if not equals:
            return (
                f"The entered value is in imporper format. {name} cannot be used for custom properties definition.\n"
                "A string of key=value pair should be used instead, where the value should be a correct regex "
                "expression"
            )
        try:
            java_patterns.check(pattern)
        except re.error:
            return f"The entered value is in imporper format. {pattern} must be a valid regex expression"
    return None


_ALL = (
    Key("MaxRerunVmOnVdsCount", '"Max Virtual Machine Rerun Attempts on a Host"', "Integer", default="3"),
    Key("NumberOfFailedRunsOnVds", '"Number of Failed Runs on Host"', "Integer", default="3"),
    Key(
        "TimeToReduceFailedRunOnVdsInMinutes",
        '"Time to Reduce Failed Run on Host (in minutes)"',
        "Integer",
        default="30",
    ),
    Key(USER_DEFINED, '"User defined VM properties"', USER_DEFINED, mergable=True, per_level=True),
    Key(
        "UserSessionTimeOutInterval",
        "Timeout interval in minutes, after which inactive user sessions expire. "
        "A negative value indicates that sessions never expire.",
        "Integer",
        ("-1", "1..100000"),
        default="30",
    ),
    Key(
        "SucceededJobCleanupTimeInMinutes",
        '"Time to keep successfully ended jobs"',
        "Integer",
        ("5..100000",),
        default="10",
    ),
    Key(
        "UserDefinedNetworkCustomProperties",
        '"User defined network custom properties."',
        "CustomProperties",
        per_level=True,
    ),
)
KEYS = {key.name: key for key in _ALL}


def defaults(engine_version: str) -> dict[str, dict[str, str]]:
    """The table as engine-setup leaves it."""
    return {
        key.name: dict.fromkeys(LEVELS[engine_version] if key.per_level else (GENERAL,), key.default) for key in _ALL
    }
