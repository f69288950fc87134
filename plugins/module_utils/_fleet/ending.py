# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How a run ended, in words: equal errors once, and how many are done, failed and left. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from .._vm.text import folded, one_line

#: Columns that the names of VMs may take in a sentence.
NAME_COLUMNS = 34


def ending(done: Iterable[str], failed: Iterable[str], left: Iterable[str], seconds: float) -> str:
    """The line that ends a run: how many VMs were changed, failed, and were left for another run, and which."""
    parts = [f"{len(list(done))} done"]
    for word, names in (("failed", list(failed)), ("left for another run", list(left))):
        parts.append(f"{len(names)} {word}" + (f" ({folded(names, NAME_COLUMNS)})" if names else ""))
    return one_line(f"{', '.join(parts)}, after {seconds:.0f} s")


def grouped(errors: Mapping[str, str]) -> list[str]:
    """Errors of VMs as sentences, equal ones once: ``web-1, web-2 and 8 more: start failed: ...``.

    Where a sentence holds for several VMs and speaks of each by name, it has ``<name>`` there.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for name, text in errors.items():
        # A name is not found within a longer one: web-1 does not count in web-10 or web-1.example.
        pattern = rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)"
        same[re.sub(pattern, "\0", text.removeprefix(f"{name}: "))].append(name)
    return [
        f"{folded(names, NAME_COLUMNS)}: " + text.replace("\0", names[0] if len(names) == 1 else "<name>")
        for text, names in same.items()
    ]
