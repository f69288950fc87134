# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Network devices, addresses and routes of the host, from sysfs and iproute2 (3.10 of EL 7 and later: no JSON)."""

from __future__ import absolute_import, division, print_function

import re

__metaclass__ = type

NET = "/sys/class/net/"
_UP = 0x1  # IFF_UP, include/uapi/linux/if.h
#: Devices that docker makes: its bridges, and the host's ends of its containers' links.
_DOCKER_DEVICE = re.compile(r"^(docker\d+|docker_gwbridge|br-[0-9a-f]{12}|veth[0-9a-f]{7})$")
#: What a route says of the moment.
_VOLATILE = re.compile(r" (expires|pref|error|hoplimit|age|users) \S+| (linkdown|dead|cache)\b")
_ROUTE_TYPES = ("unicast", "unreachable", "blackhole", "prohibit", "throw")
#: The kernel makes and drops these with the devices.
_AUTOMATIC = ("local", "broadcast", "anycast", "multicast")
#: Addresses and routes of both families in one go; each line shows which it is.
ADDRESSES_AND_ROUTES = (["ip", "-o", "-batch", "-"], "addr show\nroute show table all\n")
#: Where oVirt's management network is by default (rhevm: made by an Engine before 3.6).
MANAGEMENT = ("ovirtmgmt", "rhevm")


def docker_device(name):
    """Whether docker gave a device its name."""
    return bool(_DOCKER_DEVICE.match(name))


def links(host):
    """Every network device but the loopback, from sysfs: ``{name: {...}}``."""
    found = {name: _link(host, name) for name in host.names(NET) if name != "lo"}
    # "bonding_masters" is a file there.
    found = {name: link for name, link in found.items() if link["index"] is not None}
    by_index = {link["index"]: name for name, link in found.items()}
    for link in found.values():
        # A veth's other end is usually in another namespace, where the same number means another device.
        lower = by_index.get(link["lower_index"]) if link["kind"] in ("vlan", "macvlan", "macvtap", "ipvlan") else None
        link["lower"] = lower
    return found


def _link(host, name):
    base = NET + name
    uevent = host.read(base + "/uevent") or ""
    kind = re.search(r"^DEVTYPE=(\S+)$", uevent, re.MULTILINE)
    if host.exists(base + "/bridge"):
        found = "bridge"
    elif host.exists(base + "/bonding"):
        found = "bond"
    else:
        found = kind.group(1) if kind else None
    return {
        "kind": found,
        "index": host.number(base + "/ifindex"),
        "lower_index": host.number(base + "/iflink"),
        "up": bool((host.number(base + "/flags") or 0) & _UP),
        "virtual": "/devices/virtual/" in host.real(base) + "/",
        # brport is there also where a kernel has no master link
        "master": host.target(base + "/master") or host.target(base + "/brport/bridge"),
        "ports": host.names(base + "/brif"),
    }


def bridges(found):
    """Bridges and their ports."""
    return {name: link["ports"] for name, link in found.items() if link["kind"] == "bridge"}


def addresses(listed):
    """Addresses by device from ``ip -o addr show``; neither link-local nor temporary ones."""
    found = {}
    for line in listed.splitlines():
        words = line.split()
        if len(words) < 4 or words[2] not in ("inet", "inet6") or words[1] == "lo":
            continue
        if words[3].lower().startswith("fe80:") or "temporary" in words or "tentative" in words:
            continue
        own = words[3]
        if "peer" in words[:-1]:  # "inet 10.0.0.1 peer 10.0.0.2/32"
            own = "%s/%s" % (words[3], words[words.index("peer") + 1].rpartition("/")[2])
        found.setdefault(words[1].split("@")[0], []).append(own)
    return found


def routes(listed):
    """Lines of ``ip -o route show table all``, among others, without the kernel's own and without what passes."""
    found = []
    for raw in listed.splitlines():
        line = re.sub(r"\s+", " ", _VOLATILE.sub("", " " + raw.replace("\\", " "))).strip()
        words = line.split()
        if not words or words[0].endswith(":") or words[0] in _AUTOMATIC or " table local" in line:
            continue
        if re.match(r"(fe80::|ff00::)", line) or (words[0] in _ROUTE_TYPES and " dev lo " in line + " "):
            continue
        if line not in found:
            found.append(line)
    return found


def route_parts(line):
    """Destination, devices, gateways and table of a route's line."""
    words = line.split()
    if words[0] in _ROUTE_TYPES and len(words) > 1:
        words = words[1:]
    pairs = list(zip(words, words[1:]))
    return {
        "to": words[0],
        "devices": [value for key, value in pairs if key == "dev"],
        "via": [value for key, value in pairs if key == "via"],
        "table": next((value for key, value in pairs if key == "table"), "main"),
    }


def default_route_devices(found):
    """Devices of the default routes in the main table: Vdsm gives each of its networks a table with one of its own."""
    parts = [route_parts(line) for line in found]
    parts = [part for part in parts if part["to"] == "default" and part["table"] == "main"]
    return {device for part in parts for device in part["devices"]}


def nics(found, by_device, route_lines, networks=(), login=None):
    """The devices but docker's own as they are returned.

    ``login`` is the host's address that Ansible came in by, where it is known.
    """
    defaults = default_route_devices(route_lines)
    managing = _managing(found, by_device, defaults, login)
    entries = []
    for name, link in sorted(found.items()):
        if docker_device(name):
            continue
        master = link["master"]
        entries.append(
            {
                "name": name,
                "bridge": master if master and found.get(master, {}).get("kind") == "bridge" else None,
                "addresses": by_device.get(name, []),
                "up": link["up"],
                "virtual": link["virtual"],
                "default_route": name in defaults,
                "management": name in managing,
                "used_by": _users(name, found, networks),
            }
        )
    return entries


def _managing(found, by_device, defaults, login):
    """Devices that carry the management network, and what is enslaved to them."""
    managing = {name for name in found if name in MANAGEMENT or name in defaults}
    for name, own in by_device.items():
        if login and login in [address.partition("/")[0] for address in own]:
            managing.add(name)
    grown = True
    while grown:  # eth0 in bond0 in ovirtmgmt
        more = {name for name, link in found.items() if link["master"] in managing} - managing
        # A VM's own link in the bridge carries no management.
        more = {name for name in more if not name.startswith("vnet")}
        managing |= more
        grown = bool(more)
    return managing


def _users(name, found, networks):
    """Who uses a device, in words: ``bridge ovirtmgmt``, ``vlan eth0.5``, ``docker network storage``."""
    master = found[name]["master"]
    users = []
    if master:
        # Open vSwitch's is "ovs-system", which is of no kind.
        users.append("%s %s" % (found.get(master, {}).get("kind") or "device", master))
    users += ["%s %s" % (link["kind"], user) for user, link in sorted(found.items()) if link["lower"] == name]
    return users + ["docker network %s" % (net["name"],) for net in networks if net["parent"] == name]
