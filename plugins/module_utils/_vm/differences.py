# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What differs between before and after, and the diff that Ansible shows of it. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from .plan import Plan
from .text import folded, one_line


def diffs(plans: Mapping[str, Plan]) -> list[dict[str, Any]]:
    """What differs before and after, for Ansible's diff: VMs with the same difference share one, under their names."""
    same: dict[str, list[str]] = defaultdict(list)
    for name, made in plans.items():
        before, after = differing(made.before, made.after)
        if before or after:
            same[json.dumps([before, after])].append(name)
    found = []
    for text, names in same.items():
        header = one_line(folded(names))
        before, after = json.loads(text)
        found.append({"before_header": header, "after_header": header, "before": before, "after": after})
    return found


def differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of two dictionaries that are not the same in both; of dictionaries in them likewise."""
    old, new = {}, {}
    for key in dict.fromkeys([*before, *after]):
        left, right = before.get(key), after.get(key)
        if key in before and key in after and left == right:
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            left, right = differing(left, right)
        if key in before:
            old[key] = left
        if key in after:
            new[key] = right
    return old, new
