# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host monitoring: how a host's answers change its status (VdsManager and HostMonitoring of ovirt-engine 4.1.9; the
same in 4.3.10 and 4.5.3.7).

The Engine asks a host that is up for its statistics, and a host that comes up for its capabilities. If the capabilities
raise, because docker is gone, a host that is up stays up until its vdsmd is restarted or it is activated. Then its
status stays unassigned, connecting or initializing, with event 10802 each time: code -32603 is not a network error, and
VdsManager.onTimer only logs it ("Failed to refresh VDS, continuing"). A host that stays initializing becomes
non-operational after VdsRecoveryTimeoutInMinutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from ..refusal import Refusal
from ..resources import host_nics, maintenance, spm, transition
from . import answers, vms
from .calls import Call
from .rpc import RECOVERING, Answer

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

CAPABILITIES, STATISTICS = "Host.getCapabilities", "Host.getStats"
_S = types.HostStatus
# VdsManager.setMonitoringNeeded: hosts in these are left alone.
_LEFT_ALONE = (_S.INSTALLING, _S.INSTALL_FAILED, _S.REBOOT, _S.MAINTENANCE, _S.PENDING_APPROVAL, _S.INSTALLING_OS,
               _S.DOWN, _S.KDUMPING)  # fmt: skip
# HostMonitoring.refreshVdsRunTimeInfo: asked for statistics; all others are asked for capabilities.
_KNOWN = (_S.UP, _S.PREPARING_FOR_MAINTENANCE, _S.ERROR, _S.NON_OPERATIONAL)
_COMMANDS = {CAPABILITIES: "GetCapabilitiesVDS", STATISTICS: "GetStatsVDS"}
_ATTEMPTS = 2  # VDSAttemptsToResetCount
_PER_SPM, _PER_VM = 20.0, 0.5  # DelayResetForSpmInSeconds, DelayResetPerVmInSeconds


def questions(host: Any) -> list[str]:
    """The methods to call on a host, by its status."""
    if host.status in _LEFT_ALONE:
        return []
    return [STATISTICS if host.status in _KNOWN else CAPABILITIES, vms.QUESTION]


def hear(engine: Engine, host: Any, heard: dict[str, Answer]) -> None:
    """Set the status of a host by its answers."""
    method, answer = next(iter(heard.items()))
    trouble = next((found for found in heard.values() if found.network), None)
    if trouble is not None:
        _silent(engine, host)
    elif answer.code == RECOVERING:
        _recovering(engine, host, answer)
    elif answer.code:
        answers.broker_failed(engine, host, _COMMANDS[method], answer)
    else:
        _answered(engine, host, method, answer)
    engine.store.touch(host)


# --- the host answers


def _answered(engine: Engine, host: Any, method: str, answer: Answer) -> None:
    health = engine.drivers.vdsm.links.health(host)
    health.heard, health.attempts = engine.now(), 0
    if method == STATISTICS:
        health.vm_count = int(answer.result["vmCount"])
        if host.status == _S.PREPARING_FOR_MAINTENANCE:
            _to_maintenance(engine, host)
        return
    describe(engine, host, answer.result)
    if host.status not in _LEFT_ALONE and host.status not in _KNOWN:
        _come_up(engine, host, answer.result)


def describe(engine: Engine, host: Any, caps: dict[str, Any]) -> None:
    """Store the capabilities of a host (VdsBrokerObjectsBuilder.updateVDSDynamicData)."""
    version, release = caps["software_version"], caps["software_revision"]
    numbers = [int(part) for part in version.split(".")] + [0, 0, 0]
    host.version = types.Version(
        major=numbers[0], minor=numbers[1], build=numbers[2], revision=0, full_version=f"vdsm-{version}-{release}"
    )
    host.memory = int(caps["memSize"]) << 20
    cores, sockets = int(caps["cpuCores"]), int(caps["cpuSockets"])
    topology = types.CpuTopology(sockets=sockets, cores=max(1, cores // sockets), threads=1)
    host.cpu = types.Cpu(name=caps["cpuModel"], speed=float(caps["cpuSpeed"] or 0), topology=topology)
    notes.of_host(engine.store, host)["vdsm"] = version
    host_nics.report(engine.store, host, caps)
    engine.store.touch(host)


def _come_up(engine: Engine, host: Any, caps: dict[str, Any]) -> None:
    """The host is up, or non-operational if it does not know its cluster's level (HandleVdsVersionCommand)."""
    cluster = engine.store.follow(host.cluster)
    level = f"{cluster.version.major}.{cluster.version.minor}"
    if level not in caps["clusterLevels"]:
        host.status = _S.NON_OPERATIONAL
        engine.journal.event(
            "VDS_CLUSTER_VERSION_NOT_SUPPORTED",
            host=host,
            cluster=cluster,
            CompatibilityVersion=level,
            VdsSupportedVersions=",".join(caps["clusterLevels"]),
        )
        return
    host.status = _S.UP
    engine.journal.event("VDS_DETECTED", host=host, HostStatus="Up")
    spm.elect(engine)


def _to_maintenance(engine: Engine, host: Any) -> None:
    """Complete maintenance if neither host nor Engine has a VM there (VirtMonitoringStrategy.canMoveToMaintenance)."""
    if engine.drivers.vdsm.links.health(host).vm_count or engine.store.vms_on(host):
        return
    maintenance.complete(engine, host)


# --- the host does not answer


def _recovering(engine: Engine, host: Any, answer: Answer) -> None:
    """VdsManager.handleVdsRecoveringException."""
    if host.status in (_S.INITIALIZING, _S.NON_OPERATIONAL, _S.PREPARING_FOR_MAINTENANCE):
        return
    host.status = _S.INITIALIZING
    engine.journal.event("VDS_INITIALIZING", host=host, ErrorMessage=answer.message)
    note = notes.of_host(engine.store, host)
    note["recoveries"] = note.get("recoveries", 0) + 1
    engine.schedule(engine.world.delays["recovery"], "host.not_recovered", ident=host.id, recovery=note["recoveries"])


@transition("host.not_recovered")
def not_recovered(engine: Engine, ident: str, recovery: int) -> None:
    """VdsManager.onTimerHandleVdsRecovering."""
    host = engine.store.get("hosts", ident)
    if host is None or host.status != _S.INITIALIZING or notes.of_host(engine.store, host)["recoveries"] != recovery:
        return
    host.status = _S.NON_OPERATIONAL
    engine.store.touch(host)
    engine.journal.event("VDS_RECOVER_FAILED", host=host)


def _silent(engine: Engine, host: Any) -> None:
    """VdsManager.handleNetworkException: connecting at first, non-responsive when the time of grace is over."""
    if host.status in _LEFT_ALONE:
        return
    if _in_grace(engine, host):
        engine.drivers.vdsm.links.health(host).attempts += 1
        if host.status not in (_S.CONNECTING, _S.PREPARING_FOR_MAINTENANCE, _S.NON_RESPONSIVE):
            host.status = _S.CONNECTING
            engine.journal.event("VDS_HOST_NOT_RESPONDING", host=host)
        return
    if host.status in (_S.NON_RESPONSIVE, _S.PREPARING_FOR_MAINTENANCE):  # isNetworkExceptionDuringMaintenance
        return
    host.status = _S.NON_RESPONSIVE
    vms.lose(engine, host)
    engine.journal.event("VDS_FAILURE", host=host)
    spm.elect(engine)


def _in_grace(engine: Engine, host: Any) -> bool:
    """VdsManager.isHostInGracePeriod."""
    health = engine.drivers.vdsm.links.health(host)
    spm = _PER_SPM if host.spm is not None and host.spm.status == types.SpmStatus.SPM else 0.0
    grace = engine.world.delays["grace"] + spm + _PER_VM * health.vm_count
    return health.attempts < _ATTEMPTS or health.heard + grace > engine.now()


# --- a user asks


def refresh(ctx: Context, host: Any) -> None:
    """Read the capabilities again (RefreshHostCapabilitiesCommand)."""

    def done(answer: Answer) -> Refusal | None:
        if answer.ok:
            describe(ctx.engine, ctx.store.get("hosts", host.id), answer.result)
            ctx.event("HOST_REFRESHED_CAPABILITIES", host=host)
            return None
        if not answer.network:
            answers.broker_failed(ctx.engine, host, "GetCapabilitiesVDS", answer)
        ctx.event("HOST_REFRESH_CAPABILITIES_FAILED", host=host)
        return answers.refusal(answer)

    ctx.engine.drivers.vdsm.links.queue(Call(host.id, CAPABILITIES, {}, done))
