# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Engine machine to be on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.host_tier.machine import Machine
from tests.properties.engine_machine import EngineMachine


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineMachine:
    """Be on it until the test ends."""
    return EngineMachine(Machine(tmp_path / "host").engine("4.3", L4_1="sap=^.*$;").enter(monkeypatch))
