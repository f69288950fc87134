# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a fleet takes; times are for the benchmark."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.fleet.conftest import Harbour, numbered


def test_two_requests_create_and_run_a_container(harbour: Harbour) -> None:
    """And a constant: three lists, the Engine's version, and a few polls."""
    answer = harbour.fleet(*numbered(100))
    assert not answer.failed, answer.msg
    assert len(harbour.budgeted) == 4 + 2 * 100
    assert answer.data["requests"] == len(harbour.asked)
    assert len(harbour.asked) <= 2.5 * 100


def test_a_tag_and_a_network_are_one_more_each(harbour: Harbour) -> None:
    answer = harbour.fleet({"name": "web", "count": 20}, fleet="shop", defaults={"networks": ["backend"]})
    assert not answer.failed, answer.msg
    # VMs, clusters with their networks, hosts, profiles, the Engine's version; the tag is looked for and made. (The
    # list of the fleet's members looks like a poll.)
    assert len(harbour.budgeted) == 5 + 2 + 4 * 20


@pytest.mark.parametrize(("version", "count"), [("harbour", 3), ("harbour", 300), ("harbour41", 300)])
def test_a_second_run_costs_the_same_for_any_number(version: str, count: int, request: pytest.FixtureRequest) -> None:
    """With Engine 4.1 too, where a short list has one request more for each VM. None of these has a NIC."""
    harbour: Harbour = request.getfixturevalue(version)
    fleet = {"name": "web", "count": count}
    harbour.fleet(fleet, fleet="shop")
    harbour.state()  # until all have been running for a minute, and are believed without another look
    answer = harbour.fleet(fleet, fleet="shop")
    assert not answer.changed
    assert harbour.writes == []
    assert [request.path.rpartition("/")[2] for request in harbour.asked].count("vms") == 2
    assert len(harbour.asked) == 5


def test_one_login_and_one_logout(harbour: Harbour) -> None:
    harbour.fleet(*numbered(30))
    assert harbour.logins() == (1, 1)


def test_no_more_requests_are_under_way_than_allowed(harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way: list[int] = []
    most = [0]
    handle = harbour.engine.handle

    def counted(*request: Any) -> Any:
        under_way.append(1)
        most[0] = max(most[0], len(under_way))
        time.sleep(0.01)
        try:
            return handle(*request)
        finally:
            under_way.pop()

    monkeypatch.setattr(harbour.engine, "handle", counted)
    harbour.fleet(*numbered(20), parallel=3)
    assert most[0] == 3
    harbour.fleet(*numbered(20), parallel=12, defaults={"description": "changed"})
    assert 3 < most[0] <= 12
