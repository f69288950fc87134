# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For the tests of image transfers: a laboratory with a disk, a served one, and qcow2 files made by hand."""

from __future__ import annotations

import http.client
import importlib.util
import shutil
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from client import Lab, Refused
from ovirtsdk4 import types

from ovirt_lab.engine import serve

MIB = 1 << 20
RAW, COW = types.DiskFormat.RAW, types.DiskFormat.COW
UPLOAD, DOWNLOAD = types.ImageTransferDirection.UPLOAD, types.ImageTransferDirection.DOWNLOAD


def images_missing() -> str:
    """Why the client of ovirt-imageio cannot run here; empty if it can."""
    if importlib.util.find_spec("ovirt_imageio") is None:
        return "the Python package ovirt-imageio is not installed"
    lacks = [name for name in ("qemu-img", "qemu-nbd") if shutil.which(name) is None]
    return f"{' and '.join(lacks)} of the package qemu-utils is not there" if lacks else ""


def qcow2(size: int, backing: bytes = b"", magic: bytes = b"QFI\xfb") -> bytes:
    """The smallest qcow2 file of version 2 that is this large for a guest and reads as zeroes."""
    cluster = 1 << 16
    header = struct.pack(
        ">4sIQIIQIIQQIIQ", magic, 2, 1024 if backing else 0, len(backing), 16, size, 0, 1, cluster * 3, cluster, 1, 0, 0
    )
    head = header.ljust(1024, b"\0") + backing
    table = struct.pack(">Q", cluster * 2)
    counts = struct.pack(">4H", 1, 1, 1, 1)
    return b"".join(part.ljust(cluster, b"\0") for part in (head, table, counts, b""))


class Transfers(Lab):
    """An Engine with what these tests do to it."""

    def disk(self, size: int = MIB, **fields: Any) -> Any:
        """A disk that is ready."""
        values = {"name": "data1", "format": RAW, "sparse": True, **fields}
        domain = types.StorageDomain(name="data")
        disk = self.ask("POST", "disks", types.Disk(provisioned_size=size, storage_domains=[domain], **values))
        self.clock.advance(5)
        return disk

    def start(self, disk: Any, direction: Any = UPLOAD, **fields: Any) -> Any:
        """A new transfer of a disk."""
        wanted = types.ImageTransfer(image=types.Image(id=disk.id), direction=direction, **fields)
        return self.ask("POST", "imagetransfers", wanted)

    def phase(self, transfer: Any) -> str:
        """The phase that the API shows, or `gone`."""
        try:
            return str(self.ask("GET", f"imagetransfers/{transfer.id}").phase.value)
        except Refused as refused:
            assert refused.status == 404
            return "gone"

    def do(self, transfer: Any, action: str) -> Any:
        """An action of a transfer."""
        return self.ask("POST", f"imagetransfers/{transfer.id}/{action}", "<action/>")

    def phases(self, transfer: Any, steps: int = 6) -> list[str]:
        """The phases of the next seconds, each once."""
        found: list[str] = []
        for _ in range(steps):
            found.append(self.phase(transfer))
            self.clock.advance(1)
        return list(dict.fromkeys(found))

    def disk_status(self, disk: Any) -> str:
        """The status of a disk, or `gone`."""
        found = self.engine.store.get("disks", disk.id)
        return str(found.status.value) if found is not None else "gone"

    def transfer_events(self) -> list[int]:
        """The codes of all events of transfers, oldest first."""
        events = (event.code for event in self.engine.store.list("events"))
        return [code for code in events if 1031 <= code <= 1080]


class Http:
    """Plain HTTP to a transfer's URL."""

    def __init__(self, url: str, ca_file: str) -> None:
        self.path = urlsplit(url).path
        self._connection = http.client.HTTPSConnection(
            urlsplit(url).netloc, context=ssl.create_default_context(cafile=ca_file), timeout=30
        )

    def __call__(self, method: str, data: Any = b"", query: str = "", **headers: str) -> tuple[int, bytes]:
        """(status, body) of one request; headers with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, self.path + query, data or None, sent)
        response = self._connection.getresponse()
        self.headers = response.headers
        return response.status, response.read()

    def close(self) -> None:
        """End the connection; another request opens a new one."""
        self._connection.close()


class Served(Transfers):
    """The same behind its servers."""

    ca_file: str
    directory: Path

    def http(self, transfer: Any, proxy: bool = False) -> Http:
        """HTTP to a transfer."""
        shown = self.ask("GET", f"imagetransfers/{transfer.id}")
        return Http(shown.proxy_url if proxy else shown.transfer_url, self.ca_file)

    def file(self, disk: Any) -> Path:
        """The file of a disk."""
        found = self.engine.images.content.find(disk.id)
        assert found is not None
        return found


@contextmanager
def served(directory: Path, version: str = "4.5", world: dict[str, Any] | None = None) -> Iterator[Served]:
    """A laboratory whose Engine is served, on a manual clock."""
    lab = Served(version, world)
    with serve(lab.engine, directory) as endpoint:
        lab.ca_file, lab.directory = endpoint.ca_file, directory
        yield lab
