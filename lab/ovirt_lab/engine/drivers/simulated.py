# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are only pretended: what they would do follows from the clock (simulated_runs.py, simulated_hosts.py).

Containers have all the traps of Vdsm 4.19 (resources/containers.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..resources import runs
from . import simulated_hosts, simulated_runs
from .interface import HostDriver

if TYPE_CHECKING:
    from ..context import Context

_S = types.VmStatus
_IGNORED = 300.0  # seconds until a VM is up again whose container ignores a shutdown


class SimulatedDriver(HostDriver):
    """A host of the world without an address of its own, or one added through the API."""

    name = "simulated"
    pretends = True

    def start(self) -> None:
        """Nothing has to be started."""

    def stop(self) -> None:
        """Nothing has to be stopped."""

    def refuse(self, vm: Any, verb: str) -> None:
        """These hosts can do everything."""

    def create(self, vm: Any, host: Any) -> None:
        """The VM is launched when the world's delay is over."""
        runs.later(self.engine, vm, "boot", simulated_runs.LAUNCHED)

    def restore(self, vm: Any, host: Any) -> None:
        """The VM is up again a little later."""
        runs.set_status(self.engine, vm, _S.RESTORING_STATE)
        runs.later(self.engine, vm, "boot", simulated_runs.UP)

    def resume(self, ctx: Context, vm: Any, host: Any) -> None:
        """The VM is up at once."""
        runs.set_status(self.engine, vm, _S.UP)
        ctx.event("USER_RESUME_VM", vm=vm, host=host)

    def power_off(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """The VM is down a little later."""
        ctx.event(event, vm=vm, host=host, **about)
        runs.going_down(self.engine, vm, notes.Ending.STOP)
        runs.later(self.engine, vm, "stop", simulated_runs.STOPPED)

    def shut_down(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """A container ignores it: its VM is up again after five minutes."""
        if event:
            ctx.event(event, vm=vm, host=host, **about)
        runs.going_down(self.engine, vm, notes.Ending.SHUTDOWN)
        if notes.is_container(self.engine.store, vm):
            runs.later(self.engine, vm, _IGNORED, simulated_runs.UP)
        else:
            runs.later(self.engine, vm, "shutdown", simulated_runs.STOPPED)

    def reboot(self, ctx: Context, vm: Any, host: Any) -> None:
        """A container ignores it: its VM is shown as rebooting for a minute, then as up (facts ovirt.md 1.8)."""
        ctx.event("USER_REBOOT_VM", vm=vm, host=host)
        runs.set_status(self.engine, vm, _S.REBOOT_IN_PROGRESS)
        delay = "reboot" if notes.is_container(self.engine.store, vm) else "boot"
        runs.later(self.engine, vm, delay, simulated_runs.UP)

    def reset(self, ctx: Context, vm: Any, host: Any) -> None:
        """A container does not survive it: its name is still in use."""
        runs.set_status(self.engine, vm, _S.REBOOT_IN_PROGRESS)
        dies = notes.is_container(self.engine.store, vm)
        runs.later(self.engine, vm, "boot", simulated_runs.CONTAINER_DIED if dies else simulated_runs.UP)

    def suspend(self, ctx: Context, vm: Any, host: Any) -> None:
        """The VM is suspended, or its container goes on, a little later."""
        runs.set_status(self.engine, vm, _S.SAVING_STATE)
        runs.later(self.engine, vm, "suspend", simulated_runs.SUSPENDED)

    def migrate(self, ctx: Context, vm: Any, host: Any, target: Any) -> None:
        """The migration of a container fails on the host."""
        if notes.is_container(self.engine.store, vm):
            ctx.event("VM_MIGRATION_FAILED", vm=vm, host=host, DueToMigrationError="")
            return
        runs.set_status(self.engine, vm, _S.MIGRATING)
        runs.later(self.engine, vm, "migrate", simulated_runs.MIGRATED, host_id=target.id)

    def maintain(self, ctx: Context, host: Any, vms: Sequence[Any]) -> None:
        """Ordinary VMs migrate; the host waits until its container VMs are stopped."""
        simulated_hosts.maintain(ctx, host, vms)

    def activate(self, ctx: Context, host: Any) -> None:
        """The host is up a little later."""
        since = types.HostStatus.UNASSIGNED.value
        self.engine.schedule(self.engine.world.delays["host"], "host.up", ident=host.id, since=since)

    def refresh(self, ctx: Context, host: Any) -> None:
        """The capabilities stay as they are."""
        ctx.event("HOST_REFRESHED_CAPABILITIES", host=host)
