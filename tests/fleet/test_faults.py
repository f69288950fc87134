# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fleet survives, each time with the final state compared: every container once, running, with its NIC."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import ovirtsdk4
import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.text import folded
from ovirtsdk4 import types

from tests.fleet.conftest import Harbour, numbered, result_of

TEN = {"name": "web", "count": 10, "networks": ["backend"]}


def assert_ten(harbour: Harbour) -> None:
    """Ten containers run, each made once, with one NIC, and known as the fleet's."""
    assert harbour.names() == numbered(10)
    assert harbour.running() == numbered(10)
    assert {harbour.nics(name) for name in numbered(10)} == {1}
    assert {tuple(harbour.tags(name)) for name in numbered(10)} == {("container-fleet-shop",)}
    again = harbour.fleet(TEN, fleet="shop")
    assert not again.failed, again.msg
    assert not again.changed
    assert harbour.writes == []


@pytest.mark.parametrize(
    "where", ["/api/", "POST .*/vms$", "POST .*/nics", "POST .*/tags", "POST .*/start", "GET .*/vms"]
)
@pytest.mark.parametrize("version", ["harbour", "harbour41"])
def test_503_for_two_seconds(version: str, where: str, request: pytest.FixtureRequest) -> None:
    """Two Engine minutes; to the module two seconds."""
    harbour: Harbour = request.getfixturevalue(version)
    harbour.engine.faults.add(f"status:503:match={where}:nth=2:seconds={2 * 60}")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert answer.changed
    assert_ten(harbour)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", ["POST .*/vms$", "POST .*/nics", "POST .*/tags$", "POST .*/start"])
def test_a_connection_that_is_cut(harbour: Harbour, where: str, when: str) -> None:
    """What the Engine did before the answer got lost is not done again: names and correlation ids tell."""
    harbour.engine.faults.add(f"cut:{when}:match={where}:nth=3:count=4")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert_ten(harbour)


def test_the_lists_are_cut(harbour: Harbour) -> None:
    harbour.engine.faults.add("cut:after:match=GET .*/vms:nth=1:count=1")
    harbour.engine.faults.add("cut:before:match=GET .*/clusters:nth=1:count=1")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert_ten(harbour)


@pytest.mark.parametrize("nth", [1, 5, 12, 25, 40])
def test_a_token_that_expires(harbour: Harbour, nth: int) -> None:
    harbour.engine.faults.add(f"expire_tokens:match=/ovirt-engine/api/:nth={nth}")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert_ten(harbour)
    assert harbour.engine.sessions.tokens == {}, "a login that was renewed was not ended"


@pytest.mark.parametrize("nth", [3, 14, 30, 44])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_engine_that_is_restarted_in_the_middle(harbour: Harbour, nth: int, when: str) -> None:
    harbour.engine.faults.add(f"restart:{when}:seconds=60:match=/ovirt-engine/api/:nth={nth}")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert_ten(harbour)


def test_a_vm_that_is_locked_and_then_free(harbour: Harbour) -> None:
    harbour.fleet({**TEN, "state": "present"}, fleet="shop")
    harbour.engine.faults.add("lock:vm=web-4:seconds=60")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert_ten(harbour)


def test_a_vm_that_stays_locked_keeps_nobody_else_from_running(harbour: Harbour) -> None:
    harbour.fleet({**TEN, "state": "present"}, fleet="shop")
    harbour.engine.faults.add("lock:vm=web-4:seconds=100000")
    answer = harbour.fleet(TEN, fleet="shop", timeout=2)
    assert answer.failed
    assert answer.msg.startswith("1 of 10 container VMs failed: web-4: start failed")
    assert harbour.running() == [name for name in numbered(10) if name != "web-4"]
    harbour.engine.faults.clear()
    assert not harbour.fleet(TEN, fleet="shop").failed
    assert_ten(harbour)


def test_one_host_down(harbour: Harbour) -> None:
    harbour.engine.faults.add("host_gone:host=host1")
    answer = harbour.fleet(TEN, fleet="shop")
    assert not answer.failed, answer.msg
    assert {entry["host"] for entry in answer.data["container_vms"]} == {"host2"}
    assert_ten(harbour)


def test_a_host_that_is_lost_keeps_nobody_else_from_running(harbour: Harbour) -> None:
    """Nobody knows whether its containers run, so they are named and left; one more container runs elsewhere."""
    harbour.fleet(*numbered(4))
    lost = sorted(vm.name for vm in harbour.engine.vms() if vm.name != "db1" and vm.host.id == _host1(harbour).id)
    harbour.engine.faults.add("host_gone:host=host1")
    for check in (True, False):
        answer = harbour.fleet(*numbered(5), check=check)
        assert answer.failed
        assert answer.msg.startswith(
            f"{len(lost)} of 5 container VMs failed: {folded(lost)}: its state is unknown, because"
        )
        assert answer.data["totals"] == {"unchanged": 4 - len(lost), "changed": 1, "failed": len(lost), "left": 0} | (
            {"create": 1, "start": 1}
        )
    assert "web-5" in harbour.running()


def _host1(harbour: Harbour) -> types.Host:
    return harbour.engine.store.named("hosts", "host1")


def test_no_host_fits(harbour: Harbour) -> None:
    for host in harbour.engine.store.list("hosts"):
        host.status = types.HostStatus.MAINTENANCE
        harbour.engine.store.touch(host)
    answer = harbour.fleet(TEN, fleet="shop")
    assert answer.failed
    assert answer.msg.startswith(
        "10 of 10 container VMs failed: web-1 .. web-10: start failed (create, tag, networks done): "
    )
    assert "Cannot run VM" in answer.msg
    assert answer.data["totals"]["failed"] == 10
    assert answer.data["totals"]["create"] == 10
    assert harbour.names() == numbered(10)
    for host in harbour.engine.store.list("hosts"):
        host.status = types.HostStatus.UP
        harbour.engine.store.touch(host)
    finished = harbour.fleet(TEN, fleet="shop")
    assert not finished.failed, finished.msg
    assert finished.data["totals"] == {"unchanged": 0, "changed": 10, "failed": 0, "left": 0, "start": 10}
    assert_ten(harbour)


def test_one_refused_for_its_properties_among_a_hundred(harbour: Harbour) -> None:
    """The Engine of this site takes only some images; 99 run, and the one is named with the Engine's words."""
    harbour.engine.world.properties["4.1"] = "containerType=^docker$;containerImage=^[a-z]+:[0-9.]+$"
    containers = [{"name": name} for name in numbered(100)]
    containers[41]["image"] = "registry.example.com/odd"
    odd = containers[41]["name"]
    answer = harbour.fleet(*containers)
    assert answer.failed
    assert answer.msg.startswith(f"1 of 100 container VMs failed: {odd}: create failed: ")
    assert "illegal values. The keys are: containerImage" in answer.msg
    assert result_of(answer, odd)["result"] == "failed"
    assert answer.data["totals"] == {"unchanged": 0, "changed": 99, "failed": 1, "left": 0, "create": 99, "start": 99}
    assert harbour.running() == [name for name in numbered(100) if name != odd]
    containers[41]["image"] = "redis:7.4"
    assert not harbour.fleet(*containers).failed
    assert harbour.running() == numbered(100)


def test_time_out_tells_who_is_not_there_and_what_the_engine_said(harbour: Harbour) -> None:
    harbour.fleet(*numbered(3))
    harbour.engine.world.delays["boot"] = 100000
    answer = harbour.fleet(*numbered(5), timeout=2)
    assert answer.failed
    assert answer.msg.startswith("2 of 5 container VMs failed: ")
    for name in ("web-4", "web-5"):
        assert f"{name}: up was wanted, it is wait_for_launch after 2 s (timeout). Engine says: " in answer.msg
        assert result_of(answer, name)["status"] == "wait_for_launch"
    assert "Engine says: nothing" not in answer.msg
    assert result_of(answer, "web-1")["result"] == "unchanged"


@pytest.mark.parametrize("started_again", [False, True])
def test_somebody_else_stops_a_container_that_is_being_believed(harbour: Harbour, started_again: bool) -> None:
    """That is no failure of its container: it is looked at again, and started again where nobody else does."""

    def somebody() -> None:
        connection = ovirtsdk4.Connection(**harbour.auth)
        vms = connection.system_service().vms_service()
        while not (found := vms.list(search="name=web-1")) or found[0].status.value != "powering_up":
            time.sleep(0.02)
        vm = vms.vm_service(found[0].id)
        vm.stop()
        while vm.get().status.value != "down":
            time.sleep(0.02)
        if started_again:
            vm.start()
        connection.close()

    with ThreadPoolExecutor() as pool:
        meddling = pool.submit(somebody)
        answer = harbour.fleet(*numbered(3), settle=1)
        meddling.result()
    assert not answer.failed, answer.msg
    assert harbour.running() == numbered(3)


def test_fail_fast_goes_on_after_trouble_that_is_over(harbour: Harbour) -> None:
    harbour.engine.faults.add("status:503:match=POST .*/vms$:nth=2:count=2")
    answer = harbour.fleet(*numbered(20), fail_fast=True, parallel=2)
    assert not answer.failed, answer.msg
    assert harbour.running() == numbered(20)


def test_more_locked_vms_than_requests_at_once_hold_nobody_up(harbour: Harbour) -> None:
    harbour.fleet(*numbered(10), defaults={"state": "present"})
    for name in numbered(5):
        harbour.engine.faults.add(f"lock:vm={name}:seconds=100000")
    answer = harbour.fleet(*numbered(10), parallel=2, timeout=2)
    assert answer.data["totals"]["failed"] == 5
    assert harbour.running() == sorted({*numbered(10)} - {*numbered(5)})


def test_fail_fast_begins_nothing_after_a_failure(harbour: Harbour) -> None:
    harbour.engine.world.properties["4.1"] = "containerType=^docker$;containerImage=^[a-z]+:[0-9.]+$"
    containers = [{"name": name} for name in numbered(40)]
    containers[0]["image"] = "registry.example.com/odd"
    answer = harbour.fleet(*containers, fail_fast=True, parallel=2)
    assert answer.failed
    totals = answer.data["totals"]
    assert (totals["failed"], totals["left"] + totals["changed"]) == (1, 39)
    assert totals["left"] > 30
    assert "Left as they are, for another run: " in answer.msg
    left = [entry["name"] for entry in answer.data["container_vms"] if entry["result"] == "left"]
    assert not set(left) & set(harbour.names())
    # What was begun was brought to its end.
    assert harbour.running() == harbour.names()
    containers[0]["image"] = "redis:7.4"
    assert not harbour.fleet(*containers).failed
    assert harbour.running() == numbered(40)
