# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine time. Nothing in the Engine sleeps or owns a timer; it only asks a clock that tests can replace."""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """What the Engine needs from a clock."""

    def now(self) -> float:
        """Seconds since 1970, in Engine time."""

    def advance(self, seconds: float) -> None:
        """Move Engine time forward."""


class SystemClock:
    """Wall time, optionally running `speed` times faster; `advance` skips ahead."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = time.time()
        self._mono = time.monotonic()
        self._skipped = 0.0

    def now(self) -> float:
        """Seconds since 1970, in Engine time."""
        return self._start + (time.monotonic() - self._mono) * self.speed + self._skipped

    def advance(self, seconds: float) -> None:
        """Move Engine time forward."""
        self._skipped += seconds


class ManualClock:
    """Time that stands still until a test moves it."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds since 1970, in Engine time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move Engine time forward."""
        self._now += seconds


def as_datetime(seconds: float) -> datetime.datetime:
    """Engine time as the SDK wants it; milliseconds, as the Engine's JSON and XML have them."""
    return datetime.datetime.fromtimestamp(round(seconds, 3), datetime.timezone.utc)
