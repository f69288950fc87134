# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The configuration of a container VM, and how it is shown. Pure.

A configuration is a plain dict with the keys of :data:`CONFIG_KEYS`. What is read from the Engine and what a spec asks
for have this one form, so planning is a comparison of two dicts.
"""

from __future__ import annotations

from typing import Any

from .values import MIB, memory_text

#: Keys of a configuration, in the order in which a diff shows them.
CONFIG_KEYS = (
    "cluster",
    "description",
    "properties",
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


def shown(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration in the words of a person: sizes with units, lists for tuples. A key that is missing is None."""
    words: dict[str, Any] = {}
    for key in CONFIG_KEYS:
        value = config.get(key)
        if key.startswith("memory") and value is not None:
            value = memory_text(value)
        words[key] = list(value) if isinstance(value, tuple) else value
    return words
