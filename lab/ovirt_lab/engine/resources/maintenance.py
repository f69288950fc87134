# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of hosts: maintenance, activation, refresh, upgrade check, storage pool manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import action, spm, transfer_steps, transition

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

# MaintenanceNumberOfVdssCommand.validate: the statuses from which a host may go into maintenance.
_S = types.HostStatus
FROM = (_S.MAINTENANCE, _S.NON_RESPONSIVE, _S.UP, _S.ERROR, _S.PREPARING_FOR_MAINTENANCE, _S.DOWN, _S.NON_OPERATIONAL)


class MaintenanceActions:
    """The actions of hosts."""

    @action
    def deactivate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Put the host into maintenance, when its VMs are gone."""
        vms = ctx.store.vms_on(obj)
        _check_deactivate(ctx, obj, vms)
        if obj.status == _S.PREPARING_FOR_MAINTENANCE:
            return
        ctx.job = ctx.engine.journal.job(ctx, "MaintenanceNumberOfVdss", VDS=obj.name)
        reason = body.reason or ""
        obj.status = _S.PREPARING_FOR_MAINTENANCE
        name = "USER_VDS_MAINTENANCE" if reason else "USER_VDS_MAINTENANCE_WITHOUT_REASON"
        ctx.event(name, host=obj, **({"Reason": reason} if reason else {}))
        ctx.engine.drivers.of(obj).maintain(ctx, obj, vms)

    @action
    def activate(self, ctx: Context, obj: Any, body: Any) -> None:
        """Activate the host (HostValidator.validateStatusForActivation)."""
        if obj.status == _S.UP:
            raise ctx.refuse("VDS_ALREADY_UP", "activate", "host")
        if obj.status == _S.NON_RESPONSIVE:
            raise ctx.refuse("VDS_NON_RESPONSIVE", "activate", "host")
        ctx.job = ctx.engine.journal.job(ctx, "ActivateVds", VDS=obj.name)
        obj.status = _S.UNASSIGNED
        ctx.event("VDS_ACTIVATE", host=obj)
        ctx.engine.drivers.of(obj).activate(ctx, obj)

    @action
    def refresh(self, ctx: Context, obj: Any, body: Any) -> None:
        """Read the host's capabilities again."""
        ctx.engine.drivers.of(obj).refresh(ctx, obj)

    @action
    def upgrade_check(self, ctx: Context, obj: Any, body: Any) -> None:
        """Check for updates; there never are any."""
        ctx.engine.schedule(ctx.engine.world.delays["host"], "host.checked", ident=obj.id)

    @action
    def force_select_spm(self, ctx: Context, obj: Any, body: Any) -> None:
        """Make this host the storage pool manager of its data center."""
        if obj.status != _S.UP:
            raise ctx.refuse("VDS_STATUS_ILLEGAL", "start", "host", hostStatus="Up")
        for host in ctx.store.list("hosts"):
            host.spm = types.Spm(priority=host.spm.priority, status=types.SpmStatus.NONE)
        obj.spm = types.Spm(priority=obj.spm.priority, status=types.SpmStatus.SPM)
        spm.elect(ctx.engine)

    @action
    def commit_net_config(self, ctx: Context, obj: Any, body: Any) -> None:
        """Keep the host's networks over a reboot."""

    @action
    def setup_networks(self, ctx: Context, obj: Any, body: Any) -> None:
        """Accept the request; networks of hosts are not simulated."""

    @action
    def install(self, ctx: Context, obj: Any, body: Any) -> None:
        """Install again; the host goes back into maintenance, as it was."""
        if obj.status not in (_S.MAINTENANCE, _S.INSTALL_FAILED, _S.PENDING_APPROVAL):
            raise ctx.refuse("VDS_STATUS_NOT_VALID_FOR_UPDATE", "update", "host")
        obj.status = _S.INSTALLING
        ctx.engine.schedule(ctx.engine.world.delays["host"], "host.installed", ident=obj.id)


def _check_deactivate(ctx: Context, host: Any, vms: Sequence[Any]) -> None:
    """The checks of MaintenanceNumberOfVdssCommand, in its order."""
    status = host.status
    if status not in FROM:
        raise ctx.refuse("VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL")
    fixed = [vm.name for vm in vms if not _migratable(vm)]
    if fixed:
        raise ctx.refuse(
            "VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM", HostsList=host.name, VmsList=", ".join(fixed)
        )
    if status == _S.MAINTENANCE:
        raise ctx.refuse("VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE")
    if status == _S.NON_RESPONSIVE and vms:
        raise ctx.refuse("VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_RESPONDING_WITH_VMS")
    _check_transfers(ctx, host)
    if vms and not others_up(ctx.engine, host):
        cluster = ctx.store.follow(host.cluster)
        raise ctx.refuse(
            "CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS", HostsList=host.name, ClustersList=cluster.name
        )


def _check_transfers(ctx: Context, host: Any) -> None:
    """validateNoActiveImageTransfers@4.3.10.4; 4.1.9 and 4.5.3.7 do not ask."""
    if ctx.engine.version_text != "4.3":
        return
    found = [t for t in ctx.store.list("imagetransfers") if t.host is not None and t.host.id == host.id]
    busy = sorted(transfer.image.id for transfer in found if transfer.phase not in transfer_steps.PAUSED)
    if busy:
        disks = ",\n".join(f"\t{ident}" for ident in busy)  # ReplacementUtils.replaceWith
        name = "VDS_CANNOT_MAINTENANCE_HOST_WITH_RUNNING_IMAGE_TRANSFERS"
        raise ctx.refuse(name, host=host.name, disks=disks, disks_COUNTER=len(busy))


def _migratable(vm: Any) -> bool:
    policy = vm.placement_policy
    return policy is None or policy.affinity in (None, types.VmAffinity.MIGRATABLE)


def others_up(engine: Engine, host: Any) -> list[Any]:
    """Other hosts of the cluster that are up."""
    return [
        other
        for other in engine.store.list("hosts")
        if other.id != host.id and other.cluster.id == host.cluster.id and other.status == _S.UP
    ]


def complete(engine: Engine, host: Any) -> None:
    """The host is in maintenance: nothing of it is left to wait for."""
    host.status = _S.MAINTENANCE
    engine.store.touch(host)
    engine.journal.event("VDS_MAINTENANCE", host=host)
    spm.elect(engine)


@transition("host.checked")
def checked(engine: Engine, ident: str) -> None:
    """The check for updates is finished."""
    host = engine.store.get("hosts", ident)
    if host is not None:
        engine.journal.event("HOST_AVAILABLE_UPDATES_FINISHED", host=host, Message="no updates available.")


@transition("host.installed")
def installed(engine: Engine, ident: str) -> None:
    """An installation is finished."""
    host = engine.store.get("hosts", ident)
    if host is not None and host.status == _S.INSTALLING:
        host.status = _S.MAINTENANCE
