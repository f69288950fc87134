# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m ovirt_lab.engine`: an Engine for other processes."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..ending import Ending
from .command_line import parser, reachable

if TYPE_CHECKING:  # the Engine takes its time to import
    from .core import Engine
    from .server import Endpoint

FILES = ("engine.pid", "engine.json", "engine.env")


def main(argv: list[str] | None = None) -> int:
    """Run an Engine until it is told to end; 0 when that went well, 2 when it cannot start."""
    arguments = sys.argv[1:] if argv is None else argv
    options = parser().parse_args(arguments)
    if options.stop:
        return stop(options.dir)
    if reachable(options.host) and not options.password:
        print(
            f"ovirt-lab: other machines can reach an Engine on {options.host}: give --password, or listen on 127.0.0.1",
            file=sys.stderr,
        )
        return 2
    running = alive(options.dir)
    if running:
        print(
            f"ovirt-lab: an Engine runs already for {options.dir} (process {running}); --stop ends it", file=sys.stderr
        )
        return 2
    if options.detach:
        return detach(options.dir, [argument for argument in arguments if argument != "--detach"])
    try:
        return run(options)
    except ImportError as error:
        print(f"ovirt-lab: {error}; pip install ovirt-engine-sdk-python cryptography PyYAML", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"ovirt-lab: {error}", file=sys.stderr)
    return 2


def alive(directory: Path) -> int:
    """The process of a directory's Engine, 0 if there is none."""
    try:
        pid = int((directory / "engine.pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return pid if is_engine(pid) else 0


def is_engine(pid: int) -> bool:
    """Whether this process is an Engine; the number may be another's by now."""
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        said = command.read_bytes() if command.exists() else b"ovirt_lab.engine"
    except OSError:
        return False
    return b"ovirt_lab.engine" in said or b"ovirt-lab-engine" in said


def stop(directory: Path, patience: float = 10.0) -> int:
    """End the Engine of a directory and wait until it is gone."""
    pid = alive(directory)
    if not pid:
        for name in FILES:
            (directory / name).unlink(missing_ok=True)
        print(f"ovirt-lab: no Engine runs for {directory}")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while is_engine(pid):
        if time.monotonic() > deadline:
            print(f"ovirt-lab: process {pid} does not end", file=sys.stderr)
            return 1
        time.sleep(0.02)
    print(f"ovirt-lab: Engine (process {pid}) ended")
    return 0


def detach(directory: Path, arguments: list[str], patience: float = 15.0) -> int:
    """Start an Engine in a session of its own, and return when it is ready."""
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "engine.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "ovirt_lab.engine", *arguments]
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if "password and address in" in (said := log.read_text(encoding="utf-8")):
            print(said, end="")
            return 0
        if child.poll() is not None:
            print(said, end="", file=sys.stderr)
            return child.returncode or 2
        time.sleep(0.01)
    print(f"ovirt-lab: not ready after {patience:.0f} s; see {log}", file=sys.stderr)
    child.terminate()
    return 1


def build(options: argparse.Namespace) -> Engine:
    """The Engine that the command line describes."""
    from . import Engine, SystemClock  # here, because --help and --stop should not wait for it
    from .world import World

    clock = SystemClock(options.speed)
    login = {"username": options.username, "password": options.password or secrets.token_urlsafe(12)}
    if options.state and options.state.exists():
        engine = Engine.load(options.state, clock, **login)
        if options.version and options.version != engine.release.text:
            raise ValueError(f"{options.state} is of an Engine {engine.release.text}, not {options.version}")
    else:
        world = World.read(options.world) if options.world else None
        engine = Engine(options.version or "4.3", world, clock, **login)
    if options.latency is not None:
        engine.world.latency = options.latency
    if options.boot_delay is not None:
        engine.world.delays["boot"] = options.boot_delay
    for spec in options.fault:
        engine.faults.add(spec)
    return engine


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    ending = Ending()
    from .server import start

    engine = build(options)
    server, endpoint = start(engine, options.dir, options.host, options.port, options.certificate)
    try:
        publish(options.dir, engine, endpoint)
        ending.wait()
    finally:
        engine.drivers.stop()
        server.close_all()
        if options.state:
            engine.save(options.state)
        else:
            engine.images.content.clear()
        for name in reversed(FILES):
            (options.dir / name).unlink(missing_ok=True)
    return 0


def publish(directory: Path, engine: Engine, endpoint: Endpoint) -> None:
    """Write the files that the next command reads, then say that it is ready."""
    values = {
        "url": endpoint.url,
        "username": endpoint.username,
        "password": endpoint.password,
        "ca_file": endpoint.ca_file,
    }
    names = {"url": "OVIRT_URL", "username": "OVIRT_USERNAME", "password": "OVIRT_PASSWORD", "ca_file": "OVIRT_CAFILE"}
    exports = "".join(f"export {names[key]}={shlex.quote(value)}\n" for key, value in values.items())
    document = json.dumps({**values, "pid": os.getpid(), "version": engine.release.text}, indent=2) + "\n"
    for name, text in (("engine.env", exports), ("engine.json", document), ("engine.pid", f"{os.getpid()}\n")):
        _private(directory / name, text)
    print(f"ovirt-lab: Engine {engine.release.text} ready at {endpoint.url}")
    print(f"ovirt-lab: CA certificate {endpoint.ca_file}")
    print(f"ovirt-lab: password and address in {directory / 'engine.json'} and {directory / 'engine.env'}", flush=True)


def _private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
