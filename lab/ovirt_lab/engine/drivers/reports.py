# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a driver with threads or processes says of a run of a VM, from any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from ..resources import agents, runs

if TYPE_CHECKING:
    from ..core import Engine

_S = types.VmStatus
_ON_THE_WAY_UP = (_S.WAIT_FOR_LAUNCH, _S.POWERING_UP)


class Report:
    """Speaks of the present run of a VM. What is said after that run is over does nothing and returns False.

    Each method takes the Engine's lock, so a thread that calls one must hold no lock that a method of its driver takes.
    """

    def __init__(self, engine: Engine, vm: Any) -> None:
        self._engine = engine
        self._ident: str = vm.id
        self._run = engine.store.run(vm).number

    def launched(self) -> bool:
        """The host has started the VM: it is powering up."""
        return self._tell(lambda vm, host: runs.launched(self._engine, vm, host), (_S.WAIT_FOR_LAUNCH,))

    def failed(self, message: str) -> bool:
        """The host could not start the VM, and why (`Exit message: ...` of event 119). The next host follows."""
        words = f"Exit message: {message}"
        return self._tell(lambda vm, host: runs.failed(self._engine, vm, host, words), _ON_THE_WAY_UP)

    def up(self) -> bool:
        """The VM is up: for the first time, or again after a reboot."""
        return self._tell(self._up, (*_ON_THE_WAY_UP, _S.REBOOT_IN_PROGRESS, _S.RESTORING_STATE, _S.POWERING_DOWN))

    def rebooting(self) -> bool:
        """The guest reboots; `up` follows."""
        return self._tell(lambda vm, host: runs.set_status(self._engine, vm, _S.REBOOT_IN_PROGRESS), (_S.UP,))

    def agent(self, told: agents.GuestReport) -> bool:
        """The guest's agent says this; the last word counts."""
        return self._tell(lambda vm, host: agents.store(self._engine, vm, told), (_S.UP, _S.POWERING_UP))

    def ended(self, message: str = "", crashed: bool = False) -> bool:
        """The VM is down, asked for or by itself, and why (`Exit message: ...` of event 61).

        `crashed`: it is no orderly end (event 119). Of a VM that was not up yet, that is a failed start, and the next
        host follows (VmAnalyzer.proceedDownVm). Without a message, the event of the command that ended it is all that
        is said.
        """
        return self._tell(lambda vm, host: self._ended(vm, host, message, crashed))

    def _up(self, vm: Any, host: Any) -> None:
        if vm.status == _S.WAIT_FOR_LAUNCH:
            runs.launched(self._engine, vm, host)
        if vm.status == _S.POWERING_UP:
            runs.came_up(self._engine, vm)
            return
        if vm.status == _S.POWERING_DOWN:  # proceedVmReportedOnTheSameHost: the guest did not do as it was asked
            self._engine.store.run(vm).wishes = None
            runs.event(self._engine, "VM_POWER_DOWN_FAILED", vm)
        runs.set_status(self._engine, vm, _S.UP)

    def _ended(self, vm: Any, host: Any, message: str, crashed: bool) -> None:
        words = f"Exit message: {message}" if message else " "
        if crashed and vm.status in _ON_THE_WAY_UP:
            runs.failed(self._engine, vm, host, words)
            return
        if message or crashed:
            runs.event(self._engine, "VM_DOWN_ERROR" if crashed else "VM_DOWN", vm, ExitMessage=words)
        runs.over(self._engine, vm)

    def _tell(self, apply: Callable[[Any, Any], None], statuses: tuple[Any, ...] = ()) -> bool:
        """Apply something to the VM and its host, if this run is not over and the VM has one of these statuses."""
        engine = self._engine
        with engine.lock:
            engine.tick()
            vm = runs.same_run(engine, self._ident, self._run)
            if vm is None or vm.host is None or (statuses and vm.status not in statuses):
                return False
            apply(vm, engine.store.follow(vm.host))
            engine.errands.send()
        return True
