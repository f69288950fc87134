# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm leaves alone what is not its own."""

from __future__ import annotations

from typing import Any

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site, start
from tests.support.containers import NEW, by_hand, properties


@pytest.mark.parametrize("state", ["present", "running", "stopped", "restarted", "absent"])
def test_an_ordinary_vm_is_never_touched(site: Site, state: str) -> None:
    before = site.state()
    answer = site.container(name="db1", cluster="Default", image="redis", state=state)
    assert "is not a container VM" in answer.msg
    assert site.writes == []
    assert site.state() == before


def test_foreign_properties_and_fields_survive(site: Site) -> None:
    by_hand(site, properties={"sap_agent": "true"}, comment="do not touch")
    answer = site.container(name="web", image="redis:7.2")
    assert not answer.failed, answer.msg
    assert properties(site) == {"containerType": "docker", "containerImage": "redis:7.2", "sap_agent": "true"}
    assert site.engine.vm("web").comment == "do not touch"


def test_a_vm_made_by_hand_is_put_right_and_started(site: Site) -> None:
    by_hand(site)
    answer = site.container(name="web")
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["update", "start"]
    assert not site.container(name="web").changed


def test_disks_that_somebody_attached_are_kept(site: Site) -> None:
    vm = by_hand(site)
    disk = types.Disk(
        name="precious",
        provisioned_size=2**30,
        format=types.DiskFormat.COW,
        storage_domains=[types.StorageDomain(name="data")],
    )
    attachment = types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, bootable=False, active=True)
    site.engine.add(f"vms/{vm.id}/diskattachments", attachment)
    answer = site.container(name="web", state="absent")
    assert not answer.failed, answer.msg
    assert "precious" in [kept.name for kept in site.engine.store.list("disks")]


def test_a_vm_of_another_data_center_is_left_alone(tmp_path: Any) -> None:
    world = {
        "data_centers": [{"name": "Default"}, {"name": "Far"}],
        "clusters": [
            {"name": "Default", "version": "4.1", "data_center": "Default"},
            {"name": "Second", "version": "4.1", "data_center": "Far"},
        ],
        "hosts": [],
        "vms": [],
    }
    for site in start(tmp_path, "4.3", world):
        by_hand(site)
        gone = site.container(name="web", cluster="Second", state="absent")
        assert (gone.failed, gone.changed) == (False, False)
        assert "does not exist" in site.container(name="web", cluster="Nope", state="absent").msg
        assert site.engine.vm("web") is not None


def test_twelve_nics_are_compared_in_their_order(site: Site) -> None:
    networks = ["backend", "ovirtmgmt"] * 6
    site.container(**NEW, state="present", networks=networks)
    assert not site.container(**NEW, state="present", networks=networks).changed


def test_names_that_the_search_finds_too_are_left_alone(site: Site) -> None:
    by_hand(site, "WEB")
    by_hand(site, "web2")
    before = [site.engine.vm(name).id for name in ("WEB", "web2")]
    site.container(**NEW)
    site.container(name="web", state="absent")
    assert [site.engine.vm(name).id for name in ("WEB", "web2")] == before
