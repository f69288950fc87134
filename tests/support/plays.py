# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-playbook as a user does: another process, the collection found through its link."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"


@dataclass(frozen=True)
class Run:
    """What a run of ansible-playbook printed, and its recap. ``errors`` is standard error, where kept apart."""

    code: int
    text: str
    errors: str = ""

    def count(self, what: str) -> int:
        """A number of the recap, summed over the hosts: ``changed``, ``failed``, ``ok`` ..."""
        return sum(int(number) for number in re.findall(rf"\b{what}=([0-9]+)", self.text))


def play(
    *arguments: str | Path,
    variables: dict[str, Any] | None = None,
    cwd: Path = ROOT,
    apart: bool = False,
    **environment: str,
) -> Run:
    """Run ansible-playbook with these arguments and extra variables; ``apart`` keeps its standard error apart."""
    words = [str(PLAYBOOK), *map(str, arguments)]
    if variables:
        words += ["-e", json.dumps(variables)]
    result = subprocess.run(
        words,
        cwd=cwd,
        env={**clean_environment(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(result.returncode, result.stdout, result.stderr or "")


def clean_environment() -> dict[str, str]:
    """Nothing of the caller's Ansible or oVirt settings may decide a test."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "OVIRT_"))}
    return {**kept, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".work" / "collections"), "ANSIBLE_NOCOLOR": "1"}
