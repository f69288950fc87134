# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site with an Engine whose host really runs guests, driven through the SDK as a user would."""

from __future__ import annotations

import shutil
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ovirtsdk4
import pytest
from ovirtsdk4 import types

from ovirt_lab import guests
from ovirt_lab.engine import Engine, serve

FOLDER = Path(__file__).resolve().parents[3] / ".work" / "guests"
PATIENCE = {"nspawn": 300.0, "qemu": 900.0}  # seconds; a busy machine takes its time
MIB = 1 << 20


class Site:
    """An Engine 4.5 with one host, and what its users do."""

    def __init__(self, engine: Engine, endpoint: Any, kind: str) -> None:
        self.engine = engine
        self.patience = PATIENCE[kind]
        self._connection = ovirtsdk4.Connection(
            url=endpoint.url, username=endpoint.username, password=endpoint.password, ca_file=endpoint.ca_file
        )
        self.api = self._connection.system_service()
        self._ca = endpoint.ca_file

    def close(self) -> None:
        """Log out."""
        self._connection.close()

    def wait(self, what: Callable[[], Any], words: str) -> Any:
        """Wait until something is true, and return it."""
        deadline = time.monotonic() + self.patience
        while True:
            found = what()
            if found:
                return found
            assert time.monotonic() < deadline, f"{words}: not within {self.patience:.0f} s"
            time.sleep(0.2)

    # --- images

    def upload(self, path: Path, name: str) -> Any:
        """A disk with the content of a file, uploaded as plain bytes."""
        size = path.stat().st_size
        wanted = types.Disk(
            name=name, format=types.DiskFormat.RAW, sparse=True, provisioned_size=size,
            storage_domains=[types.StorageDomain(name="data")],
        )  # fmt: skip
        disk = self.api.disks_service().add(wanted)
        service = self.api.disks_service().disk_service(disk.id)
        self.wait(lambda: service.get().status == types.DiskStatus.OK, f"disk {name} is ready")
        transfers = self.api.image_transfers_service()
        upload = types.ImageTransferDirection.UPLOAD
        transfer = transfers.add(types.ImageTransfer(image=types.Image(id=disk.id), direction=upload))
        current = transfers.image_transfer_service(transfer.id)
        self.wait(lambda: current.get().phase == types.ImageTransferPhase.TRANSFERRING, "the transfer begins")
        self._put(current.get().transfer_url, path)
        current.finalize()
        self.wait(lambda: current.get().phase == types.ImageTransferPhase.FINISHED_SUCCESS, "the transfer ends")
        return disk

    def _put(self, url: str, path: Path) -> None:
        import http.client
        import ssl

        parts = urlsplit(url)
        context = ssl.create_default_context(cafile=self._ca)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context)
        with path.open("rb") as file:
            connection.request("PUT", parts.path, body=file, headers={"Content-Length": str(path.stat().st_size)})
            assert connection.getresponse().status == 200
        connection.close()

    # --- VMs

    def template(self, disk: Any, name: str) -> Any:
        """A template of a VM that has this disk."""
        made = self._add(types.Vm(name=f"{name}-source", template=types.Template(name="Blank")))
        attachments = made.disk_attachments_service()
        virtio = types.DiskInterface.VIRTIO
        attachments.add(types.DiskAttachment(disk=types.Disk(id=disk.id), interface=virtio, bootable=True, active=True))
        templates = self.api.templates_service()
        template = templates.add(types.Template(name=name, vm=types.Vm(id=made.get().id)))
        service = templates.template_service(template.id)
        self.wait(lambda: service.get().status == types.TemplateStatus.OK, f"template {name} is ready")
        return template

    def vm(self, name: str, template: Any, script: str = "") -> Any:
        """The service of a new VM of a template, with one interface, whose cloud-init runs a script."""
        initialization = types.Initialization(host_name=name, custom_script=script)
        made = self._add(types.Vm(name=name, template=types.Template(id=template.id), initialization=initialization))
        profile = next(each for each in self.api.vnic_profiles_service().list() if each.name == "lan")
        made.nics_service().add(types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
        return made

    def _add(self, vm: Any) -> Any:
        vm.cluster = types.Cluster(name="Default")
        vm.memory, vm.memory_policy = 512 * MIB, types.MemoryPolicy(guaranteed=256 * MIB, max=1024 * MIB)
        added = self.api.vms_service().add(vm)
        service = self.api.vms_service().vm_service(added.id)
        self.until(service, "down")
        return service

    def until(self, vm: Any, status: str) -> None:
        """Wait for a status of a VM."""
        self.wait(lambda: vm.get().status.value == status, f"the VM is {status}")

    def address(self, vm: Any) -> str:
        """The IPv4 address that a VM's agent reports; waits for it."""

        def reported() -> str:
            devices = vm.reported_devices_service().list()
            found = [ip.address for each in devices for ip in each.ips or [] if ip.version == types.IpVersion.V4]
            return next((address for address in found if not address.startswith("127.")), "")

        return str(self.wait(reported, "the agent reports an address"))

    def ask(self, url: str) -> str:
        """What a web server of a guest answers; waits for it."""

        def asked() -> str:
            try:
                with urllib.request.urlopen(url, timeout=5) as response:
                    return str(response.read().decode())
            except OSError:
                return ""

        return str(self.wait(asked, f"{url} answers"))

    def codes(self, name: str) -> list[int]:
        """The codes of a VM's events, oldest first."""
        events = self.api.events_service().list(search=f"vm.name = {name}")
        return [event.code for event in reversed(events)]


@pytest.fixture(scope="module", params=["nspawn", "qemu"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of guests; qemu only where it is asked for, since it takes minutes."""
    name = str(request.param)
    if name == "qemu" and not request.config.getoption("--qemu"):
        pytest.skip("guests under qemu take minutes: pytest --qemu")
    lacks = guests.lacks(name, make=True)
    if lacks:
        pytest.skip(lacks)
    return name


@pytest.fixture(scope="module")
def disk(kind: str) -> Path:
    """The disk of guests, made when nobody has made it yet."""
    return guests.disk(FOLDER, bootable=kind == "qemu", say=lambda words: print(words, file=sys.stderr))


@pytest.fixture(scope="module")
def site(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site."""
    world = {
        "clusters": [{"name": "Default", "version": "4.7"}],
        "hosts": [{"name": "host1", "guests": kind}],
        "networks": [{"name": "ovirtmgmt"}, {"name": "lan"}],
        "vms": [],
    }
    engine = Engine("4.5", world)
    folder = tmp_path_factory.mktemp("engine")
    with serve(engine, folder) as endpoint:
        made = Site(engine, endpoint, kind)
        yield made
        made.close()
    shutil.rmtree(folder)  # pytest keeps the last three, and these are five GiB
