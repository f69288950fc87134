# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""What a state of a snapshot results in."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type


def outcome(changed, steps=(), kept=(), problems=(), differences=(), harm=(), found=True):
    """Return a result; all states have the same keys."""
    return {
        "changed": changed,
        "steps": list(steps),
        "kept": list(kept),
        "problems": list(problems),
        "differences": list(differences),
        "harm": list(harm),
        "found": found,
    }
