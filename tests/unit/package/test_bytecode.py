# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the package: bytecode where the build machine has Python 2.7, and empty files that own it where not."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.host_tier import shipping
from tests.host_tier.build_machine import install, sources
from tests.host_tier.machine import Machine
from tests.support.modules import Answer, run_module

CODE = "/usr/lib/python2.7/site-packages/vdsm/"
DOCKER = "virt/containers/docker.py"
MODULES = ("cgroups", "command", "connection", "docker", "domain", "doms", "errors", "events", "monitoring", "runner")
FILES = {f"virt/containers/{name}.py" for name in (*MODULES, "__init__", "xmlfile")} | {"supervdsm_api/containers.py"}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = install(Machine(tmp_path / "machine"))
    monkeypatch.setenv("PATH", str(found.bin))
    return found


@pytest.fixture
def python2(machine: Machine) -> None:
    """The build machine has it."""
    path = shipping.interpreter("2.7")
    if path is None:
        pytest.skip("Python 2.7 is not on this machine")
    (machine.bin / "python2.7").write_text(f'#!/bin/sh\nexec {path} "$@"\n')
    (machine.bin / "python2.7").chmod(0o755)


def build(place: Path) -> Answer:
    source = str(place / "src" / "vdsm-4.19.20")
    args = {"source": source, "version": "4.19.20", "release": "1.el7", "cache": str(place / "cache")}
    return run_module("vdsm_containers_rpm", args)


def contents(answer: Answer) -> dict[str, bytes]:
    """The package's files by their path below CODE."""
    package: dict[str, Any] = json.loads(Path(answer.data["package"]).read_text())
    return {path.removeprefix(CODE): bytes.fromhex(content) for path, content in package["contents"].items()}


def test_without_python_2_the_bytecode_to_come_belongs_to_the_package(machine: Machine, tmp_path: Path) -> None:
    """Python 2 imports bytecode whose source is gone; what Vdsm writes as root has to go with the package."""
    sources(tmp_path / "src")
    found = contents(build(tmp_path))
    assert set(found) == {name + letter for name in FILES for letter in ("", "c", "o")}
    assert {name for name in found if found[name]} == FILES


@pytest.mark.usefixtures("python2")
def test_with_python_2_it_is_there_as_the_host_would_write_it(tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    (tree / "lib/vdsm" / DOCKER).write_text("def run():\n    assert False\n")
    found = contents(build(tmp_path))
    assert all(found[name + letter] for name in FILES for letter in "co")
    compiled, optimized = found[f"{DOCKER}c"], found[f"{DOCKER}o"]
    assert compiled[:4] == optimized[:4] == b"\x03\xf3\r\n"  # magic 62211 of Python 2.7
    assert compiled != optimized  # -O leaves the assertion out
    # The names in tracebacks are those of the host, not of the build machine.
    assert f"{CODE}{DOCKER}".encode() in compiled
    assert str(tmp_path).encode() not in compiled
    assert struct.unpack("<i", compiled[4:8])[0] > 0


@pytest.mark.usefixtures("python2")
def test_sources_that_python_2_does_not_read(machine: Machine, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    (tree / "lib/vdsm" / DOCKER).write_text("print(f'{1}')\n")
    answer = build(tmp_path)
    assert "is not Python 2.7" in answer.msg
    assert "docker.py" in answer.msg
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert not [line for line in machine.asked if line.startswith("rpmbuild")]
