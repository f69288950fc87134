# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request, in one small language for Python, command line and control endpoint.

    status:503[:match=METHOD REGEX][:nth=N][:count=M][:seconds=S]   answer with this code
    cut[:before|after][...]              break the connection; `after`: the Engine has acted, the answer is lost
    delay:seconds=S[...]                 answer late
    expire_tokens[...]                   all tokens end; logging in again works
    restart[:before|after]:seconds=S[...]   the Engine is restarted by the request it hits, and is away for so long
    lock:vm=NAME:seconds=S               the VM is locked for a while: 409 for what would change it
    host_gone:host=NAME                  the host does not respond any more, its VMs are unknown

`match` is found anywhere in "METHOD /path?query" of a request to the API (or SSO), `nth` the first matching request
that it hits (1), `count` how many it hits (1; 0 = all), `seconds` for how long after the first hit it goes on.

A restart is that of the service ovirt-engine behind its Apache: the answers of the request that is hit and of all that
are under way are lost, all tokens end, and for `seconds` everything but /ovirt-lab/ is answered 503 with Apache's page.
The state is kept, and what the hosts do goes on. `after` (usual): the Engine did what the request asked before it went
away; `before`: it did not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ovirtsdk4.types as types

from .messages import Response

if TYPE_CHECKING:
    from .context import Context
    from .core import Engine

_OPTION = re.compile(r":(?=(?:match|nth|count|seconds|vm|host)=)")
_KINDS = ("status", "cut", "delay", "expire_tokens", "restart", "lock", "host_gone")


@dataclass
class Fault:
    """One planned failure."""

    text: str
    kind: str
    value: str = ""
    match: re.Pattern[str] = re.compile("")
    nth: int = 1
    count: int = 1
    seconds: float = 0.0
    seen: int = 0
    hits: int = 0
    until: float = float("inf")
    about: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, spec: str) -> Fault:
        """Understand a specification; ValueError says what is wrong with it."""
        head, *options = _OPTION.split(spec.strip())
        kind, _, value = head.partition(":")
        if kind not in _KINDS:
            raise ValueError(f"fault {spec!r}: {kind!r} is none of {', '.join(_KINDS)}")
        fault = cls(spec, kind, value)
        if kind == "status" and not (value.isdigit() and 100 <= int(value) <= 599):
            raise ValueError(f"fault {spec!r}: an HTTP code is needed, as in status:503")
        if kind in ("cut", "restart") and value not in ("", "before", "after"):
            raise ValueError(f"fault {spec!r}: {kind} is :before or :after")
        for option in options:
            key, _, wanted = option.partition("=")
            fault._set(key, wanted)
        if kind == "restart" and not fault.seconds:
            raise ValueError(f"fault {spec!r}: seconds are needed, as in restart:seconds=5")
        if fault.seconds and kind == "status" and not any(o.startswith("count=") for o in options):
            fault.count = 0  # "503 for two seconds" means every request in them
        return fault

    def _set(self, key: str, value: str) -> None:
        try:
            if key == "match":
                self.match = re.compile(value)
            elif key in ("nth", "count"):
                setattr(self, key, int(value))
            elif key == "seconds":
                self.seconds = float(value)
            else:
                self.about[key] = value
        except (ValueError, re.error) as error:
            raise ValueError(f"fault {self.text!r}: {key}={value!r} is not right: {error}") from error

    def hit(self, line: str, now: float) -> bool:
        """Whether this request is to fail."""
        if not self.match.search(line) or now > self.until:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.count and self.hits >= self.count):
            return False
        if not self.hits and self.seconds and self.kind not in ("delay", "restart"):
            self.until = now + self.seconds
        self.hits += 1
        return True

    def __str__(self) -> str:
        return self.text


@dataclass
class Plan:
    """What the failures make of one request."""

    answer: Response | None = None
    cut: bool = False
    delay: float = 0.0
    away: float = 0.0


class FaultPlan:
    """The failures that are planned for an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults: list[Fault] = []
        self._back = float("-inf")  # when the Engine is there again
        self._restarts = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, spec: str) -> None:
        """Plan a failure; `lock` and `host_gone` happen at once."""
        fault = Fault.parse(spec)
        if fault.kind == "lock":
            self._lock(fault)
        elif fault.kind == "host_gone":
            self._host_gone(fault)
        else:
            self._faults.append(fault)

    def clear(self) -> None:
        """Plan no more failures; locked VMs are free again, and an Engine that is away is back."""
        self._faults.clear()
        self._back = float("-inf")
        for vm in self._engine.vms():
            self._engine.store.note(vm).pop("locked_until", None)

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
            if fault.hit(line, self._engine.now()):
                self._strike(fault, plan)
        return plan

    def after(self, plan: Plan) -> None:
        """What happens once the Engine has done what the request asked."""
        if plan.away:
            self._restarts += 1
            self._back = self._engine.now() + plan.away
            self._engine.sessions.expire()
            self._engine.searches.clear()

    def loses(self, ctx: Context) -> Callable[[], bool]:
        """Tells, at any later time, whether the Engine was restarted since now: then this request's answer is lost."""
        restarts = self._restarts
        return lambda: restarts != self._restarts and not ctx.target.startswith("/ovirt-lab/")

    def _strike(self, fault: Fault, plan: Plan) -> None:
        if fault.kind == "status":
            plan.answer = _broken(int(fault.value))
        elif fault.kind == "cut":
            plan.cut = True
            if fault.value != "after":
                plan.answer = Response(0, injected=True)
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
        self._engine.store.note(vm)["locked_until"] = self._engine.now() + (fault.seconds or float(10**9))

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


def _broken(status: int) -> Response:
    """An error as Apache in front of the Engine gives it: a page, no fault."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
    return Response(
        status, {"Content-Type": "text/html; charset=iso-8859-1"}, page if status != 401 else b"", injected=True
    )
