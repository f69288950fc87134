# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host runs a VM: the filters of the default scheduling policy that matter here, then the emptiest host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import texts

if TYPE_CHECKING:
    from ..core import Engine


def candidates(engine: Engine, vm: Any, config: Any, only: str = "") -> tuple[list[Any], list[tuple[str, str, str]]]:
    """Hosts that can run a VM, emptiest first, and the others as (host, filter, detail).

    Filters as the default scheduling policy has them: pinning, memory, networks. Hosts of a VM that is not pinned are
    only preferred (PinToHostPolicyUnit and PreferredHostsWeightPolicyUnit of 4.1.9, 4.3.10 and 4.5.3.7).
    """
    policy = config.placement_policy or types.VmPlacementPolicy()
    hosts = [ref.id for ref in policy.hosts or []]
    wanted = hosts if policy.affinity == types.VmAffinity.PINNED else []
    fit: list[tuple[bool, int, Any]] = []
    reasons: list[tuple[str, str, str]] = []
    for host in engine.store.list("hosts"):
        if host.cluster.id != vm.cluster.id or host.status != types.HostStatus.UP or (only and host.id != only):
            continue
        if wanted and host.id not in wanted:
            detail = texts.FILTER_DETAILS["PinToHost"] if engine.version >= (4, 2) else ""
            reasons.append((host.name, "PinToHost", detail))
            continue
        count, taken = engine.store.load_of(host)
        free = (host.memory or 1 << 40) - taken
        if config.memory_policy.guaranteed > free:
            detail = texts.fill(texts.FILTER_DETAILS["Memory"], {"availableMem": max(free, 0) >> 20})
            reasons.append((host.name, "Memory", detail))
            continue
        fit.append((bool(hosts) and host.id not in hosts, count, host))
    return [host for _, _, host in sorted(fit, key=lambda entry: entry[:2])], reasons
