# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image transfers by the clients that people use, unmodified: ovirt_imageio 2.5, and ovirt.ovirt.ovirt_disk with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conformance import test_ovirt_ovirt
from transfers import COW, DOWNLOAD, MIB, RAW, Served, images_missing, served

from ovirt_lab.engine import Engine, SystemClock, serve

pytestmark = pytest.mark.skipif(bool(images_missing()), reason=images_missing())

SIZE = 24 * MIB


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A qcow2 file, and beside it the same as raw."""
    folder = tmp_path_factory.mktemp("image")
    with (folder / "image.raw").open("wb") as file:
        file.truncate(SIZE)
        for at in (0, 5 * MIB + 4096, SIZE - MIB):
            os.pwrite(file.fileno(), os.urandom(MIB // 2), at)
    _qemu("convert", "-f", "raw", "-O", "qcow2", folder / "image.raw", folder / "image.qcow2")
    return folder / "image.qcow2"


def _qemu(*arguments: Any) -> str:
    command = ["qemu-img", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _same(one: Path, other: Path) -> bool:
    return "identical" in _qemu("compare", one, other)


@pytest.fixture(params=["4.3", "4.5"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A served Engine of each version that has a transfer URL."""
    with served(tmp_path / "lab", request.param) as found:
        yield found


def _shown(lab: Served, transfer: Any) -> dict[str, str]:
    found = lab.ask("GET", f"imagetransfers/{transfer.id}")
    return {"url": found.transfer_url, "proxy_url": found.proxy_url}


@pytest.mark.parametrize("kind", [RAW, COW])
def test_imageio_uploads_and_downloads(lab: Served, image: Path, tmp_path: Path, kind: Any) -> None:
    """What is uploaded is what the guest sees, by several connections at once where the host offers that."""
    from ovirt_imageio import client

    disk = lab.disk(SIZE, format=kind)
    transfer = lab.start(disk, format=RAW)
    client.upload(str(image), cafile=lab.ca_file, **_shown(lab, transfer))
    lab.do(transfer, "finalize")
    lab.phases(transfer)
    assert lab.disk_status(disk) == "ok"
    assert 1.5 * MIB <= lab.ask("GET", f"disks/{disk.id}").actual_size < SIZE / 2
    transfer = lab.start(disk, DOWNLOAD, format=RAW)
    client.download(filename=str(tmp_path / "back.qcow2"), cafile=lab.ca_file, **_shown(lab, transfer))
    assert _same(image, tmp_path / "back.qcow2")


def test_imageio_takes_the_proxy_where_the_host_is_not_reached(lab: Served, image: Path) -> None:
    from ovirt_imageio import client

    disk = lab.disk(SIZE)
    transfer = lab.start(disk, format=RAW)
    urls = {**_shown(lab, transfer), "url": "https://127.0.0.1:1/images/nobody"}
    client.upload(str(image), cafile=lab.ca_file, **urls)
    assert lab.file(disk).read_bytes() == image.with_suffix(".raw").read_bytes()


def test_a_qcow2_file_as_it_is(lab: Served, image: Path) -> None:
    """No qemu on the client's side: the bytes of the file are the bytes of the disk."""
    disk = lab.disk(SIZE, format=COW)
    transfer = lab.start(disk)
    assert lab.http(transfer)("PUT", image.read_bytes())[0] == 200
    lab.do(transfer, "finalize")
    lab.phases(transfer)
    assert lab.disk_status(disk) == "ok"
    assert lab.file(disk).read_bytes() == image.read_bytes()
    assert json.loads(_qemu("info", "--output", "json", lab.file(disk)))["format"] == "qcow2"


_PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ovirt.ovirt.ovirt_auth: {state: present}
    - ovirt.ovirt.ovirt_disk: &disk
        auth: "{{ ovirt_auth }}"
        name: image
        size: 24MiB
        format: cow
        storage_domain: data
        upload_image_path: "{{ image }}"
        wait: true
      register: first
    - ovirt.ovirt.ovirt_disk: *disk
      register: second
    - ovirt.ovirt.ovirt_disk:
        auth: "{{ ovirt_auth }}"
        id: "{{ first.id }}"
        format: cow
        storage_domain: data
        download_image_path: "{{ back }}"
    - ansible.builtin.assert:
        that: [first is changed]
"""


@pytest.mark.skipif(test_ovirt_ovirt.missing() is not None, reason=test_ovirt_ovirt.missing() or "")
@pytest.mark.parametrize("version", ["4.3", "4.5"])
def test_ovirt_disk(version: str, image: Path, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(_PLAY, encoding="utf-8")
    (tmp_path / "hosts.ini").write_text("localhost ansible_connection=local\n", encoding="utf-8")
    engine = Engine(version, {"delays": {"disk": 0.2, "transfer": 0.2}}, SystemClock())
    with serve(engine, tmp_path / "lab") as found:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "OVIRT_"))}
        environment |= {
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "OVIRT_URL": found.url,
            "OVIRT_USERNAME": found.username,
            "OVIRT_PASSWORD": found.password,
            "OVIRT_CAFILE": found.ca_file,
        }
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "play.yml", "-i", "hosts.ini"]
        values = {"image": str(image), "back": str(tmp_path / "back.qcow2")}
        done = subprocess.run(
            [*command, "-e", json.dumps(values)], cwd=tmp_path, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert _same(image, tmp_path / "back.qcow2")
    uploads = [r for r in engine.requests if r.method == "PUT" and r.path.startswith("/images/")]
    assert uploads and all(request.status == 200 for request in uploads)
