# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that is a directory: its files below ``root``, its commands in ``bin``.

A command either says what was recorded of a real one, or is the stand-in docker, which has a state. What is run is
noted in ``log``, one line each. Nothing of the machine that runs the tests shows through.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from ovirt_lab.engine_config import store

from tests.host_tier import docker_answers, stand_in_docker

LAB = Path(__file__).parents[2] / "lab"
STAND_IN = Path(__file__).with_name("stand_in_docker.py")
#: What the scripts below need, and what a module needs of a shell: nothing.
_SCRIPT = """#!/bin/sh
PATH=/usr/bin:/bin
printf '%s\\n' "{name} $*" >> {log}
case "$*" in
{cases}
esac
echo "{name}: no such recording: $*" >&2
exit 99
"""
_CASE = """{pattern})
{out}
{err} >&2
exit {code} ;;"""


def _write(path: str, content: str, mode: int = 0o644) -> None:
    """Write a file. It is done so often that `pathlib` would take a tenth of the tests' time."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(content)


class Machine:
    """Builds the directory; everything returns the machine, so that calls can be chained."""

    def __init__(self, place: Path) -> None:
        self.root, self.bin, self.log = place / "root", place / "bin", place / "log"
        self.state = place / "docker.json"
        self.said: dict[str, list[str]] = {}
        self.index = 1
        for directory in (self.root, self.bin):
            directory.mkdir(parents=True)
        self.log.touch()
        self.file("/sys/class/net/bonding_masters", "")  # a file there, and no device
        self.device("lo", index=1)

    @property
    def asked(self) -> list[str]:
        """The commands that ran, in their order."""
        return self.log.read_text().splitlines()

    @property
    def changes(self) -> list[str]:
        """The commands that ran and would change a real host."""
        deeds = ("docker network create", "docker network rm", "ip link add", "ip link set", "ip netns add")
        return [line for line in self.asked if line.startswith(deeds)]

    def file(self, path: str, content: str) -> Machine:
        """Write a file."""
        place = f"{self.root}/{path.lstrip('/')}"
        try:
            _write(place, content)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _write(place, content)
        return self

    def says(self, words: str, out: str = "", code: int = 0, err: str = "") -> Machine:
        """Let a command answer; ``*`` at the end stands for any further words."""
        name, _space, rest = words.partition(" ")
        cases = self.said.setdefault(name, [])
        pattern = shlex.quote(rest.removesuffix("*")) + "*" * rest.endswith("*")
        cases.append(_CASE.format(pattern=pattern, out=self._prints(out), err=self._prints(err), code=code))
        # The latest recording counts.
        self._script(name, _SCRIPT.format(name=name, log=self.log, cases="\n".join(reversed(cases))))
        return self

    def _prints(self, text: str) -> str:
        """The shell's words that print it: its own, unless there is a NUL in it, since programs cost time."""
        if "\0" not in text:
            return f"printf %s {shlex.quote(text)}"
        place = self.bin.parent / f"said.{len(list(self.bin.parent.iterdir()))}"
        place.write_text(text, encoding="utf-8")
        return f"cat {place}"

    def _script(self, name: str, text: str) -> None:
        _write(f"{self.bin}/{name}", text, 0o755)

    def docker(self, version: str = "20.10.24", **state: Any) -> Machine:
        """Put the stand-in docker there, and beside its state what it answers most."""
        docker_answers.keep(str(self.state), {"version": version, "networks": [], **state}, stand_in_docker.answer)
        command = " ".join(shlex.quote(str(word)) for word in (sys.executable, "-S", STAND_IN))
        words = {"log": shlex.quote(str(self.log)), "place": shlex.quote(str(self.state)), "command": command}
        self._script("docker", docker_answers.SCRIPT.format(**words))
        return self

    def engine(self, version: str = "4.3", **levels: str) -> Machine:
        """Put the stand-in engine-config there, and an Engine that has run for 100 s. ``L4_1`` is level 4.1."""
        values = {name[1:].replace("_", "."): value for name, value in levels.items()}
        store.create(self.database, version, values)
        words = " ".join(shlex.quote(str(word)) for word in (sys.executable, "-S", "-m", "ovirt_lab.engine_config"))
        self._script(
            "engine-config",
            f"#!/bin/sh\nprintf '%s\\n' \"engine-config $*\" >> {self.log}\n"
            f'export PYTHONPATH={LAB} {store.VARIABLE}={self.database}\nexec {words} "$@"\n',
        )
        self.says("locale -a", "C\nC.utf8\nPOSIX\n").file("/proc/uptime", "1000.00 1000.00\n")
        return self.engine_runs(100)

    def engine_runs(self, seconds: int = 0, state: str = "active") -> Machine:
        """Let ovirt-engine.service have been started so many seconds ago."""
        started = (1000 - seconds) * 1000000
        return self.says(
            "systemctl show *",
            f"Id=ovirt-engine.service\nLoadState=loaded\nActiveState={state}\nActiveEnterTimestampMonotonic={started}\n",
        )

    @property
    def database(self) -> Path:
        """The stand-in's table."""
        return self.root / "var/lib/ovirt-lab/vdc_options.json"

    def device(self, name: str, *, index: int = 0, kind: str = "", master: str = "", lower: str = "") -> Machine:
        """A network device in sysfs: a NIC, or of a kind (bridge, bond, vlan, macvlan)."""
        self.index = max(self.index + 1, index)
        place = f"/sys/class/net/{name}"
        real = self.root / f"sys/devices/{'virtual' if kind else 'pci0000:00'}/net/{name}"
        real.mkdir(parents=True)
        (self.root / place[1:]).symlink_to(real)
        self.file(f"{place}/ifindex", f"{index or self.index}\n").file(f"{place}/flags", "0x1003\n")
        below = (self.root / f"sys/class/net/{lower}/ifindex").read_text() if lower else str(index or self.index)
        self.file(f"{place}/iflink", below)
        self.file(f"{place}/uevent", (f"DEVTYPE={kind}\n" if kind else "") + f"INTERFACE={name}\n")
        if kind in ("bridge", "bond"):
            directory = "bridge" if kind == "bridge" else "bonding"
            (self.root / f"sys/class/net/{name}/{directory}").mkdir()
        if kind == "bridge":
            (self.root / f"sys/class/net/{name}/brif").mkdir()
        if master:
            (self.root / f"sys/class/net/{name}/master").symlink_to(f"../{master}")
            if (self.root / f"sys/class/net/{master}/brif").is_dir():
                (self.root / f"sys/class/net/{master}/brif/{name}").symlink_to("..")
        return self

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> Machine:
        """Be on this host until the test ends."""
        from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import host

        monkeypatch.setenv("PATH", str(self.bin))
        # The login that a test run may have come in by is not one to this host.
        monkeypatch.delenv("SSH_CONNECTION", raising=False)
        monkeypatch.setattr(host.Host, "root", str(self.root))
        return self

    def contents(self) -> dict[str, str]:
        """Everything that a module might change, to be compared."""
        files = {str(path): path.read_text() for path in self.root.rglob("*") if path.is_file()}
        return {**files, "docker": self.state.read_text() if self.state.exists() else ""}

    def process(self, pid: int, *words: str) -> Machine:
        """A process."""
        return self.file(f"/proc/{pid}/cmdline", "\0".join(words) + "\0")
