# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage pool manager: one host of each data center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

if TYPE_CHECKING:
    from ..core import Engine


def elect(engine: Engine) -> None:
    """Make one host that is up the storage pool manager of each data center; keep the present one if it is up."""
    for center in engine.store.list("datacenters"):
        hosts = [h for h in engine.store.list("hosts") if _center(engine, h) == center.id]
        able = [h for h in hosts if h.status == types.HostStatus.UP]
        manager = next((h for h in able if h.spm.status == types.SpmStatus.SPM), able[0] if able else None)
        for host in hosts:
            wanted = types.SpmStatus.SPM if host is manager else types.SpmStatus.NONE
            if host.spm.status != wanted:
                host.spm = types.Spm(priority=host.spm.priority, status=wanted)


def _center(engine: Engine, host: Any) -> str:
    return engine.store.follow(host.cluster).data_center.id
