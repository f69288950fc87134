# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this machine can run guests, and what it lacks."""

from __future__ import annotations

import os
import platform
import shutil
from functools import lru_cache

from .ground import Ground, GuestError

NSPAWN, QEMU = "nspawn", "qemu"
_TOOLS = {  # by program: its package in Debian
    NSPAWN: {"systemd-nspawn": "systemd-container", "losetup": "mount", "partx": "util-linux"},
    QEMU: {"qemu-system-x86_64": "qemu-system-x86", "genisoimage": "genisoimage"},
}
_ALWAYS = {"unshare": "util-linux", "nsenter": "util-linux", "ip": "iproute2", "dnsmasq": "dnsmasq-base"}
_DISK = {"mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs", "skopeo": "skopeo"}
_TO_MAKE = {NSPAWN: _DISK, QEMU: {**_DISK, "extlinux": "extlinux"}}


@lru_cache
def lacks(kind: str, make: bool = False) -> str:
    """Why guests of a kind cannot run on this machine, as one sentence; empty if they can.

    `make`: whether their disks are to be made here too.
    """
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "Guests need Linux on x86-64."
    if os.geteuid():
        return "Guests need root: they have namespaces, mounts and interfaces of their own."
    tools = _TOOLS[kind] | _ALWAYS | (_TO_MAKE[kind] if make else {})
    missing = [f"{tool} (package {package})" for tool, package in sorted(tools.items()) if shutil.which(tool) is None]
    if missing:
        return f"Guests under {kind} need programs that are not in PATH: {', '.join(missing)}."
    try:
        Ground().close()
    except GuestError as error:
        return str(error)
    return ""
