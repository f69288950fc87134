# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm against an Engine: what users ask of it."""

from __future__ import annotations

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import SPEED, Site
from tests.support.containers import NEW, properties


def test_create_and_run(site: Site) -> None:
    answer = site.container(**NEW)
    assert not answer.failed, answer.msg
    shown = answer.data["container_vm"]
    assert shown["status"] in ("powering_up", "up")
    assert shown["host"] in ("host1", "host2")
    assert {key: shown[key] for key in ("name", "image", "runtime", "cluster")} == {**NEW, "runtime": "vdsm"}
    assert shown["addresses"] is None
    vm = site.engine.vm("web")
    assert vm.id == shown["id"]
    assert vm.memory_policy.max > vm.memory >= vm.memory_policy.guaranteed
    assert [device.value for device in vm.os.boot.devices] == ["hd", "network"]
    assert vm.placement_policy.affinity == types.VmAffinity.PINNED
    assert len(site.budgeted) <= 8


def test_every_request_of_a_task_carries_one_correlation_id(site43: Site) -> None:
    answer = site43.container(**NEW)
    assert {request.correlation_id for request in site43.asked} == {answer.data["correlation_id"]}


def test_a_new_image_waits_for_the_next_run(site: Site) -> None:
    site.container(**NEW)
    changed = site.container(name="web", image="redis:7.4")
    assert changed.changed
    assert changed.data["restart_needed"]
    assert properties(site)["containerImage"] == "redis:7.2"
    again = site.container(name="web", image="redis:7.4")
    assert not again.changed
    assert again.data["restart_needed"]
    assert site.writes == []
    restarted = site.container(name="web", state="restarted")
    assert not restarted.failed, restarted.msg
    assert not restarted.data["restart_needed"]
    assert properties(site)["containerImage"] == "redis:7.4"


def test_a_new_memory_is_not_tried_on_the_running_container(site: Site) -> None:
    """Engine would hotplug it, which a container refuses, and lose the change behind an answer of 200."""
    site.container(**NEW)
    assert site.container(name="web", memory="1GiB").data["restart_needed"]
    assert site.container(name="web", memory="1GiB").changed is False
    site.container(name="web", state="restarted")
    assert site.engine.vm("web").memory == 1024**3


def test_changes_that_wait_add_up(site: Site) -> None:
    """Engine forgets what waits at every further update, and 4.1 does so whatever it is told."""
    site.container(**NEW)
    for change in ({"image": "redis:7.4"}, {"memory": "2GiB"}, {"description": "text"}, {"cpu_shares": 512}):
        answer = site.container(name="web", **change)
        assert not answer.failed, answer.msg
        assert answer.data["restart_needed"]
    assert not site.container(name="web", image="redis:7.4", memory="2GiB", cpu_shares=512).changed
    site.container(name="web", state="restarted")
    vm = site.engine.vm("web")
    assert (vm.memory, vm.cpu_shares, vm.description) == (2 * 1024**3, 512, "text")
    assert properties(site)["containerImage"] == "redis:7.4"


def test_stopped_and_absent(site: Site) -> None:
    site.container(**NEW)
    assert site.container(name="web", state="stopped").data["container_vm"]["status"] == "down"
    assert not site.container(name="web", state="stopped").changed
    site.container(name="web", state="running")
    gone = site.container(name="web", state="absent")
    assert not gone.failed, gone.msg
    assert gone.data["container_vm"]["status"] == "absent"
    assert site.engine.vm("web") is None


def test_a_vm_on_its_way_down_is_waited_for(site: Site) -> None:
    site.container(**NEW)
    site.engine.world.delays["stop"] = 5 * SPEED
    stopped = site.container(name="web", state="stopped", wait=False)
    assert stopped.data["container_vm"]["status"] == "powering_down"
    assert site.engine.vm("web").status == types.VmStatus.POWERING_DOWN
    answer = site.container(name="web")
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["start"]


def test_present_leaves_power_alone(site: Site) -> None:
    site.container(**NEW, state="present")
    assert site.engine.vm("web").status == types.VmStatus.DOWN
    site.container(name="web")
    site.container(**NEW, state="present")
    assert site.engine.vm("web").status != types.VmStatus.DOWN


def test_networks_are_compared_and_changed_while_down(site: Site) -> None:
    site.container(**NEW, networks=["backend"])
    refused = site.container(name="web", networks=["ovirtmgmt"])
    assert "those of a running container cannot be changed" in refused.msg
    assert site.writes == []
    moved = site.container(name="web", networks=["ovirtmgmt"], state="restarted")
    assert not moved.failed, moved.msg
    assert moved.data["container_vm"]["networks"] == ["ovirtmgmt/ovirtmgmt"]
    assert not site.container(name="web", networks=["ovirtmgmt"]).changed
    assert site.container(name="web").data["container_vm"]["networks"] == ["ovirtmgmt/ovirtmgmt"]


def test_unset_leaves_alone_and_empty_clears(site: Site) -> None:
    site.container(**NEW, state="present", description="text", networks=["backend"])
    site.container(name="web", state="present", memory="1GiB")
    vm = site.engine.vm("web")
    assert (vm.description, len(site.engine.store.list(f"vms/{vm.id}/nics"))) == ("text", 1)
    site.container(name="web", state="present", description="", networks=[])
    vm = site.engine.vm("web")
    assert (vm.description or "", len(site.engine.store.list(f"vms/{vm.id}/nics"))) == ("", 0)


def test_credentials_of_the_environment_and_of_ovirt_auth(site43: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, name in (("url", "URL"), ("username", "USERNAME"), ("password", "PASSWORD"), ("ca_file", "CAFILE")):
        monkeypatch.setenv(f"OVIRT_{name}", site43.auth[key])
    assert not site43.run("container_vm_info", {}, auth={}).failed
