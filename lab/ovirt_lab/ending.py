# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for SIGTERM or SIGINT."""

from __future__ import annotations

import os
import select
import signal


class Ending:
    """Watches for SIGTERM and SIGINT from when it is made.

    Python writes to the pipe when a signal arrives. An Event would not do: the main thread could hold its lock just
    then, and is not woken by a signal that another thread gets.
    """

    def __init__(self) -> None:
        self._reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for one of them, for so many seconds at most. Returns whether one has come."""
        return bool(select.select([self._reading], [], [], timeout)[0])
