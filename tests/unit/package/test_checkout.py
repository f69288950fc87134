# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which release a checkout of git is, without git: whoever runs git on it runs what its configuration says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.host_tier.build_machine import sources
from tests.host_tier.machine import Machine
from tests.unit.package import test_sources
from tests.unit.package.test_sources import Built, git

machine, build = test_sources.machine, test_sources.build


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of no release, whose folder's name tells nothing."""
    place = sources(tmp_path / "src").rename(tmp_path / "checkout")
    (place / "VERSION").unlink()
    git(place, "init", "-q")
    git(place, "add", ".")
    git(place, "commit", "-q", "-m", "x")
    return place


@pytest.mark.parametrize("annotated", [True, False])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("branch", [True, False])
def test_a_tag_however_git_keeps_it(build: Built, checkout: Path, annotated: bool, packed: bool, branch: bool) -> None:
    git(checkout, "tag", "vdsm-old")
    git(checkout, "tag", *(["-a", "-m", "x"] if annotated else []), "v4.19.20")
    if packed:
        git(checkout, "pack-refs", "--all")
        git(checkout, "gc", "-q")
    if not branch:
        git(checkout, "checkout", "-q", "v4.19.20")
    assert build(checkout, check=True).data["source_version"] == "4.19.20"


def test_a_commit_after_a_release_is_no_release(build: Built, checkout: Path) -> None:
    git(checkout, "tag", "v4.19.20")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "y")
    assert "no tag of git that is checked out" in build(checkout).msg


def test_nothing_of_a_checkout_is_run(build: Built, machine: Machine, checkout: Path) -> None:
    """A promisor remote runs a command as soon as git misses an object."""
    proof = machine.root / "ran"
    for key, value in (
        ("extensions.partialClone", "evil"),
        ("remote.evil.promisor", "true"),
        ("remote.evil.url", f"ext::sh -c touch% {proof}"),
        ("protocol.ext.allow", "always"),
        ("core.fsmonitor", f"touch {proof}"),
    ):
        git(checkout, "config", key, value)
    tag = git(checkout, "rev-parse", "HEAD")
    (checkout / ".git/refs/tags/v4.19.20").write_text("1" * 40 + "\n")
    shutil.rmtree(checkout / ".git/objects" / tag[:2])
    build(checkout, check=True)
    assert (proof.exists(), [line for line in machine.asked if line.startswith("git")]) == (False, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("HEAD", b"ref: refs/heads/../../../secret\n"),
        ("HEAD", b"ref: refs/heads/nowhere\n"),
        ("HEAD", b"\xff\xfe"),
        ("HEAD", b""),
        ("packed-refs", b"^\n^" + b"1" * 40 + b"\n\n \nx y z\n"),
        ("packed-refs", b"\0" * 1000),
    ],
)
def test_a_damaged_checkout_tells_nothing(build: Built, checkout: Path, name: str, content: bytes) -> None:
    (checkout.parent / "secret").write_text(git(checkout, "rev-parse", "HEAD"))
    git(checkout, "pack-refs", "--all")
    (checkout / ".git" / name).write_bytes(content)
    assert "does not tell its version" in build(checkout).msg


def test_pipes_are_not_waited_for(build: Built, checkout: Path) -> None:
    for name in ("VERSION", ".git/HEAD"):
        (checkout / name).unlink(missing_ok=True)
        os.mkfifo(checkout / name)
    assert "does not tell its version" in build(checkout).msg
