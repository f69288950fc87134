# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host tier on hosts that are directories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.host_tier.machine import Machine

On = Callable[[Callable[[Path], Machine]], Machine]


@pytest.fixture
def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> On:
    """Make a machine and be on it."""

    def be(build: Callable[[Path], Machine]) -> Machine:
        return build(tmp_path / "host").enter(monkeypatch)

    return be
