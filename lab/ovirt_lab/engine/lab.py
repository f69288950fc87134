# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint /ovirt-lab/ for tests in other processes: failures, the clock, the request log."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from .context import Context
from .messages import JSON, Response
from .refusal import Refusal
from .resources import hosted_engine


def answer(ctx: Context, body: bytes) -> Response:
    """Answer a request to the laboratory itself."""
    engine = ctx.engine
    call = (ctx.method, ctx.target[len("/ovirt-lab/") :])
    try:
        sent: Any = json.loads(body) if body.strip() else None
        if call == ("POST", "faults"):
            for spec in [sent] if isinstance(sent, str) else sent:
                engine.faults.add(spec)
            return _json([str(fault) for fault in engine.faults])
        if call == ("DELETE", "faults"):
            engine.faults.clear()
            return _json([])
        if call == ("GET", "faults"):
            return _json([str(fault) for fault in engine.faults])
        if call == ("GET", "requests"):
            since = int(ctx.query.get("since", "0"))
            return _json([{**dataclasses.asdict(r), "writes": r.writes} for r in engine.requests_since(since)])
        if call == ("POST", "clock"):
            engine.clock.advance(float(sent["advance"]))
            engine.tick()
            return _json({"now": engine.clock.now()})
        if call == ("POST", "hosted-engine"):
            agents = hosted_engine.set_maintenance(engine, bool(sent["global_maintenance"]))
            return _json([host.name for host in agents])
        if call == ("GET", "starts"):
            return _json(engine.starts(ctx.query["vm"]))
        if call == ("GET", "console"):
            return _json(engine.console(ctx.query["vm"]))
        if call == ("GET", "state"):
            return _json(engine.state())
    except (ValueError, KeyError, TypeError) as error:
        return _json({"error": str(error)}, 400)
    raise Refusal(404)


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, {"Content-Type": JSON}, json.dumps(value).encode())
