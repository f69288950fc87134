# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of users for VMs on hosts with a Vdsm, and what happens when Vdsm refuses one (RunVmCommand,
StopVmCommandBase,ShutdownVmCommand, RebootVmCommand, DestroyVmVDSCommand of ovirt-engine 4.1.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..clock import as_datetime
from ..refusal import Refusal
from ..resources import containers, runs
from . import answers, createinfo
from .calls import Call
from .rpc import NO_VM, Answer

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

_S = types.VmStatus
_EXISTS = 4
# VmGracefulShutdownTimeout, VmGracefulShutdownMessage of 0000_config.sql
_DELAY = "30"
_MESSAGE = "System Administrator has initiated shutdown of this Virtual Machine. Virtual Machine is shutting down."


Done = Callable[[Answer, Any], "Refusal | None"]


def _ask(engine: Engine, vm: Any, host: Any, method: str, done: Done, **more: Any) -> None:
    """Queue a call about a VM. `done` gets the answer and the VM as it is then; it is not called if the VM is gone."""

    def answered(answer: Answer) -> Refusal | None:
        current = engine.store.get("vms", vm.id)
        return None if current is None else done(answer, current)

    engine.drivers.vdsm.links.queue(Call(host.id, method, {"vmID": vm.id, **more}, answered, vm.id))


# --- start


def create(engine: Engine, vm: Any, host: Any) -> None:
    """Send a VM to a host (RunVmCommand.runVm).

    If Vdsm refuses it, the next host is tried, and the client does not notice. A network error, or a VM that is on the
    host already, refuses the request.
    """
    run = engine.store.run(vm)
    run.starting = True
    config, number = runs.running_config(engine, vm), run.number
    config.id, config.href = vm.id, vm.href
    if containers.runs_as_container(engine, config, host):
        run.container = True  # as the Engine sees it by the properties; the host decides

    def done(answer: Answer, found: Any) -> Refusal | None:
        if engine.store.run(found).number != number:
            return None
        if answer.ok:
            found.start_time = as_datetime(engine.now())
            engine.store.touch(found)
            return None
        run.starting = False
        if not answer.network:
            answers.broker_failed(engine, host, "CreateVDS", answer)
        if answer.network or answer.code == _EXISTS:
            runs.event(engine, "USER_FAILED_RUN_VM", found, host=host, DueToError=" ")
            runs.end(engine, found)
            return answers.refusal(answer)
        runs.failed(engine, found, host)
        return None

    _ask(engine, vm, host, "VM.create", done, vmParams=createinfo.build(engine, config))


# --- stop


def power_off(ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
    """VM.destroy, which returns when the host is done: after up to a minute and a half."""
    engine = ctx.engine
    run = ctx.store.run(vm)
    before, run.powered_off = run.powered_off, engine.now()
    run.starting = False

    def done(answer: Answer, found: Any) -> Refusal | None:
        if not answer.ok:
            run.powered_off = before
            if not answer.network:
                answers.broker_failed(engine, host, "DestroyVDS", answer)
            ctx.event("USER_FAILED_STOP_VM", vm=found, host=host)
            return answers.refusal(answer)
        ctx.event(event, vm=found, host=host, **about)
        _going_down(engine, found, notes.Ending.STOP)
        return None

    _ask(engine, vm, host, "VM.destroy", done)


def shut_down(ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
    """VM.shutdown: ask the guest to shut down."""

    def done(answer: Answer, found: Any) -> Refusal | None:
        if not answer.ok:
            ctx.event("USER_FAILED_SHUTDOWN_VM", vm=found, host=host)
            return answers.refusal(answer)
        if event:
            ctx.event(event, vm=found, host=host, **about)
        _going_down(ctx.engine, found, notes.Ending.SHUTDOWN)
        return None

    _ask(ctx.engine, vm, host, "VM.shutdown", done, delay=_DELAY, message=_MESSAGE)


def reboot(ctx: Context, vm: Any, host: Any) -> None:
    """VM.shutdown with `reboot`."""

    def done(answer: Answer, found: Any) -> Refusal | None:
        if not answer.ok:
            return answers.refusal(answer)
        ctx.event("USER_REBOOT_VM", vm=found, host=host)
        if found.host is not None:
            runs.set_status(ctx.engine, found, _S.REBOOT_IN_PROGRESS)
        return None

    _ask(ctx.engine, vm, host, "VM.shutdown", done, delay=_DELAY, message=_MESSAGE, reboot=True)


def reset(ctx: Context, vm: Any, host: Any) -> None:
    """VM.reset, which Vdsm 4.19 does not implement."""

    def done(answer: Answer, found: Any) -> Refusal | None:
        return None if answer.ok else answers.refusal(answer)

    _ask(ctx.engine, vm, host, "VM.reset", done)


def _going_down(engine: Engine, vm: Any, wishes: notes.Ending) -> None:
    if vm.host is not None:  # the host may have reported its end before the answer
        runs.going_down(engine, vm, wishes)


def forget(engine: Engine, vm: Any, host: Any) -> None:
    """Destroy a VM that is down, so that the host forgets it (VmAnalyzer.destroyVm)."""

    def done(answer: Answer, found: Any) -> None:
        if not answer.ok and not answer.network and answer.code != NO_VM:
            answers.broker_failed(engine, host, "DestroyVDS", answer)

    _ask(engine, vm, host, "VM.destroy", done)
