# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of running containers whose image is to be another."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fleet.conftest import Harbour, numbered, result_of

NEW: dict[str, Any] = {"defaults": {"image": "redis:7.4"}}


def starts(harbour: Harbour, name: str) -> int:
    """How often a VM was started, as the Engine's events tell."""
    ident = harbour.engine.vm(name).id
    events = harbour.engine.store.list("events")
    return sum(event.code == 153 and event.vm is not None and event.vm.id == ident for event in events)


def test_next_run_leaves_containers_running(harbour: Harbour) -> None:
    harbour.fleet(*numbered(3))
    answer = harbour.fleet(*numbered(3), **NEW)
    assert not answer.failed, answer.msg
    assert [entry["actions"] for entry in answer.data["container_vms"]] == [["update"]] * 3
    assert all(entry["restart_needed"] for entry in answer.data["container_vms"])
    assert set(harbour.images().values()) == {"redis:7.2"}
    assert not harbour.fleet(*numbered(3), **NEW).changed


def test_now_replaces_them_batch_by_batch(harbour: Harbour) -> None:
    harbour.fleet(*numbered(5))
    foreseen = harbour.fleet(*numbered(5), **NEW, update="now", batch=2, check=True)
    assert harbour.writes == []
    answer = harbour.fleet(*numbered(5), **NEW, update="now", batch=2)
    assert not answer.failed, answer.msg
    assert foreseen.data["diff"] == answer.data["diff"]
    (shown,) = answer.data["diff"]
    assert shown == {
        "before_header": "web-1 .. web-5",
        "after_header": "web-1 .. web-5",
        "before": {"properties": {"containerImage": "redis:7.2"}},
        "after": {"properties": {"containerImage": "redis:7.4"}},
    }
    assert set(harbour.images().values()) == {"redis:7.4"}
    assert harbour.running() == numbered(5)
    stops = [request for request in harbour.writes if request.endswith(("/stop", "/start"))]
    kinds = "".join("s" if request.endswith("stop") else "r" for request in stops)
    assert kinds == "ssrrssrrsr"
    assert not harbour.fleet(*numbered(5), **NEW, update="now").changed


def test_now_also_applies_what_waits_for_the_next_run(harbour: Harbour) -> None:
    harbour.fleet(*numbered(2))
    harbour.fleet(*numbered(2), **NEW)
    answer = harbour.fleet(*numbered(2), **NEW, update="now", batch=2)
    assert not answer.failed, answer.msg
    assert answer.changed
    assert set(harbour.images().values()) == {"redis:7.4"}
    assert not any(vm.next_run_configuration_exists for vm in harbour.engine.vms())


def test_now_changes_networks_too_and_leaves_stopped_ones_stopped(harbour: Harbour) -> None:
    harbour.fleet("one", {"name": "two", "state": "stopped"}, defaults={"networks": ["backend"]})
    spec: dict[str, Any] = {"defaults": {"networks": ["ovirtmgmt"], "image": "redis:7.4", "state": "present"}}
    answer = harbour.fleet("one", "two", **spec, update="now")
    assert not answer.failed, answer.msg
    assert harbour.running() == ["one"]
    assert set(harbour.images().values()) == {"redis:7.4"}
    assert result_of(answer, "one")["networks"] == ["ovirtmgmt/ovirtmgmt"]


def test_a_description_replaces_nothing(harbour: Harbour) -> None:
    harbour.fleet("one")
    answer = harbour.fleet("one", defaults={"description": "new"}, update="now")
    assert result_of(answer, "one")["actions"] == ["update"]
    assert harbour.writes == [f"PUT /ovirt-engine/api/vms/{harbour.engine.vm('one').id}"]


@pytest.mark.parametrize("pending", [False, True])
def test_a_batch_that_does_not_settle_gets_its_old_image_back_and_is_the_last(harbour: Harbour, pending: bool) -> None:
    """Also where the new image was first chosen for the next run: what ran is what comes back."""
    names = numbered(4)
    harbour.fleet(*names)
    if pending:
        harbour.fleet(*names, defaults={"image": "broken"})
    harbour.engine.world.images["exits"] = ["broken"]
    answer = harbour.fleet(*names, defaults={"image": "broken"}, update="now", batch=2)
    assert answer.failed
    # Where both were placed on one host, they failed with one sentence.
    assert re.match(r"2 of 4 container VMs failed: web-1(, web-2)?: it was started on host[12] and is down", answer.msg)
    assert "It runs again with its former configuration (image redis:7.2)" in answer.msg
    assert "Left as they are, for another run: web-3, web-4 (2)" in answer.msg
    assert harbour.running() == names
    running_with = harbour.images()
    assert running_with == dict.fromkeys(names, "redis:7.2")
    assert (starts(harbour, "web-1"), starts(harbour, "web-3")) == (3, 1)
    assert result_of(answer, "web-1")["image"] == "redis:7.2"
    assert result_of(answer, "web-3")["result"] == "left"
    # The fault is mended, and the next run finishes the work.
    harbour.engine.world.images["exits"] = []
    assert not harbour.fleet(*names, defaults={"image": "broken"}, update="now", batch=4).failed
    assert harbour.images() == dict.fromkeys(names, "broken")


def test_a_rollout_waits_for_its_batches_though_nobody_else_waits(harbour: Harbour) -> None:
    harbour.fleet("one", "two")
    harbour.engine.world.images["exits"] = ["broken"]
    answer = harbour.fleet("one", "two", defaults={"image": "broken"}, update="now", wait=False)
    assert answer.msg.startswith("1 of 2 container VMs failed: one: it was started on host")
    assert harbour.images() == {"one": "redis:7.2", "two": "redis:7.2"}
    hasty = harbour.fleet("one", "two", update="now", wait=False, timeout=10, settle=20)
    assert "timeout is 10 s and settle 20 s" in hasty.msg


def test_what_cannot_be_put_back_is_told(harbour: Harbour) -> None:
    harbour.fleet("one")
    harbour.engine.world.images["exits"] = ["*"]
    answer = harbour.fleet("one", **NEW, update="now")
    assert answer.failed
    assert "Restoring its former configuration (image redis:7.2) failed too: one: it was started on host" in answer.msg
    assert harbour.running() == []


def test_a_connection_that_is_cut_while_replacing(harbour: Harbour) -> None:
    """Each is restarted once, and runs the new image."""
    names = numbered(4)
    harbour.fleet(*names)
    for where in ("/stop", "PUT .*/vms/", "/start"):
        harbour.engine.faults.add(f"cut:after:match={where}:nth=2")
    answer = harbour.fleet(*names, **NEW, update="now", batch=2)
    assert not answer.failed, answer.msg
    assert harbour.running() == names
    assert set(harbour.images().values()) == {"redis:7.4"}
    assert {starts(harbour, name) for name in names} == {2}


def test_restarted_is_done_once_whatever_gets_lost(harbour: Harbour) -> None:
    names = numbered(3)
    harbour.fleet(*names)
    for where in ("/stop", "/start"):
        harbour.engine.faults.add(f"cut:after:match={where}:nth=1")
    answer = harbour.fleet(*names, defaults={"state": "restarted"})
    assert not answer.failed, answer.msg
    assert {starts(harbour, name) for name in names} == {2}
