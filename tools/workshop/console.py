# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tools print: plain lines, with colour only on a terminal."""

from __future__ import annotations

import os
import sys
import time

BOLD, GREEN, RED, YELLOW, DIM = "1", "32", "31", "33", "2"


def coloured(text: str, code: str) -> str:
    """Colour the text, on a terminal only; https://no-color.org is respected."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{code}m{text}\033[0m"


def say(text: str = "") -> None:
    """Print a line without delay, so that it keeps its order beside the output of child processes."""
    print(text, flush=True)


def heading(text: str) -> None:
    """Print a heading with an empty line before it."""
    say()
    say(coloured(f"== {text}", BOLD))


def table(rows: list[dict[str, str]]) -> list[str]:
    """Return aligned lines for rows with equal keys, the keys first."""
    if not rows:
        return ["(nothing)"]
    titles = list(rows[0])
    lines = [titles, ["-" * len(title) for title in titles]] + [[row[title] for title in titles] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    lines[1] = ["-" * width for width in widths]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds that have passed."""
        return time.monotonic() - self.started

    def __str__(self) -> str:
        return f"{self.seconds():.1f} s"
