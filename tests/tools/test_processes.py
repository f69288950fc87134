# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that the tools start end with the tools, whatever session they moved to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from workshop.processes import alive

ROOT = Path(__file__).parents[2]
# Starts a child that starts a grandchild in a session of its own that ignores polite requests, then ends all.
PARENT = """
import os, sys, time
from pathlib import Path
from workshop.processes import Children
child = '''
import signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
process = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE, start_new_session=True)
process.stdout.readline()
open(sys.argv[1], "w").write(str(process.pid))
time.sleep(60)
'''
note = Path(sys.argv[1])
children = Children()
children.start([sys.executable, "-c", child, note], log=note.with_suffix(".log"), env=os.environ, cwd=Path("/"))
while not (note.exists() and note.read_text()):
    time.sleep(0.01)
children.end_all()
"""


def test_descendants_in_other_sessions_end_too(tmp_path: Path) -> None:
    """ansible-core 2.19 puts its workers into sessions of their own."""
    note = tmp_path / "pid"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    subprocess.run([sys.executable, "-c", PARENT, note], env=env, timeout=60, check=True)
    grandchild = int(note.read_text())
    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(grandchild)
