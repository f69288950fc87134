# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the role on each host, kills the run at the host's moment, and runs the role again.

usage: kill.py INVENTORY PLAYBOOK PLACE MOMENTS

MOMENTS is JSON: host -> {"at": the task's name, "after": seconds later, "then": state of the second run}. What the runs
print is in PLACE/HOST.killed.log and PLACE/HOST.again.log. Only ansible-playbook itself is killed, as the kernel does
that is out of memory: its worker and the module on the host go on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

AT_ONCE = 3
SECONDS = 400.0


def killed(command: list[str], log: Path, moment: dict[str, Any]) -> str | None:
    """Run until the moment; return why it was not killed there."""
    wanted = f"TASK [ovirt_contrib.containers.{moment['at']}]"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + SECONDS
    while wanted not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            return f"the run ended with {process.wait()} before {wanted}"
        time.sleep(0.02)
    time.sleep(moment["after"])
    process.kill()
    code = process.wait()
    return None if code == -9 else f"the run had ended with {code}"


def again(command: list[str], log: Path) -> str | None:
    """Run to the end; return how it failed."""
    with log.open("wb") as output:
        code = subprocess.call(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=SECONDS
        )
    return f"the second run ended with {code}" if code else None


def both(inventory: str, playbook: str, place: str, host: str, moment: dict[str, Any]) -> str | None:
    """Kill one host's first run and run again; return what went wrong."""
    command = ["ansible-playbook", "-i", inventory, "-l", host, playbook]
    trouble = killed(command, Path(place, f"{host}.killed.log"), moment)
    state = ["-e", f"container_host_state={moment['then']}"]
    trouble = trouble or again([*command, *state], Path(place, f"{host}.again.log"))
    return f"{host}, killed at {moment['at']}: {trouble}; see {place}/{host}.*.log" if trouble else None


def main(inventory: str, playbook: str, place: str, moments: str) -> int:
    """Do all hosts, a few at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(both, inventory, playbook, place, *pair) for pair in json.loads(moments).items()]
    troubles = [job.result() for job in jobs if job.result()]
    print("\n".join(str(trouble) for trouble in troubles) or "all of them were killed and have come to a good end")
    return len(troubles)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
