# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sources vdsm-containers is built from, and which are refused with which sentence, before anything is built."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.host_tier.build_machine import install, sources
from tests.host_tier.machine import Machine
from tests.support.modules import Answer, run_module

Built = Callable[..., Answer]
GIT = shutil.which("git")
DOCKER = "lib/vdsm/virt/containers/docker.py"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A build machine; its files are those of this one, so that git and tarballs are real."""
    found = install(Machine(tmp_path / "machine"))
    # Whoever runs git on a checkout runs what its configuration says.
    found.says("git *", "v4.19.20\n")
    monkeypatch.setenv("PATH", str(found.bin))
    return found


@pytest.fixture
def build(machine: Machine, tmp_path: Path) -> Built:
    """Run the module; nothing may be left in the cache where it refuses."""
    cache = tmp_path / "cache"

    def run(source: Path | str, *, check: bool = False, **args: Any) -> Answer:
        given = {"source": str(source), "version": "4.19.20", "release": "1.el7.centos", "cache": str(cache), **args}
        answer = run_module("vdsm_containers_rpm", given, check=check)
        assert "Traceback" not in answer.text
        if answer.failed or check:
            assert not [path for path in cache.rglob("*") if path.is_file()]
            assert not [line for line in machine.asked if line.startswith("rpmbuild")]
        return answer

    return run


def test_a_tree_a_tarball_and_a_checkout_give_the_same_package(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    first = build(tree)
    assert first.changed
    assert Path(first.data["package"]).is_file()
    assert not build(f"{tree}.tar.gz").changed
    (tree / "VERSION").unlink()
    checkout = tree.rename(tmp_path / "checkout")
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "x")
    git(checkout, "tag", "v4.19.20")
    again = build(checkout)
    assert (again.changed, again.data["package"]) == (False, first.data["package"])


def git(place: Path, *words: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "advice.detachedHead=false"]
    assert GIT
    done = subprocess.run([GIT, *identity, *words], cwd=place, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_changed_sources_are_another_package(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    first = build(tree)
    (tree / DOCKER).write_text("# other\n")
    second = build(tree)
    assert second.changed
    assert second.data["package"] != first.data["package"]


def test_a_package_that_was_damaged_in_the_cache_is_built_again(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    package = Path(build(tree).data["package"])
    content = package.read_bytes()
    package.write_bytes(content[:100])
    assert build(tree).changed
    assert package.read_bytes() == content


@pytest.mark.parametrize(
    ("renamed", "version"),
    [("vdsm-4.19.20", "4.19.20"), ("v4.19.20", "4.19.20"), ("vdsm-4.19.10.1", "4.19.10.1")],
)
def test_the_name_tells_the_version_where_nothing_else_does(
    build: Built, tmp_path: Path, renamed: str, version: str
) -> None:
    tree = sources(tmp_path / "src")
    (tree / "VERSION").unlink()
    assert build(shutil.move(tree, tmp_path / renamed), version=version).data["source_version"] == version


def test_a_snapshot_is_known_by_its_commit(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src", "4.19.2")
    (tree / "VERSION").write_text("v4.19.2-5-gfcfb64d\n")
    snapshot = {"version": "4.19.2", "release": "5.gitfcfb64d.el7.centos"}
    assert build(tree, check=True, **snapshot).changed
    other = build(tree, version="4.19.2", release="1.el7.centos")
    assert "is commit fcfb64d, and the hosts run 4.19.2-1.el7.centos, which is a release" in other.msg
    (tree / "VERSION").write_text("v4.19.2\n")
    assert "is a release, and the hosts run 4.19.2-5.gitfcfb64d" in build(tree, **snapshot).msg


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("4.19.31", "is Vdsm 4.19.31, and the package has to be of exactly the version of vdsm; give the sources of"),
        ("4.20.49", "4.20 never uses its container code and starts an ordinary VM"),
        ("4.30.17", "is Vdsm 4.30.17"),
        ("4.40.60", "and later there is none"),
    ],
)
def test_another_version(build: Built, tmp_path: Path, version: str, words: str) -> None:
    tree = sources(tmp_path / "src", version)
    for source in (str(tree), f"{tree}.tar.gz"):
        answer = build(source)
        assert words in answer.msg
        assert "give the sources of Vdsm 4.19.20, which the hosts run" in answer.msg


def test_no_version_at_all(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    (tree / "VERSION").unlink()
    answer = build(shutil.move(tree, tmp_path / "vdsm-master"))
    assert "does not tell its version" in answer.msg
    assert "call the folder vdsm-VERSION" in answer.msg


def test_missing_files_are_named(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    for name in ("docker", "runner"):
        (tree / f"lib/vdsm/virt/containers/{name}.py").unlink()
    answer = build(tree)
    assert f"lacks {DOCKER}, lib/vdsm/virt/containers/runner.py (2 of 13 files" in answer.msg


def test_a_link_is_no_source_file(build: Built, tmp_path: Path) -> None:
    """Or a file of the build machine would get into a package of all hosts."""
    tree = sources(tmp_path / "src")
    (tree / DOCKER).unlink()
    (tree / DOCKER).symlink_to("/etc/hostname")
    assert f"{DOCKER} is not a regular file" in build(tree).msg
    archive = tmp_path / "linked.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(tree, "vdsm-4.19.20")
    assert f"{DOCKER} is not a regular file" in build(archive).msg


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/cron.d/x", "vdsm-4.19.20/../../x"])
def test_a_tarball_that_leads_out_of_itself(build: Built, tmp_path: Path, name: str) -> None:
    tree = sources(tmp_path / "src")
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(tree, "vdsm-4.19.20")
        file.addfile(tarfile.TarInfo(name), io.BytesIO())
    assert f"has a member {name}, which leads out of it" in build(archive).msg


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 no tar", "is not a tarball that Python"),
        (b"", "is not a tarball that Python"),
        (None, "neither a folder"),
    ],
)
def test_no_tarball(build: Built, tmp_path: Path, content: bytes | None, words: str) -> None:
    archive = tmp_path / "vdsm-4.19.20.tar.gz"
    if content is not None:
        archive.write_bytes(content)
    answer = build(archive)
    assert words in answer.msg
    assert "\n" not in answer.msg


def test_half_a_tarball(build: Built, tmp_path: Path) -> None:
    archive = Path(f"{sources(tmp_path / 'src')}.tar.gz")
    content = archive.read_bytes()
    for length in (1, 20, len(content) // 2):
        archive.write_bytes(content[:length])
        assert "is not a tarball that Python" in build(archive).msg, length


def test_another_tree(build: Built, tmp_path: Path) -> None:
    (tmp_path / "vdsm-4.19.20" / "src").mkdir(parents=True)
    assert "has no folder lib/vdsm; name the top folder" in build(tmp_path / "vdsm-4.19.20").msg
    archive = tmp_path / "other.tar"
    with tarfile.open(archive, "w") as file:
        file.add(tmp_path / "vdsm-4.19.20", "vdsm-4.19.20")
    assert "holds no source tree of Vdsm" in build(archive).msg


def test_checksums(build: Built, tmp_path: Path) -> None:
    tree = sources(tmp_path / "src")
    archive = f"{tree}.tar.gz"
    assert "checksum abc is not sha256:" in build(archive, checksum="abc").msg
    wrong = build(archive, checksum="sha256:" + "0" * 64)
    assert f"and sha256:{'0' * 64} is wanted" in wrong.msg
    assert "is a folder, and checksum is for a tarball" in build(tree, checksum="sha256:" + "0" * 64).msg


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("release", "1\n"),
        ("release", "1%(touch /tmp/x)"),
        ("release", "%{lua:x}"),
        ("version", "4.19.20\nRequires: x"),
        ("release", ""),
    ],
)
def test_a_hosts_answer_never_becomes_a_macro(build: Built, tmp_path: Path, option: str, value: str) -> None:
    answer = build(sources(tmp_path / "src"), **{option: value})
    assert "which no package has" in answer.msg


def test_without_rpmbuild(build: Built, machine: Machine, tmp_path: Path) -> None:
    (machine.bin / "rpmbuild").unlink()
    for check in (True, False):
        answer = build(sources(tmp_path / "src"), check=check)
        assert "command not found: rpmbuild" in answer.msg
        assert "install rpm-build" in answer.msg


def test_a_cache_that_cannot_be_written(build: Built, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = build(sources(tmp_path / "src"), cache=str(tmp_path / "file" / "cache"))
    assert answer.failed
    assert "give a folder in cache that can be written" in answer.msg


def test_many_hosts_at_once_build_it_once(machine: Machine, tmp_path: Path) -> None:
    """Each host of a play has a task of its own on the build machine."""
    tree = sources(tmp_path / "src")
    args = {"source": str(tree), "version": "4.19.20", "release": "1.el7", "cache": str(tmp_path / "cache")}
    with multiprocessing.get_context("fork").Pool(6) as pool:
        answers = pool.starmap(run_module, [("vdsm_containers_rpm", args)] * 6)
    assert not [answer.msg for answer in answers if answer.failed]
    assert len({answer.data["package"] for answer in answers}) == 1
    assert sum(answer.changed for answer in answers) == 1
    assert len([line for line in machine.asked if line.startswith("rpmbuild")]) == 1


def test_check_mode_needs_nothing_and_leaves_nothing(build: Built, tmp_path: Path) -> None:
    answer = build(sources(tmp_path / "src"), check=True)
    assert answer.changed
    assert not Path(answer.data["package"]).exists()
    assert not os.path.exists(tmp_path / "cache")
