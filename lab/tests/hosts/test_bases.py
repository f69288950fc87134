# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Debian comes from, with a stand-in docker command: a registry that answers, refuses, or hangs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ovirt_lab.hosts import LabError, bases

PULLED = "debian:bookworm-slim"


@pytest.fixture
def docker_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a docker command on PATH that does this for a pull, and has no image."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(bases, "_make", lambda suite, name: None)

    def install(script: str) -> None:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n[ $1 = pull ] || {{ echo '[]'; exit 1; }}\n{script}\n")
        (tmp_path / "docker").chmod(0o755)

    return install


def test_a_registry_that_answers_gives_the_base(docker_pull: Callable[[str], None]) -> None:
    docker_pull("echo Pulling from library/debian; exit 0")
    said: list[str] = []
    assert bases.base("bookworm", said.append) == PULLED
    assert said == [f"{PULLED}: pulled"]


@pytest.mark.parametrize("script", ["exit 1", "echo Pulling; exit 1"])
def test_else_it_is_made(docker_pull: Callable[[str], None], script: str) -> None:
    docker_pull(script)
    said: list[str] = []
    assert bases.base("bookworm", said.append) == "ovirt-lab/base:bookworm"
    assert "no registry answers" in said[0]


def test_a_registry_that_hangs_is_not_waited_for(
    docker_pull: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker_pull("exec sleep 60")
    monkeypatch.setattr(bases, "ANSWER", 0.3)
    started = time.monotonic()
    assert bases.base("bookworm", lambda _: None) == "ovirt-lab/base:bookworm"
    assert time.monotonic() - started < 10


def test_who_may_not_install_mmdebstrap_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases.shutil, "which", lambda name: None)
    with pytest.raises(LabError, match="apt install mmdebstrap"):
        bases._need_mmdebstrap()
