# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces of hosts and the networks attached to them. They are as they were when the host was added."""

from __future__ import annotations

import uuid
from typing import Any

from ovirtsdk4 import types

from ..context import Context
from . import Kind
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
            _attach(ctx, host, nic, network)


def _nic(ctx: Context, host: Any, number: int) -> Any:
    name = f"eth{number}"
    return types.HostNic(
        name=name,
        host=ctx.store.ref(host),
        mac=types.Mac(address=as_mac(_OURS + uuid.uuid5(uuid.NAMESPACE_OID, f"{host.id}/{name}").int % (1 << 24))),
        status=types.NicStatus.UP,
        speed=_GIGABIT,
        mtu=1500,
        bridged=False,
        boot_protocol=types.BootProtocol.DHCP if number == 0 else types.BootProtocol.NONE,
        ip=types.Ip(address=_address(ctx), netmask="255.255.255.0", version=types.IpVersion.V4)
        if number == 0
        else None,
        ipv6_boot_protocol=types.BootProtocol.NONE,
        custom_configuration=False,
    )


def _address(ctx: Context) -> str:
    """The next address of 192.0.2.0/24, which is nobody's."""
    return f"192.0.2.{len(ctx.store.list('hosts')) % 254 + 1}"


def _attach(ctx: Context, host: Any, nic: Any, network: Any) -> None:
    nic.network, nic.bridged = ctx.store.ref(network), True
    assignment = types.IpAddressAssignment(assignment_method=nic.boot_protocol, ip=nic.ip)
    attachment = types.NetworkAttachment(
        host=nic.host,
        host_nic=ctx.store.ref(nic),
        network=nic.network,
        in_sync=True,
        ip_address_assignments=[assignment],
    )
    ctx.store.put(f"hosts/{host.id}/networkattachments", attachment)
