# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the lines of container_fleet go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.action import container_fleet


def test_what_takes_no_lines_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's lines are written by its parent, and Ansible's thread for results dies of one that it cannot write."""
    file = tmp_path / "file"
    file.touch()
    assert container_fleet.can_be_shown(str(file))
    assert container_fleet.can_be_shown("/dev/null")
    assert not container_fleet.can_be_shown("/dev/full")
    assert container_fleet.can_be_shown(str(tmp_path / "what the system does not tell"))
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result((1,) * 4 + (0,) * 6))
    assert not container_fleet.can_be_shown(str(file))


def test_a_terminal_takes_lines() -> None:
    master, slave = os.openpty()
    try:
        assert container_fleet.can_be_shown(os.ttyname(slave))
    finally:
        os.close(slave)
        os.close(master)
