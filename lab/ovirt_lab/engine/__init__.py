# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded oVirt Engine: `Engine` answers requests, `serve` puts it on a TLS port of this machine.

from ovirt_lab.engine import Engine, ManualClock, serve

with serve(Engine(version="4.1", clock=ManualClock()), directory) as endpoint:
    connection = ovirtsdk4.Connection(
        url=endpoint.url, username=endpoint.username, password=endpoint.password, ca_file=endpoint.ca_file
    )
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import ManualClock, SystemClock
    from .core import Engine
    from .messages import Request, Response
    from .server import Endpoint, serve

__all__ = ["Endpoint", "Engine", "ManualClock", "Request", "Response", "SystemClock", "serve"]

_WHERE = {
    "Endpoint": "server",
    "Engine": "core",
    "ManualClock": "clock",
    "Request": "messages",
    "Response": "messages",
    "SystemClock": "clock",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: --help and --stop need none of it."""
    if name in _WHERE:
        return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
