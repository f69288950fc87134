# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planned failures (faults.py), applied to requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ovirtsdk4 import types

from . import hostile, notes, refusing, texts
from .faults import Fault
from .messages import Response
from .resources import transfer_steps

if TYPE_CHECKING:
    from .context import Context
    from .core import Engine

Change = Callable[[Response], Response]


@dataclass
class Plan:
    """How the planned failures change one request."""

    answer: Response | None = None
    changes: list[Change] = field(default_factory=list)  # of the Engine's own answer, or of the one above
    cut: bool = False
    hang: bool = False
    delay: float = 0.0
    away: float = 0.0


class FaultPlan:
    """The failures that are planned for an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults: list[Fault] = []
        self._back = float("-inf")  # when the restarted Engine answers again
        self._restarts = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, spec: str) -> None:
        """Plan a failure; `lock`, `host_gone` and `stop_transfer` happen at once."""
        fault = Fault.parse(spec)
        version = self._engine.version_text
        if fault.kind == "refuse" and not texts.known(fault.value, version):
            raise ValueError(f"fault {spec!r}: an Engine {version} has no refusal {fault.value}")
        if fault.kind == "lock":
            self._lock(fault)
        elif fault.kind == "host_gone":
            self._host_gone(fault)
        elif fault.kind == "stop_transfer":
            self._stop_transfer(fault)
        else:
            self._faults.append(fault)

    def clear(self) -> None:
        """Remove all planned failures, unlock VMs, and end a restart."""
        self._faults.clear()
        self._back = float("-inf")
        for vm in self._engine.vms():
            notes.of_vm(self._engine.store, vm).pop("locked_until", None)

    def before(self, ctx: Context) -> Plan:
        """What happens to this request."""
        plan = Plan()
        if ctx.target.startswith("/ovirt-lab/"):
            return plan
        if self._engine.now() < self._back:
            plan.answer = _broken(503)
            return plan
        line = f"{ctx.method} {ctx.target}" + (f"?{ctx.raw_query}" if ctx.raw_query else "")
        for fault in self._faults:
            if not fault.for_images and fault.hit(line, self._engine.now()):
                self._strike(fault, plan, ctx)
        return plan

    def on_image(self, line: str) -> list[Fault]:
        """The failures that hit a request for an image, `PUT /images/<ticket>?flush=n`."""
        return [fault for fault in self._faults if fault.for_images and fault.hit(line, self._engine.now())]

    def after(self, plan: Plan) -> None:
        """What happens once the Engine has done what the request asked."""
        if plan.away:
            self._restarts += 1
            self._back = self._engine.now() + plan.away
            self._engine.sessions.expire()
            self._engine.searches.clear()

    def loses(self, ctx: Context) -> Callable[[], bool]:
        """Return a function that says whether the Engine was restarted since now, so that this answer is lost."""
        restarts = self._restarts
        return lambda: restarts != self._restarts and not ctx.target.startswith("/ovirt-lab/")

    def _strike(self, fault: Fault, plan: Plan, ctx: Context) -> None:
        if fault.kind == "status":
            plan.answer = _broken(int(fault.value))
        elif fault.kind == "cut":
            plan.cut = True
            if fault.value != "after":
                plan.answer = Response(0, injected=True)
        elif fault.kind == "hang":
            plan.hang = True
            if fault.value == "before":
                plan.answer = Response(0, injected=True)
        elif fault.kind == "answer":
            name, _, when = fault.value.partition(":")
            plan.changes.append(partial(_other, ctx, name))
            if when != "after" and name not in hostile.OF_THE_REAL:
                plan.answer = Response(0, injected=True)
        elif fault.kind == "rewrite":
            plan.changes.append(partial(_rewritten, fault.about["from"], fault.about.get("to", "")))
        elif fault.kind == "refuse":
            plan.answer = refusing.answer(ctx, fault.value, fault.about)
        elif fault.kind == "delay":
            plan.delay += fault.seconds
        elif fault.kind == "expire_tokens":
            self._engine.sessions.expire()
        elif fault.kind == "restart":
            plan.away = fault.seconds
            plan.cut = True
            if fault.value == "before":
                plan.answer = Response(0, injected=True)

    def _lock(self, fault: Fault) -> None:
        vm = self._engine.vm(fault.about.get("vm", ""))
        if vm is None:
            raise ValueError(f"fault {fault.text!r}: there is no VM {fault.about.get('vm')!r}")
        notes.of_vm(self._engine.store, vm)["locked_until"] = self._engine.now() + (fault.seconds or float(10**9))

    def _host_gone(self, fault: Fault) -> None:
        store = self._engine.store
        host = store.named("hosts", fault.about.get("host", ""))
        if host is None:
            raise ValueError(f"fault {fault.text!r}: there is no host {fault.about.get('host')!r}")
        host.status = types.HostStatus.NON_RESPONSIVE
        store.touch(host)
        for vm in store.vms_on(host):
            vm.status = types.VmStatus.UNKNOWN
            store.touch(vm)
        self._engine.journal.event("VDS_FAILURE", host=host)
        transfer_steps.host_is_gone(self._engine, host)

    def _stop_transfer(self, fault: Fault) -> None:
        disk = self._engine.store.named("disks", fault.about.get("disk", ""))
        found = transfer_steps.of_disk(self._engine, disk) if disk is not None else None
        if found is None:
            raise ValueError(f"fault {fault.text!r}: no transfer of a disk {fault.about.get('disk')!r} goes on")
        transfer_steps.stopped_by_system(self._engine, found, "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_TICKET_RENEW_FAILURE")


def _other(ctx: Context, name: str, real: Response) -> Response:
    """The named answer, in place of the Engine's or made of it."""
    made = hostile.ANSWERS[name](ctx, real)
    made.injected = True
    return made


def _rewritten(pattern: str, text: str, real: Response) -> Response:
    body = re.sub(pattern, text, real.body.decode(), flags=re.DOTALL).encode()
    return replace(real, body=body, injected=True)


def _broken(status: int) -> Response:
    """An error page of the Apache in front of the Engine, not a fault of the API."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
    return Response(
        status, {"Content-Type": "text/html; charset=iso-8859-1"}, page if status != 401 else b"", injected=True
    )
