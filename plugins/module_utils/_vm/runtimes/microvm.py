# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Runtime ``microvm``: a small VM that boots the image itself. This release does not have it yet."""

from __future__ import annotations

from .interface import Runtime


class Microvm(Runtime):
    """Containers as small VMs."""

    name = "microvm"
