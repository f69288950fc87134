# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine that examples run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ovirt_lab.engine import Engine, SystemClock, serve

from tests.support import answers

#: Engine seconds per second; the containers' first minute takes one.
SPEED = 60

#: Templates that examples name, and the one that is used when they name none.
TEMPLATES = [{"name": name, "disk": 2, "agent": True} for name in ("container-guest", "debian-13-podman")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An Engine with the default world and templates of guests, as the variables that a play finds it by."""
    engine = Engine(world={"templates": TEMPLATES}, clock=SystemClock(speed=SPEED))
    with answers.validated(engine), serve(engine, directory=tmp_path / "engine") as endpoint:
        yield {
            "url": endpoint.url,
            "username": endpoint.username,
            "password": endpoint.password,
            "ca_file": str(endpoint.ca_file),
        }
