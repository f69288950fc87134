# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A package is built once, though several tasks ask for it at the same moment."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._package import package

PACKAGE = "/cache/below/vdsm-containers.rpm"


class Builder:
    """Builds take a moment; ``built`` has the path of each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.built: list[str] = []
        self.at_work = threading.Lock()
        monkeypatch.setattr(package.build, "kept", lambda path: Path(path).exists())
        monkeypatch.setattr(package.build, "build", self.build)

    def build(self, _host: Any, _source: Any, _version: str, _release: str, path: str) -> None:
        """Build, alone."""
        assert self.at_work.acquire(blocking=False), "two builds at the same time"
        time.sleep(0.2)
        self.built.append(path)
        Path(path).write_text("package")
        self.at_work.release()


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    """The build machine."""
    return Builder(monkeypatch)


def once(place: Path) -> bool:
    """Ask for the package; whether this call built it."""
    found: bool = package._build_once(Host(), None, "4.19.20", "1.el7", str(place / PACKAGE.lstrip("/")))
    return found


def test_tasks_of_one_moment_build_one_package(builder: Builder, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(once, [tmp_path] * 4))
    assert (sorted(built), len(builder.built)) == ([False, False, False, True], 1)


def test_a_failed_build_lets_the_next_task_try(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: Any) -> None:
        raise HostError("rpmbuild failed")

    with monkeypatch.context() as failing:
        failing.setattr(package.build, "build", broken)
        with pytest.raises(HostError, match="rpmbuild failed"):
            once(tmp_path)
    assert once(tmp_path)
    assert not once(tmp_path)
