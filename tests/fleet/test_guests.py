# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of container VMs with a guest each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import start
from tests.fleet.conftest import Harbour, numbered, result_of
from tests.support.guests import WORLD, images, record_of

NEW: dict[str, Any] = {"defaults": {"cluster": "Modern", "image": "redis:7.2", "memory": "64MiB"}}


def other(image: str, **more: Any) -> dict[str, Any]:
    """The same with another image."""
    return {"defaults": {**NEW["defaults"], "image": image, **more}}


@pytest.fixture
def modern(tmp_path: Path) -> Iterator[Harbour]:
    """A site on Engine 4.5 with a template for guests."""
    for site in start(tmp_path, "4.5", WORLD):
        yield Harbour(site.engine, site.endpoint)


def test_twenty_of_them_and_a_prune(modern: Harbour) -> None:
    web = {"name": "web", "count": 20, "networks": ["backend"]}
    answer = modern.fleet(web, fleet="shop", **NEW)
    assert not answer.failed, answer.msg
    assert {entry["runtime"] for entry in answer.data["container_vms"]} == {"guest"}
    assert {entry["host"] for entry in answer.data["container_vms"]} <= {"host1", "host2"}
    assert modern.running() == numbered(20)
    assert {modern.nics(name) for name in numbered(20)} == {1}
    # Of each: create, tag, NIC, start, note; once the tag itself.
    assert len(modern.writes) == 5 * 20 + 1
    assert not modern.fleet(web, fleet="shop", **NEW).changed
    assert modern.writes == []
    pruned = modern.fleet({**web, "count": 3}, fleet="shop", prune=True, **NEW)
    assert not pruned.failed, pruned.msg
    assert pruned.data["totals"]["remove"] == 17
    assert modern.running() == modern.names() == numbered(3)
    assert len([disk for disk in modern.engine.store.list("disks") if disk.name != "db1_Disk1"]) <= 3 + 2


def test_a_second_run_of_a_hundred(modern: Harbour) -> None:
    web = {"name": "web", "count": 100, "state": "present"}
    assert not modern.fleet(web, fleet="shop", **NEW).failed
    modern.state()
    again = modern.fleet(web, fleet="shop", **NEW)
    assert not again.failed, again.msg
    assert not again.changed
    assert modern.writes == []
    assert len(modern.asked) <= 6


@pytest.mark.parametrize("pending", [False, True])
def test_a_batch_that_does_not_settle_gets_its_old_image_back(modern: Harbour, pending: bool) -> None:
    """Also where the new image was first chosen for the next start: what ran is what comes back."""
    names = numbered(3)
    assert not modern.fleet(*names, **NEW).failed
    if pending:
        later = modern.fleet(*names, **other("broken"))
        assert all(entry["restart_needed"] for entry in later.data["container_vms"])
        again = modern.fleet(*names, **other("broken"))
        assert all(entry["restart_needed"] for entry in again.data["container_vms"])
        assert modern.writes == []
    modern.engine.world.images["exits"] = ["broken"]
    answer = modern.fleet(*names, **other("broken"), update="now", batch=2)
    assert answer.failed
    assert "exit code 0" in answer.msg
    assert "It runs again with its former configuration (image redis:7.2)" in answer.msg
    assert "Left as they are, for another run: web-3 (1)" in answer.msg
    assert modern.running() == names
    assert [images(modern.engine, name) for name in names] == [
        ["redis:7.2", "broken", "redis:7.2"], ["redis:7.2", "broken", "redis:7.2"], ["redis:7.2"],
    ]  # fmt: skip
    assert result_of(answer, "web-1")["image"] == "redis:7.2"
    for name in names[:2]:
        record = record_of(modern.engine, name)
        assert record is not None
        assert record.is_applied
    modern.engine.world.images["exits"] = []
    assert not modern.fleet(*names, **other("broken"), update="now", batch=3).failed
    assert {images(modern.engine, name)[-1] for name in names} == {"broken"}
    assert not modern.fleet(*names, **other("broken"), update="now").changed


def test_secrets_are_not_put_back(modern: Harbour) -> None:
    """Nobody knows the former ones. That is told, and what is noted is what the guest has."""
    assert not modern.fleet("one", **other("redis:7.2", secrets={"A": "first"})).failed
    modern.engine.world.images["exits"] = ["broken"]
    new = other("broken", secrets={"A": "S3cr3t-new"})
    answer = modern.fleet("one", **new, update="now")
    assert "(image redis:7.2) and the new secrets, since the former ones are stored nowhere" in answer.msg
    assert "S3cr3t-new" not in answer.text
    assert modern.running() == ["one"]
    assert not modern.fleet("one", **other("redis:7.2", secrets={"A": "S3cr3t-new"})).changed


def test_now_replaces_what_runs_and_the_diff_says_so(modern: Harbour) -> None:
    names = numbered(4)
    assert not modern.fleet(*names, **NEW).failed
    foreseen = modern.fleet(*names, **other("redis:7.4"), update="now", batch=2, check=True)
    answer = modern.fleet(*names, **other("redis:7.4"), update="now", batch=2)
    assert not answer.failed, answer.msg
    assert foreseen.data["diff"] == answer.data["diff"]
    kinds = [write.rpartition("/")[2] for write in modern.writes]
    assert [kind for kind in kinds if kind in ("shutdown", "start")] == ["shutdown"] * 2 + ["start"] * 2 + (
        ["shutdown"] * 2 + ["start"] * 2
    )
    assert {tuple(images(modern.engine, name)) for name in names} == {("redis:7.2", "redis:7.4")}
    assert not modern.fleet(*names, **other("redis:7.4"), update="now").changed
