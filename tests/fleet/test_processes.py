# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controllers that are killed at any moment, and two that run the same fleet at once."""

from __future__ import annotations

import random
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


def assert_end(harbour: Harbour, end: list[str]) -> None:
    """These run, each of them once, with both NICs and the fleet's tag, and nothing else is there."""
    assert harbour.names() == sorted(end)
    assert harbour.running() == sorted(end)
    assert {harbour.nics(name) for name in end} <= {2}
    assert {tuple(harbour.tags(name)) for name in end} <= {("container-fleet-shop",)}


def test_killed_at_fifty_moments_and_run_again_each_time(harbour: Harbour) -> None:
    """Grown, changed and shrunk by runs of which fifty are killed: each that ends leaves what was wanted."""
    moments = random.Random()  # noqa: S311, no secret
    steps = [
        (args(harbour, {"name": "web", "count": 12}, {"name": "cache"}), [*numbered(12), "cache"]),
        (
            args(harbour, {"name": "web", "count": 12}, image="redis:7.4", update="now", batch=6),
            [*numbered(12), "cache"],
        ),
        (args(harbour, {"name": "web", "count": 3}, image="redis:7.4", prune=True), numbered(3)),
        (
            args(harbour, {"name": "web", "count": 8}, {"name": "queue", "count": 4}, image="redis:7.4", prune=True),
            [*numbered(8), *numbered(4, "queue")],
        ),
        (args(harbour, prune=True), []),
    ]
    killed = at = 0
    while killed < KILLS or at:
        step, end = steps[at]
        process, answer = begin(step)
        process.join(moments.uniform(0.02, 0.9) if killed < KILLS else None)
        if process.is_alive():
            process.kill()
            process.join()
            killed += 1
        else:
            told = answer.recv()
            assert not told.get("failed"), told["msg"]
            assert_end(harbour, end)
            at = (at + 1) % len(steps)


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
        assert_end(harbour, end)
        assert set(harbour.images().values()) == {step["defaults"]["image"]}
