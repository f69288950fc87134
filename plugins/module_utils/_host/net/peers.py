# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Whom the host talks to (Engine, storage, other hosts, name servers), and through which device it reaches them.

A network of docker's whose subnet covers one of them would take it away without any route being changed.
"""

from __future__ import absolute_import, division, print_function

import binascii
import os
import re
import socket

__metaclass__ = type

#: At most so many are asked for, in one command.
MOST = 64
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_ESTABLISHED = "01"  # TCP_ESTABLISHED, include/net/tcp_states.h
_MAPPED = b"\0" * 10 + b"\xff\xff"
_NO_WAY = ("unreachable", "blackhole", "prohibit", "throw")
#: "-force": the others are asked for too when there is no route to one.
_ASK = ["ip", "-force", "-o", "-batch", "-"]


def peers(host, addresses):
    """Sorted addresses that the host has connections with, and its name servers; itself left out.

    ``addresses`` are those of its devices.
    """
    own = {canonical(address.partition("/")[0]) for found in addresses.values() for address in found}
    ends = [pair for path in _TABLES for pair in _connections(host.read(path) or "")]
    own.update(local for local, _remote in ends)
    remotes = {remote for _local, remote in ends} | set(name_servers(host))
    return sorted(peer for peer in remotes - own if _is_far(peer))


def name_servers(host):
    """Addresses of the name servers in resolv.conf."""
    lines = [line.split() for line in (host.read("/etc/resolv.conf") or "").splitlines()]
    found = [canonical(words[1]) for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return [address for address in found if address]


def canonical(address):
    """An address as the kernel's tools write it, None for what is none."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return _shown(socket.inet_pton(family, address))
        except (socket.error, TypeError, ValueError):
            continue
    return None


def _connections(table):
    """Local and remote addresses of a table's established connections."""
    found = []
    for line in table.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == _ESTABLISHED:
            try:
                found.append(tuple(_address(word.partition(":")[0]) for word in words[1:3]))
            except (ValueError, TypeError, binascii.Error):
                continue
    return found


def _address(digits):
    """The kernel prints an address in words of 32 bits, each in the host's order of bytes (net/ipv4/tcp_ipv4.c)."""
    parts = [digits[start : start + 8] for start in range(0, len(digits), 8)]
    return _shown(binascii.unhexlify("".join("%08x" % (socket.ntohl(int(part, 16)),) for part in parts)))


def _shown(data):
    if len(data) == 16 and data.startswith(_MAPPED):
        data = data[12:]
    return socket.inet_ntop(socket.AF_INET if len(data) == 4 else socket.AF_INET6, data)


def _is_far(address):
    # Link-local ones mean nothing without a device, which the kernel does not name here.
    return not re.match(r"(127\.|0\.0\.0\.0$|169\.254\.|::1?$|fe[89ab])", address)


def paths(host, wanted):
    """``{peer: device}`` as the kernel would send now, None for a peer without route. Unknown ones are left out."""
    wanted = wanted[:MOST]
    if not wanted:
        return {}
    said = host(_ASK, stdin="".join("route get %s\n" % (peer,) for peer in wanted))
    found = {}
    for line in said.out.splitlines():
        words = line.split()
        # "local 192.0.2.1 dev lo ...", "unreachable 192.0.2.9 ..."
        peer = next((word for word in words[:2] if word in wanted), None)
        if peer:
            device = dict(zip(words, words[1:])).get("dev")
            found[peer] = None if words[0] in _NO_WAY else device
    # An IPv4 address without route is an error; ip names the number of its line.
    for number in re.findall(r"(?:is unreachable|No route to host)\s+Command failed -:(\d+)", said.err):
        if 0 < int(number) <= len(wanted):
            found.setdefault(wanted[int(number) - 1], None)
    return found


def login_address():
    """The host's address that Ansible came in by; unknown where sudo has cleaned the environment."""
    words = os.environ.get("SSH_CONNECTION", "").split()
    return words[2] if len(words) == 4 else None
