# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to Vdsm and their answers: who waits for what, in which thread, and what may not get in each other's way.

A question that a request brings about is asked in the request's own thread, and the client waits for it, as it does
with a real Engine; nobody else does. What the Engine wants of its own accord gets a thread for a moment. Every host has
one that looks after it.
"""

from __future__ import annotations

import itertools
import threading
import traceback
from typing import TYPE_CHECKING, Any

from .. import notes
from ..refusal import Refusal
from . import hosts, rpc, vms
from .calls import Call, Health

if TYPE_CHECKING:
    from ..core import Engine


class Links:
    """All connections of an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: list[Call] = []
        self._stamps = itertools.count(1)
        self._touched: dict[str, int] = {}  # when a question about a VM was asked or answered last
        self._busy: dict[str, int] = {}  # questions about a VM that are under way
        self._ended = threading.Event()
        self._watchers: dict[str, threading.Thread] = {}
        self._health: dict[str, Health] = {}  # by host; not part of the state that is compared and kept

    def health(self, host: Any) -> Health:
        """How the last conversations with a host went."""
        return self._health.setdefault(host.id, Health())

    def url(self, host: Any) -> str:
        """Where the host's Vdsm is; empty for a simulated host."""
        return str(notes.of_host(self._engine.store, host).get("vdsm_url", "")) if host is not None else ""

    # --- questions

    def queue(self, call: Call) -> None:
        """Ask, as soon as the lock is free."""
        call.url = self.url(self._engine.store.get("hosts", call.host_id))
        if call.vm_id:
            self._busy[call.vm_id] = self._busy.get(call.vm_id, 0) + 1
            self._touched[call.vm_id] = next(self._stamps)
        self._queue.append(call)

    def take(self) -> list[Call]:
        """What is to be asked by whoever has brought it about."""
        calls, self._queue = self._queue, []
        return calls

    def carry_out(self, call: Call) -> Refusal | None:
        """Ask, without the lock, and see to the answer."""
        answer = rpc.ask(call.url, call.method, call.params)
        with self._engine.lock:
            try:
                return call.done(answer)
            finally:
                if call.vm_id:
                    self._busy[call.vm_id] -= 1
                    self._touched[call.vm_id] = next(self._stamps)
                self.send()

    def send(self) -> None:
        """Have asked what waits, in threads of their own."""
        for call in self.take():
            threading.Thread(target=self.carry_out, args=(call,), name=call.method, daemon=True).start()

    def stamp(self) -> int:
        """A moment, to compare with."""
        return next(self._stamps)

    def undisturbed(self, vm_id: str, since: int) -> bool:
        """Whether nothing was asked about a VM since then, so that what a host said of it meanwhile may be believed."""
        return not self._busy.get(vm_id) and self._touched.get(vm_id, 0) < since

    # --- looking after hosts

    def hosts(self) -> list[Any]:
        """The hosts that have a Vdsm."""
        return [host for host in self._engine.store.list("hosts") if self.url(host)]

    def start(self) -> None:
        """Look after all of them from now on, each in a thread of its own."""
        self._ended.clear()
        for host in self.hosts():
            if host.id not in self._watchers:
                watcher = threading.Thread(target=self._watch, args=(host.id,), name=f"vdsm-{host.name}", daemon=True)
                self._watchers[host.id] = watcher
                watcher.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        for watcher in self._watchers.values():
            watcher.join(1)  # it may wait for a slow host; it is a daemon
        self._watchers.clear()

    def _watch(self, host_id: str) -> None:
        while not self._ended.is_set():
            try:
                if not self.poll(host_id):
                    return
            except Exception:  # an answer that makes no sense, or our own fault: say so, and look again
                traceback.print_exc()
            speed = getattr(self._engine.clock, "speed", 1.0)
            self._ended.wait(max(0.05, self._engine.world.delays["refresh"] / speed))

    def poll(self, host_id: str) -> bool:
        """Look after a host once; False when it is no more."""
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
            self.send()
        return True
