# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an image is built anew, and what docker gets to build it of."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
import tarfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from ovirt_lab.hosts import LabError, sdk, sources


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources that a test may change."""
    shutil.copytree(sources.IMAGES, tmp_path / "images")
    for package in ("vdsm", "engine", "engine_config", "engine_machine"):
        shutil.copytree(sources.PACKAGE / package, tmp_path / "ovirt_lab" / package)
    for name in ("__init__.py", "ending.py"):
        shutil.copy(sources.PACKAGE / name, tmp_path / "ovirt_lab")
    monkeypatch.setattr(sources, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(sources, "PACKAGE", tmp_path / "ovirt_lab")
    return tmp_path


@pytest.mark.parametrize("name", ["images/Dockerfile", "images/host/bin/lab-vm", "ovirt_lab/vdsm/__main__.py"])
def test_a_changed_file_is_another_image(copy: Path, name: str) -> None:
    before = sources.digest("el9")
    with (copy / name).open("a") as file:
        file.write("# changed\n")
    assert sources.digest("el9") != before


def test_a_new_file_and_a_mode_are_another_image(copy: Path) -> None:
    before = sources.digest()
    (copy / "ovirt_lab/vdsm/new.py").write_text("")
    added = sources.digest()
    (copy / "ovirt_lab/vdsm/new.py").chmod(0o755)
    assert len({before, added, sources.digest()}) == 3


def test_documentation_and_litter_are_not(copy: Path) -> None:
    before = sources.digest()
    (copy / "images/README.md").write_text("other words")
    for name in ("ovirt_lab/vdsm/__pycache__/a.pyc", "images/.ruff_cache/CACHEDIR.TAG"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("")
    assert sources.digest() == before


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("ovirt_lab/engine/core.py", [sources.MACHINE]),
        ("ovirt_lab/engine_config/store.py", [sources.MACHINE]),
        ("ovirt_lab/engine_machine/service.py", [sources.MACHINE]),
        ("images/engine/ovirt-engine.spec", [sources.MACHINE]),
        ("images/rpm/vdsm.spec", [sources.HOST]),
        ("ovirt_lab/vdsm/__main__.py", [sources.HOST]),
        ("images/Dockerfile", [sources.HOST, sources.MACHINE]),  # the Engine machine begins as a host does
        ("images/looks", [sources.HOST, sources.MACHINE]),
    ],
)
def test_hosts_and_the_engine_machine_change_apart(copy: Path, name: str, changed: list[sources.Recipe]) -> None:
    recipes = (sources.HOST, sources.MACHINE)
    before = {recipe: sources.digest(recipe=recipe) for recipe in recipes}
    with (copy / name).open("a") as file:
        file.write("# changed\n")
    assert [recipe for recipe in recipes if sources.digest(recipe=recipe) != before[recipe]] == changed


def test_the_engine_machine_gets_the_sdk_and_no_vdsm(copy: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(sources.context(sources.MACHINE, {"sdk.tar.gz": b"sdk"}))) as archive:
        names = archive.getnames()
        read: Any = archive.extractfile
        assert read("sdk.tar.gz").read() == b"sdk"
    assert {"engine/Dockerfile", "engine/engine-config", "ovirt_lab/engine_machine/__main__.py"} <= set(names)
    assert not [name for name in names if name.startswith(("ovirt_lab/vdsm", "rpm/vdsm", "containers/"))]


def test_the_sdk_is_got_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "STORE", tmp_path / "store")
    asked = []

    def pip(words: list[str], cwd: Path, **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        (cwd / sdk.NAME).write_bytes(b"archive")
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(sdk.subprocess, "run", pip)
    assert [sdk.archive(), sdk.archive()] == [b"archive", b"archive"]
    assert len(asked) == 1


def test_without_the_sdk_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "STORE", tmp_path / "store")
    failed = subprocess.CompletedProcess([], 1, "", "Looking\nERROR: No matching distribution\n")
    monkeypatch.setattr(sdk.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(LabError, match="could not download.*ERROR: No matching distribution.*put .* into"):
        sdk.archive()


def test_images_differ_though_their_files_do_not() -> None:
    assert sources.digest("el8", "8") != sources.digest("el9", "9")


def test_the_context_holds_no_time_and_no_owner(copy: Path) -> None:
    before = sources.context()
    (copy / "images/Dockerfile").touch()
    assert sources.context() == before
    with tarfile.open(fileobj=io.BytesIO(before)) as archive:
        names = archive.getnames()
    assert {"Dockerfile", "rpm/build", "ovirt_lab/__init__.py", "ovirt_lab/vdsm/__main__.py"} <= set(names)
    assert not [name for name in names if name.startswith("ovirt_lab/hosts")]


def test_an_archive_is_what_docker_load_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = _make_of_the_images()
    busybox = tmp_path / "busybox"
    busybox.write_text("#!/bin/sh\necho sh\necho busybox\necho httpd\n")
    busybox.chmod(0o755)
    monkeypatch.setattr(make, "BUSYBOX", str(busybox))
    make.main(tmp_path / "archives")
    with tarfile.open(tmp_path / "archives/pause.tar") as archive:
        read: Any = archive.extractfile
        (manifest,) = json.load(read("manifest.json"))
        config = json.load(read(manifest["Config"]))
        with tarfile.open(fileobj=read("layer.tar")) as layer:
            modes = {entry.name: (entry.mode, entry.linkname) for entry in layer}
    assert manifest["RepoTags"] == ["lab/pause:latest"]
    assert config["config"]["Cmd"] == ["/init"]
    assert modes["bin/httpd"] == (0o755, "busybox")
    assert modes["init"] == (0o755, "")


def _make_of_the_images() -> Any:
    loader = SourceFileLoader("make_images", str(sources.IMAGES / "containers" / "make"))
    spec: Any = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
