# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a host's systemd."""

from __future__ import annotations

import time

from .docker import LabError, attempt, inspect

PAUSE = 0.1
RUNNING = "running"
# Answers of `systemctl is-system-running` while the host still boots.
NOT_YET = ("", "offline", "unknown", "initializing", "starting")


def wait(container: str, timeout: float) -> None:
    """Wait until systemd is `running`; a LabError with the failed units for any other end of the boot."""
    deadline = time.monotonic() + timeout
    while True:
        state = _state(container, max(1.0, deadline - time.monotonic()))
        if state == RUNNING:
            return
        if state not in NOT_YET:
            raise LabError(f"{container}: systemd says {state}: {_failed(container)}")
        if not inspect("container", container)[0]["State"]["Running"]:
            raise LabError(f"{container} has ended: {_last_words(container)}")
        if time.monotonic() > deadline:
            raise LabError(f"{container}: systemd is not running after {timeout:.0f} s ({state or 'no answer'}).")
        time.sleep(PAUSE)


def _state(container: str, timeout: float) -> str:
    # Until systemd has its bus, --wait fails at once; then it waits for the end of the boot.
    try:
        return attempt("exec", container, "systemctl", "is-system-running", "--wait", timeout=timeout).stdout.strip()
    except LabError:  # timeout
        return "starting"


def _failed(container: str) -> str:
    shown = attempt("exec", container, "systemctl", "--failed", "--no-legend", "--plain", "--no-pager").stdout
    units = [line.split()[0] for line in shown.splitlines() if line.strip()]
    if not units:
        return "no unit has failed"
    return f"failed: {', '.join(units)}; see docker exec {container} journalctl -u {units[0]}"


def _last_words(container: str) -> str:
    done = attempt("logs", "--tail", "5", container)
    return " ".join((done.stdout + done.stderr).split()) or "it said nothing"
