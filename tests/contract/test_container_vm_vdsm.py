# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Vdsm 4.19 and Engine hide about a container VM, container_vm handles."""

from __future__ import annotations

import pytest

from tests.contract.conftest import SETTLE, SPEED, Site
from tests.support.containers import NEW, properties


@pytest.mark.parametrize(("list_name", "watch"), [("missing", 1), ("exits", 2)])
def test_a_container_that_ends_is_a_failure(site: Site, list_name: str, watch: int) -> None:
    """Up says only that the docker client was started (trap 22)."""
    site.engine.world.images[list_name] = ["gone:*"]
    answer = site.container(**{**NEW, "image": "gone:1"}, settle=watch * SETTLE)
    assert answer.failed
    assert "web: it was started on host" in answer.msg
    assert "ended at once" in answer.msg
    assert answer.data["container_vm"]["status"] == "down"


def test_a_docker_network_that_is_missing_on_the_host_is_a_failure(site: Site) -> None:
    for host in site.engine.store.list("hosts"):
        site.engine.store.note(host)["docker_networks"] = ["bridge"]
    answer = site.container(**NEW, networks=["backend"])
    assert answer.failed
    assert "docker network is missing" in answer.msg


def test_a_second_run_does_not_believe_what_the_first_did_not_wait_for(site: Site) -> None:
    site.engine.world.images["missing"] = ["redis:*"]
    # The container dies after three seconds: time for the second run to meet it alive, on a busy machine too.
    site.engine.world.delays["watchdog"] = 3 * SPEED
    assert not site.container(**NEW, wait=False).failed
    again = site.container(**NEW, settle=4)
    assert again.failed
    assert not again.changed
    assert "ended at once" in again.msg


@pytest.mark.parametrize("broken", ["host1", "host2"])
def test_a_start_that_engine_repeats_on_another_host_is_no_failure(site: Site, broken: str) -> None:
    """Between the two hosts the VM is down for a moment."""
    site.engine.store.note(site.engine.store.named("hosts", broken))["containers"] = False
    site.engine.world.delays["rerun"] = SPEED / 2
    answer = site.container(**NEW)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["host"] in {"host1", "host2"} - {broken}


def test_a_restart_runs_what_it_says(site: Site) -> None:
    """A VM is down for a moment before the configuration that waited is applied."""
    site.container(**NEW)
    site.container(name="web", image="redis:7.4")
    site.engine.world.delays["next_run"] = SPEED / 2
    answer = site.container(name="web", state="restarted")
    assert not answer.failed, answer.msg
    assert properties(site)["containerImage"] == answer.data["container_vm"]["image"] == "redis:7.4"
    assert not site.engine.vm("web").next_run_configuration_exists


def test_a_start_that_was_asked_twice_is_one_start(site43: Site) -> None:
    site43.engine.faults.add("cut:after:match=POST .*/start")
    answer = site43.container(**NEW)
    if answer.failed:  # where libcurl did not ask again by itself, the user does
        answer = site43.container(**NEW)
    assert not answer.failed, answer.msg


def test_a_container_that_is_not_waited_for_is_told_as_starting(site: Site) -> None:
    answer = site.container(**NEW, wait=False)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["status"] == "wait_for_launch"
