# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request: the language, which request they hit, and the control endpoint."""

from __future__ import annotations

import json

import pytest
from client import AUTHORIZATION, Lab

from ovirt_lab.engine.faults import Fault


def statuses(lab: Lab, count: int, path: str = "vms") -> list[int]:
    return [lab.raw("GET", path).status for _ in range(count)]


def test_status_hits_the_nth_matching_request_only() -> None:
    lab = Lab()
    lab.engine.faults.add("status:503:match=GET .*/vms:nth=2:count=2")
    assert statuses(lab, 2, "hosts") == [200, 200]
    assert statuses(lab, 4) == [200, 503, 503, 200]


def test_status_for_a_while() -> None:
    lab = Lab()
    lab.engine.faults.add("status:503:seconds=2")
    assert statuses(lab, 3) == [503, 503, 503]
    lab.clock.advance(2.1)
    assert statuses(lab, 1) == [200]


def test_match_may_hold_colons() -> None:
    fault = Fault.parse("status:409:match=POST .*a:b$:count=3")
    assert (fault.match.pattern, fault.count) == ("POST .*a:b$", 3)


def test_cut_before_and_after() -> None:
    lab = Lab()
    body = b"<vm><name>%s</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"
    lab.engine.faults.add("cut:match=POST")
    assert lab.raw("POST", "vms", body % b"a").cut and lab.engine.vm("a") is None
    lab.engine.faults.add("cut:after:match=POST")
    assert lab.raw("POST", "vms", body % b"b").cut and lab.engine.vm("b") is not None


def test_delay_and_latency() -> None:
    lab = Lab()
    lab.engine.world.latency = 0.25
    lab.engine.faults.add("delay:seconds=2:nth=2")
    assert [lab.raw("GET", "vms").delay for _ in range(3)] == [0.25, 2.25, 0.25]


def test_expired_tokens() -> None:
    lab = Lab()
    token = lab.engine.sessions.login(lab.clock.now())
    lab.engine.faults.add("expire_tokens:nth=2")
    bearer = {"Authorization": f"Bearer {token}"}
    assert [lab.raw("GET", "vms", **bearer).status for _ in range(3)] == [200, 401, 401]
    assert lab.raw("GET", "vms").status == 200  # by password


def logged_in(lab: Lab) -> int:
    form = b"grant_type=password&username=admin%40internal&password=secret"
    return lab.engine.handle("POST", "/ovirt-engine/sso/oauth/token", {}, form).status


def healthy(lab: Lab) -> int:
    return lab.engine.handle("GET", "/ovirt-engine/services/health", {}, b"").status


def test_restart_loses_the_answer_then_answers_503_and_forgets_tokens_but_not_the_state() -> None:
    lab = Lab()
    token = lab.engine.sessions.login(lab.clock.now())
    bearer = {"Authorization": f"Bearer {token}"}
    body = b"<vm><name>%s</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"
    lab.engine.faults.add("restart:seconds=5:match=POST .*/vms:nth=2")
    assert lab.raw("POST", "vms", body % b"a", **bearer).status == 201
    assert lab.raw("POST", "vms", body % b"b", **bearer).cut and lab.engine.vm("b") is not None
    assert [lab.raw("GET", "vms", **bearer).status, logged_in(lab), healthy(lab)] == [503, 503, 503]
    page = lab.raw("GET", "vms")
    assert page.headers["Content-Type"].startswith("text/html") and b"503" in page.body
    assert lab.engine.handle("GET", "/ovirt-lab/faults", {"Authorization": AUTHORIZATION}, b"").status == 200
    lab.clock.advance(5)
    assert [lab.raw("GET", "vms", **bearer).status, logged_in(lab), healthy(lab)] == [401, 200, 200]
    assert [vm.name for vm in lab.ask("GET", "vms?search=name%3Da%20or%20name%3Db")] == ["a", "b"]
    assert lab.raw("POST", "vms", body % b"c").status == 201  # one restart, unless more are asked for


def test_restart_before_the_engine_acts_and_more_than_once() -> None:
    lab = Lab()
    lab.engine.faults.add("restart:before:seconds=2:match=GET:count=2")
    assert lab.raw("GET", "vms").cut
    assert statuses(lab, 2) == [503, 503]
    lab.clock.advance(2)
    assert lab.raw("GET", "vms").cut
    lab.engine.faults.clear()
    assert statuses(lab, 2) == [200, 200]


NONSENSE = (
    "restart",
    "restart:middle:seconds=1",
    "status",
    "status:5x3",
    "explode",
    "cut:middle",
    "status:503:nth=x",
    "lock:vm=none:seconds=1",
    "host_gone:host=x",
    "status:503:match=(",
)


@pytest.mark.parametrize("spec", NONSENSE)
def test_nonsense_is_refused_and_named(spec: str) -> None:
    with pytest.raises(ValueError, match="fault '"):
        Lab().engine.faults.add(spec)


def test_control_endpoint() -> None:
    lab = Lab()

    def control(method: str, path: str, value: object = None, **headers: str) -> tuple[int, object]:
        body = json.dumps(value).encode() if value is not None else b""
        sent = {"Authorization": AUTHORIZATION, **headers}
        response = lab.engine.handle(method, f"/ovirt-lab/{path}", sent, body)
        return response.status, json.loads(response.body) if response.body else None

    assert lab.engine.handle("GET", "/ovirt-lab/state", {}, b"").status == 401
    assert control("POST", "faults", ["status:500", "cut"])[1] == ["status:500", "cut"]
    assert control("POST", "faults", ["bang"])[0] == 400
    assert control("DELETE", "faults")[1] == []
    assert statuses(lab, 1) == [200]
    before = lab.clock.now()
    assert control("POST", "clock", {"advance": 60})[1] == {"now": before + 60}
    assert control("POST", "clock", {"advance": "x"})[0] == 400
    status, log = control("GET", "requests?since=0")
    assert status == 200 and any(entry["path"] == "/ovirt-engine/api/vms" for entry in log)  # type: ignore[union-attr]
    assert "vms" in control("GET", "state")[1]["objects"]  # type: ignore[index]
    assert control("GET", "nothing")[0] == 404
