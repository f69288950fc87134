# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of Vdsm, each an errand of the Engine (../errands.py), and the threads that monitor the hosts, one each."""

from __future__ import annotations

import itertools
import threading
import traceback
from typing import TYPE_CHECKING, Any

from .. import notes
from ..errands import Errand
from ..refusal import Refusal
from . import hosts, rpc, vms
from .calls import Call, Health

if TYPE_CHECKING:
    from ..core import Engine


class Links:
    """All connections of an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stamps = itertools.count(1)
        self._touched: dict[str, int] = {}  # when a question about a VM was asked or answered last
        self._busy: dict[str, int] = {}  # questions about a VM that are under way
        self._ended = threading.Event()
        self._watchers: dict[str, threading.Thread] = {}
        self._health: dict[str, Health] = {}  # by host; not part of the state that is compared and kept

    def health(self, host: Any) -> Health:
        """The health of a host."""
        return self._health.setdefault(host.id, Health())

    def url(self, host: Any) -> str:
        """The address of the host's Vdsm; empty if it has none."""
        return str(notes.of_host(self._engine.store, host).get("vdsm_url", "")) if host is not None else ""

    # --- calls

    def queue(self, call: Call) -> None:
        """Queue a call; it is made when the lock is free."""
        url = self.url(self._engine.store.get("hosts", call.host_id))
        if call.vm_id:
            self._busy[call.vm_id] = self._busy.get(call.vm_id, 0) + 1
            self._touched[call.vm_id] = next(self._stamps)

        def make() -> rpc.Answer:
            return rpc.ask(url, call.method, call.params)

        def done(answer: rpc.Answer) -> Refusal | None:
            try:
                return call.done(answer)
            finally:
                if call.vm_id:
                    self._busy[call.vm_id] -= 1
                    self._touched[call.vm_id] = next(self._stamps)

        self._engine.errands.add(Errand(call.method, make, done))

    def stamp(self) -> int:
        """A number that is larger than those of all earlier calls."""
        return next(self._stamps)

    def undisturbed(self, vm_id: str, since: int) -> bool:
        """Whether no call about a VM was made since a stamp, so that a report of the host from then is still right."""
        return not self._busy.get(vm_id) and self._touched.get(vm_id, 0) < since

    # --- monitoring

    def hosts(self) -> list[Any]:
        """The hosts that have a Vdsm."""
        return [host for host in self._engine.store.list("hosts") if self.url(host)]

    def start(self) -> None:
        """Start monitoring all hosts, each in a thread of its own."""
        self._ended.clear()
        for host in self.hosts():
            if host.id not in self._watchers:
                watcher = threading.Thread(target=self._watch, args=(host.id,), name=f"vdsm-{host.name}", daemon=True)
                self._watchers[host.id] = watcher
                watcher.start()

    def stop(self) -> None:
        """Stop monitoring."""
        self._ended.set()
        for watcher in self._watchers.values():
            watcher.join(1)  # it may wait for a slow host; it is a daemon
        self._watchers.clear()

    def _watch(self, host_id: str) -> None:
        while not self._ended.is_set():
            try:
                if not self.poll(host_id):
                    return
            except Exception:  # a senseless answer or a bug: print it and go on
                traceback.print_exc()
            speed = getattr(self._engine.clock, "speed", 1.0)
            self._ended.wait(max(0.05, self._engine.world.delays["refresh"] / speed))

    def poll(self, host_id: str) -> bool:
        """Monitor a host once; False if the host was removed."""
        engine = self._engine
        with engine.lock:
            engine.tick()
            host = engine.store.get("hosts", host_id)
            if host is None:
                return False
            methods, url, stamp = hosts.questions(host), self.url(host), self.stamp()
        answers: dict[str, rpc.Answer] = {}
        for method in methods:
            answers[method] = rpc.ask(url, method, patience=rpc.MONITORING)
            if answers[method].network:
                break
        with engine.lock:
            host = engine.store.get("hosts", host_id)
            if host is not None and answers:
                hosts.hear(engine, host, answers)
                vms.hear(engine, host, answers.get(vms.QUESTION), stamp)
            engine.errands.send()
        return True
