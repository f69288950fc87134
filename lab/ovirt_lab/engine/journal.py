# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine's records of its own actions: audit events and jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import event_texts
from .clock import as_datetime

if TYPE_CHECKING:
    from .context import Context
    from .core import Engine

# How event texts call the objects they are about.
_NAMES = {
    "vm": ("VmName", "VM"),
    "host": ("VdsName", "VDS"),
    "cluster": ("ClusterName", "Cluster"),
    "template": ("VmTemplateName",),
    "data_center": ("StoragePoolName",),
    "storage_domain": ("StorageDomainName",),
}
_JOBS_KEPT = 200  # the real Engine drops finished jobs after ten minutes (SucceededJobCleanupTimeInMinutes)
_EVENTS_KEPT = 50_000  # enough for adding, tagging and starting five thousand VMs; the real Engine keeps 30 days


class Journal:
    """Events (`/events`) and jobs (`/jobs`) of an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last = 0

    def restore(self) -> None:
        """Go on counting events where a loaded state ended."""
        self._last = max((int(e.id) for e in self._engine.store.list("events")), default=0)

    def number(self) -> int:
        """The number of the next event."""
        self._last += 1
        return self._last

    def event(self, name: str, ctx: Context | None = None, correlation_id: str | None = None, **about: Any) -> Any:
        """Write an event: objects as vm=, host=, cluster=, ...; anything else fills the text: VmName=, Reason=."""
        engine = self._engine
        words = {key: value for key, value in about.items() if key not in _NAMES}
        objects = {key: value for key, value in about.items() if key in _NAMES and value is not None}
        for key, obj in objects.items():
            words.update({slot: obj.name for slot in _NAMES[key] if slot not in words})
        words.setdefault("UserName", ctx.user if ctx is not None and ctx.user else "SYSTEM")
        code, severity, text = event_texts.event(name, engine.version_text, **words)
        number = self.number()
        entry = types.Event(
            id=str(number),
            index=number,
            code=code,
            severity=types.LogSeverity(severity),
            description=re.sub(r"\$\{\w+\}", "<UNKNOWN>", text),  # AuditLogDirector@4.1.9 does the same
            time=as_datetime(engine.now()),
            origin="oVirt",
            custom_id=-1,
            flood_rate=30,
            correlation_id=ctx.correlation_id if ctx is not None else correlation_id,
            **{key: engine.store.ref(obj) for key, obj in objects.items()},
        )
        self._trim("events", _EVENTS_KEPT)
        stored = engine.store.put("events", entry)
        engine.store.note(stored).update(
            {key: obj.name for key, obj in objects.items()}
        )  # names of objects that may be removed later
        return stored

    def job(self, ctx: Context, name: str, **words: Any) -> Any:
        """Add a finished job (`RunVm`); None if the Engine makes no job of it."""
        if ctx.world or name not in event_texts.JOBS:
            return None
        engine = self._engine
        now = as_datetime(engine.now())
        job = types.Job(
            description=event_texts.job(name, **words),
            status=types.JobStatus.FINISHED,
            auto_cleared=True,
            external=False,
            start_time=now,
            end_time=now,
            last_updated=now,
        )
        self._trim("jobs", _JOBS_KEPT)
        return engine.store.put("jobs", job)

    def _trim(self, path: str, limit: int) -> None:
        items = self._engine.store.collections.get(path, {})
        while len(items) >= limit:
            oldest = next(iter(items))
            del items[oldest]
            self._engine.store.notes.pop(f"{path}/{oldest}", None)
