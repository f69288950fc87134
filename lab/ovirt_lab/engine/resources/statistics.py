# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of hosts, VMs, NICs and disks: names and units of a real Engine, values of an idle site."""

from __future__ import annotations

import uuid
from typing import Any

from ovirtsdk4 import types

from .. import notes
from . import Kind

Row = tuple[str, str, str, float]  # name, description, unit, value

HOST = (
    ("swap.total", "Total swap", "bytes", 0),
    ("cpu.current.user", "User CPU usage", "percent", 2),
    ("cpu.current.system", "System CPU usage", "percent", 1),
    ("cpu.current.idle", "Idle CPU usage", "percent", 97),
    ("cpu.load.avg.5m", "CPU 5 minute load average", "percent", 0.2),
    ("boot.time", "Boot time of the machine", "none", 1500000000),
)
NIC = (
    ("data.current.rx", "Receive data rate", "bytes_per_second", 0),
    ("data.current.tx", "Transmit data rate", "bytes_per_second", 0),
    ("errors.total.rx", "Total receive errors", "count", 0),
    ("errors.total.tx", "Total transmit errors", "count", 0),
)
DISK = (
    ("data.current.read", "Read data rate", "bytes_per_second", 0),
    ("data.current.write", "Write data rate", "bytes_per_second", 0),
)


class Statistics(Kind):
    """Computed; the ids belong to the names, so they stay the same."""

    def items(self, ctx: Any) -> list[Any]:
        """All statistics of the owner."""
        return [_statistic(ctx, row) for row in self.rows(ctx)]

    def rows(self, ctx: Any) -> list[Row]:
        """The statistics of one object: name, description, unit, value."""
        return []


def _statistic(ctx: Any, row: Row) -> Any:
    name, description, unit, value = row
    statistic = types.Statistic(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{ctx.path}/{name}")),
        name=name,
        description=description,
        kind=types.StatisticKind.GAUGE,
        type=types.ValueType.INTEGER if isinstance(value, int) and unit != "percent" else types.ValueType.DECIMAL,
        unit=types.StatisticUnit(unit),
        values=[types.Value(datum=float(value))],
    )
    statistic.href = f"/ovirt-engine/api/{ctx.path}/{statistic.id}"
    return statistic


class HostStatistics(Statistics):
    """Memory and CPU of a host."""

    path = "hosts/*/statistics"

    def rows(self, ctx: Any) -> list[Row]:
        """Memory follows the VMs that run there."""
        host = ctx.owner()
        used = min(host.memory, (1 << 30) + sum(vm.memory or 0 for vm in ctx.store.vms_on(host)))
        memory = [
            ("memory.total", "Total memory", "bytes", host.memory),
            ("memory.used", "Used memory", "bytes", used),
            ("memory.free", "Free memory", "bytes", host.memory - used),
        ]
        return [*memory, *HOST]


class VmStatistics(Statistics):
    """Memory and CPU of a VM; a container VM has none that mean anything (vdsm 4.19 gives only libvirt's)."""

    path = "vms/*/statistics"

    def rows(self, ctx: Any) -> list[Row]:
        """Values of a VM; one that is up uses memory and CPU."""
        vm = ctx.owner()
        busy = vm.status == types.VmStatus.UP and not notes.is_container(ctx.store, vm)
        return [
            ("memory.installed", "Total memory configured", "bytes", vm.memory),
            ("memory.used", "Memory used (agent)", "bytes", vm.memory // 4 if busy else 0),
            ("cpu.current.guest", "CPU used by guest", "percent", 1 if busy else 0),
            ("cpu.current.hypervisor", "CPU overhead", "percent", 1 if busy else 0),
            ("cpu.current.total", "Total CPU used", "percent", 2 if busy else 0),
            ("migration.progress", "Migration Progress", "percent", 0),
        ]


class NicStatistics(Statistics):
    """A NIC at rest."""

    path = "vms/*/nics/*/statistics"

    def rows(self, ctx: Any) -> list[Row]:
        """Values of a NIC without traffic."""
        return list(NIC)


class DiskStatistics(Statistics):
    """A disk at rest."""

    path = "disks/*/statistics"

    def rows(self, ctx: Any) -> list[Row]:
        """Values of a disk without traffic."""
        return list(DISK)
