# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm with runtime guest: from its creation to its removal. What its guest does is in tests/guest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ovirtsdk4
import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site, start
from tests.support.guests import NEW, WORLD, assert_applied, assert_done, images, record_of, seen_by_anybody, told

#: Everything that a guest can be told.
ALL: dict[str, Any] = {
    **NEW,
    "networks": ["backend", "ovirtmgmt"],
    "environment": {"MODE": "it's $production", "EMPTY": ""},
    "secrets": {"PASSWORD": "S3cr3t-of-the-container"},
    "registry_logins": [{"registry": "registry.example.com", "username": "bob", "password": "S3cr3t-of-bob"}],
    "addresses": [
        {"network": "backend", "address": "192.0.2.10/24", "gateway": "192.0.2.1", "dns": ["192.0.2.53"]},
        {"network": "ovirtmgmt", "address": "2001:DB8::5/64"},
    ],
    "health_check": {"command": "true", "interval": 10, "retries": 3},
    "command": ["serve", "--port=1"],
    "user": "1000",
}
SECRETS = ("S3cr3t-of-the-container", "S3cr3t-of-bob")


@pytest.fixture(params=["4.3", "4.5"])
def modern(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site without any preparation but a template, on both ends of the versions that the lab has of it."""
    yield from start(tmp_path, request.param, WORLD)


@pytest.fixture
def modern45(tmp_path: Path) -> Iterator[Site]:
    """The same on Engine 4.5, where the version does not matter."""
    yield from start(tmp_path, "4.5", WORLD)


def by_hand(site: Site, action: str, name: str = "web") -> None:
    """Somebody starts or stops a VM in the Engine, and it gets there."""
    site.state()
    connection = ovirtsdk4.Connection(**site.auth)
    getattr(connection.system_service().vms_service().vm_service(site.engine.vm(name).id), action)()
    connection.close()
    site.state()


def test_create_run_and_again(modern: Site) -> None:
    """Three writing requests, and the second run has none."""
    foreseen = modern.run("container_vm", NEW, check=True)
    assert modern.writes == []
    answer = modern.container(**NEW)
    assert_done(answer, "create", "start")
    assert foreseen.data["diff"] == answer.data["diff"]
    assert foreseen.data["plan"] == answer.data["plan"]
    vm = modern.engine.vm("web")
    assert vm.status == types.VmStatus.UP
    assert len(modern.writes) == 3
    shown = answer.data["container_vm"]
    assert shown["host"] in ("host1", "host2")
    assert {key: shown[key] for key in ("id", "status", "image", "runtime", "memory", "networks")} == {
        "id": vm.id, "status": "up", "image": "redis:7.2", "runtime": "guest", "memory": "512MiB", "networks": [],
    }  # fmt: skip
    assert (vm.memory, vm.memory_policy.guaranteed, vm.memory_policy.max) == (512 << 20,) * 3
    assert images(modern.engine) == ["redis:7.2"]
    assert_done(modern.container(**NEW))
    assert modern.writes == []
    assert len(modern.asked) <= 5


def test_all_that_a_guest_can_be_told_is_told_once(modern: Site) -> None:
    """Each NIC is one more writing request, and the same options again change nothing."""
    answer = modern.container(**ALL)
    assert_done(answer, "create", "networks", "start")
    assert len(modern.writes) == 3 + 2
    addresses = answer.data["container_vm"]["addresses"]
    assert addresses == ["10.65.0.10", "10.64.0.10"], "the simulated guest asks DHCP"
    (files,) = told(modern.engine)
    home = "/etc/ovirt-container"
    assert files[f"{home}/secrets"] == "export PASSWORD='S3cr3t-of-the-container'\n"
    assert "registry.example.com" in files[f"{home}/auth/config.json"]
    assert "export MODE='it'\\''s $production'\n" in files[f"{home}/environment"]
    macs = [nic.mac.address for nic in modern.engine.store.list(f"vms/{modern.engine.vm('web').id}/nics")]
    first, second = (files[f"/etc/systemd/network/05-ovirt-container-{number}.network"] for number in (0, 1))
    assert f"MACAddress={macs[0]}\n\n[Network]\nAddress=192.0.2.10/24\nGateway=192.0.2.1\nDNS=192.0.2.53" in first
    assert f"MACAddress={macs[1]}\n\n[Network]\nAddress=2001:db8::5/64\n" in second
    before = modern.state()
    for more in (ALL, NEW, {"name": "web"}):
        again = modern.container(**more)
        assert_done(again)
        assert not again.data["restart_needed"]
        assert again.data["container_vm"]["addresses"] == addresses
        assert modern.writes == []
    listed = modern.run("container_vm_info", {}).data["container_vms"]
    assert [(vm["name"], vm["image"], vm["runtime"], vm["addresses"]) for vm in listed] == [
        ("web", "redis:7.2", "guest", addresses)
    ]
    assert len(modern.asked) == 5
    assert modern.state() == before


def test_secrets_are_in_their_start_and_nowhere_else(modern45: Site) -> None:
    texts = [modern45.run("container_vm", ALL, check=True).text, modern45.container(**ALL).text]
    texts.append(modern45.container(**{**ALL, "secrets": {"PASSWORD": "S3cr3t-new"}}).text)
    texts.append(modern45.run("container_vm_info", {}).text)
    texts.append(modern45.container(**{**ALL, "secrets": {"PASSWORD": "S3cr3t-new"}, "state": "restarted"}).text)
    texts.append(modern45.container(name="web", state="restarted").text)
    texts.append(seen_by_anybody(modern45.engine, modern45.auth["password"]))
    for text in texts:
        assert "S3cr3t" not in text.replace(modern45.auth["password"], "")
    assert "write_files" not in modern45.engine.vm("web").initialization.custom_script
    carried = [sum("S3cr3t" in text for text in files.values()) for files in told(modern45.engine)]
    assert carried == [1, 1, 0], "the secrets of registries are in base64, so in one file of each start that has any"
    given = [files.get("/etc/ovirt-container/secrets") for files in told(modern45.engine)]
    assert given == ["export PASSWORD='S3cr3t-of-the-container'\n", "export PASSWORD='S3cr3t-new'\n", None]


def test_what_the_diff_says_of_secrets(modern45: Site) -> None:
    modern45.container(**ALL)
    answer = modern45.container(**{**ALL, "secrets": {"PASSWORD": "other"}, "environment": {"MODE": "test"}})
    assert_done(answer, "update")
    (diff,) = answer.data["diff"]
    assert diff["before"]["secrets"] != diff["after"]["secrets"]
    assert set(diff["after"]["wish"]["environment"]) == {"MODE"}
    assert "other'" not in str(diff)
    assert "production" not in answer.text


def test_an_update_of_a_running_one_waits_for_its_next_start(modern: Site) -> None:
    modern.container(**NEW)
    foreseen = modern.run("container_vm", {"name": "web", "image": "redis:7.4"}, check=True)
    answer = modern.container(name="web", image="redis:7.4")
    assert_done(answer, "update")
    assert answer.data["restart_needed"]
    assert foreseen.data["diff"] == answer.data["diff"]
    assert answer.data["diff"][0]["after"] == {"wish": {"image": "redis:7.4"}}
    for _run in range(2):
        again = modern.container(name="web", image="redis:7.4")
        assert_done(again)
        assert again.data["restart_needed"]
        assert modern.writes == []
    listed = modern.run("container_vm_info", {}).data["container_vms"]
    assert [(vm["image"], vm["restart_needed"]) for vm in listed] == [("redis:7.2", True)]
    restarted = modern.container(name="web", state="restarted")
    assert not restarted.failed, restarted.msg
    assert not restarted.data["restart_needed"]
    assert images(modern.engine) == ["redis:7.2", "redis:7.4"]
    settled = modern.container(name="web", image="redis:7.4")
    assert_done(settled)
    assert not settled.data["restart_needed"]


def test_an_update_that_is_taken_back_needs_no_restart(modern45: Site) -> None:
    modern45.container(**NEW)
    assert modern45.container(name="web", image="redis:7.4").data["restart_needed"]
    back = modern45.container(name="web", image="redis:7.2")
    assert_done(back, "update")
    assert not modern45.container(**NEW).data["restart_needed"]


def test_changes_that_wait_add_up(modern: Site) -> None:
    """The memory waits in the Engine, the image in the record."""
    modern.container(**NEW)
    changes: list[dict[str, Any]] = [
        {"image": "redis:7.4"}, {"memory": "1GiB"}, {"environment": {"A": "b"}}, {"description": "text"},
    ]  # fmt: skip
    for change in changes:
        answer = modern.container(name="web", **change)
        assert_done(answer, "update")
        assert answer.data["restart_needed"]
    whole = {key: value for change in changes for key, value in change.items()}
    again = modern.container(name="web", **whole)
    assert_done(again)
    assert again.data["restart_needed"]
    assert not modern.container(name="web", state="restarted").failed
    vm, record = modern.engine.vm("web"), record_of(modern.engine)
    assert (vm.memory, vm.description) == (1 << 30, "text")
    assert record is not None
    assert record.wish == {"image": "redis:7.4", "environment": {"A": "b"}}
    last = modern.container(name="web", **whole)
    assert_done(last)
    assert not last.data["restart_needed"]


def test_an_update_while_it_is_down(modern45: Site) -> None:
    modern45.container(**NEW)
    assert_done(modern45.container(name="web", state="stopped"), "stop")
    answer = modern45.container(name="web", state="stopped", image="redis:7.4")
    assert_done(answer, "update")
    assert not answer.data["restart_needed"]
    assert_done(modern45.container(name="web"), "start")
    assert images(modern45.engine) == ["redis:7.2", "redis:7.4"]
    assert_done(modern45.container(name="web", image="redis:7.4"))


def test_a_start_of_what_is_set_up_is_a_plain_one(modern45: Site) -> None:
    modern45.container(**ALL)
    assert_done(modern45.container(name="web", state="stopped"), "stop")
    assert_done(modern45.container(name="web"), "start")
    assert [image != "" for image in images(modern45.engine)] == [True, False]


def test_a_start_by_hand_between_the_update_and_ours(modern: Site) -> None:
    """It runs what the guest had before, and that is told until a start of this collection."""
    modern.container(**NEW)
    modern.container(name="web", image="redis:7.4")
    by_hand(modern, "stop")
    by_hand(modern, "start")
    for _run in range(2):
        seen = modern.container(name="web", image="redis:7.4")
        assert_done(seen)
        assert seen.data["restart_needed"]
    assert not modern.container(name="web", state="restarted").failed
    assert images(modern.engine) == ["redis:7.2", "", "redis:7.4"]
    assert not modern.container(name="web").data["restart_needed"]


def test_a_first_start_by_hand(modern45: Site) -> None:
    """Its guest was never set up, so it runs nothing."""
    modern45.container(**NEW, state="present")
    by_hand(modern45, "start")
    seen = modern45.container(**NEW)
    assert not seen.failed, seen.msg
    assert seen.data["restart_needed"]
    assert not modern45.container(name="web", state="restarted").failed
    assert not modern45.container(**NEW).data["restart_needed"]


def test_secrets_of_an_earlier_run_are_asked_for_again(modern45: Site) -> None:
    """Else the guest would go on with those that it has, and the record say that it has the new ones."""
    modern45.container(**ALL)
    other = {"secrets": {"PASSWORD": "other"}, "registry_logins": []}
    assert modern45.container(name="web", **other).data["restart_needed"]
    refused = modern45.container(name="web", state="restarted")
    assert "secrets or registry_logins were changed" in refused.msg
    assert modern45.writes == []
    assert modern45.container(name="web", **other).data["restart_needed"]
    assert not modern45.container(name="web", **other, state="restarted").failed
    assert told(modern45.engine)[-1]["/etc/ovirt-container/secrets"] == "export PASSWORD='other'\n"
    assert not modern45.container(name="web", **other).data["restart_needed"]


def test_secrets_that_are_removed(modern45: Site) -> None:
    """The start that follows needs no more than the name."""
    modern45.container(**ALL)
    assert modern45.container(name="web", secrets={}, registry_logins=[]).data["restart_needed"]
    assert not modern45.container(name="web", state="restarted").failed
    assert told(modern45.engine)[-1]["/etc/ovirt-container/secrets"] == ""
    assert_done(modern45.container(name="web", secrets={}))


def test_nobody_waits_and_the_next_run_sees_to_it(modern45: Site) -> None:
    hasty = modern45.container(**NEW, wait=False)
    assert_done(hasty, "create", "start")
    assert hasty.data["container_vm"]["status"] == "wait_for_launch"
    sure = modern45.container(**NEW)
    assert_done(sure)
    assert not sure.data["restart_needed"]
    assert_applied(modern45.engine)
    modern45.container(name="web", image="redis:7.4")
    assert_done(modern45.container(name="web", state="restarted", wait=False), "stop", "update", "start")
    assert not modern45.container(name="web", image="redis:7.4").data["restart_needed"]
    assert images(modern45.engine) == ["redis:7.2", "redis:7.4"]


def test_an_update_before_anybody_has_waited(modern45: Site) -> None:
    modern45.container(**NEW, wait=False)
    answer = modern45.container(name="web", image="redis:7.4")
    assert_done(answer, "update")
    assert answer.data["restart_needed"]
    again = modern45.container(name="web", image="redis:7.4")
    assert_done(again)
    assert again.data["restart_needed"]


def test_stop_shuts_the_guest_down(modern45: Site) -> None:
    modern45.container(**NEW)
    answer = modern45.container(name="web", state="stopped")
    assert_done(answer, "stop")
    assert (answer.data["container_vm"]["status"], answer.data["container_vm"]["addresses"]) == ("down", [])
    assert [write.rpartition("/")[2] for write in modern45.writes] == ["shutdown"]
    assert_done(modern45.container(name="web", state="stopped"))


def test_absent_removes_its_own_disk_and_no_other(modern45: Site) -> None:
    modern45.container(**NEW)
    engine = modern45.engine
    disk = types.Disk(
        name="precious", provisioned_size=2**30, format=types.DiskFormat.COW,
        storage_domains=[types.StorageDomain(name="data")],
    )  # fmt: skip
    attachment = types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, bootable=False, active=True)
    vm = engine.vm("web")
    engine.add(f"vms/{vm.id}/diskattachments", attachment)
    (root,) = [each.id for each in engine.store.list(f"vms/{vm.id}/diskattachments") if each.bootable]
    modern45.state()
    assert_done(modern45.container(name="web", state="absent"), "stop", "remove")
    disks = {disk.name: disk for disk in engine.store.list("disks")}
    assert engine.vm("web") is None
    assert root not in {disk.id for disk in disks.values()}
    assert disks["precious"].status == types.DiskStatus.OK
    assert_done(modern45.container(name="web", state="absent"))
