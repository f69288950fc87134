# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.files import write_whole


def test_a_file_and_its_mode(tmp_path: Path) -> None:
    place = tmp_path / "record"
    write_whole(str(place), b"one")
    assert (place.read_bytes(), place.stat().st_mode & 0o777) == (b"one", 0o600)
    write_whole(str(place), b"two", 0o644)
    assert (place.read_bytes(), place.stat().st_mode & 0o777) == (b"two", 0o644)
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("step", ["fsync", "chmod", "rename"])
def test_a_step_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    place = tmp_path / "record"
    place.write_bytes(b"old")

    def fail(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(str(place), b"new")
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]
