# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Lists of VMs that are not kept whole.

The SDK makes some 20 KiB of each VM in a list, references to clusters and hosts included, and a site may have
thousands. So the answer is read VM by VM with the SDK's own reader, and only what this collection looks at is kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

try:
    from ovirtsdk4 import readers, xml
except ImportError:
    # The module says so in the usual words before anything of this is called (_engine.require_sdk).
    readers = xml = None


class Reference:
    """The id of an object that something refers to."""

    __slots__ = ("id",)

    def __init__(self, ident: str) -> None:
        self.id = ident


class Placement:
    """Where a VM may run: the hosts that it is pinned to, and how strictly."""

    __slots__ = ("affinity", "hosts")

    def __init__(self, policy: Any) -> None:
        self.affinity = policy.affinity
        self.hosts = [Reference(host.id) for host in policy.hosts or []]


class ListedVm:
    """What is kept of a VM: fields as they are, references as ids."""

    _FIELDS = (
        "id",
        "name",
        "status",
        "nics",
        "os",
        "description",
        "custom_properties",
        "memory",
        "memory_policy",
        "cpu_shares",
        "high_availability",
        "next_run_configuration_exists",
        "delete_protected",
    )
    __slots__ = (*_FIELDS, "cluster", "host", "placement_policy")

    def __init__(self, vm: Any) -> None:
        for field in self._FIELDS:
            setattr(self, field, getattr(vm, field))
        self.cluster = Reference(vm.cluster.id)
        self.host = Reference(vm.host.id) if vm.host else None
        self.placement_policy = Placement(vm.placement_policy) if vm.placement_policy else None


class SeenVm:
    """What is kept of a VM where only its state matters."""

    __slots__ = ("host", "id", "next_run_configuration_exists", "status")

    def __init__(self, vm: Any) -> None:
        self.id, self.status = vm.id, vm.status
        self.next_run_configuration_exists = vm.next_run_configuration_exists
        self.host = Reference(vm.host.id) if vm.host else None


def list_vms(system: Any, query: dict[str, str], kept: type = ListedVm) -> list[Any]:
    """The VMs that a query finds, as :class:`ListedVm` or :class:`SeenVm`. ``system`` is the SDK's system service."""
    asked = system.vms_service().list(wait=False, **query)
    response = asked._connection.wait(asked._context)
    if response.code != 200:
        asked._code(response)  # raises what the Engine said
    return [kept(vm) for vm in _read(response.body)]


def _read(body: Any) -> Iterator[Any]:
    reader = xml.XmlReader(io.BytesIO(body.encode() if isinstance(body, str) else body))
    if not reader.forward():
        return
    empty = reader.empty_element()
    reader.read()
    while not empty and reader.forward():
        yield readers.VmReader.read_one(reader)
