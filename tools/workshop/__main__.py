# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one of the commands: `python -m workshop demo`, `testrun`, `environments`, `metadata`, `build`, `benchmark`."""

from __future__ import annotations

import signal

# Until the command looks after Ctrl-C itself there is nothing to clean up, and no reason for a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import importlib  # noqa: E402
import sys  # noqa: E402

sys.exit(importlib.import_module(f"workshop.{sys.argv[1]}").main(sys.argv[2:]))
