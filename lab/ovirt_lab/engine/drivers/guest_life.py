# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine makes of that which happens to a guest: the other half of guests.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ovirtsdk4 import types

from .. import event_texts, notes
from ..resources import agents, runs, transition

if TYPE_CHECKING:
    from ovirt_lab.guests import agent
    from ovirt_lab.guests.run import Event, Run

    from ..core import Engine
    from .reports import Report

_S = types.VmStatus
_SILENCE = 60.0  # seconds after which Vdsm calls a VM up whose agent says nothing (vm.py, _startUnderlyingVm)
_NO_AGENT = "vm.no_agent"
_FROM_WITHIN, _BY_ADMIN = event_texts.EXIT_REASONS[7], event_texts.EXIT_REASONS[6]
LOST = "Lost connection with qemu process"


class Driver(Protocol):
    """What a life needs of the driver of its guest."""

    engine: Engine

    def is_over(self) -> bool:
        """Whether the Engine has ended: its guests end then, and nothing is made of that."""

    def ended(self, ident: str, run: Run | None) -> None:
        """The guest of a run of a VM is gone."""


class Life:
    """What is made of the events of one run of a guest."""

    def __init__(self, driver: Driver, ident: str, report: Report) -> None:
        self._driver = driver
        self._ident = ident
        self._report = report
        self._is_up = False
        self.run: Run | None = None

    def hear(self, event: Event) -> None:
        """In the thread of the run."""
        from ovirt_lab.guests.run import What

        if self._driver.is_over():
            return
        if event.what is What.STARTED:
            self._started()
        elif event.report is not None:
            self._told(event.report)
        elif event.what is What.STAYS:
            self._report.up()
        elif event.what is What.REBOOTS:
            self._is_up = False
            self._report.rebooting()
            self._up_without_agent()
        else:
            self._driver.ended(self._ident, self.run)
            if event.what is What.FAILED:
                self._report.failed(event.reason.rstrip("."))  # the event has a full stop
            else:
                self._ended(event.clean)

    def _started(self) -> None:
        engine = self._driver.engine
        with engine.lock:
            self._report.launched()
            self._up_without_agent()

    def _up_without_agent(self) -> None:
        """Have the VM up when its agent has said nothing for a while."""
        engine = self._driver.engine
        with engine.lock:
            vm = engine.store.get("vms", self._ident)
            if vm is not None:
                speed = getattr(engine.clock, "speed", 1.0)  # a guest takes its time, whatever the Engine's clock says
                runs.later(engine, vm, _SILENCE * speed, _NO_AGENT)

    def _told(self, told: agent.Report) -> None:
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
                self._report.ended(LOST, crashed=True)


@transition(_NO_AGENT)
def no_agent(engine: Engine, ident: str, run: int) -> None:
    """A minute is over, and no agent has answered: the VM is up."""
    vm = runs.same_run(engine, ident, run)
    if vm is not None and vm.status == _S.POWERING_UP:
        runs.came_up(engine, vm)
    elif vm is not None and vm.status == _S.REBOOT_IN_PROGRESS:
        runs.set_status(engine, vm, _S.UP)
