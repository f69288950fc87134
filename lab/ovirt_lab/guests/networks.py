# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of guests: a bridge for each, with a DHCP server, which this machine reaches through an interface.

The first address of a subnet is this machine's, the second is the DHCP server's and free for other servers of the
ground; guests get addresses from the tenth on.
"""

from __future__ import annotations

import ipaddress
import json
import random
import threading
from collections.abc import Iterable

from .ground import RUN, Ground, GuestError, run

POOL = "10.215.0.0/16"
FIRST_GUEST = 10
_making = threading.Lock()


class Networks:
    """The networks of a ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._bridges: dict[str, str] = {}  # by the name of the network
        self._number = 0

    def bridge(self, name: str, subnet: str | None = None) -> str:
        """The bridge of a network, made when it is asked for first. Without a subnet nobody is on it but guests.

        Raises GuestError if this machine uses addresses of the subnet already.
        """
        with _making:
            if name not in self._bridges:
                wanted = _checked(subnet) if subnet else None
                self._number += 1
                bridge = f"br{self._number}"
                self._ground.run("ip", "link", "add", bridge, "type", "bridge", "forward_delay", "0")
                self._ground.run("ip", "link", "set", bridge, "up")
                if wanted is not None:
                    self._serve(bridge, wanted)
                self._bridges[name] = bridge
            return self._bridges[name]

    def _serve(self, bridge: str, subnet: ipaddress.IPv4Network) -> None:
        self._connect(bridge, subnet)
        self._ground.run("ip", "address", "add", f"{subnet[2]}/{subnet.prefixlen}", "dev", bridge)
        self._ground.popen(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", f"--pid-file={RUN}/{bridge}.pid",
            "--port=0", f"--interface={bridge}", "--bind-interfaces", "--dhcp-authoritative", "--no-ping",
            f"--dhcp-leasefile={RUN}/{bridge}.leases", f"--dhcp-option=option:router,{subnet[1]}",
            f"--dhcp-range={subnet[FIRST_GUEST]},{subnet[-2]},{subnet.netmask},12h",
        )  # fmt: skip

    def _connect(self, bridge: str, subnet: ipaddress.IPv4Network) -> None:
        """Give this machine an interface on the bridge; it goes with the ground.

        Its name is made of the subnet, so that of two laboratories only one has it.
        """
        outside, inside = f"lab{int(subnet[0]):08x}", f"{bridge}up"
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", str(self._ground.first))
        run("ip", "address", "add", f"{subnet[1]}/{subnet.prefixlen}", "dev", outside)
        run("ip", "link", "set", outside, "up")
        self._ground.run("ip", "link", "set", inside, "master", bridge, "up")


def _checked(subnet: str) -> ipaddress.IPv4Network:
    """A subnet that guests can have."""
    wanted = ipaddress.IPv4Network(subnet)
    if wanted.num_addresses < 2 * FIRST_GUEST:
        raise GuestError(f"{subnet} is too small for a network of guests: it needs 32 addresses (/27) or more.")
    for used in _routes():
        if used.overlaps(wanted):
            raise GuestError(f"This machine uses addresses of {subnet} already: it has a route to {used}.")
    return wanted


def _routes() -> list[ipaddress.IPv4Network]:
    found = [route.get("dst", "default") for route in json.loads(run("ip", "-4", "-json", "route"))]
    return [ipaddress.IPv4Network(target) for target in found if target != "default"]


def free_subnet(taken: Iterable[str] = (), first: str = "") -> str:
    """A subnet (/24) of the pool that this machine does not use, and that is not taken; `first`, if it is such a one.
    GuestError if there is none."""
    used = [*_routes(), *map(ipaddress.IPv4Network, taken)]
    # Not the first one: another laboratory may be choosing at the same time.
    choice = list(ipaddress.IPv4Network(POOL).subnets(new_prefix=24))
    random.shuffle(choice)
    for subnet in [*([ipaddress.IPv4Network(first)] if first else []), *choice]:
        if not any(each.overlaps(subnet) for each in used):
            return str(subnet)
    raise GuestError(f"All of {POOL} is in use on this machine.")
