# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mom-vdsm.service: the real one tunes memory; this one is only there to be stopped and started with vdsmd."""

from __future__ import annotations

from . import sdnotify


def main(argv: list[str]) -> int:
    """Wait until told to end."""
    sdnotify.serve("waiting")
    return 0
