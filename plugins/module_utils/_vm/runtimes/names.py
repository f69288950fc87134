# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The names of runtimes, which the schema needs before there are any runtimes. ``choice`` has them themselves."""

from __future__ import annotations

#: Values of the option ``runtime``; ``auto`` leaves the choice to the cluster.
RUNTIME_NAMES = ("auto", "vdsm", "guest", "microvm")
