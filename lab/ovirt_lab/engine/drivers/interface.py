# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine asks of a host. How a driver is added is said in __init__.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from .. import texts
from ..refusal import Refusal

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine


class HostDriver(ABC):
    """All hosts of one kind in one Engine.

    Methods run with the Engine's lock and do not wait. Those with `ctx` carry out a client's request: it is checked
    already, and `ctx` says who asks, for events. `vm` and `host` are the SDK's objects in the store; `host` is the one
    that the VM is on, and None for a VM that runs nowhere (a hosted Engine in a world without hosts).
    """

    name: ClassVar[str]  # in the notes of its hosts
    pretends: ClassVar[bool] = False  # nothing runs there, so a VM of the world can be up on it from the start

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # --- the Engine itself

    @abstractmethod
    def start(self) -> None:
        """The Engine is served from now on; it may have been loaded with VMs that run on these hosts."""

    @abstractmethod
    def stop(self) -> None:
        """The Engine ends. Wait for threads a second at most."""

    # --- what such hosts cannot do

    @abstractmethod
    def refuse(self, vm: Any, verb: str) -> None:
        """Raise Refusal if these hosts cannot do this to a VM: `restore`, `resume`, `suspend` or `migrate` it.

        The Engine asks before it changes anything.
        """

    def refuse_change(self) -> None:  # noqa: B027  # most hosts can do it
        """Raise Refusal if these hosts cannot plug, unplug or change disks and interfaces of a VM that runs."""

    @staticmethod
    def unable(verb: str) -> Refusal:
        """The refusal of what a host cannot do: 501, with the verb for the client."""
        return Refusal(501, texts.OPERATION_FAILED, f"[This host does not know how to {verb}.]")

    # --- runs of VMs

    @abstractmethod
    def create(self, vm: Any, host: Any) -> None:
        """Start the VM, which waits for launch; its configuration is `runs.running_config`. The rest is reported."""

    @abstractmethod
    def restore(self, vm: Any, host: Any) -> None:
        """Start a suspended VM where it was; `vm.host` is set already."""

    @abstractmethod
    def resume(self, ctx: Context, vm: Any, host: Any) -> None:
        """Let a paused VM go on (event USER_RESUME_VM)."""

    @abstractmethod
    def power_off(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """End the VM without asking its guest; write `event` with `about` when the host has agreed."""

    @abstractmethod
    def shut_down(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        """Ask the guest to end; write `event` with `about`, if it is not empty, when the host has agreed.

        The event is empty in a cold reboot: the VM starts again when it is down (`runs.over`).
        """

    @abstractmethod
    def reboot(self, ctx: Context, vm: Any, host: Any) -> None:
        """Ask the guest to reboot (event USER_REBOOT_VM)."""

    @abstractmethod
    def reset(self, ctx: Context, vm: Any, host: Any) -> None:
        """Reboot the VM without asking its guest."""

    @abstractmethod
    def suspend(self, ctx: Context, vm: Any, host: Any) -> None:
        """Save the VM's memory and end it; the event that it begins is written already."""

    @abstractmethod
    def migrate(self, ctx: Context, vm: Any, host: Any, target: Any) -> None:
        """Move the VM to `target`; the event that it begins is written already."""

    # --- hosts

    @abstractmethod
    def maintain(self, ctx: Context, host: Any, vms: Sequence[Any]) -> None:
        """Bring the host, which is preparing for maintenance, to maintenance; `vms` are on it and have to go first."""

    @abstractmethod
    def activate(self, ctx: Context, host: Any) -> None:
        """Bring up the host, whose status is unassigned."""

    @abstractmethod
    def refresh(self, ctx: Context, host: Any) -> None:
        """Read the host's capabilities again (event HOST_REFRESHED_CAPABILITIES)."""
