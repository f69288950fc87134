# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the VMs of vms.yml how they fared, and the host whether it is what it was."""

from __future__ import annotations

import difflib
import time
from typing import NamedTuple

from testinfra.host import Host

PINGS = ("vm", "back", "gateway")
# One number is two bytes in the packet: after 65535 comes 0 (RFC 792), eleven minutes after the first.
NUMBERS = 65536
# How long an answer may take to appear on a machine that is busy.
PATIENCE_SECONDS = 5.0


class Answer(NamedTuple):
    """When a packet was answered, by the host's clock, and which one."""

    at: float
    number: int


def lost(host: Host, what: str) -> tuple[int, int]:
    """Return how many packets a VM has sent and how many of them were never answered.

    An outage that is over is a gap in the numbers. One that lasts is not, so an answer has to come that is younger than
    the question; if none does, all that was sent since the last one is lost.
    """
    asked = now(host)
    deadline = time.monotonic() + PATIENCE_SECONDS
    answered = answers(host, what)
    while not (answered and answered[-1].at > asked) and time.monotonic() < deadline:
        time.sleep(0.3)
        answered = answers(host, what)
    assert answered, f"ping {what}: not one answer"
    first, last = answered[0], answered[-1]
    sent = max(answer.number for answer in answered)
    gaps = sent - len({answer.number for answer in answered})
    if last.at > asked:
        return sent, gaps
    rate = len(answered) / max(last.at - first.at, 1.0)
    silent = max(1, round(rate * (now(host) - last.at)))
    return sent + silent, gaps + silent


def now(host: Host) -> float:
    """Return what the host's clock says."""
    return float(host.check_output("date +%s.%N"))


def answers(host: Host, what: str) -> list[Answer]:
    """Return what a VM was answered, in the order of arrival, with numbers that do not begin anew."""
    # "[1700000000.123456] 64 bytes from 192.0.2.1: icmp_seq=7 ttl=64 time=0.1 ms"
    wanted = r"s/^\[\([0-9.]*\)\] .*icmp_seq=\([0-9]*\) ttl=.*/\1 \2/p"
    found: list[Answer] = []
    for line in host.check_output(f"sed -n '{wanted}' /run/lab-ping-{what}.log").splitlines():
        at, number = line.split()
        # The turn that brings it next to the one before.
        turn = round((found[-1].number - int(number)) / NUMBERS) if found else 0
        found.append(Answer(float(at), int(number) + turn * NUMBERS))
    return found


def changes(host: Host) -> list[str]:
    """Return what of the host is not as it was noted."""
    before = host.check_output("cat /run/lab-fingerprint.before").splitlines()
    now = host.check_output("sh /run/lab-fingerprint").splitlines()
    return [line for line in difflib.unified_diff(before, now, lineterm="", n=0) if line[:3] not in ("---", "+++")]
