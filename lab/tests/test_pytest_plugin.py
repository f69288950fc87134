# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest plugin, and the guide that teaches it: its examples run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

LAB = Path(__file__).parents[1]
GUIDE = (LAB / "TESTING.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", GUIDE, re.DOTALL))


def run(place: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of pytest with the plugin, in a process of its own."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(LAB), "ANSIBLE_HOME": str(place / "home")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "ovirt_lab.pytest_plugin", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def written(place: Path, text: str) -> Path:
    """A folder with a test."""
    (place / "test_it.py").write_text(text, encoding="utf-8")
    return place


def test_the_examples_of_the_guide_run(tmp_path: Path) -> None:
    assert set(EXAMPLES) == {"site.yml", "test_site.py", "test_trouble.py", "test_upload.py"}
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, said = run(tmp_path)
    assert code == 0, said
    assert re.search(r"^5 passed", said, re.MULTILINE), said


def test_commands_of_the_guide_are_there() -> None:
    project = (LAB / "pyproject.toml").read_text(encoding="utf-8")
    told = set(re.findall(r"^\$ (ovirt-lab\S*)", GUIDE, re.MULTILINE))
    assert told and all(f'\n{name} = "ovirt_lab.' in project for name in told)


def test_versions_of_the_command_line(tmp_path: Path) -> None:
    place = written(tmp_path, "def test(ovirt_engine, capsys):\n    assert ovirt_engine.engine.version_text == '4.1'\n")
    assert run(place, "--ovirt-version", "4.1")[0] == 0
    code, said = run(place, "--ovirt-version", "4.1", "--ovirt-version", "4.5")
    assert code == 1 and "1 failed, 1 passed" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("verson='4.3'", "ovirt_engine takes speed, version, world, not verson"),
        ("'4.3'", "ovirt_engine takes speed, version, world, by their names"),
        ("version='3.6'", "version is one of 4.1, 4.3, 4.5"),
        ("world={'hsots': []}", "unknown keys hsots"),
        ("world='nowhere'", "there is no world nowhere: no such file, and the examples are demo, hosted_engine"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, arguments: str, told: str) -> None:
    text = f"import pytest\n\n\n@pytest.mark.ovirt_engine({arguments})\ndef test(ovirt_engine):\n    pass\n"
    code, said = run(written(tmp_path, text))
    assert code != 0 and told in said


def test_an_example_by_its_name(tmp_path: Path) -> None:
    text = """
import pytest

pytestmark = pytest.mark.ovirt_engine(world="demo")


@pytest.mark.ovirt_engine(version="4.1")
def test(ovirt_engine):
    assert ovirt_engine.engine.version_text == "4.1"
    assert [host.name for host in ovirt_engine.engine.store.list("hosts")] == ["host1", "host2"]


def test_every_test_has_an_engine_of_its_own(ovirt_engine):
    assert ovirt_engine.requests == []
"""
    code, said = run(written(tmp_path, text))
    assert code == 0, said


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "engine.example.com", "::"])
def test_an_engine_that_others_reach_needs_a_password(host: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ovirt_lab.engine", "--dir", str(tmp_path), "--host", host]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = f"ovirt-lab: other machines can reach an Engine on {host}: give --password, or listen on 127.0.0.1\n"
    assert (done.returncode, done.stderr, done.stdout) == (2, said, "")
