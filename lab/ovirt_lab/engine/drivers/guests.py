# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers of hosts that really run guests (ovirt_lab.guests): under systemd-nspawn, or under qemu.

A guest has the content of the VM's disks, the files that its start gives to it, and interfaces on networks that this
machine reaches. What it does is what its VM does: it powers off, and the VM is down.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..resources import runs
from .guest_life import LOST, Life
from .reports import Report
from .simulated import SimulatedDriver

if TYPE_CHECKING:
    from ovirt_lab.guests.machine import Machine
    from ovirt_lab.guests.run import Run
    from ovirt_lab.guests.site import Site

    from ..context import Context
    from ..core import Engine

_S = types.VmStatus
_PATIENCE = 60.0  # seconds that the guest of an earlier run has to go


class GuestDriver(SimulatedDriver):
    """A host whose VMs are guests of this machine. The host itself is pretended: maintenance, capabilities."""

    pretends = False

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._runs: dict[str, Run] = {}  # by the VM's id
        self._site: Site | None = None
        self._lacks = ""  # why guests cannot run here
        self._subnets: dict[str, str] = {}  # of networks whose subnet the world does not say
        self._over = False  # the Engine has ended

    # --- the Engine itself

    def start(self) -> None:
        """See what this machine can do. A run from before is over: its guest ended with the Engine."""
        self._over = False
        hosts = [host for host in self.engine.store.list("hosts") if self.engine.drivers.of(host) is self]
        if not hosts:
            return
        from ovirt_lab.guests import available

        self._lacks = available.lacks(self.name)
        if self._lacks:
            names = ", ".join(host.name for host in hosts)
            print(f"ovirt-lab: guests of {names} are only simulated. {self._lacks}", file=sys.stderr)
        for host in hosts:
            for vm in self.engine.store.vms_on(host):
                if vm.id not in self._runs and vm.status not in (_S.DOWN, _S.SUSPENDED):
                    Report(self.engine, vm).ended(LOST, crashed=True)

    def stop(self) -> None:
        """End all guests. What the Engine shows of their VMs stays, as after a power failure."""
        with self.engine.lock:
            self._over = True
            self._runs.clear()
            site, self._site = self._site, None
        if site is not None:
            site.close()

    def _simulates(self) -> bool:
        return bool(self._lacks)

    # --- runs of VMs

    def refuse(self, vm: Any, verb: str) -> None:
        """A guest has no memory that could be saved or moved."""
        if not self._simulates():
            raise self.unable(verb)

    def refuse_change(self) -> None:
        """A guest keeps what it was booted with."""
        if not self._simulates():
            raise self.unable("change the devices of a VM that runs")

    def create(self, vm: Any, host: Any) -> None:
        """Boot the guest."""
        if self._simulates():
            super().create(vm, host)
            return
        if self._over:
            return
        report = Report(self.engine, vm)
        try:
            site = self._open_site()
            make = self._plan(vm, site)
        except ValueError as error:
            report.failed(str(error))
            return
        before = self._runs.get(vm.id)
        console = self.engine.images.content.make_console(vm.id)  # Engine.console reads it
        life = Life(self, vm.id, report)
        life.run = site.make_and_run(vm.name, lambda: _after(before, make), console, life.hear)
        self._runs[vm.id] = life.run

    def _plan(self, vm: Any, site: Site) -> Callable[[], Machine]:
        """What makes the machine of the guest; it takes its time, since disks may have to be converted.

        Raises ValueError (GuestError) if this machine cannot have the networks that it needs.
        """
        from ovirt_lab.guests.machine import Disk, Machine, Nic

        engine = self.engine
        config, start = runs.running_config(engine, vm), notes.of_vm(engine.store, vm)["starts"][-1]
        attached = [
            (each, engine.store.get("disks", each.id))
            for each in engine.store.list(f"vms/{vm.id}/diskattachments")
            if each.active is not False
        ]
        nics = [
            (nic.mac.address, *self._network(nic))
            for nic in engine.store.list(f"vms/{vm.id}/nics")
            if nic.plugged is not False
        ]
        topology = config.cpu.topology if config.cpu is not None and config.cpu.topology is not None else None
        cores = (topology.cores or 1) * (topology.sockets or 1) * (topology.threads or 1) if topology else 1
        ident, name = vm.id, vm.name

        def make() -> Machine:
            disks = []
            for attachment, disk in attached:
                path, form = self._content(disk)
                about = {"bootable": bool(attachment.bootable), "read_only": bool(attachment.read_only)}
                disks.append(Disk(path, disk.id, form, **about))
            plugged = [Nic(mac, site.bridge(network, subnet) if network else "") for mac, network, subnet in nics]
            return Machine(ident, name, config.memory, cores, disks, plugged, start["label"], start["files"])

        return make

    def _network(self, nic: Any) -> tuple[str, str]:
        """The id of the network that an interface is on, and its subnet; empty if it is on none."""
        profile = self.engine.store.follow(nic.vnic_profile)
        network = self.engine.store.follow(profile.network) if profile is not None else None
        if network is None or nic.linked is False:
            return "", ""
        return network.id, self.engine.store.note(network).get("subnet") or self._free_subnet(network.id)

    def _free_subnet(self, network: str) -> str:
        """The subnet of a network of which the world says none: that of the last time, unless it is in use by now."""
        from ovirt_lab.guests.networks import free_subnet

        if network not in self._subnets:
            networks = {each.id: self.engine.store.note(each) for each in self.engine.store.list("networks")}
            said = filter(None, (note.get("subnet") for note in networks.values()))
            last = networks[network].get("free_subnet", "")
            self._subnets[network] = free_subnet([*said, *self._subnets.values()], last)
            networks[network]["free_subnet"] = self._subnets[network]
        return self._subnets[network]

    def _content(self, disk: Any) -> tuple[Path, str]:
        raise NotImplementedError

    def _open_site(self) -> Site:
        from ovirt_lab.guests.site import Site

        if self._site is not None and not self._site.alive():  # somebody has ended its processes
            self._site.close()
            self._site = None
        if self._site is None:
            self._subnets.clear()
            self._site = Site(self.name)
        return self._site

    def is_over(self) -> bool:
        """Whether the Engine has ended: its guests end then, and nothing is made of that."""
        return self._over

    def ended(self, ident: str, run: Run | None) -> None:
        """The guest of a run of a VM is gone."""
        with self.engine.lock:
            if self._runs.get(ident) is run:
                self._runs.pop(ident, None)

    def power_off(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """Switch the guest off."""
        if self._simulates():
            super().power_off(ctx, vm, host, event, about)
            return
        ctx.event(event, vm=vm, host=host, **about)
        runs.going_down(self.engine, vm, notes.Ending.STOP)
        self._ask(vm, lambda run: run.power_off())

    def shut_down(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """Ask the guest's agent, else press its power button."""
        if self._simulates():
            super().shut_down(ctx, vm, host, event, about)
            return
        if event:
            ctx.event(event, vm=vm, host=host, **about)
        runs.going_down(self.engine, vm, notes.Ending.SHUTDOWN)
        self._ask(vm, lambda run: run.shut_down())

    def reboot(self, ctx: Context, vm: Any, host: Any) -> None:
        """Ask the guest's agent, else reset it."""
        if self._simulates():
            super().reboot(ctx, vm, host)
            return
        ctx.event("USER_REBOOT_VM", vm=vm, host=host)
        runs.set_status(self.engine, vm, _S.REBOOT_IN_PROGRESS)
        self._ask(vm, lambda run: run.reboot())

    def reset(self, ctx: Context, vm: Any, host: Any) -> None:
        """Reset the guest."""
        if self._simulates():
            super().reset(ctx, vm, host)
            return
        runs.set_status(self.engine, vm, _S.REBOOT_IN_PROGRESS)
        self._ask(vm, lambda run: run.reset())

    def maintain(self, ctx: Context, host: Any, vms: Sequence[Any]) -> None:
        """No guest migrates: the host waits until all are down."""
        if self._simulates():
            super().maintain(ctx, host, vms)
            return
        for vm in vms:
            ctx.event("USER_VDS_MAINTENANCE_MIGRATION_FAILED", host=host, failedVms=vm.name)
        self.engine.schedule(self.engine.world.delays["host"], "host.maintenance", ident=host.id)

    def _ask(self, vm: Any, what: Callable[[Run], None]) -> None:
        """Ask something of a guest, which may take its time."""
        run = self._runs.get(vm.id)
        if run is not None:
            self._in_thread(lambda: what(run))

    @staticmethod
    def _in_thread(what: Callable[[], None]) -> None:
        threading.Thread(target=what, name="guest", daemon=True).start()


def _after(before: Run | None, make: Callable[[], Machine]) -> Machine:
    """What a guest is made of, when the VM's guest of before is gone.

    The Engine may have given that one up (the VM of a host of which somebody said that it was rebooted).
    """
    if before is not None:
        before.power_off()
        before.wait(_PATIENCE)
    return make()


class NspawnDriver(GuestDriver):
    """Guests under systemd-nspawn: their disks have to be raw."""

    name = "nspawn"

    def _content(self, disk: Any) -> tuple[Path, str]:
        return self.engine.images.content.prepare(disk, guest=True, writable=True), "raw"


class QemuDriver(GuestDriver):
    """Guests under qemu, which reads the formats that disks have."""

    name = "qemu"

    def _content(self, disk: Any) -> tuple[Path, str]:
        content = self.engine.images.content
        path = content.find(disk.id)
        if path is None or path.suffix == ".raw":  # a raw file may be smaller than its disk
            path = content.prepare(disk, guest=True, writable=True)
        return path, path.suffix[1:]
