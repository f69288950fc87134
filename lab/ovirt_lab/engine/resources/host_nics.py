# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces of hosts and the networks attached to them.

A simulated host has them from when it is added; one with a Vdsm of its own has those that Vdsm reports.
"""

from __future__ import annotations

import uuid
from typing import Any

from ovirtsdk4 import types

from ..context import Context
from ..store import Store
from . import Kind
from .access import fixed_id
from .clusters import MANAGEMENT
from .nics import as_mac

_OURS = 0x525400000000  # 52:54:00, addresses that are nobody's
_GIGABIT = 10**9


class HostNics(Kind):
    """`/hosts/<id>/nics`."""

    path = "hosts/*/nics"
    refs = {}


class HostAttachments(Kind):
    """`/hosts/<id>/networkattachments`: which network is on which interface."""

    path = "hosts/*/networkattachments"
    refs = {"network": "networks"}
    required = ("network.id|name",)

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Put a network on an interface of this host, named by id or name (AddNetworkAttachmentCommand)."""
        host = ctx.owner()
        if obj.host_nic is not None:
            obj.host_nic = ctx.store.ref(ctx.find(f"hosts/{host.id}/nics", obj.host_nic))
        obj.host, obj.in_sync = ctx.store.ref(host), True

    def added(self, ctx: Context, obj: Any) -> None:
        """Show the network on the interface."""
        nic = ctx.store.follow(obj.host_nic)
        if nic is not None:
            nic.network, nic.bridged = obj.network, True

    def removed(self, ctx: Context, obj: Any) -> None:
        """The interface is free again."""
        nic = ctx.store.follow(obj.host_nic)
        if nic is not None:
            nic.network, nic.bridged = None, False


class NicAttachments(Kind):
    """`/hosts/<id>/nics/<id>/networkattachments`: those of the host that are on this interface."""

    path = "hosts/*/nics/*/networkattachments"

    def items(self, ctx: Context) -> list[Any]:
        """The attachments whose interface this is."""
        _, host, _, nic, _ = ctx.path.split("/")
        attachments = ctx.store.list(f"hosts/{host}/networkattachments")
        return [found for found in attachments if found.host_nic is not None and found.host_nic.id == nic]


def connect(ctx: Context, host: Any) -> None:
    """Give a new host an interface for each network that it gets.

    A host of the world has all networks of its cluster, an added one the management network only.
    """
    networks = [ctx.store.get("networks", ref.id) for ref in ctx.store.list(f"clusters/{host.cluster.id}/networks")]
    wanted = [network for network in networks if ctx.world or network.name == MANAGEMENT]
    wanted.sort(key=lambda network: network.name != MANAGEMENT)
    for number, network in enumerate(wanted or [None]):
        nic = ctx.store.put(f"hosts/{host.id}/nics", _nic(ctx, host, number))
        if network is not None:
            _attach(ctx.store, host, nic, network)


def report(store: Store, host: Any, caps: dict[str, Any]) -> None:
    """Take over the interfaces and bridges of a host that has a Vdsm of its own, from its capabilities.

    An interface keeps its id as long as it keeps its name.
    """
    path, told = f"hosts/{host.id}/nics", caps.get("nics") or {}
    known = {nic.name: nic for nic in store.list(path)}
    for name in known.keys() - told.keys():
        store.remove(path, known[name].id)
    for name, about in told.items():
        nic = known.get(name) or store.put(path, _interface(store, host, name))
        nic.mac = types.Mac(address=about["hwaddr"]) if about.get("hwaddr") else nic.mac
        nic.mtu, nic.ip = int(about.get("mtu") or nic.mtu), _ip(about)
    _reported_networks(store, host, caps)


def _reported_networks(store: Store, host: Any, caps: dict[str, Any]) -> None:
    """Attach the networks of the cluster whose bridges the host has."""
    path, bridges = f"hosts/{host.id}/networkattachments", caps.get("bridges") or {}
    nics = {nic.name: nic for nic in store.list(f"hosts/{host.id}/nics")}
    for attachment in store.list(path):
        store.remove(path, attachment.id)
    for nic in nics.values():
        nic.network, nic.bridged = None, False
    for member in store.list(f"clusters/{host.cluster.id}/networks"):
        network = store.get("networks", member.id)
        about = (bridges.get(network.name) if network is not None else None) or {"ports": ()}
        nic = next((nics[port] for port in about["ports"] if port in nics), None)
        if nic is not None:
            nic.ip = _ip(about) or nic.ip
            _attach(store, host, nic, network)


def _ip(about: dict[str, Any]) -> Any:
    if not about.get("addr"):
        return None
    return types.Ip(address=about["addr"], netmask=about.get("netmask") or None, version=types.IpVersion.V4)


def _nic(ctx: Context, host: Any, number: int) -> Any:
    nic = _interface(ctx.store, host, f"eth{number}")
    if number == 0:
        nic.boot_protocol = types.BootProtocol.DHCP
        nic.ip = _ip({"addr": _address(ctx), "netmask": "255.255.255.0"})
    return nic


def _interface(store: Store, host: Any, name: str) -> Any:
    return types.HostNic(
        name=name,
        host=store.ref(host),
        mac=types.Mac(address=as_mac(_OURS + uuid.uuid5(uuid.NAMESPACE_OID, f"{host.id}/{name}").int % (1 << 24))),
        status=types.NicStatus.UP,
        speed=_GIGABIT,
        mtu=1500,
        bridged=False,
        boot_protocol=types.BootProtocol.NONE,
        ipv6_boot_protocol=types.BootProtocol.NONE,
        custom_configuration=False,
    )


def _address(ctx: Context) -> str:
    """The next address of 192.0.2.0/24, which is nobody's."""
    return f"192.0.2.{len(ctx.store.list('hosts')) % 254 + 1}"


def _attach(store: Store, host: Any, nic: Any, network: Any) -> None:
    nic.network, nic.bridged = store.ref(network), True
    attachment = types.NetworkAttachment(
        id=fixed_id("attachment", f"{host.id}/{network.id}"),
        host=nic.host,
        host_nic=store.ref(nic),
        network=nic.network,
        in_sync=True,
        ip_address_assignments=[types.IpAddressAssignment(assignment_method=nic.boot_protocol, ip=nic.ip)],
    )
    store.put(f"hosts/{host.id}/networkattachments", attachment)
