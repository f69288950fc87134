# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statuses of a VM and reasons of its end (lib/vdsm/virt/vmstatus.py and vmexitreason.py@v4.19.20)."""

from __future__ import annotations


class Status:
    """The statuses of a VM, as Vdsm sends them."""

    UP = "Up"
    DOWN = "Down"
    MIGRATION_DESTINATION = "Migration Destination"
    POWERING_DOWN = "Powering down"
    POWERING_UP = "Powering up"
    REBOOT_IN_PROGRESS = "RebootInProgress"
    WAIT_FOR_LAUNCH = "WaitForLaunch"


GENERIC_ERROR = 1
ADMIN_SHUTDOWN = 6
USER_SHUTDOWN = 7
LIBVIRT_DOMAIN_MISSING = 9
DESTROYED_ON_STARTUP = 10

TEXTS = {
    GENERIC_ERROR: "VM terminated with error",
    ADMIN_SHUTDOWN: "Admin shut down from the engine",
    USER_SHUTDOWN: "User shut down from within the guest",
    LIBVIRT_DOMAIN_MISSING: "Failed to find the libvirt domain",
    DESTROYED_ON_STARTUP: "VM destroyed during the startup",
}
