# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at a world before it is made: a wrong key or type is one sentence that names the entry."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LEVEL = re.compile(r"\d+\.\d+")
_VERSION = re.compile(r"\d+(\.\d+)+")


@dataclass(frozen=True)
class Type:
    """What a value has to be: in words, and as a test."""

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isascii() and value.isdigit()
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value)


def _is_subnet(value: Any) -> bool:
    """An IPv4 network with room for a few guests."""
    try:
        return isinstance(value, str) and ipaddress.IPv4Network(value).prefixlen <= 27
    except ValueError:
        return False


def _one_of(*words: str) -> Type:
    return Type(f"one of {', '.join(words)} is", lambda value: value in words)


TEXT = Type("a text is", lambda value: isinstance(value, str) and bool(value))
ANY_TEXT = Type("a text is", lambda value: isinstance(value, str))
TEXTS = Type("a list of texts is", _is_texts)
NUMBER = Type("a number is", _is_number)
FLAG = Type("true or false is", lambda value: isinstance(value, bool))
LEVEL = Type('a level such as "4.1" is', lambda value: bool(_LEVEL.fullmatch(str(value))))
VERSION = Type('a version such as "4.19.20" is', lambda value: bool(_VERSION.fullmatch(str(value))))
VALUES = Type(
    "a mapping of names to texts is",
    lambda value: isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair),
)

SUBNET = Type('a subnet such as "192.0.2.0/24" is', _is_subnet)

_HOST_STATES = ("up", "down", "maintenance", "non_operational", "non_responsive", "error", "unassigned")
_DOMAIN_TYPES = ("data", "iso", "export", "image", "volume")

#: The keys of an entry by the key of its list; each entry needs its `name`.
ENTRIES: dict[str, dict[str, Type]] = {
    "data_centers": {"name": TEXT, "local": FLAG},
    "clusters": {"name": TEXT, "version": LEVEL, "data_center": TEXT},
    "storage_domains": {"name": TEXT, "type": _one_of(*_DOMAIN_TYPES), "size": NUMBER},
    "networks": {"name": TEXT, "data_center": TEXT, "subnet": SUBNET, "vnic_profiles": TEXTS},
    "templates": {"name": TEXT, "agent": FLAG, "cluster": TEXT, "disk": NUMBER, "image": TEXT},
    "hosts": {
        "name": TEXT,
        "cluster": TEXT,
        "address": TEXT,
        "containers": FLAG,
        "docker_networks": TEXTS,
        "guests": _one_of("simulated", "nspawn", "qemu"),
        "memory": NUMBER,
        "status": _one_of(*_HOST_STATES),
        "tags": TEXTS,
        "vdsm": VERSION,
        "vdsm_url": ANY_TEXT,
    },
    "vms": {
        "name": TEXT,
        "agent": FLAG,
        "cdrom": FLAG,
        "cluster": TEXT,
        "delete_protected": FLAG,
        "description": ANY_TEXT,
        "disk": NUMBER,
        "host": TEXT,
        "memory": NUMBER,
        "nics": TEXTS,
        "properties": VALUES,
        "status": _one_of("up", "down"),
        "tags": TEXTS,
        "template": TEXT,
    },
}
# A template may be its name alone.
_SHORT = ("templates",)

#: The keys of the world that are mappings of their own, with the type of their values.
MAPPINGS = {"delays": NUMBER, "images": TEXTS, "properties": ANY_TEXT}
#: The keys of the world that are one value.
SINGLE = {"administrator": FLAG, "filter_by_default": FLAG, "latency": NUMBER}


def check(source: dict[str, Any]) -> None:
    """Check a whole world, and remove keys that have no value. Raises ValueError for the first mistake."""
    for key, known in ENTRIES.items():
        source[key] = [] if source[key] is None else source[key]
        if not isinstance(source[key], (list, tuple)):
            raise ValueError(f"world: {key} is {source[key]!r}, but a list of entries is needed")
        for number, entry in enumerate(source[key], 1):
            if not (key in _SHORT and isinstance(entry, str)):
                _entry(f"world: {key}", number, entry, known)
    if not source["data_centers"]:
        raise ValueError("world: data_centers is empty, but at least one is needed")
    for key, wanted in MAPPINGS.items():
        source[key] = source[key] or {}
        if not isinstance(source[key], dict):
            raise ValueError(f"world: {key} is {source[key]!r}, but a mapping is needed")
        _values(f"world: {key}", source[key], dict.fromkeys(source[key], wanted))
    _values("world", source, SINGLE)
    _hosted_engine(source["hosted_engine"])


def _entry(place: str, number: int, entry: Any, known: dict[str, Type]) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"{place}: entry {number} is {entry!r}, but a mapping with a name is needed")
    for key in [key for key, value in entry.items() if value is None]:
        del entry[key]
    name = entry.get("name", f"entry {number}")
    strange = [str(key) for key in entry if key not in known]
    if strange:
        keys = f"unknown key{'s' * (len(strange) > 1)} {', '.join(strange)}"
        raise ValueError(f"{place}: {name}: {keys}; known are {', '.join(known)}")
    if "name" not in entry:
        raise ValueError(f"{place}: {name} has no name")
    _values(f"{place}: {name}", entry, known)


def _values(place: str, values: dict[str, Any], types: dict[Any, Type]) -> None:
    for key, wanted in types.items():
        if key in values and not wanted.fits(values[key]):
            raise ValueError(f"{place}: {key} is {values[key]!r}, but {wanted.words} needed")


def _hosted_engine(entry: Any) -> None:
    """Unknown keys are found where it is made."""
    if entry is not None and not isinstance(entry, dict):
        raise ValueError(f"world: hosted_engine is {entry!r}, but a mapping is needed")
    _values("world: hosted_engine", entry or {}, {"global_maintenance": FLAG})
