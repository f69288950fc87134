# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery files, by which a restarted vdsmd knows its VMs: /var/run/vdsm/<vm id>.recovery.

The real file is a Python 2 pickle of the same dict (vdsm/virt/recovery.py@v4.19.20); this one is JSON, since only
Vdsm reads it.
"""

from __future__ import annotations

import json
import os
import threading
from typing import Any

from .site import RUN_DIR, Site

SUFFIX = ".recovery"


class RecoveryFile:
    """The file of one VM."""

    def __init__(self, site: Site, vm_id: str) -> None:
        self.vm_id = vm_id
        self._path = site.path(f"{RUN_DIR}/{vm_id}{SUFFIX}")
        self._lock = threading.Lock()
        self._cleared = False

    def save(self, values: dict[str, Any]) -> None:
        """Write the file atomically; do nothing once it was removed."""
        with self._lock:
            if self._cleared:
                return
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(values), encoding="utf-8")
            os.replace(fresh, self._path)

    def load(self, now: float) -> dict[str, Any]:
        """The parameters to recover the VM with."""
        params: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        params["elapsedTimeOffset"] = now - float(params.pop("startTime", now))
        for computed in ("status", "statusTime", "guestDiskMapping"):
            params.pop(computed, None)
        return params

    def clear(self) -> None:
        """Remove it."""
        with self._lock:
            self._cleared = True
            self._path.unlink(missing_ok=True)


def found(site: Site) -> list[RecoveryFile]:
    """All files there are."""
    return [RecoveryFile(site, path.stem) for path in sorted(site.path(RUN_DIR).glob(f"*{SUFFIX}"))]
