# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Why a network must not be made, changed or removed on this host: one sentence each, with finding, need and remedy."""

from __future__ import absolute_import, division, print_function

from ..host import version_tuple
from ..net import arithmetic
from ..net.devices import docker_device, route_parts
from . import pools
from .network_spec import ON_DEVICE
from .replies import BRIDGE_NAME, VDSM_NAME, bridge_names

__metaclass__ = type

#: Kinds of devices that take what arrives at their ports.
_MASTERS = ("bridge", "bond", "team", "device")


def of_version(version, driver):
    """Docker's age: networks came with 1.10 as they are now, macvlan with 1.12."""
    found = version_tuple(version)
    floor = (1, 12) if driver in ON_DEVICE else (1, 10)
    if not found or found >= floor:
        return []
    words = "docker %s found, %s or newer is needed for a %s network; update docker"
    return [words % (version, ".".join(map(str, floor)), driver)]


def of_users(name, deed, endpoints, stopped):
    """Containers that would lose the network. What Vdsm left behind is never started again and loses nothing."""
    stopped = [user for user in stopped if not VDSM_NAME.match(user) and user not in endpoints]
    found = []
    if endpoints:
        words = "network %s would be %s, but containers run in it: %s; a network in use is never %s, stop these first"
        found.append(words % (name, deed, ", ".join(endpoints), deed))
    if stopped:
        words = "network %s would be %s, but stopped containers could not be started without it: %s; remove these first"
        found.append(words % (name, deed, ", ".join(stopped)))
    return found


def of_differences(name, found, foreign, recreate):
    """A network that is there and differs: only made anew when that was asked for, and nothing is lost by it."""
    listed = ", ".join("%s is %s, wanted %s" % (part, _words(old), _words(new)) for part, old, new in found)
    if not recreate:
        words = "network %s differs: %s; docker cannot change a network, write recreate: true to have it made anew"
        return [words % (name, listed)]
    if foreign:
        words = "network %s differs: %s; it has %s, which would be lost if it were made anew: do that by hand"
        return [words % (name, listed, " and ".join(foreign))]
    return []


def _words(value):
    if isinstance(value, dict):
        return " ".join("%s=%s" % (key, value[key]) for key in sorted(value)) or "empty"
    return "unset" if value is None else str(value).lower() if isinstance(value, bool) else value


def of_parent(whole, nics, networks, allow_management):
    """Against the parent: it is missing, is a port, carries the management network or serves another docker network."""
    name = whole["parent"]
    if not name:
        return []
    nic = next((nic for nic in nics if nic["name"] == name), None)
    if nic is None:
        free = [other["name"] for other in nics if not other["management"] and not other["used_by"]]
        words = "network %s: parent device %s does not exist; unused devices: %s"
        return [words % (whole["name"], name, ", ".join(free) or "none")]
    masters = [user for user in nic["used_by"] if user.split()[0] in _MASTERS]
    if masters:
        kind, master = masters[0].split()
        remedy = "another device" if kind == "device" else master + " itself"
        words = "%s belongs to %s, whose traffic network %s would take away; use %s as parent"
        return [words % (name, masters[0], whole["name"], remedy)]
    found = []
    if (nic["management"] or nic["default_route"]) and not allow_management:
        what = "the default route" if nic["default_route"] else "the management network"
        words = (
            "%s carries %s of the host; network %s needs another device, or allow_management: true when the network's "
            "admin has reserved its addresses"
        )
        found.append(words % (name, what, whole["name"]))
    others = [net["name"] for net in networks if net["parent"] == name and net["name"] != whole["name"]]
    if others:
        words = "%s already serves the docker network %s, and docker takes a device for one only; use another for %s"
        found.append(words % (name, others[0], whole["name"]))
    return found


def of_passthru(whole, nics, links):
    """The mode passthru: the device's traffic is the container's from the moment when the first one starts."""
    nic = next((nic for nic in nics if nic["name"] == whole["parent"]), None)
    if nic is None or whole["mode"] != "passthru":
        return []
    # Its bridge or bond is named with the parent.
    users = [user for user in nic["used_by"] if user.split()[0] not in _MASTERS]
    users = [user for user in users if user != "docker network " + whole["name"]]
    found = ["the address %s" % (address,) for address in nic["addresses"]] + users
    if links[nic["name"]]["kind"] == "bridge":
        found.insert(0, "the ports of a bridge")
    if not found:
        return []
    words = (
        "%s has %s, which network %s would cut off, as mode passthru takes all that arrives there; use another mode, "
    )
    words += "or a device without addresses, VLANs or other users"
    return [words % (nic["name"], " and ".join(found), whole["name"])]


def of_bridge(whole, there, devices, nics, networks):
    """The bridge that an option names: docker's own to make, and nobody else's device."""
    name = whole["options"].get(BRIDGE_NAME) if whole["driver"] == "bridge" else None
    if not name or (there and there["driver"] == "bridge" and there["options"].get(BRIDGE_NAME) == name):
        return []
    others = [
        net["name"] for net in networks if net["options"].get(BRIDGE_NAME) == name and net["name"] != whole["name"]
    ]
    if others:
        return ["%s is the bridge of the docker network %s; give %s one of its own" % (name, others[0], whole["name"])]
    if name not in devices:
        return []
    nic = next((nic for nic in nics if nic["name"] == name), {"management": False, "addresses": []})
    what = "carries the management network" if nic["management"] else "is a device of the host"
    words = "%s %s, and docker would take it over for network %s and replace its address; give the bridge another name"
    return [words % (name, what, whole["name"])]


def of_subnet(whole, networks, addresses, routes):
    """The subnet: nobody else's, and without an address of the host to give away."""
    subnet = arithmetic.network(whole["subnet"])
    if subnet is None:
        return []
    found = []
    for net in networks:
        shared = [text for text in net["subnets"] if arithmetic.overlap(arithmetic.network(text), subnet)]
        if shared and net["name"] != whole["name"]:
            words = "%s of network %s overlaps %s of the docker network %s; choose another subnet"
            found.append(words % (whole["subnet"], whole["name"], shared[0], net["name"]))
    # Bridges of docker with names of their own; their networks are looked at above.
    named = bridge_names(networks)
    addresses = {device: own for device, own in addresses.items() if device not in named}
    return found or _with_host(whole, subnet, addresses, [line for line in routes if not _leads_to(line, named)])


def _leads_to(line, devices):
    found = route_parts(line)["devices"]
    return bool(found) and all(device in devices for device in found)


def _with_host(whole, subnet, addresses, routes):
    on_device = whole["driver"] in ON_DEVICE
    for device, own in sorted(addresses.items()):
        for text in own:
            net = arithmetic.network(text)
            if docker_device(device) or not arithmetic.overlap(net, subnet):
                continue
            if not on_device or device != whole["parent"]:
                words = "%s of network %s overlaps %s of the host's %s; choose the subnet of the network's own device"
                return [words % (whole["subnet"], whole["name"], text, device)]
            if _could_be_given_away(whole, text.partition("/")[0]):
                words = (
                    "%s is the host's own address on %s and in the range of network %s, so a container could get it; "
                    "put it into aux_addresses, or write an ip_range without it"
                )
                return [words % (text.partition("/")[0], device, whole["name"])]
    return _with_routes(whole, subnet, routes)


def of_peers(whole, peers, routes, ranges=pools.POOLS):
    """Whom the host is connected with: a bridge of docker's brings a route to its subnet, and they are cut off.

    Without a subnet docker chooses one in ``ranges``.
    """
    if whole["driver"] in ON_DEVICE:
        return []
    cut = pools.cut_off(peers, [whole["subnet"]]) if whole["subnet"] else pools.cut_off(peers, ranges, routes)
    if not cut:
        return []
    named = ", ".join(cut[:3]) + (" and %d others" % (len(cut) - 3,) if len(cut) > 3 else "")
    if whole["subnet"]:
        words = "the host is connected with %s, and %s of network %s would cut that off; choose another subnet"
        return [words % (named, whole["subnet"], whole["name"])]
    words = "the host is connected with %s, and docker may choose their addresses for network %s; write a subnet for it"
    return [words % (named, whole["name"])]


def _could_be_given_away(whole, address):
    pool = arithmetic.network(whole["ip_range"] or whole["subnet"])
    reserved = list(whole["aux_addresses"].values()) + [whole["gateway"]]
    return arithmetic.contains(pool, arithmetic.network(address)) and address not in reserved


def _with_routes(whole, subnet, routes):
    """Routes that lead elsewhere.

    One through a gateway to a larger network, as a site's 10.0.0.0/8, does not contradict a network of macvlan or
    ipvlan, which never goes through the host's routes; it does contradict a bridge of the host.
    """
    on_device = whole["driver"] in ON_DEVICE
    for line in routes:
        route = route_parts(line)
        net = None if route["to"] == "default" else arithmetic.network(route["to"])
        foreign = [device for device in route["devices"] if not docker_device(device) and device != whole["parent"]]
        if not foreign or not arithmetic.overlap(net, subnet):
            continue
        if on_device and route["via"] and net.prefix < subnet.prefix:
            continue
        words = "%s of network %s overlaps the host's route to %s through %s; choose another subnet"
        return [words % (whole["subnet"], whole["name"], route["to"], foreign[0])]
    return []


def of_kernel(driver, lacks):
    """Docker makes a network whose kind of device the kernel does not know, and fails with the first container."""
    if not lacks:
        return []
    return ["the kernel has no %s devices; use another driver, or a kernel that has them" % (driver,)]
