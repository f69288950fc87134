# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of the host. With `speed` the 60 seconds that Vdsm waits for a guest, or the watchdog's 15, pass faster."""

from __future__ import annotations

import threading
import time


class Clock:
    """Wall time, `speed` times faster. All processes have the same time, so the next vdsmd can read the times that one
    has written."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> float:
        """Seconds."""
        return time.time() * self.speed

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for an event so many seconds of this clock; whether it came."""
        return event.wait(seconds / self.speed)
