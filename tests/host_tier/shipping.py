# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules as Ansible ships them to a host, and the interpreters of this machine to run them with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ansible.release import __version__

#: Oldest Python on a managed host, by ansible-core (its release_and_maintenance page). 2.16 knows 2.7 as well.
OLDEST = {"2.16": (3, 6), "2.17": (3, 7), "2.18": (3, 8), "2.19": (3, 8)}
NEWEST_FROM = (3, 9)  # of those that are not named here
ALL = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
CORE = ".".join(__version__.split(".")[:2])
DRIVER = Path(__file__).with_name("drive.py")
SHIP = Path(__file__).with_name("ship.py")
COLLECTIONS = Path(__file__).parents[2] / ".work" / "collections"


def supported(version: str) -> bool:
    """Whether this ansible-core manages hosts with this Python."""
    return numbers(version) >= OLDEST.get(CORE, NEWEST_FROM) or (version == "2.7" and CORE == "2.16")


def numbers(version: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(int(part) for part in version.split("."))


@cache
def interpreter(version: str) -> str | None:
    """Path of a Python of this version: on PATH, or of pyenv."""
    places = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for place in places:
        # pyenv's shims answer for versions that are not switched on, with status 127.
        if place and "/shims/" not in str(place) and _version(str(place)) == version:
            return str(place)
    return None


def _version(python: str) -> str:
    code = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout


@dataclass(frozen=True)
class Parcel:
    """A module with everything it needs, as one file and as a directory."""

    file: Path
    directory: Path


def ship(module: str, place: Path, args: dict[str, Any]) -> Parcel:
    """Build what Ansible would send to the host for a task."""
    file = place / f"AnsiballZ_{module}.py"
    words: list[str | Path] = [sys.executable, SHIP, COLLECTIONS, module, file]
    subprocess.run(words, input=json.dumps(args), check=True, capture_output=True, text=True)
    # The parcel can unpack itself, into a directory beside it.
    subprocess.run([sys.executable, file, "explode"], check=True, capture_output=True)
    return Parcel(file, place / "debug_dir")


def drive(python: str, directory: Path, tasks: list[dict[str, Any]]) -> list[Any]:
    """Have an interpreter do tasks with the shipped code: run modules on machines, or call functions."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C"}
    result = subprocess.run(
        [python, DRIVER, directory],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    answers: list[Any] = json.loads(result.stdout)
    return answers
