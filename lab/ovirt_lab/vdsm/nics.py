# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's interfaces, as far as Vdsm reports them."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path
from typing import Any

_SYS = Path("/sys/class/net")
_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B


def _ask(name: str, request: int) -> str:
    """An IPv4 address of an interface; empty when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        try:
            answer = fcntl.ioctl(channel.fileno(), request, struct.pack("256s", name.encode()[:15]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])


def address(name: str) -> str:
    """Its IPv4 address."""
    return _ask(name, _SIOCGIFADDR)


def _read(name: str, what: str) -> str:
    try:
        return (_SYS / name / what).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _about(name: str) -> dict[str, Any]:
    return {"addr": address(name), "netmask": _ask(name, _SIOCGIFNETMASK), "mtu": _read(name, "mtu")}


def report() -> dict[str, Any]:
    """networks, bridges and nics of the capabilities. A bridge that Vdsm has made is a network of the same name."""
    names = sorted(name for _, name in socket.if_nameindex() if name != "lo")
    bridges = {
        name: {**_about(name), "ports": sorted(port.name for port in (_SYS / name / "brif").iterdir())}
        for name in names
        if (_SYS / name / "bridge").is_dir()
    }
    networks = {name: {**about, "bridged": True, "iface": name} for name, about in bridges.items()}
    nics = {name: {**_about(name), "hwaddr": _read(name, "address")} for name in names if name not in bridges}
    return {"networks": networks, "bridges": bridges, "nics": nics, "bondings": {}, "vlans": {}}


def with_address(wanted: str) -> str:
    """The interface that has this IPv4 address (lastClientIface)."""
    wanted = wanted.removeprefix("::ffff:")
    return next((name for _, name in socket.if_nameindex() if address(name) == wanted), "")
