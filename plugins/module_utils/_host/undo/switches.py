# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Settings of the kernel that hang together, and the order in which they are put back. Pure.

Who writes the switch of all devices writes those of each device too (inet_forward_change in net/ipv4/devinet.c,
addrconf_fixup_forwarding in net/ipv6/addrconf.c), so each is put back after it, also one that was as before till then.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

#: A switch, and the beginning of the names of what it writes as well.
_FAMILIES = {
    "net.ipv4.ip_forward": "net.ipv4.conf.",
    "net.ipv4.conf.all.forwarding": "net.ipv4.conf.",
    "net.ipv6.conf.all.forwarding": "net.ipv6.conf.",
}


def changed(before, now):
    """What to put back: key to what was before and what is now."""
    found = {key for key, value in now.items() if before.get(key) != value}
    for key in sorted(found & set(_FAMILIES)):
        found.update(name for name in now if name.startswith(_FAMILIES[key]) and before.get(name) is not None)
    return {key: {"before": before.get(key), "after": now[key]} for key in found}


def steps(settings, now):
    """What puts them back, in an order in which none undoes another."""
    return [
        {"do": "sysctl", "key": key, "value": "0" if value["before"] is None else value["before"]}
        for key, value in sorted(settings.items(), key=lambda pair: (_rank(pair[0]), pair[0]))
        # One that is another by now is somebody else's.
        if now.get(key) == value["after"] and _can_be_set_back(key, value, now.get(key))
    ]


def _rank(key):
    """First what writes others too, then the model of devices to come, then each device's."""
    if key in _FAMILIES:
        return 0 if key == "net.ipv4.ip_forward" else 1
    return 2 if ".conf.default." in key else 3


def _can_be_set_back(key, value, is_now):
    """br_netfilter stays loaded, and filters VMs' packets unless it is told not to; no switch of it was off."""
    if value["before"] is None:
        return key.startswith("net.bridge.") and is_now not in (None, "0")
    return is_now is not None


def place(key):
    """The file of a setting. As in sysctl(8) a ``/`` is a dot in a name: ``net.ipv4.conf.eth0/10.forwarding``."""
    return "/proc/sys/" + "".join({".": "/", "/": "."}.get(letter, letter) for letter in key)
