# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mom-vdsm.service: it does nothing, but starts and stops with vdsmd. The real one tunes memory."""

from __future__ import annotations

from . import sdnotify


def main(argv: list[str]) -> int:
    """Wait until told to end."""
    sdnotify.serve("waiting")
    return 0
