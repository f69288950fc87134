# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request, in one small language for Python, command line and control endpoint.

    status:503[:match=METHOD REGEX][:nth=N][:count=M][:seconds=S]   answer with this code
    cut[:before|after][...]              break the connection; `after`: the Engine has acted, the answer is lost
    delay:seconds=S[...]                 answer late
    expire_tokens[...]                   all tokens end; logging in again works
    lock:vm=NAME:seconds=S               the VM is locked for a while: 409 for what would change it
    host_gone:host=NAME                  the host does not respond any more, its VMs are unknown

`match` is found anywhere in "METHOD /path?query" of a request to the API (or SSO), `nth` the first matching request
that it hits (1), `count` how many it hits (1; 0 = all), `seconds` for how long after the first hit it goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ovirtsdk4.types as types

from .messages import Response

if TYPE_CHECKING:
    from .context import Context
    from .core import Engine

_OPTION = re.compile(r":(?=(?:match|nth|count|seconds|vm|host)=)")


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
        if kind not in ("status", "cut", "delay", "expire_tokens", "lock", "host_gone"):
            raise ValueError(f"fault {spec!r}: {kind!r} is none of status, cut, delay, expire_tokens, lock, host_gone")
        fault = cls(spec, kind, value)
        if kind == "status" and not (value.isdigit() and 100 <= int(value) <= 599):
            raise ValueError(f"fault {spec!r}: an HTTP code is needed, as in status:503")
        if kind == "cut" and value not in ("", "before", "after"):
            raise ValueError(f"fault {spec!r}: cut is :before or :after")
        for option in options:
            key, _, wanted = option.partition("=")
            fault._set(key, wanted)
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
        if not self.hits and self.seconds and self.kind != "delay":
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


class FaultPlan:
    """The failures that are planned for an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults: list[Fault] = []

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
        """Plan no more failures; locked VMs are free again."""
        self._faults.clear()
        for vm in self._engine.vms():
            self._engine.store.note(vm).pop("locked_until", None)

    def before(self, ctx: Context) -> Plan:
        """What happens to this request."""
        plan = Plan()
        if ctx.target.startswith("/ovirt-lab/"):
            return plan
        line = f"{ctx.method} {ctx.target}" + (f"?{ctx.raw_query}" if ctx.raw_query else "")
        for fault in self._faults:
            if not fault.hit(line, self._engine.now()):
                continue
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
        return plan

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
        for vm in self._engine.vms():
            if vm.host is not None and vm.host.id == host.id:
                vm.status = types.VmStatus.UNKNOWN
                store.touch(vm)
        self._engine.journal.event("VDS_FAILURE", host=host)


def _broken(status: int) -> Response:
    """An error as Apache in front of the Engine gives it: a page, no fault."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
    return Response(
        status, {"Content-Type": "text/html; charset=iso-8859-1"}, page if status != 401 else b"", injected=True
    )
