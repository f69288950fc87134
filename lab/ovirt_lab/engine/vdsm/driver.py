# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver of hosts that have a Vdsm of their own (the note's `vdsm_url`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..drivers.interface import HostDriver
from ..drivers.simulated_runs import SUSPENDED
from ..resources import runs
from . import commands, hosts
from .links import Links

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine


class VdsmDriver(HostDriver):
    """Commands are calls of Vdsm (commands.py); its reports move the VMs and the host on (vms.py, hosts.py)."""

    name = "vdsm"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.links = Links(engine)

    def start(self) -> None:
        """Start monitoring the hosts."""
        self.links.start()

    def stop(self) -> None:
        """Stop monitoring the hosts."""
        self.links.stop()

    def refuse(self, vm: Any, verb: str) -> None:
        """The stand-in Vdsm does neither of them; a real one accepts to suspend or migrate a container, and fails."""
        if verb not in ("suspend", "migrate") or not notes.is_container(self.engine.store, vm):
            raise self.unable(verb)

    def create(self, vm: Any, host: Any) -> None:
        """VM.create."""
        commands.create(self.engine, vm, host)

    def restore(self, vm: Any, host: Any) -> None:
        """Refused (`refuse`)."""
        raise self.unable("restore")

    def resume(self, ctx: Context, vm: Any, host: Any) -> None:
        """Refused (`refuse`)."""
        raise self.unable("resume")

    def power_off(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """VM.destroy."""
        commands.power_off(ctx, vm, host, event, about)

    def shut_down(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """VM.shutdown."""
        commands.shut_down(ctx, vm, host, event, about)

    def reboot(self, ctx: Context, vm: Any, host: Any) -> None:
        """VM.shutdown, to reboot."""
        commands.reboot(ctx, vm, host)

    def reset(self, ctx: Context, vm: Any, host: Any) -> None:
        """VM.reset."""
        commands.reset(ctx, vm, host)

    def suspend(self, ctx: Context, vm: Any, host: Any) -> None:
        """A container goes on: its VM is up again a little later."""
        runs.set_status(self.engine, vm, types.VmStatus.SAVING_STATE)
        runs.later(self.engine, vm, "suspend", SUSPENDED)

    def migrate(self, ctx: Context, vm: Any, host: Any, target: Any) -> None:
        """The migration of a container fails on the host."""
        ctx.event("VM_MIGRATION_FAILED", vm=vm, host=host, DueToMigrationError="")

    def maintain(self, ctx: Context, host: Any, vms: Sequence[Any]) -> None:
        """No VM migrates; the host's statistics complete the maintenance when none is left."""
        for vm in vms:
            ctx.event("USER_VDS_MAINTENANCE_MIGRATION_FAILED", host=host, failedVms=vm.name)

    def activate(self, ctx: Context, host: Any) -> None:
        """Its capabilities decide, which a host that is unassigned is asked for."""

    def refresh(self, ctx: Context, host: Any) -> None:
        """Host.getCapabilities."""
        hosts.refresh(ctx, host)
