# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Graphics consoles of a VM, and tickets for them. Nobody listens at the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from . import Kind, action

if TYPE_CHECKING:
    from ..context import Context

LIFETIME = 7200  # seconds a ticket is good for


class GraphicsConsoles(Kind):
    """A VM has a console of its display's type; the other one may be added. Ids are the protocol in hexadecimal."""

    path = "vms/*/graphicsconsoles"
    required = ("protocol",)

    def items(self, ctx: Context) -> list[Any]:
        """With `current=true` those of the running VM, with address and ports."""
        vm = ctx.owner()
        note = ctx.store.notes.get(f"vms/{vm.id}", {})
        protocols = note.get("consoles", [vm.display.type.value if vm.display is not None else "spice"])
        current = ctx.query.get("current", "").lower() == "true"
        if current and vm.host is None:
            return []
        return [self._console(ctx, vm, protocol, current) for protocol in protocols]

    @staticmethod
    def _console(ctx: Context, vm: Any, protocol: str, current: bool) -> Any:
        console = types.GraphicsConsole(
            id=protocol.encode().hex(), protocol=types.GraphicsType(protocol), vm=ctx.store.ref(vm)
        )
        console.href = f"{vm.href}/graphicsconsoles/{console.id}"
        if current:
            console.address = ctx.store.follow(vm.host).address
            console.port = 5900
            console.tls_port = 5901 if protocol == "spice" else None
        return console

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """One console of each protocol."""
        vm = ctx.owner()
        protocols = [console.protocol.value for console in self.items(ctx)]
        if obj.protocol.value not in protocols:
            notes.of_vm(ctx.store, vm)["consoles"] = [*protocols, obj.protocol.value]
        return self._console(ctx, vm, obj.protocol.value, False)

    def removed(self, ctx: Context, obj: Any) -> None:
        """Without it the VM is headless, or has the other one left."""
        vm = ctx.owner()
        notes.of_vm(ctx.store, vm)["consoles"] = [c.protocol.value for c in self.items(ctx) if c.id != obj.id]

    @action
    def ticket(self, ctx: Context, obj: Any, body: Any) -> Any:
        """A password for the console (SetVmTicketCommand: only of a VM that runs)."""
        vm = ctx.owner()
        if vm.host is None:
            raise ctx.refuse("VM_IS_NOT_RUNNING", "start", "vm")
        ctx.event("VM_SET_TICKET", vm=vm)
        return types.Action(ticket=types.Ticket(value="simulated", expiry=LIFETIME))
