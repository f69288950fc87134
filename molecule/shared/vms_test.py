# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the VMs of vms.yml how they fared, and the host whether it is what it was."""

from __future__ import annotations

import difflib
import re

from testinfra.host import Host

PINGS = ("vm", "back", "gateway")


def lost(host: Host, what: str) -> tuple[int, int]:
    """Return how many packets a VM has sent and how many of them were never answered."""
    answers = host.check_output(f"grep -o 'icmp_seq=[0-9]* ttl' /run/lab-ping-{what}.log")
    numbers = {int(number) for number in re.findall(r"=(\d+)", answers)}
    # The last packets may still be under way; whatever was lost before them is a gap.
    return max(numbers), max(numbers) - len(numbers)


def changes(host: Host) -> list[str]:
    """Return what of the host is not as it was noted."""
    before = host.check_output("cat /run/lab-fingerprint.before").splitlines()
    now = host.check_output("sh /run/lab-fingerprint").splitlines()
    return [line for line in difflib.unified_diff(before, now, lineterm="", n=0) if line[:3] not in ("---", "+++")]
