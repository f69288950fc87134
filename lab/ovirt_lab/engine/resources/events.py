# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log as clients see it. journal.py writes it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import event_texts, views
from ..clock import as_datetime
from ..routes import split
from . import Kind

if TYPE_CHECKING:
    from ..context import Context

# Codes of events that come from outside (AuditLogType.java).
EXTERNAL = {"normal": 9801, "warning": 9802, "error": 9803, "alert": 9804}


def _name(kind: str) -> Any:
    """Search events by the name that the object had at the time, also after it was removed (audit_log.vm_name)."""

    def find(ctx: Context, obj: Any) -> Any:
        noted = ctx.store.notes.get(split(obj.href), {}).get(kind)
        found = ctx.store.follow(getattr(obj, kind)) if noted is None else None
        return found.name if found is not None else noted

    return find


class Events(Kind):
    """Newest first; `from` is the number of the last event already seen."""

    path = "events"
    required = ("origin", "severity", "custom_id", "description")
    search = {
        "correlation_id": "correlation_id",
        "severity": "severity",
        "type": "code",
        "message": "description",
        "time": "time",
        "event_vm": _name("vm"),
        "event_host": _name("host"),
        "event_template": _name("template"),
        "event_datacenter": _name("data_center"),
        "event_storage": _name("storage_domain"),
        "vm.name": _name("vm"),
        "vms.name": _name("vm"),
        "host.name": _name("host"),
        "hosts.name": _name("host"),
        "template.name": _name("template"),
        "origin": "origin",
    }

    def items(self, ctx: Context) -> list[Any]:
        """Newest first."""
        events = ctx.store.list(self.path)[::-1]
        start = ctx.query.get("from", "") if views.searched(ctx, self.path) else ""
        if start.isdigit():
            events = list(itertools.takewhile(lambda event: event.index > int(start), events))
        return events

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Add an event of a client (BackendEventsResource.add)."""
        obj.index = ctx.engine.journal.number()
        obj.id = str(obj.index)
        obj.code = EXTERNAL[obj.severity.value]
        obj.time = as_datetime(ctx.engine.now())
        obj.correlation_id = ctx.correlation_id
        obj.flood_rate = obj.flood_rate or 0
        for kind, path in (("vm", "vms"), ("host", "hosts"), ("template", "templates"), ("cluster", "clusters")):
            if getattr(obj, kind) is not None:
                setattr(obj, kind, ctx.store.ref(ctx.find(path, getattr(obj, kind))))


def job_steps(ctx: Context, job: Any) -> list[Any]:
    """The three steps of a plain command's job."""
    steps = []
    for number, (kind, text) in enumerate(event_texts.STEPS.items()):
        step = types.Step(
            id=f"{job.id[:-1]}{number}",
            description=text,
            external=False,
            number=number,
            status=types.StepStatus(job.status.value),
            type=types.StepEnum(kind),
            start_time=job.start_time,
            end_time=job.end_time,
            job=ctx.store.ref(job),
        )
        step.href = f"{job.href}/steps/{step.id}"
        steps.append(step)
    return steps


class Jobs(Kind):
    """What the Engine did; a client may keep jobs of its own here too."""

    path = "jobs"
    required = ("description",)
    search = {"description": "description", "status": "status"}

    def items(self, ctx: Context) -> list[Any]:
        """Oldest first since 4.2 (`start_time ASC`, SearchObjectAutoCompleter), newest first before (GetAllJobs)."""
        found = ctx.store.list(self.path)
        return found if ctx.version >= (4, 2) else found[::-1]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """A job from outside: only its description is taken."""
        now = as_datetime(ctx.engine.now())
        obj.external, obj.auto_cleared, obj.status = True, bool(obj.auto_cleared), types.JobStatus.STARTED
        obj.start_time = obj.last_updated = now


class Steps(Kind):
    """Steps of a job."""

    path = "jobs/*/steps"

    def items(self, ctx: Context) -> list[Any]:
        """Those of the Engine's own jobs are always the same three."""
        job = ctx.owner()
        return ctx.store.list(ctx.path) if job.external else job_steps(ctx, job)
