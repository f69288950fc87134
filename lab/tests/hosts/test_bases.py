# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Debian comes from, with a stand-in docker command: a registry that answers, refuses, or hangs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ovirt_lab.hosts import LabError, bases, mirrors

DEBIAN = mirrors.Mirror("http://mirror.example.org/debian", "http://mirror.example.org/debian-security")
PULLED = "debian:bookworm-slim"


@pytest.fixture
def docker_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a docker command on PATH that does this for a pull, and has no image."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(bases, "_make", lambda suite, name, source: None)

    def install(script: str) -> None:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n[ $1 = pull ] || {{ echo '[]'; exit 1; }}\n{script}\n")
        (tmp_path / "docker").chmod(0o755)

    return install


def test_a_registry_that_answers_gives_the_base(docker_pull: Callable[[str], None]) -> None:
    docker_pull("echo Pulling from library/debian; exit 0")
    said: list[str] = []
    assert bases.base("bookworm", DEBIAN, said.append) == PULLED
    assert said == [f"{PULLED}: pulled"]


@pytest.mark.parametrize("script", ["exit 1", "echo Pulling; exit 1"])
def test_else_it_is_made(docker_pull: Callable[[str], None], script: str) -> None:
    docker_pull(script)
    said: list[str] = []
    assert bases.base("bookworm", DEBIAN, said.append) == "ovirt-lab/base:bookworm"
    assert "no registry answers" in said[0]


def test_a_registry_that_hangs_is_not_waited_for(
    docker_pull: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker_pull("exec sleep 60")
    monkeypatch.setattr(bases, "ANSWER", 0.3)
    started = time.monotonic()
    assert bases.base("bookworm", DEBIAN, lambda _: None) == "ovirt-lab/base:bookworm"
    assert time.monotonic() - started < 10


def test_a_mirror_with_certificates_needs_a_base_that_has_some(docker_pull: Callable[[str], None]) -> None:
    docker_pull("echo Pulling from library/debian; exit 0")
    said: list[str] = []
    secret = mirrors.Mirror("https://mirror.example.org/debian", "https://mirror.example.org/debian-security")
    assert bases.base("bookworm", secret, said.append) == "ovirt-lab/base:bookworm"
    assert "the mirror speaks https" in said[0]


def test_the_base_is_made_of_the_mirrors_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mmdebstrap writes down what it was called with."""
    (tmp_path / "mmdebstrap").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')
    (tmp_path / "mmdebstrap").chmod(0o755)
    (tmp_path / "docker").write_text("#!/bin/sh\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    bases._make("bullseye", "ovirt-lab/base:bullseye", DEBIAN)
    assert (tmp_path / "said").read_text().splitlines()[-2:] == [
        "deb http://mirror.example.org/debian bullseye main",
        "deb http://mirror.example.org/debian-security bullseye-security main",
    ]


def test_without_a_mirror_mmdebstrap_takes_its_own() -> None:
    assert mirrors.Mirror().sources("bookworm") == []
    assert mirrors.Mirror().arguments("bookworm")["MIRROR"] == ""


def test_who_may_not_install_mmdebstrap_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases.shutil, "which", lambda name: None)
    with pytest.raises(LabError, match="apt install mmdebstrap"):
        bases._need_mmdebstrap()
