# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Errors about a spec of a container VM."""

from __future__ import annotations


class SpecError(ValueError):
    """A spec that cannot be fulfilled as written. Its text says what was found, what is needed and what to do."""


class VmStateError(SpecError):
    """A spec that is fine, but cannot be fulfilled in the state that its VM is in. No other spec depends on it."""
