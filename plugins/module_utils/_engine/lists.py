# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Lists of VMs, of which only the fields that are used are kept.

The SDK makes some 20 KiB of each VM in a list, references to clusters and hosts included, and a site may have
thousands. So the answer is read VM by VM with the SDK's own reader, and only what this collection looks at is kept.
A VM that cannot be read is an :class:`UnreadVm`, and the others are read all the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from .._vm.addresses import outward
from .answers import UnreadableError

try:
    from ovirtsdk4 import readers, xml
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    readers = xml = None

#: What the SDK's reader raises for a malformed value ("abc" for a memory), and this file for a VM without cluster.
_NO_VM = (ValueError, TypeError, AttributeError)


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
        "run_once",
    )
    __slots__ = (*_FIELDS, "addresses", "cluster", "custom_script", "host", "placement_policy")

    def __init__(self, vm: Any) -> None:
        for field in self._FIELDS:
            setattr(self, field, getattr(vm, field))
        self.addresses = _addresses(vm)
        self.cluster = Reference(vm.cluster.id)
        self.host = Reference(vm.host.id) if vm.host else None
        self.custom_script = vm.initialization.custom_script if vm.initialization else None
        self.placement_policy = Placement(vm.placement_policy) if vm.placement_policy else None


class SeenVm:
    """What is kept of a VM where only its state matters."""

    __slots__ = ("addresses", "host", "id", "interfaces", "name", "next_run_configuration_exists", "status")

    def __init__(self, vm: Any) -> None:
        self.addresses = _addresses(vm)
        self.interfaces = tuple(device.name for device in vm.reported_devices or [])
        self.id, self.name, self.status = vm.id, vm.name, vm.status
        self.next_run_configuration_exists = vm.next_run_configuration_exists
        self.host = Reference(vm.host.id) if vm.host else None


class UnreadVm:
    """A VM of which only id and name could be read, and ``why``. Its state is not known."""

    __slots__ = ("addresses", "host", "id", "interfaces", "name", "next_run_configuration_exists", "status", "why")

    def __init__(self, ident: str, name: str, why: str) -> None:
        self.id, self.name, self.why = ident, name, why
        self.status = self.host = None
        self.interfaces: tuple[str, ...] = ()
        self.addresses: tuple[str, ...] = ()
        self.next_run_configuration_exists = False


def _addresses(vm: Any) -> tuple[str, ...]:
    devices = vm.reported_devices or []
    return outward((device.name or "", [ip.address or "" for ip in device.ips or []]) for device in devices)


def list_vms(system: Any, query: dict[str, str], kept: type = ListedVm) -> list[Any]:
    """The VMs that a query finds, as :class:`ListedVm` or :class:`SeenVm`, or :class:`UnreadVm`.

    ``system`` is the SDK's system service. Raises :class:`UnreadableError` when the answer is not a list of VMs.
    """
    asked = system.vms_service().list(wait=False, **query)
    response = asked._connection.wait(asked._context)
    if response.code != 200:
        asked._code(response)  # raises what the Engine said
    body = response.body.encode() if isinstance(response.body, str) else response.body
    try:
        return [_kept(vm, kept) for vm in _read(body)]
    except _NO_VM:
        return [_read_alone(element, kept) for element in _elements(body)]
    except Exception as error:  # libxml2's complaint has no type of its own
        raise UnreadableError(f"XML that cannot be read ({error})") from error


def _kept(vm: Any, kept: type) -> Any:
    if not (vm.id and vm.name):
        raise UnreadableError("a VM without id or name")
    return kept(vm)


def _read(body: bytes) -> Iterator[Any]:
    reader = xml.XmlReader(io.BytesIO(body))
    if not reader.forward():
        return
    empty = reader.empty_element()
    reader.read()
    while not empty and reader.forward():
        yield readers.VmReader.read_one(reader)


def _elements(body: bytes) -> Iterable[ElementTree.Element]:
    """The VMs of a list as elements. Document types were refused before (``answers``), so nothing is expanded."""
    try:
        return list(ElementTree.fromstring(body))
    except ElementTree.ParseError as error:
        raise UnreadableError(f"XML that cannot be read ({error})") from error


def _read_alone(element: ElementTree.Element, kept: type) -> Any:
    ident, name = element.get("id"), element.findtext("name")
    if not (ident and name):
        raise UnreadableError("a VM without id or name")
    reader = xml.XmlReader(io.BytesIO(ElementTree.tostring(element)))
    try:
        return kept(readers.VmReader.read_one(reader)) if reader.forward() else None
    except _NO_VM as error:
        return UnreadVm(ident, name, str(error))
