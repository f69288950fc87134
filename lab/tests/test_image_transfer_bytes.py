# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of images over HTTP, with the standard library as the client: what arrives, what is refused, what fails."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirtsdk4 import types
from transfers import COW, DOWNLOAD, MIB, RAW, Served, qcow2, served

from ovirt_lab.engine import Engine


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Served]:
    """A served Engine 4.5."""
    with served(tmp_path) as found:
        yield found


def _uploaded(lab: Served, disk: Any, data: bytes, **fields: Any) -> Any:
    """Upload these bytes; the transfer, which is not finalized."""
    transfer = lab.start(disk, **fields)
    assert lab.http(transfer)("PUT", data)[0] == 200
    return transfer


def _ends(lab: Served, transfer: Any) -> str:
    lab.do(transfer, "finalize")
    return lab.phases(transfer)[-1]


def test_bytes_go_up_and_come_down(lab: Served) -> None:
    data = os.urandom(3 * MIB)
    disk = lab.disk(3 * MIB)
    transfer = _uploaded(lab, disk, data)
    shown = lab.ask("GET", f"imagetransfers/{transfer.id}")
    assert (shown.transferred, shown.active) == (3 * MIB, False)
    assert _ends(lab, transfer) == "finished_success"
    assert lab.file(disk).parent == lab.directory / "disks"
    assert lab.ask("GET", f"disks/{disk.id}").actual_size == 3 * MIB
    transfer = lab.start(disk, DOWNLOAD)
    for proxy in (False, True):
        status, body = lab.http(transfer, proxy)("GET")
        assert (status, hashlib.sha256(body).digest()) == (200, hashlib.sha256(data).digest())
    assert lab.http(transfer)("GET", Range="bytes=100-299") == (206, data[100:300])


def test_chunks_in_any_order_and_zeroes_in_between(lab: Served) -> None:
    disk = lab.disk(4 * MIB)
    transfer = lab.start(disk, format=RAW)
    http = lab.http(transfer)
    last = os.urandom(MIB)
    assert http("PUT", last, "?flush=n", Content_Range=f"bytes {3 * MIB}-{4 * MIB - 1}/*")[0] == 200
    assert http("PUT", b"x" * MIB, "?flush=n", Content_Range="bytes 0-*/*")[0] == 200
    assert http("PATCH", json.dumps({"op": "zero", "offset": 0, "size": 100}))[0] == 200
    assert http("PATCH", json.dumps({"op": "flush"})) == (200, b"")
    assert lab.file(disk).read_bytes() == bytes(100) + b"x" * (MIB - 100) + bytes(2 * MIB) + last
    http.path += "/extents"
    extents = json.loads(http("GET")[1])
    assert [(extent["start"], extent["length"], extent["zero"]) for extent in extents] == [
        (0, MIB, False), (MIB, 2 * MIB, True), (3 * MIB, MIB, False),
    ]  # fmt: skip
    assert lab.ask("GET", f"imagetransfers/{transfer.id}").transferred == 2 * MIB


def test_what_the_servers_can(tmp_path: Path) -> None:
    found = {}
    for version in ("4.1", "4.3", "4.5"):
        with served(tmp_path / version, version) as lab:
            transfer = lab.start(lab.disk(), format=RAW if version == "4.5" else None)
            status, body = lab.http(transfer, proxy=True)("OPTIONS")
            found[version] = json.loads(body) if status == 200 else status
    assert found == {
        "4.1": 405,
        "4.3": {"features": ["zero", "flush"]},
        "4.5": {"features": ["extents", "zero", "flush"], "max_readers": 8, "max_writers": 8},
    }


def test_options_of_a_download_and_of_any_ticket(lab: Served) -> None:
    http = lab.http(lab.start(lab.disk(), DOWNLOAD))
    assert json.loads(http("OPTIONS")[1]) == {"features": ["extents"], "max_readers": 8, "max_writers": 1}
    assert http.headers["Allow"] == "OPTIONS,GET"
    http.path = "/images/*"
    assert http("OPTIONS")[0] == 200
    assert http.headers["Allow"] == "OPTIONS,GET,PUT,PATCH"


def test_refused_requests(lab: Served) -> None:
    disk = lab.disk()
    http = lab.http(lab.start(disk))
    assert http("PUT", b"1", Content_Range=f"bytes {MIB}-*/*")[0] == 416
    assert http.headers["Content-Range"] == f"bytes */{MIB}"
    assert http("PUT", bytes(MIB + 1))[0] == 416
    assert http("PUT", b"1", Content_Range="bytes 5")[0] == 400
    assert http("PUT", b"1", "?flush=maybe")[0] == 400
    assert http("GET", Range="bytes=5-1")[0] == 416
    assert http("GET", Range=f"bytes=0-{MIB}")[0] == 416
    assert http("PATCH", b"{oops")[0] == 400
    assert http("PATCH", b'{"op": "zero", "offset": 4096}') == (400, b"Missing required value for 'size'\n")
    assert http("DELETE")[0] == 405
    http.path = "/images/no-such-ticket"
    said = (403, b"You are not allowed to access this resource: No such ticket no-such-ticket\n")
    assert http("PUT", b"1") == http("GET") == said
    http.path = "/other"
    assert http("GET")[0] == 404
    assert lab.file(disk).read_bytes() == bytes(MIB)


def test_a_download_cannot_write(lab: Served) -> None:
    status, body = lab.http(lab.start(lab.disk(), DOWNLOAD))("PUT", b"1")
    assert (status, body.strip().endswith(b"forbids write")) == (403, True)


def test_a_ticket_ends_with_the_transfer_and_expires_in_a_pause(lab: Served) -> None:
    first, second = lab.disk(name="one"), lab.disk(name="two")
    transfer = lab.start(first)
    http = lab.http(transfer)
    lab.do(transfer, "pause")
    lab.clock.advance(299)
    assert http("GET")[0] == 200
    lab.clock.advance(300)
    assert b"expired" in http("GET")[1]
    lab.do(transfer, "resume")
    lab.clock.advance(1)
    assert http("PUT", b"again")[0] == 200
    transfer = lab.start(second)
    http = lab.http(transfer)
    lab.do(transfer, "cancel")
    lab.clock.advance(10)
    assert b"No such ticket" in http("GET")[1]
    assert lab.engine.images.content.find(second.id) is None


def test_a_client_that_moves_bytes_is_not_idle(lab: Served) -> None:
    transfer = lab.start(lab.disk())
    http = lab.http(transfer)
    for _ in range(4):
        lab.clock.advance(50)
        assert http("PUT", b"1")[0] == 200
    assert lab.phase(transfer) == "transferring"
    lab.clock.advance(62)
    assert lab.phase(transfer) == "paused_system"


def test_a_download_of_all_bytes_is_finalized_by_the_engine(lab: Served) -> None:
    transfer = lab.start(lab.disk(), DOWNLOAD)
    http = lab.http(transfer)
    assert len(http("GET")[1]) == MIB
    assert lab.phases(transfer) == ["transferring"], "its client may want more"
    assert len(http("GET")[1]) == MIB
    assert lab.phases(transfer, 13) == ["transferring", "finalizing_success", "finished_success"]
    assert lab.do(transfer, "finalize").status == "complete"


# --- formats

GOOD = "finished_success"
BAD = "finished_failure"


@pytest.mark.parametrize(
    ("kind", "data", "end"),
    [
        (COW, qcow2(MIB), GOOD),
        (COW, qcow2(MIB // 2), GOOD),  # "image should be resized" is only a warning
        (COW, qcow2(2 * MIB), BAD),
        (COW, qcow2(MIB, backing=b"/etc/passwd"), BAD),
        (COW, qcow2(MIB, magic=b"VHDX"), BAD),
        (COW, b"", BAD),
        (RAW, b"anything", GOOD),
        (RAW, qcow2(MIB), BAD),  # the format is probed
    ],
)
def test_an_upload_is_verified(lab: Served, kind: Any, data: bytes, end: str) -> None:
    disk = lab.disk(format=kind)
    transfer = _uploaded(lab, disk, data)
    assert _ends(lab, transfer) == end
    assert lab.disk_status(disk) == ("ok" if end == GOOD else "gone")
    assert lab.transfer_events() == [1031, 1032 if end == GOOD else 1034]
    assert (lab.engine.images.content.find(disk.id) is not None) == (end == GOOD)


def test_vdsm_of_4_1_does_not_look_at_the_virtual_size(tmp_path: Path) -> None:
    with served(tmp_path, "4.1") as lab:
        disk = lab.disk(format=COW)
        transfer = lab.start(disk)
        assert lab.http(transfer, proxy=True)("PUT", qcow2(2 * MIB))[0] == 200
        lab.do(transfer, "finalize")
        lab.phases(transfer)
        assert lab.disk_status(disk) == "ok"


def test_guest_data_becomes_a_qcow2_file_and_the_other_way_round(lab: Served) -> None:
    """`format: raw` is what the guest sees, whatever the disk's format; without it the file goes as it is."""
    data = os.urandom(70_000) + bytes(900_000)
    disk = lab.disk(format=COW)
    assert _ends(lab, _uploaded(lab, disk, data, format=RAW)) == GOOD
    file = lab.http(lab.start(disk, DOWNLOAD))("GET")[1]
    assert file.startswith(b"QFI\xfb")
    other = lab.disk(name="other", format=COW)
    assert _ends(lab, _uploaded(lab, other, file)) == GOOD
    assert lab.http(lab.start(other, DOWNLOAD, format=RAW))("GET")[1] == data.ljust(MIB, b"\0")


def test_how_large_an_upload_may_be(lab: Served) -> None:
    """A cow file may be a tenth and a MiB larger than the disk (BZ#1697294)."""
    disk = lab.disk(10 * MIB, format=COW)
    http = lab.http(lab.start(disk))
    assert http("PUT", b"1", Content_Range=f"bytes {12 * MIB - 1}-*/*")[0] == 200
    assert http("PUT", b"1", Content_Range=f"bytes {12 * MIB}-*/*")[0] == 416


# --- failures

BROKEN = (OSError, http.client.HTTPException)


def test_a_connection_that_is_cut_in_the_middle(lab: Served) -> None:
    disk = lab.disk()
    http = lab.http(lab.start(disk))
    lab.engine.faults.add(f"cut:bytes=1000:match=PUT {http.path}")
    with pytest.raises(BROKEN):
        http("PUT", b"y" * MIB)
    http.close()
    assert lab.file(disk).read_bytes() == b"y" * 1000 + bytes(MIB - 1000)
    assert http("PUT", b"y" * MIB)[0] == 200
    assert lab.file(disk).read_bytes() == b"y" * MIB


def test_an_error_in_the_middle_and_at_the_beginning(lab: Served) -> None:
    disk = lab.disk()
    http = lab.http(lab.start(disk))
    lab.engine.faults.add("status:500:bytes=4096:match=PUT /images/")
    assert http("PUT", b"z" * MIB)[0] == 500
    assert lab.file(disk).read_bytes()[4095:4097] == b"z\0"
    lab.engine.faults.add("status:503:match=PUT /images/:nth=2")
    assert [http("PUT", b"1")[0] for _ in range(3)] == [200, 503, 200]
    lab.engine.faults.add("cut:bytes=10:match=GET /images/")
    with pytest.raises(BROKEN):
        http("GET")


def test_a_host_that_is_gone(lab: Served) -> None:
    transfer = lab.start(lab.disk())
    http = lab.http(transfer)
    host = lab.engine.store.follow(lab.engine.store.get("imagetransfers", transfer.id).host)
    lab.engine.faults.add(f"host_gone:host={host.name}")
    assert lab.phase(transfer) == "paused_system"
    assert lab.transfer_events() == [1031, 1065]
    with pytest.raises(BROKEN):
        http("PUT", b"1")


def test_failures_of_the_api_do_not_hit_images(lab: Served) -> None:
    http = lab.http(lab.start(lab.disk()))
    lab.engine.faults.add("status:503:count=0")
    assert http("PUT", b"1")[0] == 200
    with pytest.raises(ValueError, match="bytes are for status and cut with a match of /images"):
        lab.engine.faults.add("delay:seconds=1:bytes=5")


# --- files and servers


def test_files_come_and_go_with_their_disks(lab: Served) -> None:
    disk = lab.disk(MIB, format=COW)
    assert _ends(lab, _uploaded(lab, disk, qcow2(MIB))) == GOOD
    lab.engine.images.content.copy(disk.id, "copy")
    copied = lab.directory / "disks" / "copy.qcow2"
    assert copied.read_bytes() == lab.file(disk).read_bytes()
    lab.ask("DELETE", f"disks/{disk.id}")
    assert lab.engine.images.content.find(disk.id) is None
    lab.engine.images.content.clear()
    assert not copied.exists()


def test_a_vm_of_a_template_has_the_content_of_its_disk(tmp_path: Path) -> None:
    world = {"templates": [{"name": "base", "disk": 1}], "vms": []}
    with served(tmp_path, "4.5", world) as lab:
        original = lab.engine.store.named("disks", "base_Disk1")
        file = qcow2(1 << 30)
        assert _ends(lab, _uploaded(lab, original, file)) == GOOD
        vm = lab.vm(template=types.Template(name="base"))
        lab.clock.advance(10)
        copied = lab.engine.store.named("disks", "web_Disk1")
        assert lab.file(copied).read_bytes() == file
        lab.ask("DELETE", f"vms/{vm.id}")
        assert lab.engine.images.content.find(copied.id) is None
        assert lab.file(original).exists()


def test_holes_stay_holes(lab: Served) -> None:
    disk = lab.disk(64 * MIB)
    transfer = lab.start(disk)
    lab.http(transfer)("PUT", b"1" * 4096, Content_Range=f"bytes {32 * MIB}-*/*")
    assert _ends(lab, transfer) == GOOD
    assert lab.ask("GET", f"disks/{disk.id}").actual_size < MIB
    lab.engine.images.content.copy(disk.id, "copy")
    assert lab.engine.images.content.used("copy") < MIB


def test_servers_start_with_the_first_transfer_and_end_with_the_engine(tmp_path: Path) -> None:
    with served(tmp_path) as lab:
        assert lab.engine.images._servers == []
        assert not (tmp_path / "disks").exists()
        http = lab.http(lab.start(lab.disk()))
        assert http("OPTIONS")[0] == 200
    with pytest.raises(OSError):
        http.close()
        http("OPTIONS")


def test_an_engine_without_a_directory_keeps_files_in_a_temporary_one() -> None:
    engine = Engine("4.5")
    place = engine.images.content.directory
    assert place.is_dir()
    del engine.images.content
    assert not place.exists()


def test_only_the_engines_authority_is_trusted(lab: Served) -> None:
    url = lab.ask("GET", f"imagetransfers/{lab.start(lab.disk()).id}").transfer_url
    connection = http.client.HTTPSConnection(url.split("/")[2], context=ssl.create_default_context(), timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("OPTIONS", "/images/*")


def test_speed(lab: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """Print how fast 400 MB go over loopback; how fast a machine has to be is not said here."""
    size, piece = 400 * 10**6, os.urandom(MIB)
    disk = lab.disk(size)
    url = lab.ask("GET", f"imagetransfers/{lab.start(disk).id}").transfer_url
    tls = ssl.create_default_context(cafile=lab.ca_file)
    connection = http.client.HTTPSConnection(url.split("/")[2], context=tls, timeout=60)
    started = time.perf_counter()
    connection.putrequest("PUT", "/" + url.split("/", 3)[3] + "?flush=n")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    for at in range(0, size, MIB):
        connection.send(memoryview(piece)[: size - at])
    assert connection.getresponse().status == 200
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\nimage upload: {size / 1e6 / seconds:.0f} MB/s, client and server in one process")
    assert lab.engine.images.content.used(disk.id) >= size


def test_a_transfer_keeps_the_number_of_its_bytes(lab: Served) -> None:
    transfer = _uploaded(lab, lab.disk(), bytes(MIB))
    assert _ends(lab, transfer) == "finished_success"
    assert lab.ask("GET", f"imagetransfers/{transfer.id}").transferred == MIB


def test_a_disk_that_has_grown_comes_down_whole(lab: Served) -> None:
    disk = lab.disk()
    _ends(lab, _uploaded(lab, disk, b"x" * MIB))
    lab.ask("PUT", f"disks/{disk.id}", types.Disk(provisioned_size=2 * MIB))
    lab.clock.advance(5)
    assert lab.ask("GET", f"disks/{disk.id}").total_size == 2 * MIB
    transfer = lab.start(disk, DOWNLOAD)
    assert lab.http(transfer)("GET")[1] == b"x" * MIB + bytes(MIB)
