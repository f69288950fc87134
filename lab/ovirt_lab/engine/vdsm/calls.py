# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call of Vdsm that is queued, and the health of a host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..refusal import Refusal
from .rpc import Answer


@dataclass
class Call:
    """A call of Vdsm about a VM (or a host, if `vm_id` is empty). `done` gets the answer and may refuse the request."""

    host_id: str
    method: str
    params: dict[str, Any]
    done: Callable[[Answer], Refusal | None]
    vm_id: str = ""


@dataclass
class Health:
    """Last answer of a host (Engine time), attempts without an answer since, and its number of VMs."""

    heard: float = 0.0
    attempts: int = 0
    vm_count: int = 0
