# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shutting a guest down, then powering it off if that was asked for (lib/vdsm/virt/vmpowerdown.py@v4.19.20)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import domxml
from .errors import VMExists

if TYPE_CHECKING:
    from .vm import Vm

_log = logging.getLogger("utils.CallbackChain")


def start(vm: Vm, reboot: bool, timeout: int, force: bool) -> None:
    """Try one way after the other, in a thread (Callback and CallbackChain, utils.py).

    Without a guest agent the power button is the first. For a container it raises; that is logged, and the next way is
    tried.
    """
    ways: list[Callable[[], None]] = []
    if domxml.to_bool(vm.conf.get("acpiEnable", "true")):
        ways.append(vm.press_reset if reboot else vm.press_power)
    if force:
        ways.append(vm.reset if reboot else vm.force_down)
    if not ways:
        raise VMExists("VM without ACPI or active oVirt guest agent. Try Forced Shutdown.")
    vm.powered_down.clear()
    threading.Thread(target=_run, args=(vm, ways, timeout), name="powerdown", daemon=True).start()


def _run(vm: Vm, ways: list[Callable[[], None]], timeout: int) -> None:
    for way in ways:
        try:
            way()
        except Exception as error:
            _log.error("vmId=%s: %s failed: %s", vm.id, way.__name__, error)
            continue
        if vm.clock.wait(vm.powered_down, timeout):
            return
