# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in a folder for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .engine_kit import LinkedLab, RealHost
from .host_kit import Machine, Vdsm


@pytest.fixture(autouse=True)
def no_command_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vdsm looks on PATH for what it does not find elsewhere; the docker and systemd of this machine are not meant."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory whose path is short: a socket's may have 108 characters, and pytest's own may lie deep."""
    # A stand-in container that has just died may still write how; the test is over by then.
    with tempfile.TemporaryDirectory(prefix="ovirt-lab-", ignore_cleanup_errors=True) as place:
        yield Path(place)


@pytest.fixture
def machine(short: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The host; nothing but its commands is on PATH."""
    made = Machine(short)
    monkeypatch.setenv("PATH", str(made.bin))
    monkeypatch.setenv("OVIRT_LAB_ROOT", str(made.root))
    yield made
    made.end()


@pytest.fixture
def vdsm(machine: Machine) -> Vdsm:
    """Vdsm on it."""
    return Vdsm(machine)


@pytest.fixture
def hosts(short: Path) -> Iterator[dict[str, RealHost]]:
    """Two hosts, each with a Vdsm that answers."""
    made = {f"h{number}": RealHost(short / f"h{number}", number) for number in (1, 2)}
    yield made
    for host in made.values():
        host.end()


@pytest.fixture
def host(hosts: dict[str, RealHost]) -> RealHost:
    """The first of them."""
    return hosts["h1"]


@pytest.fixture
def lab(hosts: dict[str, RealHost]) -> LinkedLab:
    """An Engine with both hosts up."""
    made = LinkedLab(hosts)
    made.poll()
    return made


@pytest.fixture
def fresh(host: RealHost) -> LinkedLab:
    """An Engine that has not asked its one host yet."""
    return LinkedLab({"h1": host})
