# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the process of an ordinary VM: is there, is called qemu-kvm, and goes when it is told to.

Run as a file, because the process's name and arguments are what others look for.
"""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Wait for the end; a guest that is asked to go down does."""
    ends = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
