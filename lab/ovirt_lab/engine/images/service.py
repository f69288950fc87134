# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image service of an Engine: its tickets, the content of its disks, and its two servers."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import content
from .tickets import Forbidden, Ticket
from .wrong import Cut

if TYPE_CHECKING:
    from ..core import Engine
    from .handler import ImageServer

HOST_PORT, PROXY_PORT = 54322, 54323  # ImageDaemonPort, and the data port of the Engine's own imageio
_OVERHEAD, _HEADER = 1.1, 1 << 20  # StorageConstants.QCOW_OVERHEAD_FACTOR, QCOW_HEADER_OVERHEAD


class Images:
    """What a host's imageio and the proxy know. The Engine's lock is held in all methods but `ticket`, `serve` and
    `close`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.content = content.Content()
        self.tickets: dict[str, Ticket] = {}
        self._where: tuple[Path, str] | None = None  # the directory of the CA, and the address to listen on
        self._servers: list[ImageServer] = []  # the host's, the proxy's

    # --- servers

    def serve(self, directory: Path, host: str) -> None:
        """Listen on this address, once a transfer starts; files are kept in the folder `disks` of the directory."""
        self._where = (directory, host)
        self.content.keep_in(directory / "disks")

    def close(self) -> None:
        """End the servers. The files stay: a saved state needs them."""
        for server in self._servers:
            server.close_all()
        self._servers, self._where = [], None

    def _listen(self) -> None:
        """Start the servers, unless they run or the Engine itself is not served."""
        if self._where is None or self._servers:
            return
        from .. import tls
        from .handler import ImageServer  # here, because most Engines move no image

        directory, host = self._where
        for _ in range(2):
            server = ImageServer(self._engine, (host, 0), tls.context(directory))
            server.listen()
            self._servers.append(server)

    def url(self, ticket: str, address: str, proxy: bool = False) -> str:
        """`https://ADDRESS:PORT/images/TICKET` of the host, or of the proxy. Without a server the address given."""
        self._listen()
        port = PROXY_PORT if proxy else HOST_PORT
        if self._servers and self._where is not None:
            address, port = self._where[1], self._servers[proxy].server_port
        shown = f"[{address}]" if ":" in address else address
        return f"https://{shown}:{port}/images/{ticket}"

    # --- tickets

    def open(self, transfer: Any, disk: Any, writable: bool, guest: bool, ident: str = "") -> Ticket:
        """Give out a ticket for the file of a disk. qcow2.Unsupported for one that cannot be converted."""
        path = self.content.prepare(disk, guest, writable)
        now = self._engine.now()
        size = self.size(disk, path, writable, guest)
        ticket = Ticket(ident or str(uuid.uuid4()), transfer.id, path, size, writable, guest, now, now)
        self.tickets[ticket.ident] = ticket
        return ticket

    def size(self, disk: Any, path: Path, writable: bool, guest: bool) -> int:
        """The bytes that a ticket gives access to (TransferDiskImageCommand.getTransferSize@4.5.3.7)."""
        if guest or disk.format == types.DiskFormat.RAW:
            return int(disk.provisioned_size)
        if not writable:
            return path.stat().st_size
        if self._engine.version < (4, 2):
            return int(disk.provisioned_size)
        domain = self._engine.store.follow(disk.storage_domains[0]) if disk.storage_domains else None
        kind = domain.storage.type if domain is not None and domain.storage is not None else None
        if kind in (types.StorageType.ISCSI, types.StorageType.FCP):
            return int(disk.initial_size or disk.actual_size or 0)
        return -int(-disk.provisioned_size * _OVERHEAD // 1) + _HEADER

    def drop(self, ident: str) -> None:
        """Take a ticket back; requests that run notice it with their next bytes."""
        ticket = self.tickets.pop(ident, None)
        if ticket is not None:
            ticket.cancelled = True

    def ticket(self, ident: str, write: bool) -> Ticket:
        """The ticket of a request that may run now; Forbidden says why not, and Cut is a host that is gone."""
        with self._engine.lock:
            self._engine.tick()
            ticket = self.tickets.get(ident)
            if ticket is None:
                raise Forbidden(f"No such ticket {ident}")
            store = self._engine.store
            transfer = store.get("imagetransfers", ticket.transfer)
            host = store.follow(transfer.host) if transfer is not None else None
            if host is not None and host.status == types.HostStatus.NON_RESPONSIVE:
                raise Cut
            ticket.admit(self._engine.now(), write)
            return ticket

    def rejects(self, ticket: Ticket, disk: Any) -> str:
        """Why a host rejects what was uploaded; empty if it does not."""
        return content.problem(ticket.path, disk, self._engine.version >= (4, 2))
