# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests that really run: the disk of a VM booted under systemd-nspawn or qemu, on networks of their own.

    if not lacks("nspawn", make=True):
        path = disk(Path(".work/guests"))   # Debian with cloud-init, podman and the guest agent

A host of the embedded Engine runs guests if its entry in the world says `guests: nspawn` or `guests: qemu`.
"""

from .available import lacks
from .ground import GuestError
from .image import disk

__all__ = ["GuestError", "disk", "lacks"]
