# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine: takes a request and returns an answer. Sockets and threads are in server.py, what hosts do
in drivers/."""

from __future__ import annotations

import copy
import heapq
import json
import logging
import re
import threading
import time
import uuid
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from . import api, lab, loading, resources, routes, services
from .clock import Clock, SystemClock
from .context import Context
from .drivers.choice import Drivers
from .errands import Errands
from .fault_plan import FaultPlan
from .images.service import Images
from .journal import Journal
from .messages import Request, Response
from .populate import add_seeds, populate
from .refusal import Refusal
from .sso import Sessions
from .store import Store
from .versions import Release
from .world import World

_log = logging.getLogger(__name__)
_REQUESTS_KEPT = 200_000
_OTHER_VERSION = re.compile(rf"{routes.API}/v\d+(/|$)")


@lru_cache(maxsize=16)
def _date(second: int) -> str:
    """A moment as the header Date has it."""
    return formatdate(second, usegmt=True)


class Engine:
    """A simulated oVirt Engine of one version ("4.1" or "4.1.2.0") with everything it manages.

    Every request goes through `handle`, which first applies the transitions that are due.
    """

    def __init__(
        self,
        version: str = "4.3",
        world: dict[str, Any] | None = None,
        clock: Clock | None = None,
        username: str = "admin@internal",
        password: str = "secret",
        empty: bool = False,
    ) -> None:
        self.release = Release.parse(version)
        loading.load_all()
        self.version_text = self.release.minor  # "4.1", without the rest
        self.version: tuple[int, int] = (self.release.number[0], self.release.number[1])
        self.clock: Clock = clock or SystemClock()
        self.store = Store()
        self.world = World.parse(world, self.version)
        self.sessions = Sessions(username, password)
        self.faults = FaultPlan(self)
        self.journal = Journal(self)
        self.requests: list[Request] = []
        self.searches: dict[Any, Any] = {}  # translated searches (query.py); a restart forgets them, as in the Engine
        self._forgotten = 0
        self.ca_pem = b""
        self._due: list[tuple[float, int, str, dict[str, Any]]] = []
        self._counter = 0
        self._now: float | None = None
        self.lock = threading.RLock()
        self.images = Images(self)  # the content of disks
        self.errands = Errands(self)  # what is done without the lock
        self.drivers = Drivers(self)  # how hosts do what they are asked
        if not empty:
            populate(self)

    # --- time

    def now(self) -> float:
        """Engine time. A transition sees the time at which it was due."""
        return self._now if self._now is not None else self.clock.now()

    def schedule(self, seconds: float, name: str, **about: Any) -> None:
        """Apply the transition `name` (resources.transition) after so many seconds of Engine time."""
        self._counter += 1
        heapq.heappush(self._due, (self.now() + seconds, self._counter, name, about))

    def tick(self) -> None:
        """Apply all transitions that are due, in order. One that fails is logged, and the others go on."""
        limit = self.clock.now()
        while self._due and self._due[0][0] <= limit:
            self._now, _, name, about = heapq.heappop(self._due)
            try:
                resources.TRANSITIONS[name](self, **about)
            except Exception:  # the request that comes next has nothing to do with it
                _log.exception("transition %s of %s failed", name, about)
            finally:
                self._now = None
        self.errands.send()

    # --- requests

    def handle(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        """Answer one request. The answer may ask the server to wait, to break the connection, ... (Response)."""
        started = time.perf_counter()
        ctx = self._context("GET" if method == "HEAD" else method, target, headers or {})
        with self.lock:
            self.tick()
            planned = self.faults.before(ctx)
            response = planned.answer or self._answer(ctx, body)
            self.faults.after(planned)
            lost = self.faults.loses(ctx)
            errands = self.errands.take()
        for errand in errands:  # Without the lock: only the request that caused the errand waits for a slow host.
            refusal = self.errands.carry_out(errand)
            response = api.failed(ctx, refusal) if refusal is not None else response
        for change in planned.changes:
            response = change(response)
        response.delay += planned.delay + self.world.latency
        response.cut = response.cut or planned.cut
        response.hang = planned.hang
        response.lost = lost
        self._finish(ctx, response)
        if method == "HEAD":
            response.headers["Content-Length"] = str(len(response.body))
            response.body, response.pieces = b"", None
        self.record(
            Request(method, ctx.target, ctx.raw_query, response.status, ctx.correlation_id,
                    time.perf_counter() - started, ctx.user)
        )  # fmt: skip
        return response

    def _context(self, method: str, target: str, headers: dict[str, str]) -> Context:
        path, _, query = target.partition("?")
        lower = {key.lower(): value for key, value in headers.items()}
        path, *matrix = unquote(path).split(";")  # /vms;max=5: the Engine's older way to give parameters
        arguments = dict(parse_qsl("&".join([*matrix, query]), keep_blank_values=True))
        wanted = lower.get("correlation-id") or arguments.get("correlation_id") or ""
        # CurrentFilter@4.1.9: other characters dropped, cut to 36; a random one when absent
        correlation = re.sub(r"[^0-9a-zA-Z_-]", "", wanted)[:36] or str(uuid.uuid4())
        path = path.rstrip("/")
        versioned = path == routes.VERSIONED or path.startswith(f"{routes.VERSIONED}/")
        if versioned:
            path = routes.API + path[len(routes.VERSIONED) :]
        return Context(self, method, query=arguments, headers=lower, user="", correlation_id=correlation,
                       target=path, raw_query=query, versioned=versioned)  # fmt: skip

    def _finish(self, ctx: Context, response: Response) -> None:
        """What every answer has. Hrefs keep the version that the request's address had."""
        response.headers.setdefault("Correlation-Id", ctx.correlation_id)
        response.headers.setdefault("Date", _date(int(self.clock.now())))
        if ctx.versioned:
            begin = ctx.media.href
            old, new = (begin + f"{prefix}".encode() for prefix in (routes.API, routes.VERSIONED))
            response.body = response.body.replace(old, new)
            if "Location" in response.headers:
                response.headers["Location"] = routes.VERSIONED + response.headers["Location"][len(routes.API) :]

    def _answer(self, ctx: Context, body: bytes) -> Response:
        try:
            if ctx.target == routes.API or ctx.target.startswith(routes.API + "/"):
                if ctx.headers.get("version", "4") != "4" or _OTHER_VERSION.match(ctx.target):
                    return Response(400)  # VersionFilter.doFilter
                ctx.user = self.sessions.authenticate(ctx)
                return api.answer(ctx, body)
            if ctx.target.startswith("/ovirt-lab/"):
                ctx.user = self.sessions.authenticate(ctx)
                return lab.answer(ctx, body)
            return services.answer(ctx, body)
        except Refusal as refusal:
            return api.refused(ctx, refusal)

    def items(self, ctx: Context, path: str) -> list[Any]:
        """The objects of any collection, computed ones too."""
        inner = Context(self, "GET", path=path, user=ctx.user, world=ctx.world)
        return list(resources.kind_of(routes.pattern_of(path)).items(inner))

    def add(self, path: str, obj: Any, **about: Any) -> Any:
        """Add an object of the world: same defaults and checks as a request, no events."""
        return api.add(Context(self, "POST", path=path, world=True, **about), obj)

    # --- what tests ask

    def vm(self, name: str) -> Any:
        """The VM of this name, or None."""
        return self.store.named("vms", name)

    def vms(self) -> list[Any]:
        """All VMs."""
        return self.store.list("vms")

    def mark(self) -> int:
        """A place in the request log: the number of requests so far."""
        return self._forgotten + len(self.requests)

    def requests_since(self, mark: int) -> list[Request]:
        """The requests since a mark."""
        return self.requests[max(0, mark - self._forgotten) :]

    def starts(self, name: str) -> list[dict[str, Any]]:
        """The last starts of the VM of this name, oldest first; ValueError if there is no such VM.

        Each has `time` (Engine time), `host`, `initialize` (cloud_init, sysprep, nothing), and what its guest found on
        a drive: `label`, and `files`, text by name. Of sysprep the lab makes no files.
        """
        with self.lock:
            self.tick()
            vm = self.store.named("vms", name)
            if vm is None:
                raise ValueError(f"there is no VM {name}")
            return copy.deepcopy(self.store.note(vm).get("starts", []))

    def console(self, name: str) -> str:
        """What the guest of the VM of this name printed on its console in all its runs; empty where guests are only
        simulated. ValueError if there is no such VM."""
        with self.lock:
            vm = self.store.named("vms", name)
            if vm is None:
                raise ValueError(f"there is no VM {name}")
            path = self.images.content.console(vm.id)
        return path.read_text(encoding="utf-8", errors="replace") if path is not None and path.exists() else ""

    def record(self, request: Request) -> None:
        """Log a request; the older half of a full log goes, so that a laboratory can run for days."""
        with self.lock:
            if len(self.requests) >= _REQUESTS_KEPT:
                half = _REQUESTS_KEPT // 2
                del self.requests[:half]
                self._forgotten += half
            self.requests.append(request)

    def state(self) -> dict[str, Any]:
        """The whole state as plain values; two equal states mean that nothing was changed."""
        with self.lock:
            self.tick()
            return self.store.dump()

    def save(self, path: str | Path) -> None:
        """Write the whole state to a file."""
        with self.lock:
            self.tick()
            state = {
                "version": self.release.text,
                "now": self.clock.now(),
                "world": self.world.source,
                "due": self._due,
                **self.store.dump(),
            }
        Path(path).write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path, clock: Clock | None = None, **about: Any) -> Engine:
        """An Engine in the state that `save` wrote; its clock goes on from there."""
        state = json.loads(Path(path).read_text(encoding="utf-8"))
        engine = cls(state["version"], state["world"], clock, empty=True, **about)
        engine.store.load(state)
        add_seeds(engine)
        engine.journal.restore()
        # The saved clock may be ahead of this one. Engine time never goes back, so this one is moved forward.
        engine.clock.advance(max(0.0, state["now"] - engine.clock.now()))
        shift = engine.clock.now() - state["now"]
        engine._due = [(due + shift, number, name, values) for due, number, name, values in state["due"]]
        heapq.heapify(engine._due)
        engine._counter = max((entry[1] for entry in engine._due), default=0)
        return engine


__all__ = ["Engine", "Request", "Response"]
