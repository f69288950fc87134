# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Engine for unit tests: calls run at once, on services that a test lays out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError


class StandInEngine:
    """What the Engine tier needs of an Engine. ``system`` is the SDK's system service, as a mock."""

    url = "https://engine.example.com/ovirt-engine/api"
    server = "engine.example.com"
    user = "admin@internal"
    correlation_id = "containers-1"

    def __init__(self) -> None:
        self.system: Any = MagicMock()

    def call(self, work: Callable[[Any], Any], within: float | None = None) -> Any:
        """Run one call."""
        return work(self.system)

    def each(self, calls: dict[Any, Callable[[Any], Any]]) -> dict[Any, Any]:
        """Run calls; an error is the result of its key."""
        return {key: self._caught(work) for key, work in calls.items()}

    def read(self, calls: dict[Any, Callable[[Any], Any]]) -> dict[Any, Any]:
        """Run calls; the first error is raised."""
        return {key: work(self.system) for key, work in calls.items()}

    def _caught(self, work: Callable[[Any], Any]) -> Any:
        try:
            return work(self.system)
        except EngineError as error:
            return error
