# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VM leaves its host without ending: suspended, or migrated to another one."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import notes
from . import runs, transition


@transition("vm.suspended")
def suspended(engine: Any, ident: str, run: int) -> None:
    """The VM is suspended. A container cannot be suspended: its VM is up again."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.SAVING_STATE:
        return
    if notes.is_container(engine.store, vm):
        runs.set_status(engine, vm, types.VmStatus.UP)
        return
    runs.event(engine, "USER_SUSPEND_VM_OK", vm)
    vm.host = vm.fqdn = None  # ResourceManager.resetVmAttributes
    runs.set_status(engine, vm, types.VmStatus.SUSPENDED)


@transition("vm.migrated")
def migrated(engine: Any, ident: str, run: int, host_id: str) -> None:
    """The VM is on its new host. The migration of a container fails, since Vdsm does not support the call."""
    vm = runs.same_run(engine, ident, run)
    if vm is None or vm.status != types.VmStatus.MIGRATING:
        return
    if not notes.is_container(engine.store, vm):
        vm.host = engine.store.ref(engine.store.get("hosts", host_id))
    runs.set_status(engine, vm, types.VmStatus.UP)
