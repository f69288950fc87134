# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces of VMs (Add-, Update-, RemoveVmInterfaceCommand; the same from 4.1 to 4.5)."""

from __future__ import annotations

import re
from typing import Any

from ovirtsdk4 import types

from ..context import Context
from ..vm import checks
from . import Kind, action

_FREE = (types.VmStatus.UP, types.VmStatus.DOWN, types.VmStatus.IMAGE_LOCKED)
_MAC = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")
_POOL = 0x566F00000000  # 56:6f:..., the default MAC pool since 4.2; 00:1a:4a before
_OLD_POOL = 0x001A4A160100


class VmNics(Kind):
    """`/vms/<id>/nics`."""

    path = "vms/*/nics"
    required = ("name",)
    refs = {}  # the profile may be empty: resolved below

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Name, profile and MAC address."""
        vm = ctx.owner()
        self._check_vm(ctx, vm, "add")
        _unique(ctx, obj.name, "")
        self._resolve(ctx, obj, obj, "add")
        obj.mac = self._mac(ctx, obj, "add")
        obj.interface = obj.interface or types.NicInterface.VIRTIO
        obj.plugged = True if obj.plugged is None else obj.plugged
        obj.linked = True if obj.linked is None else obj.linked
        if obj.plugged:
            checks.devices_may_change(ctx, vm)
        obj.vm = ctx.store.ref(vm)
        return obj

    def added(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        self._say(ctx, "NETWORK_ADD_VM_INTERFACE", obj)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """Merge the sent fields; the VM must be up or down."""
        self._check_vm(ctx, ctx.owner(), "update")
        _unique(ctx, new.name, old.id)
        self._resolve(ctx, new, body, "update")
        if body.mac is not None and body.mac.address != old.mac.address:
            new.mac = self._mac(ctx, body, "update")
        if _wiring(old) != _wiring(new):
            checks.devices_may_change(ctx, ctx.owner())
        new.vm = old.vm
        return new

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Say so."""
        self._say(ctx, "NETWORK_UPDATE_VM_INTERFACE", new)

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """A plugged interface of a running VM stays."""
        vm = ctx.owner()
        checks.unlocked(ctx, vm, "remove", "nic")
        if vm.status not in (types.VmStatus.DOWN, types.VmStatus.IMAGE_LOCKED) and obj.plugged:
            raise ctx.refuse("CANNOT_REMOVE_ACTIVE_DEVICE", "remove", "nic")

    def removed(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        self._say(ctx, "NETWORK_REMOVE_VM_INTERFACE", obj)

    @action
    def activate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Plug it in."""
        self._plug(ctx, obj, True)

    @action
    def deactivate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Pull it out."""
        self._plug(ctx, obj, False)

    def _plug(self, ctx: Context, obj: Any, plugged: bool) -> None:
        self._check_vm(ctx, ctx.owner(), "update")
        if obj.plugged != plugged:
            checks.devices_may_change(ctx, ctx.owner())
        obj.plugged = plugged

    def _say(self, ctx: Context, event: str, obj: Any) -> None:
        words = {"InterfaceName": obj.name, "InterfaceType": "VirtIO", "MacAddress": obj.mac.address}
        ctx.event(event, vm=ctx.owner(), **words)

    def _check_vm(self, ctx: Context, vm: Any, verb: str) -> None:
        checks.unlocked(ctx, vm, verb, "nic")
        if vm.status not in _FREE:
            raise ctx.refuse("NETWORK_CANNOT_ADD_INTERFACE_WHEN_VM_STATUS_NOT_UP_DOWN_LOCKED", verb, "nic")

    def _resolve(self, ctx: Context, obj: Any, sent: Any, verb: str) -> None:
        """Set the vNIC profile by its id. A profile without an id means "no network" (NicMapper).

        Its network has to be in the VM's cluster (VmNicValidator.profileValid).
        """
        profile = sent.vnic_profile
        if profile is None:
            if sent.network is not None and sent.network.name:
                obj.vnic_profile = self._by_network(ctx, sent.network)
            obj.network = None
            return
        if not profile.id:
            obj.vnic_profile = None
            return
        found = ctx.lookup("vnicprofiles", profile)
        if found is None:
            raise ctx.refuse("VNIC_PROFILE_NOT_EXISTS", verb, "nic")
        if ctx.store.get(f"clusters/{ctx.owner().cluster.id}/networks", found.network.id) is None:
            raise ctx.refuse("NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER", verb, "nic")
        obj.vnic_profile = ctx.store.ref(found)

    def _by_network(self, ctx: Context, network: Any) -> Any:
        """Find the first profile of a network, which older clients send instead."""
        found = ctx.find("networks", network)
        profiles = [p for p in ctx.store.list("vnicprofiles") if p.network.id == found.id]
        return ctx.store.ref(profiles[0]) if profiles else None

    def _mac(self, ctx: Context, obj: Any, verb: str) -> Any:
        """The address that was asked for, if it is free, else the next of the pool."""
        wanted = obj.mac.address if obj.mac is not None else None
        everywhere = [
            nics for path, nics in ctx.store.collections.items() if path.startswith("vms/") and path.endswith("/nics")
        ]
        used = {nic.mac.address for nics in everywhere for nic in nics.values()}
        if wanted:
            if not _MAC.fullmatch(wanted):
                name = "NETWORK_INTERFACE_MAC_INVALID"
                raise ctx.refuse(name, verb, "nic", IfaceName=obj.name, MacAddress=wanted)
            if wanted.lower() in used:
                raise ctx.refuse("NETWORK_MAC_ADDRESS_IN_USE", verb, "nic", MacAddress=wanted, VmName="")
            return types.Mac(address=wanted.lower())
        number = (_POOL if ctx.version >= (4, 2) else _OLD_POOL) + len(used)
        while (address := as_mac(number)) in used:
            number += 1
        return types.Mac(address=address)


class TemplateNics(Kind):
    """`/templates/<id>/nics`: AddVmTemplateInterfaceCommand, UpdateVmTemplateInterfaceCommand. No MAC addresses."""

    path = "templates/*/nics"
    required = ("name",)
    refs = {}

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """The name is unique in the template, the profile is there."""
        _unique(ctx, obj.name, "")
        self._complete(ctx, obj, obj.vnic_profile, "add")
        return obj

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """Likewise."""
        _unique(ctx, new.name, old.id)
        if body.vnic_profile is not None:
            self._complete(ctx, new, body.vnic_profile, "update")
        return new

    def _complete(self, ctx: Context, obj: Any, profile: Any, verb: str) -> None:
        obj.mac = obj.network = None
        obj.interface = obj.interface or types.NicInterface.VIRTIO
        obj.plugged = True if obj.plugged is None else obj.plugged
        obj.linked = True if obj.linked is None else obj.linked
        found = ctx.lookup("vnicprofiles", profile) if profile is not None and profile.id else None
        if found is None and profile is not None and profile.id:
            raise ctx.refuse("VNIC_PROFILE_NOT_EXISTS", verb, "nic")
        obj.vnic_profile = ctx.store.ref(found) if found is not None else None
        obj.template = ctx.store.ref(ctx.owner())


def _unique(ctx: Context, name: str, own: str) -> None:
    if any(nic.name == name and nic.id != own for nic in ctx.store.list(ctx.path)):
        raise ctx.refuse("NETWORK_INTERFACE_NAME_ALREADY_IN_USE", "add", "nic")


def _wiring(nic: Any) -> tuple[Any, ...]:
    """What a host has to change in a VM that runs, for it to be so; nothing if the interface is not plugged in."""
    profile = nic.vnic_profile.id if nic.vnic_profile is not None else None
    return (nic.plugged, nic.linked, nic.mac.address, profile) if nic.plugged else (nic.plugged,)


def as_mac(number: int) -> str:
    """A number as a MAC address."""
    return ":".join(f"{number >> shift & 0xFF:02x}" for shift in range(40, -1, -8))
