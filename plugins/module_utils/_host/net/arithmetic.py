# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Arithmetic with networks and addresses: Python 2.7 has no module for it."""

from __future__ import absolute_import, division, print_function

import binascii
import collections
import re
import socket

__metaclass__ = type

#: An address family, the first address as a number, the length of the prefix.
Net = collections.namedtuple("Net", "family first prefix")
_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}


def address(text):
    """Family and number of an address, None when it is none."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return family, int(binascii.hexlify(socket.inet_pton(family, str(text))), 16)
        except (socket.error, ValueError, UnicodeError):
            continue
    return None


def network(text):
    """The network ``10.0.0.0/24`` or ``10.0.0.7/24`` or the address ``10.0.0.7``; None when it is none."""
    head, slash, tail = ("%s" % (text or "",)).partition("/")
    found = address(head)
    if found is None:
        return None
    bits = _BITS[found[0]]
    if not slash:
        return Net(found[0], found[1], bits)
    if not re.match(r"[0-9]{1,3}\Z", tail) or int(tail) > bits:
        return None
    prefix = int(tail)
    return Net(found[0], found[1] >> (bits - prefix) << (bits - prefix), prefix)


def show(net):
    """A network as people write it."""
    bits = _BITS[net.family]
    packed = binascii.unhexlify(("%0*x" % (bits // 4, net.first)).encode("ascii"))
    return "%s/%d" % (socket.inet_ntop(net.family, packed), net.prefix)


def contains(outer, inner):
    """Whether all of a network, or an address, is in another network."""
    return bool(outer and inner and outer.prefix <= inner.prefix and overlap(outer, inner))


def overlap(one, other):
    """Whether two networks share an address."""
    if not one or not other or one.family != other.family:
        return False
    shift = _BITS[one.family] - min(one.prefix, other.prefix)
    return one.first >> shift == other.first >> shift
