# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guest agents: what a guest reports of itself, and when a simulated one does: some seconds after its VM is up.

A simulated VM has an agent if the world says so of it or of its template. It reports the addresses of its interfaces,
its name and its system. Of a VM that is down, the addresses of its last run stay until it reports others:
resetVmAttributes of ResourceManager removes the FQDN only, and VmsMonitoring.saveVmGuestAgentNetworkDevices replaces
addresses only by reported ones (4.5.3.7).
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..context import Context
from ..vm import starts
from . import Kind, guest_containers, runs, transition
from .access import fixed_id

if TYPE_CHECKING:
    from ..core import Engine

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


def awaken(engine: Engine, vm: Any) -> None:
    """A guest has come up; its agent reports a little later."""
    if notes.of_vm(engine.store, vm).get("agent", False):
        runs.later(engine, vm, "agent", "vm.agent")
        guest_containers.awaken(engine, vm)


@transition("vm.agent")
def report(engine: Engine, ident: str, run: int) -> None:
    """The agent reports for the first time in this run."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.UP:
        return
    interfaces = []
    for number, nic in enumerate(engine.store.list(f"vms/{ident}/nics")):
        address = _address(engine, vm, nic, f"eth{number}")
        interfaces.append(Interface(f"eth{number}", nic.mac.address, [address] if address else []))
    container = guest_containers.sign(engine, vm)
    if container:
        interfaces.append(Interface(f"container-{container}", "02:00:00:00:00:01", []))
    fqdn = _given(engine, vm, "meta_data.json").get("hostname", vm.name)
    store(engine, vm, GuestReport(interfaces, fqdn, "Debian GNU/Linux", "13", "6.12.0"))


@dataclass(frozen=True)
class Interface:
    """An interface as its guest sees it: `eth0`, `56:6f:...`, and IPv4 and IPv6 addresses without prefix."""

    name: str
    mac: str
    addresses: list[str]


@dataclass(frozen=True)
class GuestReport:
    """What an agent says of its guest. What is unknown is empty."""

    interfaces: list[Interface]
    fqdn: str = ""
    distribution: str = ""  # Debian GNU/Linux
    version: str = ""  # of the distribution: 13
    kernel: str = ""  # 6.12.0
    architecture: str = "x86_64"


def store(engine: Engine, vm: Any, told: GuestReport) -> None:
    """Keep what an agent reports, in place of what it reported before."""
    path = f"vms/{vm.id}/reporteddevices"
    for device in engine.store.list(path):
        engine.store.remove(path, device.id)
    for interface in told.interfaces:
        engine.store.put(path, _device(engine, vm, interface))
    vm.fqdn = told.fqdn or None
    vm.guest_operating_system = types.GuestOperatingSystem(
        architecture=told.architecture,
        distribution=told.distribution or None,
        family="Linux",
        kernel=types.Kernel(version=_version(told.kernel)) if told.kernel else None,
        version=_version(told.version) if told.version else None,
    )
    engine.store.touch(vm)


def _version(text: str) -> Any:
    """A version with the numbers that it begins with: 6.12.0-5-amd64 is 6, 12, 0."""
    found = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    major, minor, build = (int(part) if part else None for part in (found.groups() if found else (None,) * 3))
    return types.Version(full_version=text, major=major, minor=minor, build=build)


def _device(engine: Engine, vm: Any, interface: Interface) -> Any:
    kinds = {4: types.IpVersion.V4, 6: types.IpVersion.V6}
    return types.ReportedDevice(
        id=fixed_id("reported device", f"{vm.id}/{interface.name}/{interface.mac}"),
        name=interface.name,
        description="guest reported data",
        mac=types.Mac(address=interface.mac),
        ips=[types.Ip(address=each, version=kinds[ipaddress.ip_address(each).version]) for each in interface.addresses],
        type=types.ReportedDeviceType.NETWORK,
        vm=engine.store.ref(vm),
    )


def _given(engine: Engine, vm: Any, name: str) -> Any:
    """What a file had that cloud-init gave to the guest last; an empty mapping if it never did."""
    for start in reversed(notes.of_vm(engine.store, vm).get("starts", [])):
        if start["initialize"] == starts.CLOUD_INIT:
            return json.loads(start["files"].get(_PREFIX + name, "{}"))
    return {}


def _address(engine: Engine, vm: Any, nic: Any, name: str) -> str:
    """The IPv4 address of an interface. cloud-init configures the interfaces that it knows by name, and no others;
    where it knows none, each asks DHCP."""
    networks = _given(engine, vm, "network_data.json").get("networks")
    if networks is None:
        return _leased(engine, nic)
    mine = {each["type"]: each.get("ip_address") for each in networks if each["link"] == name}
    return mine.get("ipv4") or (_leased(engine, nic) if "ipv4_dhcp" in mine else "")


def _leased(engine: Engine, nic: Any) -> str:
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


def _subnet(engine: Engine, network: Any, note: dict[str, Any]) -> str:
    """The subnet that the world gives to a network, else 10.64.0.0/16 for the first, 10.65.0.0/16 for the second..."""
    place = [each.id for each in engine.store.list("networks")].index(network.id)
    return note.setdefault("subnet", f"10.{64 + place % 192}.0.0/16")
