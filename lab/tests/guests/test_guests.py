# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests that really run: from the upload of an image to a web server in a VM, and how its run may end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ovirtsdk4 import types

from .conftest import MIB, Site

pytestmark = pytest.mark.timeout(1800)

# A web server that does what it is asked for, and starts with the system.
SERVER = """\
write_files:
- path: /srv/server
  content: |
    import http.server, pathlib, subprocess
    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            what, *about = self.path.strip("/").split("/")
            answer = getattr(self, what)(*about) if what else b"hello from the guest"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)
        def boot(self):
            return pathlib.Path("/proc/sys/kernel/random/boot_id").read_bytes()
        def disk(self, serial):
            with open(f"/dev/disk/by-id/virtio-{serial}", "r+b", buffering=0) as file:
                number = file.read(1)[0]
                file.seek(0)
                file.write(bytes([number + 1]))
            return str(number).encode()
        def reboot(self):
            subprocess.Popen(["systemctl", "--no-block", "reboot"])
            return b"rebooting"
        def poweroff(self):
            subprocess.Popen(["systemctl", "--no-block", "poweroff"])
            return b"going down"
    http.server.HTTPServer(("", 80), Server).serve_forever()
- path: /etc/systemd/system/web.service
  content: |
    [Service]
    ExecStart=python3 /srv/server
    Restart=on-failure
    [Install]
    WantedBy=multi-user.target
runcmd:
- [systemctl, enable, --now, web.service]
"""


@pytest.fixture(scope="module")
def template(site: Site, disk: Path) -> Any:
    """The template of this file's VMs."""
    return site.template(site.upload(disk, "golden"), "golden")


@pytest.fixture(scope="module")
def pair(site: Site, template: Any) -> tuple[Any, Any]:
    """Two VMs of the template."""
    return site.vm("first", template, SERVER), site.vm("second", template, SERVER)


def test_an_uploaded_image_serves_what_cloud_init_was_told(site: Site, pair: tuple[Any, Any]) -> None:
    first, second = pair
    first.start(use_cloud_init=True)
    address = site.address(first)
    assert site.ask(f"http://{address}/") == "hello from the guest"
    shown = first.get()
    assert (shown.status.value, shown.fqdn) == ("up", "first")
    assert shown.guest_operating_system.distribution == "Debian GNU/Linux"
    assert second.get().status.value == "down"
    first.shutdown()
    site.until(first, "down")
    assert site.codes("first")[-2:] == [73, 61], "the shutdown, and that the VM is down"


def test_a_guest_that_is_stopped_while_it_starts_is_down(site: Site, pair: tuple[Any, Any]) -> None:
    first, _second = pair
    for seconds in (0.0, 0.1, 1.0):
        first.start()
        time.sleep(seconds)
        first.stop()
        site.until(first, "down")
        assert site.codes("first")[-1] == 33


def test_a_plain_start_finds_what_the_disk_has(site: Site, pair: tuple[Any, Any]) -> None:
    first, _second = pair
    first.start()
    address = site.address(first)
    assert site.ask(f"http://{address}/") == "hello from the guest"
    assert {each["label"] for each in site.engine.starts("first")[1:]} == {""}, "a config drive only the first time"
    first.stop()
    site.until(first, "down")
    assert site.codes("first")[-1] == 33, "switched off: nothing more is said"
    assert site.engine.console("first"), "it has printed something"
    console = site.engine.images.content.console(first.get().id)
    first.remove()
    assert console is not None and not console.exists()


def test_what_a_guest_does_by_itself(site: Site, pair: tuple[Any, Any]) -> None:
    _first, second = pair
    data = types.Disk(
        name="data", format=types.DiskFormat.RAW, provisioned_size=16 * MIB,
        storage_domains=[types.StorageDomain(name="data")],
    )  # fmt: skip
    attachment = types.DiskAttachment(disk=data, interface=types.DiskInterface.VIRTIO, active=True)
    second.disk_attachments_service().add(attachment)
    disks = site.api.disks_service()
    serial = disks.list(search="name=data")[0].id[:20]
    site.wait(lambda: disks.list(search="name=data")[0].status == types.DiskStatus.OK, "the disk is ready")
    second.start(use_cloud_init=True)
    url = f"http://{site.address(second)}"
    assert site.ask(f"{url}/disk/{serial}") == "0"
    before = site.ask(f"{url}/boot")
    assert site.ask(f"{url}/reboot") == "rebooting"
    site.wait(lambda: site.ask(f"{url}/boot") != before, "it has rebooted")
    assert site.ask(f"{url}/disk/{serial}") == "1", "the disk kept what was written"
    site.until(second, "up")
    second.reboot()
    again = site.ask(f"{url}/boot")
    site.wait(lambda: site.ask(f"{url}/boot") != again, "it has rebooted")
    assert site.ask(f"{url}/poweroff") == "going down"
    site.until(second, "down")
    events = site.api.events_service().list(search="vm.name = second", max=1)
    assert [(event.code, "from within the guest" in event.description) for event in events] == [(61, True)]


def test_a_vm_that_cannot_boot_says_why(site: Site, kind: str) -> None:
    if kind == "qemu":
        pytest.skip("a machine without a disk runs, as a real one does")
    empty = site.vm("empty", types.Template(id="00000000-0000-0000-0000-000000000000"))
    disk = types.Disk(name="blank", format=types.DiskFormat.RAW, provisioned_size=16 * MIB,
                      storage_domains=[types.StorageDomain(name="data")])  # fmt: skip
    attachment = types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, active=True, bootable=True)
    empty.disk_attachments_service().add(attachment)
    disks = site.api.disks_service()
    site.wait(lambda: disks.list(search="name=blank")[0].status == types.DiskStatus.OK, "the disk is ready")
    empty.start()
    site.wait(lambda: 54 in site.codes("empty"), "the start has failed")
    said = [event.description for event in site.api.events_service().list(search="vm.name = empty")]
    assert any("The bootable disk has no file system that could be booted" in each for each in said)
