# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Subnets that docker chooses for its bridges, and peers that the host would no longer reach."""

from __future__ import absolute_import, division, print_function

from ..net import arithmetic
from ..net.devices import route_parts

__metaclass__ = type

#: Where docker looks for a subnet by itself, in this order (libnetwork, ipamutils, 1.10 to 29).
POOLS = tuple("172.%d.0.0/16" % (number,) for number in range(17, 32)) + ("192.168.0.0/16",)


def configured(config):
    """The pools that daemon.json names, else docker's own."""
    entries = config.get("default-address-pools")
    found = [entry.get("base") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return found or list(POOLS)


def cut_off(peers, ranges, routes=()):
    """Peers in these ranges, but for those to whom one of the routes leads: docker leaves their networks alone.

    The default route leads to everybody, and docker does not count it.
    """
    ranges, known = list(map(arithmetic.network, ranges)), _known(routes)
    return [peer for peer in peers if _in(peer, ranges) and not _in(peer, known)]


def of_default_bridge(peers, routes, config):
    """What docker will take for docker0, and the peers in it. ``config`` is what daemon.json and the flags will say."""
    if config.get("bridge"):
        return "", []  # none, or one of the host's
    if config.get("bip"):
        return config["bip"], cut_off(peers, [config["bip"]])
    if config.get("default-address-pools"):
        pools = configured(config)
        return ", ".join(map(str, pools)), cut_off(peers, pools, routes)
    known = _known(routes)
    free = [pool for pool in POOLS if not any(arithmetic.overlap(arithmetic.network(pool), net) for net in known)]
    return (free[0], cut_off(peers, free[:1])) if free else ("", [])


def _known(routes):
    """Networks that docker sees routes to: those of tables of their own it does not."""
    parts = [route_parts(line) for line in routes]
    found = [arithmetic.network(route["to"]) for route in parts if route["table"] == "main"]
    return [net for net in found if net and net.prefix]


def _in(peer, ranges):
    return any(arithmetic.contains(net, arithmetic.network(peer)) for net in ranges)
