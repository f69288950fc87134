# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The configuration of a container VM, and how it is shown. Pure.

A configuration is a plain dict with the keys of :data:`CONFIG_KEYS`. What is read from the Engine and what a spec asks
for have this one form, so planning is a comparison of two dicts.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from .values import MIB, memory_text

#: Keys of a configuration, in the order in which a diff shows them.
CONFIG_KEYS = (
    "cluster",
    "description",
    "properties",
    "wish",
    "networks",
    "hosts",
    "affinity",
    "memory",
    "memory_guaranteed",
    "memory_max",
    "cpu_shares",
    "high_availability",
    "boot_devices",
)
#: Keys of a configuration that modules return.
RETURNED = ("cluster", "hosts", "networks", "memory", "cpu_shares", "description")
#: Memory of a new VM whose spec names none, in bytes.
DEFAULT_MEMORY = 512 * MIB


#: Makes values comparable that are not shown; new in each process, so that nobody can try values afterwards.
_SALT = secrets.token_bytes(16)


def _hidden(wish: dict[str, Any]) -> dict[str, Any]:
    """A wish without the values of its environment: of each there is a word that changes with it."""
    words = dict(wish)
    if "environment" in words:
        words["environment"] = {name: _word(value) for name, value in words["environment"].items()}
    return words


def _word(value: str) -> str:
    return f"(not shown, {hmac.new(_SALT, value.encode(), 'sha256').hexdigest()[:6]})"


def shown(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration in the words of a person: sizes with units, lists for tuples. A key that is missing is None.

    Only the wish is left out where there is none, so in all VMs that keep no record.
    """
    words: dict[str, Any] = {}
    for key in CONFIG_KEYS:
        if key == "wish" and key not in config:
            continue
        value = config.get(key)
        if key.startswith("memory") and value is not None:
            value = memory_text(value)
        if key == "wish" and value is not None:
            value = _hidden(value)
        words[key] = list(value) if isinstance(value, tuple) else value
    return words
