# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling systemd that a service of Type=notify is ready (sd_notify(3)), and waiting to be ended."""

from __future__ import annotations

import os
import socket

from ..ending import Ending


def ready(status: str = "") -> None:
    """Send READY=1 to systemd; do nothing without a notification socket."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    message = "READY=1" + (f"\nSTATUS={status}" if status else "")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.send(message.encode())


def serve(status: str) -> None:
    """Send READY=1, then wait for SIGTERM or SIGINT, which may come at once."""
    ending = Ending()
    ready(status)
    ending.wait()
