# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controllers that are killed at any moment, and two that run the same fleet at once."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from tests.contract.conftest import SETTLE
from tests.fleet.conftest import Harbour, numbered
from tests.fleet.elsewhere import begin

pytestmark = pytest.mark.timeout(300)
KILLS = 50


def args(harbour: Harbour, *containers: dict[str, Any], image: str = "redis:7.2", **more: Any) -> dict[str, Any]:
    return {
        "auth": harbour.auth,
        "fleet": "shop",
        "containers": list(containers),
        "defaults": {"cluster": "Default", "image": image, "memory": "64MiB", "networks": ["backend", "ovirtmgmt"]},
        "settle": SETTLE,
        "poll_interval": 1,
        "timeout": 60,
        **more,
    }


def test_killed_at_fifty_moments_and_run_again_each_time(harbour: Harbour) -> None:
    """Grown, changed and shrunk by runs of which fifty are killed: each step ends as wanted, and nothing is twice."""
    moments = random.Random()  # noqa: S311, no secret
    killed = 0
    steps = [
        args(harbour, {"name": "web", "count": 12}, {"name": "cache"}),
        args(harbour, {"name": "web", "count": 12}, image="redis:7.4", update="now", batch=6),
        args(harbour, {"name": "web", "count": 3}, image="redis:7.4", prune=True),
        args(harbour, {"name": "web", "count": 8}, {"name": "queue", "count": 4}, image="redis:7.4", prune=True),
        args(harbour, prune=True),
    ]
    ends = [
        [*numbered(12), "cache"],
        [*numbered(12), "cache"],
        numbered(3),
        [*numbered(8), *numbered(4, "queue")],
        [],
    ]
    for step, end in zip(steps, ends, strict=True):
        for _kill in range(KILLS // len(steps)):
            process, _answer = begin(step)
            time.sleep(moments.uniform(0.0, 1.2))
            killed += process.is_alive()
            process.kill()
            process.join()
        process, answer = begin(step)
        told = answer.recv()
        process.join()
        assert not told.get("failed"), told["msg"]
        assert harbour.names() == sorted(end)
        assert harbour.running() == sorted(end)
        assert {harbour.nics(name) for name in end} <= {2}
        assert {tuple(harbour.tags(name)) for name in end} <= {("container_fleet_shop",)}
    assert killed > KILLS // 2, "most runs had ended before they were killed"


@pytest.mark.parametrize("version", ["harbour", "harbour41"])
def test_two_controllers_run_the_same_fleet_at_once(version: str, request: pytest.FixtureRequest) -> None:
    """Grown, changed and shrunk; neither fails, and nothing is there twice."""
    harbour: Harbour = request.getfixturevalue(version)
    steps = [
        (args(harbour, {"name": "web", "count": 20}), numbered(20)),
        (args(harbour, {"name": "web", "count": 20}, image="redis:7.4", update="now", batch=20), numbered(20)),
        (args(harbour, {"name": "web", "count": 5}, image="redis:7.4"), numbered(5)),
    ]
    for step, end in steps:
        runs = [begin(step) for _controller in range(2)]
        told = [answer.recv() for _process, answer in runs]
        for process, _answer in runs:
            process.join()
        assert [answer["msg"] for answer in told if answer.get("failed")] == []
        assert harbour.names() == end
        assert harbour.running() == end
        assert {harbour.nics(name) for name in end} == {2}
        assert {tuple(harbour.tags(name)) for name in end} == {("container_fleet_shop",)}
        assert set(harbour.images().values()) == {step["defaults"]["image"]}
