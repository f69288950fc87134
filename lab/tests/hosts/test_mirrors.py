# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mirror the images' packages come from, and that a mirror that does not answer is told at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ovirt_lab import hosts
from ovirt_lab.hosts import LabError, bases, images, mirrors, sources
from ovirt_lab.hosts.mirrors import Mirror

NEAR = Mirror("http://mirror.example.org/debian", "http://mirror.example.org/debian-security")
#: As apt-get indextargets prints it on Debian 12, and before the first update, and on others.
DEBIAN_12 = """\
http://mirror.example.org/debian/ bookworm Debian
http://mirror.example.org/debian/ bookworm-updates Debian
http://mirror.example.org/debian-security/ bookworm-security Debian
https://deb.nodesource.com/node_20.x/ nodistro . nodistro
"""
UNREAD = """\
http://mirror.example.org/debian/ bookworm
http://mirror.example.org/debian-security/ bookworm-security
https://deb.nodesource.com/node_20.x/ nodistro
"""
OTHER_NAMES = """\
http://cache.example.org/apt/main/ bookworm Debian
http://security.example.org/ bookworm-security Debian
"""
UBUNTU = """\
http://archive.ubuntu.com/ubuntu/ noble Ubuntu
http://security.ubuntu.com/ubuntu/ noble-security Ubuntu
"""
UNUSABLE = """\
cdrom:[Debian]/ bookworm Debian
file:/srv/debian/ bookworm Debian
http://joe:word@mirror.example.org/debian/ bookworm Debian
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An apt-get that says what the file says."""
    monkeypatch.delenv(mirrors.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "apt-get").write_text(f"#!/bin/sh\n[ $1 = indextargets ] && cat {tmp_path}/targets\n")
    (tmp_path / "apt-get").chmod(0o755)
    return tmp_path / "targets"


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        (DEBIAN_12, NEAR),
        (UNREAD, NEAR),
        (UNREAD.splitlines()[0], NEAR),
        (OTHER_NAMES, Mirror("http://cache.example.org/apt/main", "http://security.example.org")),
        (UBUNTU, Mirror()),
        (UNUSABLE, Mirror()),
        ("", Mirror()),
    ],
)
def test_the_machines_own_mirror(apt: Path, targets: str, found: Mirror) -> None:
    apt.write_text(targets)
    assert mirrors.mirror() == found


def test_a_machine_without_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(mirrors.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert mirrors.mirror() == Mirror()


@pytest.mark.parametrize("named", ["http://mirror.example.org/debian/", " ".join((NEAR.archive, NEAR.security))])
def test_the_one_that_is_named(apt: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    apt.write_text(OTHER_NAMES)
    monkeypatch.setenv(mirrors.VARIABLE, named)
    assert mirrors.mirror() == NEAR


@pytest.mark.parametrize(
    "named", ["mirror.example.org", "file:/srv", "http://a/b http://c/d http://e/f", "http://x:y@a/b"]
)
def test_what_is_no_mirror(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv(mirrors.VARIABLE, named)
    with pytest.raises(LabError, match="OVIRT_LAB_MIRROR is .* but one or two addresses are needed"):
        mirrors.mirror()


def test_the_image_is_built_from_it(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt.write_text(DEBIAN_12)
    built: list[tuple[str, ...]] = []
    monkeypatch.setattr(images, "docker", lambda *words, **_: built.append(words) or "")
    monkeypatch.setattr(images, "inspect", lambda *_: [])
    monkeypatch.setattr(images, "need", lambda: None)
    monkeypatch.setattr(images, "base", lambda suite, source, say: f"debian:{suite}-slim")
    images.build(["el7"], say=lambda _: None)
    assert built
    for words in built:
        assert {f"MIRROR={NEAR.archive}", f"SECURITY={NEAR.security}", "SUITE=bullseye"} <= set(words)


@pytest.mark.timeout(300)
def test_a_mirror_that_does_not_answer_is_the_reason() -> None:
    """And not the packages that are missing after it."""
    problem = hosts.available()
    if problem:
        pytest.skip(f"no test hosts: {problem}")
    origin = bases.base("bookworm", mirrors.mirror(), lambda _: None)
    gone = Mirror("http://127.0.0.1:1/debian", "http://127.0.0.1:1/debian-security")
    arguments = {"BASE": origin, "EXTRA": "", **gone.arguments("bookworm")}
    with pytest.raises(LabError) as failed:
        images._docker_build(sources.context(), arguments, "--target", "system")
    said = str(failed.value)
    assert "http://127.0.0.1:1/debian" in said
    assert "Unable to locate package" not in said
    assert "no installation candidate" not in said


def test_no_recipe_takes_an_update_that_failed_for_one_that_did_not() -> None:
    recipes = [path.read_text() for path in sources.IMAGES.rglob("Dockerfile")]
    found = [line for recipe in recipes for line in re.findall(r"apt-get update.*", recipe)]
    assert len(found) >= 4
    assert all("--error-on=any" in line for line in found)
