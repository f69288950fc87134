# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two networks of a group of hosts: management, and one for containers' data."""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from .docker import LabError, attempt, docker, inspect

KINDS = ("mgmt", "data")
# Docker's own networks begin with 172.17.0.0/16, so this one is likely to be free. OVIRT_LAB_POOL names another one.
POOL = "10.213.0.0/16"
VARIABLE = "OVIRT_LAB_POOL"
ROUTES = Path("/proc/net/route")


@dataclass(frozen=True)
class Network:
    """A docker network; the addresses of `free` are never given to a host, so VMs and containers may have them."""

    name: str
    subnet: str
    gateway: str
    free: str

    def as_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)


def ensure(group: str, labels: list[str]) -> dict[str, Network]:
    """The networks of this group, made when they are not there."""
    for kind in KINDS:
        if not inspect("network", f"{group}-{kind}"):
            _create(f"{group}-{kind}", labels)
    return existing(group)


def existing(group: str) -> dict[str, Network]:
    """Those networks of the group that are there, by kind."""
    found = {each["Name"]: each for each in inspect("network", *(f"{group}-{kind}" for kind in KINDS))}
    result = {}
    for kind in KINDS:
        name = f"{group}-{kind}"
        if name in found:
            ranges = found[name]["IPAM"]["Config"][0]
            free = list(ipaddress.ip_network(ranges["Subnet"]).subnets())[1]
            result[kind] = Network(name, ranges["Subnet"], ranges["Gateway"], str(free))
    return result


def pool() -> ipaddress.IPv4Network:
    """The network whose subnets the groups get."""
    wanted = os.environ.get(VARIABLE) or POOL
    try:
        found = ipaddress.IPv4Network(wanted)
    except ValueError as error:
        raise LabError(f"{VARIABLE} is {wanted!r}, but a network like {POOL} is needed: {error}.") from None
    if found.prefixlen > 24:
        raise LabError(f"{VARIABLE} is {wanted!r}, but a group takes two networks of 256 addresses each from it.")
    return found


def routed() -> list[ipaddress.IPv4Network]:
    """The networks that this machine has routes to; none where Linux does not list them.

    Docker refuses the subnet of another network of its own. It takes one that the machine reaches elsewhere, such as
    through the bridge of another docker daemon or of one that was killed; answers then go there.
    """
    lines = ROUTES.read_text().splitlines()[1:] if ROUTES.exists() else []
    found = []
    for columns in map(str.split, lines):
        # The kernel prints the bytes as one number, in the machine's own order.
        address, mask = (ipaddress.IPv4Address(int(columns[at], 16).to_bytes(4, sys.byteorder)) for at in (1, 7))
        found.append(ipaddress.IPv4Network(f"{address}/{mask}"))
    return found


def _create(name: str, labels: list[str]) -> None:
    """Create a network with the first subnet of the pool that neither docker nor this machine uses."""
    taken = routed()
    for subnet in pool().subnets(new_prefix=24):
        if any(network.subnet_of(subnet) for network in taken):  # a wider route, as a VPN's, loses to docker's
            continue
        lower = next(subnet.subnets())
        where = ["--subnet", str(subnet), "--ip-range", str(lower), "--gateway", str(subnet[1])]
        done = attempt("network", "create", *where, *labels, name)
        if not done.returncode:
            return
        if "overlap" not in done.stderr.lower():
            raise LabError(f"docker network create {name} failed: {done.stderr.strip()}")
    raise LabError(f"docker network create {name} failed: no subnet of {pool()} is free.")


def remove(group_label: str) -> list[str]:
    """Remove the networks that carry this label; their names."""
    names = docker("network", "ls", "--filter", f"label={group_label}", "--format", "{{.Name}}").split()
    for name in names:
        docker("network", "rm", name)
    return names
