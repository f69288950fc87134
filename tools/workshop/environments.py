# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the virtual environments that environments.ini describes.

tools/setup NAME...        each is made when it is not there or its description has changed; otherwise at once
"""

from __future__ import annotations

import configparser
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workshop.console import Stopwatch
from workshop.processes import INTERRUPTIONS, Children

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".work"
VENVS = WORK / "venv"
INSTALL_SECONDS = 900.0
STAMP = "made-from"


@dataclass(frozen=True)
class Environment:
    """A section of environments.ini, and the interpreter of this machine that it gets."""

    name: str
    why: str
    versions: tuple[str, ...]
    requirements: tuple[str, ...]
    interpreter: str | None

    @property
    def place(self) -> Path:
        """Return the directory of the virtual environment."""
        return VENVS / self.name

    @property
    def python(self) -> Path:
        """Return the environment's interpreter."""
        return self.place / "bin" / "python"

    def stamp(self) -> str:
        """Return a text that changes when the environment would have to be made anew."""
        real = os.path.realpath(self.interpreter or "")
        return hashlib.sha256("\n".join([real, str(self.place), *self.requirements]).encode()).hexdigest()

    def ready(self) -> bool:
        """Tell whether the environment is there, complete, and what its description says now."""
        try:
            return (self.place / STAMP).read_text() == self.stamp() and self.python.exists()
        except OSError:
            return False


def versions() -> configparser.ConfigParser:
    """Read environments.ini."""
    parser = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation(), delimiters=("=",))
    # A requirement holds "=" too, but never at the start of an option's line.
    with (ROOT / "tools" / "environments.ini").open() as file:
        parser.read_file(file)
    return parser


def pythons() -> dict[str, str]:
    """Return the interpreters that tools/setup found, by version, the preferred one first."""
    lines = (WORK / "pythons").read_text().splitlines()
    return {version: path for version, _, path in (line.partition(" ") for line in lines)}


def environment(name: str) -> Environment:
    """Return the description of one environment."""
    section = versions()[name]
    found = pythons()
    wanted = tuple(section["python"].split())
    interpreter = next((found[version] for version in wanted if version in found), None)
    return Environment(name, section["why"], wanted, tuple(section["requirements"].split()), interpreter)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process at a time make an environment."""
    VENVS.mkdir(parents=True, exist_ok=True)
    with (VENVS / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(env: Environment, children: Children) -> None:
    """Make one environment; it is stamped last, so that a half-made one is never taken for a whole one."""
    if env.interpreter is None:
        print(f"setup: {env.name}: left out, no Python {' or '.join(reversed(env.versions))} here", flush=True)
        return
    with alone(env.name):
        if env.ready():
            return
        watch = Stopwatch()
        print(f"setup: {env.name}: {env.why}: {' '.join(env.requirements)}", flush=True)
        shutil.rmtree(env.place, ignore_errors=True)
        try:
            install(env, children)
        except BaseException:
            shutil.rmtree(env.place, ignore_errors=True)
            raise
        (env.place / STAMP).write_text(env.stamp())
        print(f"setup: {env.name}: made in {watch}", flush=True)


def install(env: Environment, children: Children) -> None:
    """Run venv and pip; what they say is shown only when they fail."""
    log = VENVS / f".{env.name}.log"
    log.write_bytes(b"")
    scratch = VENVS / f".{env.name}.tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    variables = {**os.environ, "TMPDIR": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    commands: list[list[str | Path]] = [
        [str(env.interpreter), "-m", "venv", env.place],
        # Compiling thousands of collection files that nobody imports takes longer than installing them.
        [env.python, "-m", "pip", "install", "-q", "--no-compile", "--no-input", *env.requirements],
    ]
    try:
        for command in commands:
            # A package index may fail once; pip goes on where it stopped.
            if all(children.run(command, log=log, env=variables, cwd=ROOT, timeout=INSTALL_SECONDS) for _ in range(2)):
                print("\n".join(log.read_text(errors="replace").splitlines()[-20:]), flush=True)
                raise SystemExit(f"setup: {env.name}: {' '.join(map(str, command[:4]))} failed; everything is in {log}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main(names: list[str]) -> int:
    """Make the named environments, two at a time."""
    INTERRUPTIONS.watch()
    unknown = [name for name in names if not versions().has_option(name, "requirements")]
    if unknown:
        raise SystemExit(f"setup: no environment {' '.join(unknown)} in tools/environments.ini")
    environments = [environment(name) for name in names]
    waiting = [env for env in environments if not env.ready()]
    children = Children()
    pool = ThreadPoolExecutor(2)
    try:
        for result in [pool.submit(make, env, children) for env in waiting]:
            result.result()
    except KeyboardInterrupt:
        print("setup: interrupted; what was half made is removed", flush=True)
        return 130
    finally:
        INTERRUPTIONS.ignore()
        children.end_all()
        pool.shutdown(cancel_futures=True)
    return 0
