# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting to be told to end. vdsm/sdnotify.py does the same: a container host has that package alone."""

from __future__ import annotations

import os
import signal


def watch() -> int:
    """Watch for SIGTERM and SIGINT. Returns a file descriptor; reading one byte of it waits for one of them.

    Python writes to the pipe when a signal arrives. An Event would not do: the main thread could hold its lock just
    then, and is not woken by a signal that another thread gets.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reading
