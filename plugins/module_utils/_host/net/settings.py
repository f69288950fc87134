# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The kernel's settings that docker changes, and those that the kernel itself rewrites with them.

Whoever writes net.ipv4.ip_forward has the kernel write the forwarding of each device and of new ones as well, and
conf.all.accept_redirects as the opposite (net/ipv4/devinet.c, inet_forward_change). IPv6's conf.all.forwarding does
that to the forwarding of the devices (net/ipv6/addrconf.c, addrconf_fixup_forwarding).
"""

from __future__ import absolute_import, division, print_function

import re

from .devices import docker_device

__metaclass__ = type

_SWITCHES = (("net.ipv4.ip_forward", "net.ipv4.conf."), ("net.ipv6.conf.all.forwarding", "net.ipv6.conf."))
_REDIRECTS = "net.ipv4.conf.all.accept_redirects"
_KEYS = tuple(switch for switch, _place in _SWITCHES) + (
    _REDIRECTS,
    "net.ipv6.conf.default.forwarding",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.bridge.bridge-nf-call-arptables",
)
#: Devices that come and go with VMs and containers, and Vdsm's own.
_PASSING = re.compile(r"^(vnet\d|tap|veth|ovc|;)")


def values(host):
    """Values by key, None where the kernel has no such key."""
    found = {key: host.read(path(key)) for key in _KEYS}
    for _switch, place in _SWITCHES:
        for device in host.names(path(place)):
            key = "%s%s.forwarding" % (place, device.replace(".", "/"))
            # The one of all devices is the switch itself.
            if device == "all" or docker_device(device) or _PASSING.match(device):
                continue
            found[key] = host.read(path(key))
    return found


def path(key):
    """The file of a key, in which a dot of a device's name is a slash, as for sysctl(8)."""
    return "/proc/sys/" + "".join({".": "/", "/": "."}.get(letter, letter) for letter in key)


def changed(before, now):
    """What to put back: key to what was before and what is now.

    Where a switch has changed, all settings that the kernel rewrites with it are included, changed or not.
    """
    found = {key for key, value in now.items() if before.get(key) != value}
    for switch, place in _SWITCHES:
        if switch in found:
            found.update(key for key in now if key.startswith(place) and before.get(key) is not None)
    return {key: {"before": before.get(key), "after": now[key]} for key in found}


def in_order(wanted, changed, now):
    """Settings to put back as pairs, in the order in which all of them hold in the end.

    Writing a switch makes the kernel rewrite other settings. Those follow the switch, each with its value from before
    the change, or with its present value if the change did not touch it. ``wanted``: key -> value; ``changed``: all
    keys that the change has touched; ``now``: key -> present value.
    """
    left, found = dict(wanted), []
    for switch, place in _SWITCHES:
        if switch not in left:
            continue
        value = left.pop(switch)
        found.append((switch, value))
        keys = [key for key in sorted(now) if key.startswith(place) and key != switch]
        if not any(key in changed for key in keys):
            continue  # a record that knows nothing of them
        for key in keys:
            stays = left.pop(key) if key in left else _as_it_is(key, changed.get(key), now[key])
            if stays is not None and stays != _rewritten(key, value):
                found.append((key, stays))
    return sorted(left.items()) + found


def _as_it_is(key, change, value):
    """Its value now, None for a device that came with the change: the kernel's value is as good as any for it."""
    return None if change and change["before"] is None and change["after"] == value else value


def _rewritten(key, value):
    """What the kernel makes of a setting when its switch is written."""
    if key == _REDIRECTS:
        return "1" if value == "0" else "0"
    return value
