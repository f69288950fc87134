# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image transfers as the API shows them: phases, policies, refusals, events. Nothing is listened on here."""

from __future__ import annotations

from typing import Any

import pytest
from client import Refused
from ovirtsdk4 import types
from transfers import COW, DOWNLOAD, MIB, RAW, UPLOAD, Transfers

EVERY = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
NEW = pytest.mark.parametrize("version", ["4.3", "4.5"])


@EVERY
def test_an_upload_goes_from_phase_to_phase_and_its_disk_is_locked_meanwhile(version: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    transfer = lab.start(disk)
    assert transfer.phase.value == "transferring"
    assert lab.disk_status(disk) == "locked"
    lab.do(transfer, "finalize")
    if version == "4.5":  # the entity is kept for a quarter of an hour
        assert lab.phases(transfer) == ["finalizing_success", "finished_success"]
        lab.clock.advance(600)
        assert lab.phase(transfer) == "finished_success"
        lab.clock.advance(600)
        assert lab.phase(transfer) == "gone"
    else:
        assert lab.phases(transfer) == ["finalizing_success", "finished_success", "gone"]
    assert lab.disk_status(disk) == "ok"
    assert lab.transfer_events() == [1031, 1032]


def test_what_each_version_shows() -> None:
    shown = {}
    for version in ("4.1", "4.3", "4.5"):
        lab = Transfers(version)
        transfer = lab.start(lab.disk())
        names = ("transfer_url", "active", "transferred", "direction", "format", "inactivity_timeout", "timeout_policy")
        shown[version] = [name for name in names if getattr(transfer, name) is not None]
        assert transfer.proxy_url.startswith("https://localhost:54323/images/")  # nothing listens there
        assert transfer.image.id
    assert shown["4.1"] == []
    assert shown["4.3"] == ["transfer_url", "active", "transferred", "direction", "format", "inactivity_timeout"]
    assert shown["4.5"] == [*shown["4.3"], "timeout_policy"]


def test_initializing_can_be_made_to_last() -> None:
    lab = Transfers("4.5", {"delays": {"ticket": 3}})
    transfer = lab.start(lab.disk())
    assert transfer.phase.value == "initializing"
    assert transfer.transfer_url is None
    lab.clock.advance(3)
    assert lab.phase(transfer) == "transferring"


@NEW
def test_a_cancelled_upload_takes_its_disk_along(version: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    transfer = lab.start(disk)
    lab.do(transfer, "cancel")
    end = ["finished_failure"] if version == "4.5" else ["gone"]
    assert lab.phases(transfer) == ["cancelled_user", "finalizing_cleanup", "finished_cleanup", *end]
    assert lab.disk_status(disk) == "gone"
    assert lab.transfer_events() == [1031, 1033]


@NEW
def test_a_cancelled_download_leaves_its_disk(version: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    transfer = lab.start(disk, DOWNLOAD)
    lab.do(transfer, "cancel")
    lab.phases(transfer)
    assert lab.disk_status(disk) == "ok"


def test_engine_4_1_cannot_cancel() -> None:
    lab = Transfers("4.1")
    transfer = lab.start(lab.disk())
    with pytest.raises(Refused, match="404"):
        lab.do(transfer, "cancel")


@NEW
def test_pause_and_resume(version: str) -> None:
    lab = Transfers(version)
    transfer = lab.start(lab.disk())
    url = transfer.transfer_url
    lab.do(transfer, "pause")
    lab.clock.advance(1)
    assert lab.phase(transfer) == "paused_user"
    lab.do(transfer, "resume")
    assert lab.phases(transfer, 2) == ["resuming", "transferring"]
    assert lab.ask("GET", f"imagetransfers/{transfer.id}").transfer_url == url
    assert lab.transfer_events() == [1031, 1073, 1074]


def test_a_resumed_client_has_to_say_something_at_once() -> None:
    """Resuming renews the ticket, but the time since the last request goes on."""
    lab = Transfers("4.5")
    transfer = lab.start(lab.disk())
    lab.clock.advance(100)
    assert lab.phase(transfer) == "paused_system"
    lab.do(transfer, "resume")
    assert lab.phases(transfer) == ["resuming", "transferring", "paused_system"]


def test_a_resumed_transfer_of_engine_4_1_has_another_url() -> None:
    lab = Transfers("4.1")
    transfer = lab.start(lab.disk())
    lab.do(transfer, "pause")
    lab.clock.advance(1)
    assert lab.ask("GET", f"imagetransfers/{transfer.id}").proxy_url is None
    lab.do(transfer, "resume")
    lab.clock.advance(1)
    again = lab.ask("GET", f"imagetransfers/{transfer.id}")
    assert again.proxy_url and again.proxy_url != transfer.proxy_url


@NEW
def test_what_cannot_be_paused_or_resumed(version: str) -> None:
    lab = Transfers(version)
    transfer = lab.start(lab.disk(), DOWNLOAD)
    with pytest.raises(Refused, match=r"400 .*Cannot pause image download as it's handled by the client") as refused:
        lab.do(transfer, "pause")
    assert refused.value.reason == "Operation Failed"
    with pytest.raises(Refused, match=r"409 .*\[Cannot resume image transfer as it's not in a paused state\.\]"):
        lab.do(transfer, "resume")


@pytest.mark.parametrize(
    ("policy", "direction", "phase", "code"),
    [
        (None, UPLOAD, "paused_system", 1071),
        ("legacy", UPLOAD, "paused_system", 1071),
        ("legacy", DOWNLOAD, "cancelled_system", 1072),
        ("pause", UPLOAD, "paused_system", 1077),
        ("pause", DOWNLOAD, "paused_system", 1077),
        ("cancel", UPLOAD, "cancelled_system", 1076),
        ("cancel", DOWNLOAD, "cancelled_system", 1076),
    ],
)
def test_the_policy_when_the_client_is_idle(policy: str | None, direction: Any, phase: str, code: int) -> None:
    lab = Transfers("4.5")
    fields = {"timeout_policy": types.ImageTransferTimeoutPolicy(policy)} if policy else {}
    transfer = lab.start(lab.disk(), direction, inactivity_timeout=30, **fields)
    lab.clock.advance(30)
    assert lab.phase(transfer) == "transferring"
    lab.clock.advance(1)
    assert lab.phase(transfer) == phase
    assert lab.transfer_events() == [1031, code]


def test_the_disk_of_an_upload_that_is_cancelled_by_the_system_goes() -> None:
    lab = Transfers("4.5")
    disk = lab.disk()
    transfer = lab.start(disk, timeout_policy=types.ImageTransferTimeoutPolicy.CANCEL)
    lab.clock.advance(61)
    assert lab.phases(transfer) == ["cancelled_system", "finalizing_failure", "finished_failure"]
    assert lab.disk_status(disk) == "gone"
    assert lab.transfer_events() == [1031, 1076, 1033]


@pytest.mark.parametrize(("version", "timeout"), [("4.1", 60), ("4.3", 0), ("4.5", 0)])
def test_where_no_idle_time_counts(version: str, timeout: int) -> None:
    lab = Transfers(version)
    transfer = lab.start(lab.disk(), inactivity_timeout=timeout)
    lab.clock.advance(100_000)
    assert lab.phase(transfer) == "transferring"


# --- refusals


LOCKED = "The following disks are locked: data1. Please try again in a few minutes."


@pytest.mark.parametrize(
    ("version", "status", "words"),
    [
        ("4.1", 409, f"[Cannot ${{action}} ${{type}}: {LOCKED}]"),
        ("4.3", 409, "[Cannot transfer Virtual Disk: Disk is locked. Please try again later.]"),
        ("4.5", 409, "[Cannot transfer Virtual Disk. Disk data1 is being transferred.]"),
    ],
)  # fmt: skip
def test_one_transfer_at_a_time(version: str, status: int, words: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    lab.start(disk)
    with pytest.raises(Refused) as refused:
        lab.start(disk)
    assert (refused.value.status, refused.value.detail) == (status, words)


def test_two_downloads_share_the_lock_but_not_the_image() -> None:
    lab = Transfers("4.5")
    disk = lab.disk()
    lab.start(disk, DOWNLOAD)
    with pytest.raises(Refused, match="The following disks are locked: data1"):
        lab.start(disk, DOWNLOAD)


@EVERY
def test_a_disk_of_a_running_vm(version: str) -> None:
    lab = Transfers(version)
    disk = lab.engine.store.named("disks", "db1_Disk1")
    words = "is attached to VMs: db1" if version == "4.1" else "is plugged to non-Down VMs: db1"
    with pytest.raises(Refused, match=rf"409 .*The disk db1_Disk1 {words}\]"):
        lab.start(disk)
    assert lab.disk_status(disk) == "ok"


@EVERY
def test_an_illegal_disk_and_one_that_is_being_made(version: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    lab.engine.store.get("disks", disk.id).status = types.DiskStatus.ILLEGAL
    with pytest.raises(Refused, match="500 .*ILLEGAL status: data1"):
        lab.start(disk)
    lab.engine.store.get("disks", disk.id).status = types.DiskStatus.LOCKED
    with pytest.raises(Refused, match="409 .*The following disks are locked: data1"):
        lab.start(disk)


@EVERY
def test_an_unknown_disk_is_a_failure_of_the_validation_itself(version: str) -> None:
    lab = Transfers(version)
    with pytest.raises(Refused, match=r"500 .*\[General command validation failure\.\]"):
        lab.start(types.Disk(id="11111111-1111-1111-1111-111111111111"))
    words = "400 Incomplete parameters" if version == "4.1" else "400 Input validation failed. No matching signature"
    with pytest.raises(Refused, match=words):
        lab.ask("POST", "imagetransfers", types.ImageTransfer())


@NEW
def test_by_disk_or_by_snapshot(version: str) -> None:
    lab = Transfers(version)
    disk = lab.disk()
    for wanted in (
        types.ImageTransfer(disk=types.Disk(id=disk.id)),
        types.ImageTransfer(snapshot=types.DiskSnapshot(id=disk.image_id)),
    ):
        wanted.direction = DOWNLOAD
        transfer = lab.ask("POST", "imagetransfers", wanted)
        assert transfer.image.id == disk.id
        lab.do(transfer, "finalize")
        lab.clock.advance(5)


@pytest.mark.parametrize(
    ("version", "direction", "phases", "events"),
    [
        ("4.5", UPLOAD, ["initializing", "finished_failure"], []),
        ("4.3", UPLOAD, ["paused_system"], [1069]),
        ("4.3", DOWNLOAD, ["cancelled_system"], [1069]),
        ("4.1", UPLOAD, ["transferring"], []),
    ],
)
def test_on_a_host_in_maintenance(version: str, direction: Any, phases: list[str], events: list[int]) -> None:
    """initializeVds takes the host that was asked for; preparing the image fails there. 4.1 does not read `host`."""
    lab = Transfers(version)
    disk, host = lab.disk(), lab.engine.store.named("hosts", "host2")
    lab.ask("POST", f"hosts/{host.id}/deactivate", "<action/>")
    lab.clock.advance(60)
    transfer = lab.start(disk, direction, host=types.Host(id=host.id))
    assert transfer.transfer_url is None
    assert lab.phases(transfer)[: len(phases)] == phases
    assert [code for code in lab.transfer_events() if code >= 1060][:1] == events


def test_without_a_host() -> None:
    """4.5 refuses, and takes the disk of an upload along; before, the transfer stops at once."""
    world: dict[str, Any] = {"hosts": [], "vms": []}
    lab = Transfers("4.5", world)
    disk = lab.disk()
    with pytest.raises(
        Refused, match=r"409 .*\[Cannot transfer Virtual Disk\. There is no active Host in the Data Cen"
    ):
        lab.start(disk)
    lab.clock.advance(1)
    lab.engine.tick()
    assert (lab.disk_status(disk), lab.transfer_events()) == ("gone", [1067, 1031, 1034])
    for version, direction, phase in (
        ("4.3", UPLOAD, "paused_system"),
        ("4.3", DOWNLOAD, "cancelled_system"),
        ("4.1", DOWNLOAD, "paused_system"),
    ):
        lab = Transfers(version, world)
        assert lab.start(lab.disk(), direction).phase.value == phase


@EVERY
def test_an_action_on_a_missing_transfer_is_carried_out(version: str) -> None:
    lab = Transfers(version)
    missing = types.ImageTransfer(id="11111111-1111-1111-1111-111111111111")
    for action in ("finalize", "pause", "extend"):
        assert lab.do(missing, action).status == "complete"
    if version == "4.3":
        with pytest.raises(Refused, match="General command validation failure"):
            lab.do(missing, "resume")
    else:
        assert lab.do(missing, "resume").status == "complete"


def test_other_commands_wait_for_the_transfer() -> None:
    lab = Transfers("4.5")
    disk = lab.disk()
    lab.start(disk)
    with pytest.raises(Refused, match="Cannot remove Virtual Disk. Disk data1 is being transferred"):
        lab.ask("DELETE", f"disks/{disk.id}")


def test_the_system_stops_a_transfer_on_request() -> None:
    lab = Transfers("4.5")
    disk = lab.disk(name="stopped", format=COW)
    transfer = lab.start(disk, format=RAW)
    lab.engine.faults.add("stop_transfer:disk=stopped")
    assert lab.phase(transfer) == "paused_system"
    assert lab.transfer_events() == [1031, 1064]
    lab.do(transfer, "resume")
    assert lab.phases(transfer, 2) == ["resuming", "transferring"]
    with pytest.raises(ValueError, match="no transfer of a disk 'other' goes on"):
        lab.engine.faults.add("stop_transfer:disk=other")


def test_a_list_of_transfers_and_a_saved_state(tmp_path: Any) -> None:
    lab = Transfers("4.5")
    transfer = lab.start(lab.disk(4 * MIB))
    assert [found.id for found in lab.ask("GET", "imagetransfers")] == [transfer.id]
    lab.engine.save(tmp_path / "state.json")
    lab.engine = type(lab.engine).load(tmp_path / "state.json", lab.clock)
    again = lab.ask("GET", f"imagetransfers/{transfer.id}")
    assert (again.phase.value, again.transfer_url) == ("transferring", transfer.transfer_url)


@EVERY
def test_a_host_with_a_transfer_does_not_go_to_maintenance_in_4_3(version: str) -> None:
    lab = Transfers(version, {"vms": []})
    disk = lab.disk()
    transfer = lab.start(disk)
    lab.clock.advance(1)
    address = f"hosts/{transfer.host.id}/deactivate"
    if version != "4.3":
        assert lab.ask("POST", address, "<action/>").status == "complete"
        return
    with pytest.raises(Refused, match="409 .*Image transfer is in progress for the following .1. disks") as refused:
        lab.ask("POST", address, "<action/>")
    assert disk.id in str(refused.value.detail)
    lab.do(transfer, "pause")
    lab.ask("POST", address, "<action/>")


# --- while others change things


@pytest.mark.parametrize("version", ("4.1", "4.3", "4.5"))
@pytest.mark.parametrize("end", ("finalize", "cancel"))
def test_a_disk_that_was_removed_by_force_ends_its_transfer(version: str, end: str) -> None:
    if (version, end) == ("4.1", "cancel"):
        pytest.skip("4.1 has no cancel")
    lab = Transfers(version)
    disk = lab.disk()
    vm = lab.vm("owner")
    attachment = types.DiskAttachment(disk=types.Disk(id=disk.id), interface=types.DiskInterface.VIRTIO)
    lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment)
    transfer = lab.start(disk)
    lab.ask("DELETE", f"vms/{vm.id}?force=true")
    lab.do(transfer, end)
    assert lab.phases(transfer)[-1] in ("gone", "finished_failure")
    assert lab.raw("GET", f"disks/{disk.id}").status == 404


def test_a_finalize_that_is_sent_again_ends_it_once() -> None:
    lab = Transfers("4.5")
    disk = lab.disk()
    transfer = lab.start(disk)
    for _ in range(2):
        lab.do(transfer, "finalize")
        lab.clock.advance(0.5)
    lab.clock.advance(10)
    assert lab.phase(transfer) == "finished_success"
    assert lab.transfer_events() == [1031, 1032]


@pytest.mark.parametrize("version", ("4.3", "4.5"))
def test_a_transfer_is_shown_after_its_host_was_removed(version: str) -> None:
    lab = Transfers(version)
    host = next(host for host in lab.ask("GET", "hosts") if host.name == "host2")
    transfer = lab.start(lab.disk(), host=types.Host(id=host.id))
    if version == "4.3":
        lab.do(transfer, "pause")
        lab.clock.advance(2)
    lab.ask("POST", f"hosts/{host.id}/deactivate", "<action/>")
    lab.clock.advance(30)
    lab.ask("DELETE", f"hosts/{host.id}")
    assert lab.raw("GET", f"imagetransfers/{transfer.id}").status == 200
    assert lab.raw("GET", "imagetransfers").status == 200
