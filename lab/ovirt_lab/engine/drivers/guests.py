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

from .. import event_texts, notes
from ..resources import agents, runs, transition
from .reports import Report
from .simulated import SimulatedDriver

if TYPE_CHECKING:
    from ovirt_lab.guests.machine import Machine
    from ovirt_lab.guests.run import Event, Run

    from ..context import Context
    from ..core import Engine

_S = types.VmStatus
_SILENCE = 60.0  # seconds after which Vdsm calls a VM up whose agent says nothing (vm.py, _startUnderlyingVm)
_NO_AGENT = "vm.no_agent"
_FROM_WITHIN, _BY_ADMIN = event_texts.EXIT_REASONS[7], event_texts.EXIT_REASONS[6]


class GuestDriver(SimulatedDriver):
    """A host whose VMs are guests of this machine. The host itself is pretended: maintenance, capabilities."""

    pretends = False

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._runs: dict[str, Run] = {}  # by the VM's id
        self._site: Any = None  # ovirt_lab.guests.site.Site
        self._lacks = ""  # why guests cannot run here

    # --- the Engine itself

    def start(self) -> None:
        """See what this machine can do. A run from before is over: its guest ended with the Engine."""
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
                    Report(self.engine, vm).ended("Lost connection with qemu process", crashed=True)

    def stop(self) -> None:
        """End all guests. What the Engine shows of their VMs stays, as after a power failure."""
        with self.engine.lock:
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

    def create(self, vm: Any, host: Any) -> None:
        """Boot the guest."""
        if self._simulates():
            super().create(vm, host)
            return
        report = Report(self.engine, vm)
        try:
            make = self._plan(vm)
        except ValueError as error:
            report.failed(str(error))
            return
        ident = vm.id
        self._in_thread(lambda: self._boot(ident, report, make))

    def _plan(self, vm: Any) -> Callable[[], Machine]:
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
        nics = [(nic.mac.address, *self._network(nic)) for nic in engine.store.list(f"vms/{vm.id}/nics")]
        topology = config.cpu.topology if config.cpu is not None and config.cpu.topology is not None else None
        cores = (topology.cores or 1) * (topology.sockets or 1) * (topology.threads or 1) if topology else 1
        site, ident, name = self._open_site(), vm.id, vm.name

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
        if network is None or nic.plugged is False or nic.linked is False:
            return "", ""
        from ovirt_lab.guests.networks import free_subnet

        note = self.engine.store.note(network)
        taken = [each["subnet"] for each in map(self.engine.store.note, self.engine.store.list("networks"))
                 if each.get("subnet")]  # fmt: skip
        if not note.get("subnet"):
            note["subnet"] = free_subnet(taken)
        return network.id, note["subnet"]

    def _content(self, disk: Any) -> tuple[Path, str]:
        raise NotImplementedError

    def _open_site(self) -> Any:
        if self._site is None:
            from ovirt_lab.guests.site import Site

            self._site = Site(self.name)
        return self._site

    def _boot(self, ident: str, report: Report, make: Callable[[], Machine]) -> None:
        from ovirt_lab.guests.ground import GuestError

        site = self._site
        try:
            machine = make()
        except (GuestError, OSError, ValueError) as error:
            report.failed(str(error))
            return
        with self.engine.lock:
            if self._site is not site or site is None:  # the Engine has ended meanwhile
                return
            life = Life(self, ident, report)
            content = self.engine.images.content
            console = content.directory / f"{ident}.console"  # Engine.console reads it
            self._runs[ident] = site.run(machine, console, life.hear)

    def ended(self, ident: str) -> None:
        """The guest of a VM is gone."""
        with self.engine.lock:
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
        path = content.find(disk.id) or content.prepare(disk, guest=True, writable=True)
        return path, path.suffix[1:]


class Life:
    """What is made of the events of one run of a guest."""

    def __init__(self, driver: GuestDriver, ident: str, report: Report) -> None:
        self._driver = driver
        self._ident = ident
        self._report = report
        self._is_up = False

    def hear(self, event: Event) -> None:
        """In the thread of the run."""
        from ovirt_lab.guests.run import What

        if event.what is What.STARTED:
            self._started()
        elif event.what is What.REPORT:
            self._told(event.report)
        elif event.what is What.REBOOTS:
            self._is_up = False
            self._report.rebooting()
        else:
            self._driver.ended(self._ident)
            if event.what is What.FAILED:
                self._report.failed(event.reason)
            else:
                self._ended(event.clean)

    def _started(self) -> None:
        engine = self._driver.engine
        with engine.lock:
            self._report.launched()
            vm = engine.store.get("vms", self._ident)
            if vm is not None:
                speed = getattr(engine.clock, "speed", 1.0)  # a guest takes its time, whatever the Engine's clock says
                runs.later(engine, vm, _SILENCE * speed, _NO_AGENT)

    def _told(self, told: Any) -> None:
        if not self._is_up:
            self._is_up = True
            self._report.up()
        interfaces = [agents.Interface(each.name, each.mac, list(each.addresses)) for each in told.interfaces]
        system = told.system
        self._report.agent(
            agents.GuestReport(
                interfaces, told.host_name, system.get("name", ""), system.get("version-id", ""),
                system.get("kernel-release", ""), system.get("machine", ""),
            )
        )  # fmt: skip

    def _ended(self, clean: bool) -> None:
        engine = self._driver.engine
        with engine.lock:
            vm = engine.store.get("vms", self._ident)
            wishes = engine.store.run(vm).wishes if vm is not None else None
            if wishes == notes.Ending.STOP:
                self._report.ended()
            elif clean:
                self._report.ended(_BY_ADMIN if wishes == notes.Ending.SHUTDOWN else _FROM_WITHIN)
            else:
                self._report.ended("Lost connection with qemu process", crashed=True)


@transition(_NO_AGENT)
def no_agent(engine: Engine, ident: str, run: int) -> None:
    """A minute is over, and no agent has answered: the VM is up."""
    vm = runs.same_run(engine, ident, run)
    if vm is not None and vm.status == _S.POWERING_UP:
        runs.came_up(engine, vm)
