# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host runs a VM: the filters of the default scheduling policy that matter here, then the emptiest host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import texts

if TYPE_CHECKING:
    from ..core import Engine

MIB = 1 << 20
RESERVED = 256 * MIB  # of a host's memory, for the host itself


def candidates(engine: Engine, vm: Any, config: Any, only: str = "") -> tuple[list[Any], list[tuple[str, str, str]]]:
    """Hosts that can run a VM, emptiest first, and the others as (host, filter, detail).

    Filters as the default scheduling policy has them: pinning, memory, networks. Hosts of a VM that is not pinned are
    only preferred (PinToHostPolicyUnit and PreferredHostsWeightPolicyUnit of 4.1.9, 4.3.10 and 4.5.3.7). A VM needs all
    of its memory in what the host shows as max_scheduling_memory (SlaValidator.hasOvercommitMemoryToRunVM); what qemu
    needs besides is left out. The figure is a Java double, with six digits in 4.1, none later (MemoryPolicyUnit).
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
        free = max(0, (host.memory or 1 << 40) - taken - RESERVED)
        if config.memory > free:
            available = f"{free / MIB:.{6 if engine.version < (4, 2) else 0}f}"
            detail = texts.fill(texts.FILTER_DETAILS["Memory"], {"availableMem": available})
            reasons.append((host.name, "Memory", detail))
            continue
        fit.append((bool(hosts) and host.id not in hosts, count, host))
    return [host for _, _, host in sorted(fit, key=lambda entry: entry[:2])], reasons
