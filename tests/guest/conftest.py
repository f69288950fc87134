# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A disk that guests boot from, one after another, each with what the Engine would give it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest import files
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.scripts import SIGN
from ovirt_lab import guests
from ovirt_lab.engine.vm import config_drive
from ovirt_lab.guests.machine import Disk, Machine, Nic
from ovirt_lab.guests.networks import free_subnet
from ovirt_lab.guests.run import Event, Run, What
from ovirt_lab.guests.site import Site
from ovirtsdk4 import types

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".work" / "guests"
PATIENCE = 300.0  # seconds; a busy machine takes its time
MAC = "56:6f:1a:00:00:01"
ENGINE = (4, 5, 7, 0)  # whose keys come before ours


class Booted:
    """A guest that was started."""

    def __init__(self, site: Site, machine: Machine, console: Path) -> None:
        self._console = console
        self._begin = console.stat().st_size if console.exists() else 0
        self._failure = ""
        self._addresses: list[str] = []
        self._interfaces: list[str] = []
        self._seen: list[str] = []
        self._ended = threading.Event()
        self.run: Run = site.run(machine, console, self._hear)

    def _hear(self, event: Event) -> None:
        if event.report is not None:
            self._interfaces = [each.name for each in event.report.interfaces]
            mine = [each for each in event.report.interfaces if each.mac == MAC]
            self._addresses = [a for each in mine for a in each.addresses if "." in a]
        self._failure = event.reason or self._failure
        if event.what in (What.ENDED, What.FAILED):
            self._ended.set()

    def signs(self) -> list[str]:
        """The interfaces by which it shows how its container is, as its agent reported them last."""
        return [name for name in self._interfaces if name.startswith(SIGN)]

    def sign(self) -> str:
        """The one that it shows; waits until it is another than last time."""
        deadline = time.monotonic() + PATIENCE
        while self.signs() in ([], self._seen):
            assert time.monotonic() < deadline, f"no sign after {PATIENCE:.0f} s:\n{self.console}"
            time.sleep(0.1)
        (self._seen,) = ([name] for name in self.signs())
        return self._seen[0]

    @property
    def console(self) -> str:
        """What it has printed so far, or why it did not start."""
        if self._failure or not self._console.exists():
            return self._failure
        return self._console.read_bytes()[self._begin :].decode(errors="replace")

    @property
    def address(self) -> str:
        """Its IPv4 address; waits for it."""
        deadline = time.monotonic() + PATIENCE
        while not self._addresses:
            assert not self._ended.is_set(), f"it has ended:\n{self.console}"
            assert time.monotonic() < deadline, f"no address after {PATIENCE:.0f} s:\n{self.console}"
            time.sleep(0.1)
        return self._addresses[0]

    def ask(self, path: str = "", port: int = 8080) -> str:
        """What the container answers; waits for it."""
        address, deadline = self.address, time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://{address}:{port}/{path}", timeout=5) as response:
                    return str(response.read().decode()).rstrip("\n")
            except urllib.error.HTTPError:
                raise
            except OSError:
                assert not self._ended.is_set(), f"it has ended:\n{self.console}"
                assert time.monotonic() < deadline, f"{path}: no answer after {PATIENCE:.0f} s:\n{self.console}"
                time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the container answers now."""
        try:
            with urllib.request.urlopen(f"http://{self.address}:8080/", timeout=5):
                return True
        except OSError:
            return False

    def is_off(self) -> str:
        """Wait until it is off; what it printed."""
        assert self.run.wait(PATIENCE), f"it is not off after {PATIENCE:.0f} s:\n{self.console}"
        return self.console

    def shut_down(self) -> str:
        """Shut it down, as the Engine does; what it printed."""
        self.run.shut_down()
        return self.is_off()


class Bench:
    """A guest's disk, and starts of it."""

    def __init__(self, site: Site, disk: Path, subnet: str, folder: Path) -> None:
        self._site = site
        self._subnet = subnet
        self._folder = folder
        self._root = folder / "root.raw"
        self._ident = str(uuid.uuid4())
        self._started: list[Booted] = []
        subprocess.run(["cp", "--sparse=always", str(disk), str(self._root)], check=True)

    def remove(self) -> None:
        """Switch off a guest that still runs, and remove the disk, which is large."""
        for guest in self._started:
            guest.run.power_off()
            guest.is_off()
        self._root.unlink()

    def volume(self, name: str) -> Path:
        """The file of an empty disk of 64 MiB."""
        path = self._folder / f"{name}.raw"
        with path.open("wb") as file:
            file.truncate(64 << 20)
        return path

    def start(
        self,
        wish: Mapping[str, Any] | None = None,
        secrets: files.Secrets | None = None,
        disks: Mapping[str, Path] | None = None,
        script: str = "",
    ) -> Booted:
        """Start it: with user-data for a wish, with another script, or plainly. ``disks`` are files by volume."""
        serials = {name: str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in disks or {}}
        given: dict[str, str] = {}
        if wish is not None:
            script = files.user_data(wish, secrets, serials, [MAC] * len(wish.get("networks", ()))).text()
        if script:
            given = config_drive.files(ENGINE, types.Initialization(host_name="web", custom_script=script))
        attached = [Disk(self._root, "root", bootable=True)]
        attached += [Disk(path, serials[name]) for name, path in (disks or {}).items()]
        nic = Nic(MAC, self._site.bridge("lan", self._subnet))
        label = config_drive.LABEL if given else ""
        machine = Machine(self._ident, "web", 512 << 20, 1, attached, [nic], label, given)
        guest = Booted(self._site, machine, self._folder / "console")
        self._started.append(guest)
        return guest


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Where guests run."""
    lacks = guests.lacks("nspawn", make=True)
    if lacks:
        pytest.skip(lacks)
    made = Site("nspawn")
    yield made
    made.close()


@pytest.fixture(scope="session")
def subnet(site: Site) -> str:
    """The subnet of the guests."""
    return free_subnet()


@pytest.fixture(scope="session")
def disk(site: Site) -> Path:
    """The disk of a template with two container images in it: web:v1 and web:v2."""
    images = FOLDER / "images"
    names = ["web:v1", "web:v2"]
    made = subprocess.run(
        [sys.executable, str(ROOT / "lab/images/containers/make"), str(images), *names], check=True, timeout=60
    )
    assert made.returncode == 0
    archives = {f"localhost/{name}": images / f"{name.replace(':', '-')}.tar" for name in names}
    return guests.disk(FOLDER, images=archives, say=lambda words: print(words, file=sys.stderr))


@pytest.fixture
def bench(site: Site, disk: Path, subnet: str, tmp_path: Path) -> Iterator[Bench]:
    """A new guest's disk."""
    made = Bench(site, disk, subnet, tmp_path)
    yield made
    made.remove()
