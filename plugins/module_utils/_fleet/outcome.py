# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How it goes with one VM of a run, from its plan to its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .._engine.faults import EngineError
from .._vm.plan import Plan, untouched
from .._vm.site import PASSING
from .._vm.spec import ContainerVm
from .phase import Event, Phase, next_phase


@dataclass
class Outcome:
    """The work on one VM, and how it went.

    ``plan`` is what was planned first, ``doing`` the plan that is carried out: the same, until the VM is planned anew.
    ``to_do`` are actions of ``doing`` that are not done, ``done`` all that were done. ``phase`` is how far it has come.
    ``failure`` is what was in the way, in phase LATER, and ``error`` the sentence for the user, in phase FAILED.
    ``unsure`` says that the answer to a request is not known, so that it may have been carried out; ``wrote`` that one
    was. ``status`` and ``host`` are what it has when all goes well, ``seen`` what it was last seen with, ``addresses``
    those that its guest reported last.
    """

    spec: ContainerVm
    plan: Plan
    status: str | None = None
    host: str | None = None
    vm_id: str | None = None
    error: str | None = None
    done: list[str] = field(default_factory=list)
    failure: EngineError | None = None
    phase: Phase = field(init=False, default=Phase.READY)
    doing: Plan = field(init=False)
    to_do: list[str] = field(init=False)
    needs_proof: bool = False
    unsure: bool = False
    wrote: bool = False
    seen: tuple[str, str | None] | None = None
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.follow(self.plan)
        if self.error:
            self.fail(self.error)

    def follow(self, new: Plan) -> None:
        """Carry out this plan from now on."""
        self.doing, self.to_do, self.failure = new, list(new.actions), None
        self.needs_proof = self.needs_proof or new.proof_needed
        self.vm_id = new.vm.id if new.vm else self.vm_id
        self.addresses = new.vm.addresses if new.vm else self.addresses
        self._go_on()

    def did(self, action: str) -> None:
        """An action of the plan is done."""
        if action in self.to_do:
            self.to_do.remove(action)
        if action not in self.done:
            self.done.append(action)
        self._go_on()

    def undone(self, action: str) -> None:
        """An action that was answered well has not had its effect."""
        if action in self.done:
            self.done.remove(action)
            self.to_do.append(action)

    def put_off(self, failure: EngineError | None = None) -> None:
        """Look at it again later; ``failure`` is what was in the way."""
        self.failure = failure
        self._on(Event.HINDERED)

    def fail(self, error: str) -> None:
        """It is over; ``error`` is the sentence for the user."""
        self.error, self.failure = error, None
        self._on(Event.REFUSED)

    def pass_over(self) -> None:
        """Begin nothing, because another VM has failed."""
        self._on(Event.PASSED_OVER)

    def resume(self) -> None:
        """Begin after all."""
        self._on(Event.WORK)

    def stayed(self) -> None:
        """Its container has proven itself."""
        self.needs_proof = False
        self._on(Event.STAYED)

    def _go_on(self) -> None:
        if self.moving:
            self._on(Event.HINDERED)
        else:
            self._on(Event.WORK if self.to_do else Event.PROOF if self.needs_proof else Event.NOTHING)

    def _on(self, event: Event) -> None:
        self.phase = next_phase(self.phase, event)

    @property
    def left(self) -> bool:
        """Whether nothing was begun because another VM had failed."""
        return self.phase is Phase.LEFT

    @property
    def changed(self) -> bool:
        """Whether anything was or may have been changed, or in check mode would be."""
        return bool(self.done or self.unsure or self.wrote) if self.error or self.left else self.plan.changed

    @property
    def last_seen(self) -> tuple[str | None, str | None]:
        """Status and host as they are, as far as that was seen: not those that were planned."""
        if not (self.error or self.left):
            return self.status, self.host
        if self.seen:
            return self.seen
        if self.doing.vm:
            return self.doing.vm.status, self.doing.vm.host
        return "down" if "create" in self.done else "absent", None

    @property
    def restart_needed(self) -> bool:
        """Whether the container runs with another configuration than its next start will use."""
        if (self.error or self.left) and "update" not in self.done:
            return untouched(self.plan.vm).restart_needed if self.plan.vm else False
        return self.doing.restart_needed

    @property
    def moving(self) -> bool:
        """Whether the VM is on its way to somewhere else: what it will be decides what is to be done."""
        vm = self.doing.vm
        return bool(vm and vm.status in PASSING)

    @property
    def spec_now(self) -> ContainerVm:
        """The spec, or what is left of it when its container was stopped to be started again."""
        restarting = self.plan.replaces or ("stop" in self.done and "start" in self.plan.actions)
        return replace(self.spec, state="running") if restarting else self.spec
