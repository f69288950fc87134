# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot taken, left open, recovered and rolled back under every Python that a managed host may have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cases.container_host_snapshot import host
from tests.host_tier import shipping
from tests.host_tier.test_interpreters import pythons

pytestmark = pytest.mark.timeout(240)

FIRST, SECOND = ({"controller": "é", "place": "boot", "pid": pid, "started": 1} for pid in (11, 22))
ABOUT = {
    "files": ["/etc/docker/daemon.json", "/etc/link.json"],
    "services": ["docker.service"],
    "trees": ["/var/lib/docker"],
}
STEPS: list[dict[str, Any]] = [
    {"state": "begun", "run": FIRST, "drained": True, "stopped_vms": ["é"]},
    {"state": "taken", "run": FIRST, "probe": True, **ABOUT},
    {"state": "taken", "run": SECOND, **ABOUT},
    {"state": "recovered", "run": SECOND, "take_over": [FIRST]},
    {"state": "rolled_back", "run": SECOND, "_ansible_check_mode": True},
    {"state": "rolled_back", "run": SECOND},
    {"state": "taken", "run": SECOND, **ABOUT},
    {"state": "sealed", "run": SECOND},
    {"state": "restored", "run": SECOND},
    {"name": "é", "state": "taken"},
]


@pytest.fixture(scope="module")
def parcel(tmp_path_factory: pytest.TempPathFactory) -> shipping.Parcel:
    return shipping.ship("container_host_snapshot", tmp_path_factory.mktemp("snapshot"), {"name": "x"})


def answers(python: str, parcel: shipping.Parcel, place: Path) -> list[Any]:
    machine = host(place)
    machine.file("/etc/real.json", '{"é": 1}').file("/etc/docker/daemon.json", "{}")
    (machine.root / "etc/link.json").symlink_to("real.json")
    machine.says("ping *").says("ip neigh show", "192.0.2.20 dev ovirtmgmt lladdr 52:54:00:00:00:01 REACHABLE\n")
    todo = [
        {
            "module": "container_host_snapshot",
            "root": str(machine.root),
            "path": str(machine.bin),
            "args": {"name": "x", **step},
        }
        for step in STEPS
    ]
    found = json.loads(json.dumps(shipping.drive(python, parcel.directory, todo)).replace(str(place), ""))
    for answer in found:
        answer.pop("invocation", None)
        answer["msg"] = re.sub(r"\d+ s ago", "some time ago", answer.get("msg", ""))
    return list(found)


@pytest.fixture(scope="module")
def expected(parcel: shipping.Parcel, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the newest interpreter answers."""
    newest = next(other for other in reversed(shipping.ALL) if shipping.interpreter(other))
    return answers(shipping.interpreter(newest) or "", parcel, tmp_path_factory.mktemp("newest"))


@pytest.mark.parametrize("version", pythons())
def test_every_interpreter_does_the_same(
    version: str, parcel: shipping.Parcel, expected: list[Any], tmp_path: Path
) -> None:
    assert [bool(answer.get("failed")) for answer in expected] == [index in (2, 9) for index in range(len(STEPS))]
    assert expected[2]["busy"] == FIRST
    assert expected[8]["found"] is True
    assert answers(shipping.interpreter(version) or "", parcel, tmp_path / "other") == expected
