# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine of the machine: it reads engine-config's table when it starts, and saves its state when it stops."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ending import Ending
from ..engine import Engine, SystemClock
from ..engine_config import store
from . import worlds
from .front import Front
from .settings import Settings


@dataclass(frozen=True)
class Places:
    """Where things are on the machine."""

    settings: Path
    database: Path  # engine-config's
    state: Path


class Service:
    """One run of ovirt-engine behind a front that listens already."""

    def __init__(self, places: Places, front: Front, ca_pem: bytes) -> None:
        self._places = places
        self._front = front
        self._ca_pem = ca_pem
        self.engine: Engine | None = None

    def start(self, ending: Ending | threading.Event) -> None:
        """Start the Engine with its saved state, or a new one, after the world's delay `start` unless it is to end."""
        settings = Settings.read(self._places.settings)
        engine = self.engine = self._engine(settings)
        engine.ca_pem = self._ca_pem
        if not ending.wait(engine.world.delays["start"] / settings.speed):
            engine.drivers.start()
            self._front.engine = engine

    def _engine(self, settings: Settings) -> Engine:
        clock = SystemClock(settings.speed)
        login: dict[str, Any] = {"username": settings.username, "password": settings.password}
        database, state = self._places.database, self._places.state
        if state.exists():
            engine = Engine.load(state, clock, **login)
            engine.journal.event("VDC_START")
        else:
            engine = Engine(settings.version, worlds.first(settings), clock, **login)
        if not database.exists():
            store.create(database, engine.version_text, engine.world.properties)
        engine.world.properties = store.running_values(database)
        return engine

    def stop(self) -> None:
        """Save the state to a new file and rename it, so that an interrupted save leaves no half file."""
        self._front.engine = None
        if self.engine is not None:
            written = self._places.state.with_name(self._places.state.name + ".new")
            self.engine.save(written)
            written.replace(self._places.state)
            # last, since it may wait for hosts that do not answer, longer than systemd waits
            self.engine.drivers.stop()
