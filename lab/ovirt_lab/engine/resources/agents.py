# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guest agents: what a simulated guest reports of itself some seconds after its VM is up.

A VM has an agent if the world says so of it or of its template. It reports the addresses of its interfaces, its name
and its system. Of a VM that is down, the addresses of its last run stay until it reports others: resetVmAttributes of
ResourceManager removes the FQDN only, and VmsMonitoring.saveVmGuestAgentNetworkDevices replaces addresses only by
reported ones (4.5.3.7).
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from ovirtsdk4 import types

from .. import notes
from ..context import Context
from ..vm import starts
from . import Kind, runs, transition
from .access import fixed_id

_FIRST = 10  # the first host address that a network's DHCP server gives
_PREFIX = "openstack/latest/"


class ReportedDevices(Kind):
    """`/vms/<id>/reporteddevices`."""

    path = "vms/*/reporteddevices"


class NicReportedDevices(Kind):
    """`/vms/<id>/nics/<id>/reporteddevices`: those with the MAC address of the interface."""

    path = "vms/*/nics/*/reporteddevices"

    def items(self, ctx: Context) -> list[Any]:
        """Devices of the VM with this MAC address."""
        mac = ctx.owner().mac.address
        vm_path = "/".join(ctx.path.split("/")[:2])
        return [device for device in ctx.store.list(f"{vm_path}/reporteddevices") if device.mac.address == mac]


def awaken(engine: Any, vm: Any) -> None:
    """A guest has come up; its agent reports a little later."""
    if notes.of_vm(engine.store, vm).get("agent", False):
        runs.later(engine, vm, "agent", "vm.agent")


@transition("vm.agent")
def report(engine: Any, ident: str, run: int) -> None:
    """The agent reports for the first time in this run."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.UP:
        return
    path = f"vms/{ident}/reporteddevices"
    for device in engine.store.list(path):
        engine.store.remove(path, device.id)
    for number, nic in enumerate(engine.store.list(f"vms/{ident}/nics")):
        engine.store.put(path, _device(engine, vm, nic, f"eth{number}"))
    vm.fqdn = _given(engine, vm, "meta_data.json").get("hostname", vm.name)
    vm.guest_operating_system = types.GuestOperatingSystem(
        architecture="x86_64",
        distribution="Debian GNU/Linux",
        family="Linux",
        kernel=types.Kernel(version=types.Version(full_version="6.12.0", major=6, minor=12, build=0)),
        version=types.Version(full_version="13", major=13),
    )
    engine.store.touch(vm)


def _device(engine: Any, vm: Any, nic: Any, name: str) -> Any:
    address = _address(engine, vm, nic, name)
    found = [types.Ip(address=address, version=types.IpVersion.V4)] if address else []
    return types.ReportedDevice(
        id=fixed_id("reported device", f"{vm.id}/{name}/{nic.mac.address}"),
        name=name,
        description="guest reported data",
        mac=types.Mac(address=nic.mac.address),
        ips=found,
        type=types.ReportedDeviceType.NETWORK,
        vm=engine.store.ref(vm),
    )


def _given(engine: Any, vm: Any, name: str) -> Any:
    """What a file had that cloud-init gave to the guest last; an empty mapping if it never did."""
    for start in reversed(notes.of_vm(engine.store, vm).get("starts", [])):
        if start["initialize"] == starts.CLOUD_INIT:
            return json.loads(start["files"].get(_PREFIX + name, "{}"))
    return {}


def _address(engine: Any, vm: Any, nic: Any, name: str) -> str:
    """The IPv4 address of an interface. cloud-init configures the interfaces that it knows by name, and no others;
    where it knows none, each asks DHCP."""
    networks = _given(engine, vm, "network_data.json").get("networks")
    if networks is None:
        return _leased(engine, nic)
    mine = {each["type"]: each.get("ip_address") for each in networks if each["link"] == name}
    return mine.get("ipv4") or (_leased(engine, nic) if "ipv4_dhcp" in mine else "")


def _leased(engine: Any, nic: Any) -> str:
    """The address that the DHCP server of the interface's network gives to its MAC address, always the same; none
    without a network, if it is unplugged, or when the subnet has no more."""
    profile = engine.store.follow(nic.vnic_profile)
    network = engine.store.follow(profile.network) if profile is not None else None
    if network is None or not (nic.plugged and nic.linked):
        return ""
    note = engine.store.note(network)
    leases = note.setdefault("leases", {})
    number = leases.setdefault(nic.mac.address, len(leases))
    subnet = ipaddress.IPv4Network(_subnet(engine, network, note))
    return str(subnet[_FIRST + number]) if _FIRST + number < subnet.num_addresses - 1 else ""


def _subnet(engine: Any, network: Any, note: dict[str, Any]) -> str:
    """The subnet that the world gives to a network, else 10.64.0.0/16 for the first, 10.65.0.0/16 for the second..."""
    place = [each.id for each in engine.store.list("networks")].index(network.id)
    return note.setdefault("subnet", f"10.{64 + place % 192}.0.0/16")
