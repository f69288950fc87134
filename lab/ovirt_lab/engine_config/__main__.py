# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 -m ovirt_lab.engine_config ACTION [ARGUMENT...]`: what /usr/bin/engine-config of an Engine machine runs.

OVIRT_LAB_ENGINE_DB    the table (default: /var/lib/ovirt-lab/vdc_options.json), see store.py
OVIRT_LAB_JVM_SECONDS  how long the start takes (default: 0; that of a Java program is one to three seconds)
"""

from __future__ import annotations

import os
import sys
import time

from . import store
from .actions import Tool
from .arguments import parse
from .console import Console, Failure
from .usage import USAGE

START = "OVIRT_LAB_JVM_SECONDS"


def main(words: list[str] | None = None) -> int:
    """Run one action; the exit code, which is 1 after any error."""
    given = sys.argv[1:] if words is None else words
    console = Console()
    if asks_for_usage(given):
        console.write(USAGE)
        return 0
    time.sleep(float(os.environ.get(START) or 0))
    try:
        tool = Tool(console, store.default_path())
        tool.run(parse(console.words(given), knows_diff=tool.engine != "4.1"))
    except Failure as failure:
        console.line(failure)
        return 1
    except BrokenPipeError:
        # A Java program does not notice that the reader of its output is gone; this one ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return 0


def asks_for_usage(words: list[str]) -> bool:
    """Whether the shell script before the program prints the usage: it reads the words up to an empty one."""
    for place, word in enumerate(words):
        if not word:
            return False
        if word in ("-h", "-help", "--help") and (place == 0 or words[place - 1] != "-c"):
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
