# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Whether VMs can be reached: their neighbours answer, and a canary of our own passes through a bridge."""

from __future__ import absolute_import, division, print_function

import os
import re

from .peers import canonical

__metaclass__ = type

#: At most so many neighbours are asked, all at once.
MOST = 64
NEIGHBOURS = ["ip", "neigh", "show"]
#: Neighbours that did not answer the kernel either, or that nobody asked for.
_UNKNOWN = ("FAILED", "INCOMPLETE", "NOARP")
_CANARY_PINGS = 5
_DEVICE = re.compile(r"[A-Za-z0-9_][^\s/]{0,14}\Z")


def neighbours(listed, bridges):
    """``"ADDRESS DEVICE"`` of each neighbour known on one of these bridges, from ``ip neigh show``."""
    found = []
    for line in listed.splitlines():
        words = line.split()
        if len(words) < 4 or words[1] != "dev" or "lladdr" not in words or words[-1] in _UNKNOWN:
            continue
        if words[2] in bridges:
            found.append("%s %s" % (words[0], words[2]))
    return sorted(found)


def is_neighbour(key):
    """Whether a text is an address and a device, and nothing that a command takes for an option."""
    words = key.split(" ")
    return len(words) == 2 and canonical(words[0]) is not None and bool(_DEVICE.match(words[1]))


def reachable(host, wanted):
    """``{"ADDRESS DEVICE": bool}``: which of these answer a ping; None where no ping is."""
    if host.which("ping") is None:
        return None
    wanted = [key for key in wanted if is_neighbour(key)][:MOST]
    answers = host.all([_ping(host, *key.split()) for key in wanted], timeout=5)
    found = {key: answer.ok for key, answer in zip(wanted, answers)}
    # One lost packet does not mean that the network is cut.
    again = [key for key in wanted if not found[key]]
    answers = host.all([_ping(host, *key.split()) for key in again], timeout=5)
    found.update((key, answer.ok) for key, answer in zip(again, answers))
    return found


def _ping(host, address, device):
    command = ["ping"]
    if ":" in address:  # one ping for both families is newer than EL 7, and ping6 is gone from later ones
        command = ["ping6"] if host.which("ping6") else ["ping", "-6"]
    return command + ["-n", "-q", "-c", "1", "-W", "1", "-I", device, address]


def bridged(host):
    """Packets sent and lost between two throw-away namespaces in a throw-away bridge; None where that cannot be made.

    Whether bridged IPv4 meets the FORWARD chain is decided for all bridges alike (net.bridge), so what is lost here is
    lost between VMs too. All of it is removed again, also after an error.
    """
    # A second time: what cannot be counted after a change counts as harm.
    return _counted(host) or _counted(host)


def _counted(host):
    canary = _Canary(host, os.getpid())
    try:
        return canary.count() if canary.build() else None
    finally:
        canary.remove()


class _Canary:
    def __init__(self, host, number):
        self.host = host
        tag = "%x" % (number % 0x1000000,)
        self.bridge = "ovcb" + tag
        self.spaces = ["ovc-a-" + tag, "ovc-b-" + tag]
        self.outer = ["ovca" + tag, "ovcc" + tag]
        self.inner = ["ovcx" + tag, "ovcy" + tag]
        #: Link-local, and of no route but their own.
        self.addresses = ["169.254.%s.%s" % (16 + number % 200, last) for last in (1, 2)]

    def build(self):
        """Make it; whether that went well."""
        steps = [["ip", "link", "add", self.bridge, "type", "bridge", "forward_delay", "0"]]
        if not self.host(steps[0]).ok:  # iproute 3.10 does not know forward_delay; it is 0 without spanning tree
            steps[0] = steps[0][:6]
        else:
            steps = []
        # No addresses of its own on the bridge: the host takes no part in this.
        steps.append(["ip", "link", "set", self.bridge, "up"])
        for space, outer, inner, address in zip(self.spaces, self.outer, self.inner, self.addresses):
            steps += [
                ["ip", "netns", "add", space],
                ["ip", "link", "add", outer, "type", "veth", "peer", "name", inner],
                ["ip", "link", "set", inner, "netns", space],
                ["ip", "link", "set", outer, "master", self.bridge],
                ["ip", "link", "set", outer, "up"],
                ["ip", "netns", "exec", space, "ip", "addr", "add", address + "/30", "dev", inner],
                ["ip", "netns", "exec", space, "ip", "link", "set", inner, "up"],
            ]
        return all(self.host(step).ok for step in steps)

    def count(self):
        """Ping from one end to the other."""
        ping = ["ping", "-n", "-q", "-c", str(_CANARY_PINGS), "-i", "0.2", "-W", "1", self.addresses[1]]
        said = self.host(["ip", "netns", "exec", self.spaces[0]] + ping, timeout=10).out
        found = re.search(r"(\d+) packets transmitted, (\d+) (?:packets )?received", said)
        if not found:
            return None
        return {"sent": int(found.group(1)), "lost": int(found.group(1)) - int(found.group(2))}

    def remove(self):
        """Take it away; what was never made does not matter."""
        for space in self.spaces:
            self.host(["ip", "netns", "del", space])
        for device in self.outer + [self.bridge]:
            if self.host.exists("/sys/class/net/" + device):
                self.host(["ip", "link", "del", device])
