# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's programs, installed unmodified from PyPI for these tests alone, without what they need elsewhere.

kcli would bring libvirt along and olvm-aiops a server of 60 MB; neither is touched by what talks to an Engine. What of
their requirements is needed and not in this environment stands in `_CLIENTS`, what is in it in `_HERE`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from . import sdk_examples

_CLIENTS = {
    "kcli": ("kcli==99.0.202610251748",),
    "olvm-aiops": ("olvm-aiops==0.6.0", "httpx==0.28.1", "httpcore==1.0.9", "h11==0.16.0", "anyio==4.16.0"),
}
_HERE = {"kcli": ("jinja2", "yaml"), "olvm-aiops": ("certifi", "cryptography", "idna", "yaml")}
SPEED = 60  # Engine time, and the waits of the clients, run so much faster


@cache
def installed(name: str) -> Path | str:
    """The folder that a client is installed in, made once; or one line that says why there is none."""
    lacks = [module for module in _HERE[name] if importlib.util.find_spec(module) is None]
    if lacks:
        return f"{name} needs {' and '.join(lacks)}, not installed here"
    folder = sdk_examples.repository() / ".work" / "clients" / "-".join((name, _CLIENTS[name][0].partition("==")[2]))
    if folder.is_dir():
        return folder
    made = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", str(made)]
    done = subprocess.run([*command, *_CLIENTS[name]], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip install failed"])[-1]
        return f"{name} cannot be installed: {last}"
    made.rename(folder)
    return folder


def run(name: str, program: str, folder: Path, environment: dict[str, str], *arguments: str) -> Any:
    """Run a program of ours, next to this file, that imports a client; what it prints last, as JSON."""
    place = installed(name)
    assert isinstance(place, Path), place
    path = os.pathsep.join((str(folder), str(place)))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "programs" / program), *arguments],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": path, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1])
