# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of hosts: maintenance, activation, refresh, upgrade check, storage pool manager."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import notes
from ..vdsm import hosts
from . import action, spm, transfer_steps, transition

# MaintenanceNumberOfVdssCommand.validate: the statuses from which a host may go into maintenance.
_S = types.HostStatus
FROM = (_S.MAINTENANCE, _S.NON_RESPONSIVE, _S.UP, _S.ERROR, _S.PREPARING_FOR_MAINTENANCE, _S.DOWN, _S.NON_OPERATIONAL)


class MaintenanceActions:
    """The actions of hosts."""

    @action
    def deactivate(self, ctx: Any, obj: Any, body: Any) -> None:
        """Put the host into maintenance. Ordinary VMs migrate; the host waits until its container VMs are stopped."""
        vms = ctx.store.vms_on(obj)
        _check_deactivate(ctx, obj, vms)
        if obj.status == _S.PREPARING_FOR_MAINTENANCE:
            return
        ctx.job = ctx.engine.journal.job(ctx, "MaintenanceNumberOfVdss", VDS=obj.name)
        reason = body.reason or ""
        obj.status = _S.PREPARING_FOR_MAINTENANCE
        name = "USER_VDS_MAINTENANCE" if reason else "USER_VDS_MAINTENANCE_WITHOUT_REASON"
        ctx.event(name, host=obj, **({"Reason": reason} if reason else {}))
        simulated = not ctx.engine.links.url(obj)
        for vm in vms:
            if notes.is_container(ctx.store, vm) or not simulated:  # a stand-in Vdsm does not migrate
                ctx.event("USER_VDS_MAINTENANCE_MIGRATION_FAILED", host=obj, failedVms=vm.name)
            elif vm.status == types.VmStatus.UP:
                vm.status = types.VmStatus.MIGRATING
                ctx.store.touch(vm)
                ctx.engine.schedule(ctx.engine.world.delays["migrate"], "host.migrated", vm_id=vm.id, source_id=obj.id)
        if simulated:  # the statistics of a host with a Vdsm decide (vdsm/hosts.py)
            ctx.engine.schedule(ctx.engine.world.delays["host"], "host.maintenance", ident=obj.id)

    @action
    def activate(self, ctx: Any, obj: Any, body: Any) -> None:
        """Activate the host (HostValidator.validateStatusForActivation)."""
        if obj.status == _S.UP:
            raise ctx.refuse("VDS_ALREADY_UP", "activate", "host")
        if obj.status == _S.NON_RESPONSIVE:
            raise ctx.refuse("VDS_NON_RESPONSIVE", "activate", "host")
        ctx.job = ctx.engine.journal.job(ctx, "ActivateVds", VDS=obj.name)
        obj.status = _S.UNASSIGNED
        ctx.event("VDS_ACTIVATE", host=obj)
        if not ctx.engine.links.url(obj):  # the capabilities of a host with a Vdsm decide
            ctx.engine.schedule(ctx.engine.world.delays["host"], "host.up", ident=obj.id, since=_S.UNASSIGNED.value)

    @action
    def refresh(self, ctx: Any, obj: Any, body: Any) -> None:
        """Read the host's capabilities again."""
        if ctx.engine.links.url(obj):
            hosts.refresh(ctx, obj)
        else:
            ctx.event("HOST_REFRESHED_CAPABILITIES", host=obj)

    @action
    def upgrade_check(self, ctx: Any, obj: Any, body: Any) -> None:
        """Check for updates; there never are any."""
        ctx.engine.schedule(ctx.engine.world.delays["host"], "host.checked", ident=obj.id)

    @action
    def force_select_spm(self, ctx: Any, obj: Any, body: Any) -> None:
        """Make this host the storage pool manager of its data center."""
        if obj.status != _S.UP:
            raise ctx.refuse("VDS_STATUS_ILLEGAL", "start", "host", hostStatus="Up")
        for host in ctx.store.list("hosts"):
            host.spm = types.Spm(priority=host.spm.priority, status=types.SpmStatus.NONE)
        obj.spm = types.Spm(priority=obj.spm.priority, status=types.SpmStatus.SPM)
        spm.elect(ctx.engine)

    @action
    def commit_net_config(self, ctx: Any, obj: Any, body: Any) -> None:
        """Keep the host's networks over a reboot."""

    @action
    def setup_networks(self, ctx: Any, obj: Any, body: Any) -> None:
        """Accept the request; networks of hosts are not simulated."""

    @action
    def install(self, ctx: Any, obj: Any, body: Any) -> None:
        """Install again; the host goes back into maintenance, as it was."""
        if obj.status not in (_S.MAINTENANCE, _S.INSTALL_FAILED, _S.PENDING_APPROVAL):
            raise ctx.refuse("VDS_STATUS_NOT_VALID_FOR_UPDATE", "update", "host")
        obj.status = _S.INSTALLING
        ctx.engine.schedule(ctx.engine.world.delays["host"], "host.installed", ident=obj.id)


def _check_deactivate(ctx: Any, host: Any, vms: list[Any]) -> None:
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
    if vms and not _others(ctx.engine, host):
        cluster = ctx.store.follow(host.cluster)
        raise ctx.refuse(
            "CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS", HostsList=host.name, ClustersList=cluster.name
        )


def _check_transfers(ctx: Any, host: Any) -> None:
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


def _others(engine: Any, host: Any) -> list[Any]:
    """Other hosts of the cluster that are up."""
    return [
        other
        for other in engine.store.list("hosts")
        if other.id != host.id and other.cluster.id == host.cluster.id and other.status == _S.UP
    ]


@transition("host.migrated")
def migrated(engine: Any, vm_id: str, source_id: str) -> None:
    """A VM has arrived on another host."""
    vm, source = engine.store.get("vms", vm_id), engine.store.get("hosts", source_id)
    if vm is None or source is None or vm.status != types.VmStatus.MIGRATING:
        return
    targets = _others(engine, source)
    vm.status = types.VmStatus.UP
    if targets:
        vm.host = engine.store.ref(targets[0])
        engine.journal.event(
            "VM_MIGRATION_DONE",
            vm=vm,
            host=targets[0],
            VdsName=source.name,
            DestinationVdsName=targets[0].name,
            Duration="2 seconds",
            TotalDuration="2 seconds",
            ActualDowntime="(N/A)",
        )
    engine.store.touch(vm)


@transition("host.maintenance")
def in_maintenance(engine: Any, ident: str) -> None:
    """Complete maintenance when no VM runs on the host; until then check every ten seconds."""
    host = engine.store.get("hosts", ident)
    if host is None or host.status != _S.PREPARING_FOR_MAINTENANCE:
        return
    if engine.store.vms_on(host):
        engine.schedule(10, "host.maintenance", ident=ident)
        return
    host.status = _S.MAINTENANCE
    engine.journal.event("VDS_MAINTENANCE", host=host)
    spm.elect(engine)


@transition("host.checked")
def checked(engine: Any, ident: str) -> None:
    """The check for updates is finished."""
    host = engine.store.get("hosts", ident)
    if host is not None:
        engine.journal.event("HOST_AVAILABLE_UPDATES_FINISHED", host=host, Message="no updates available.")


@transition("host.installed")
def installed(engine: Any, ident: str) -> None:
    """An installation is finished."""
    host = engine.store.get("hosts", ident)
    if host is not None and host.status == _S.INSTALLING:
        host.status = _S.MAINTENANCE
