# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hosted Engine: a VM on its own hosts. The agent of each host monitors it, and the Engine shows the agents' state.

Global maintenance is set on a host (`hosted-engine --set-maintenance`), not through this API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import notes
from . import power

if TYPE_CHECKING:
    from ..core import Engine
    from ..store import Store

FULL_SCORE = 3400
AWAY = (types.HostStatus.MAINTENANCE, types.HostStatus.PREPARING_FOR_MAINTENANCE)
MEMORY = 4 << 30


def set_maintenance(engine: Engine, wanted: bool) -> list[Any]:
    """Turn global maintenance on or off; return the hosts that have an agent."""
    found = [host for host in engine.store.list("hosts") if "hosted_engine" in notes.of_host(engine.store, host)]
    for host in found:
        notes.of_host(engine.store, host)["hosted_engine"] = {"global_maintenance": wanted}
    return found


def agent(store: Store, host: Any) -> Any:
    """The state of a host's agent (HostMapper: VDS to HostedEngine); None if the host has no agent."""
    note = notes.of_host(store, host).get("hosted_engine")
    if note is None:
        return None
    away = host.status in AWAY  # MaintenanceVdsCommand tells the agent, which takes no Engine then
    return types.HostedEngine(
        configured=True,
        active=True,
        score=0 if away else FULL_SCORE,
        global_maintenance=note["global_maintenance"],
        local_maintenance=away,
    )


def populate(engine: Engine, entry: dict[str, Any]) -> None:
    """Make an agent on each host, and the VM of the Engine.

    The VM runs on a simulated host if there is one, since a host with a Vdsm of its own would not report the VM.
    """
    strange = sorted(set(entry) - {"global_maintenance"})
    if strange:
        raise ValueError(f"world: unknown keys {', '.join(strange)} of hosted_engine; known is global_maintenance")
    hosts = engine.store.list("hosts")
    for host in hosts:
        notes.of_host(engine.store, host)["hosted_engine"] = {}
    set_maintenance(engine, bool(entry.get("global_maintenance", False)))
    simulated = [host for host in hosts if engine.drivers.of(host).pretends]
    homes = [*simulated, *hosts]
    if not homes and not engine.store.list("clusters"):
        raise ValueError("world: a hosted_engine needs a cluster")
    cluster = homes[0].cluster.id if homes else engine.store.list("clusters")[0].id
    vm = _vm(engine, cluster)
    if simulated:
        power.set_up(engine, vm, simulated[0])
    else:
        vm.status = types.VmStatus.UP
        engine.store.touch(vm)


def _vm(engine: Engine, cluster: str) -> Any:
    vm = types.Vm(
        name="HostedEngine",
        cluster=types.Cluster(id=cluster),
        template=types.Template(name="Blank"),
        memory=MEMORY,
        memory_policy=types.MemoryPolicy(guaranteed=MEMORY, max=MEMORY),
    )
    added = engine.add("vms", vm)
    added.origin = "managed_hosted_engine"  # OriginType.MANAGED_HOSTED_ENGINE, whatever was asked for
    return added
