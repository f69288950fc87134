# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of hosts, VMs, NICs and disks: names and units of a real Engine, values of an idle site."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ovirtsdk4 import types

from .. import notes
from . import Kind

if TYPE_CHECKING:
    from ..context import Context

INTEGER, DECIMAL, STRING = types.ValueType.INTEGER, types.ValueType.DECIMAL, types.ValueType.STRING
GAUGE, COUNTER = types.StatisticKind.GAUGE, types.StatisticKind.COUNTER


class Row(NamedTuple):
    """One statistic; `value` is None where the Engine knows of no value."""

    name: str
    description: str
    unit: str
    value: float | str | None = 0
    type: Any = INTEGER
    kind: Any = GAUGE


# HostStatisticalQuery
HOST = (
    Row("memory.shared", "Shared memory", "bytes"),
    Row("memory.buffers", "IO buffers", "bytes"),
    Row("memory.cached", "OS caches", "bytes"),
    Row("swap.total", "Total swap", "bytes"),
    Row("swap.free", "Free swap", "bytes"),
    Row("swap.used", "Used swap", "bytes"),
    Row("swap.cached", "Swap also in memory", "bytes"),
    Row("ksm.cpu.current", "KSM CPU usage", "percent", 0, DECIMAL),
    Row("cpu.current.user", "User CPU usage", "percent", 2, DECIMAL),
    Row("cpu.current.system", "System CPU usage", "percent", 1, DECIMAL),
    Row("cpu.current.idle", "Idle CPU usage", "percent", 97, DECIMAL),
    Row("cpu.load.avg.5m", "CPU 5 minute load average", "percent", 0.2, DECIMAL),
    Row("boot.time", "Boot time of the machine", "none", 1500000000),
)
_HOST_UP_TO_4_3 = ("memory.buffers", "memory.cached", "swap.cached")

# NicStatisticalQuery and HostNicStatisticalQuery; bits per second came after 4.1
_TOTALS = (
    Row("data.total.rx", "Total received data", "bytes", 0, INTEGER, COUNTER),
    Row("data.total.tx", "Total transmitted data", "bytes", 0, INTEGER, COUNTER),
)
_ERRORS = (
    Row("errors.total.rx", "Total receive errors", "none", 0, INTEGER, COUNTER),
    Row("errors.total.tx", "Total transmit errors", "none", 0, INTEGER, COUNTER),
)
_RATES = (
    Row("data.current.rx", "Receive data rate", "bytes_per_second", 0, DECIMAL),
    Row("data.current.tx", "Transmit data rate", "bytes_per_second", 0, DECIMAL),
)
_BITS = (
    Row("data.current.rx.bps", "Receive data rate", "bits_per_second", 0, DECIMAL),
    Row("data.current.tx.bps", "Transmit data rate", "bits_per_second", 0, DECIMAL),
)

# DiskStatisticalQuery; operations came after 4.3
DISK = (
    Row("data.current.read", "Read data rate", "bytes_per_second", 0, DECIMAL),
    Row("data.current.write", "Write data rate", "bytes_per_second", 0, DECIMAL),
    Row("disk.read.latency", "Read latency", "seconds", 0, DECIMAL),
    Row("disk.write.latency", "Write latency", "seconds", 0, DECIMAL),
    Row("disk.flush.latency", "Flush latency", "seconds", 0, DECIMAL),
)
_OPERATIONS = (
    Row("data.current.read_ops", "Read data ops", "none", 0, DECIMAL, COUNTER),
    Row("data.current.write_ops", "Write data ops", "none", 0, DECIMAL, COUNTER),
)

# VmStatisticalQuery
_GUEST = (
    Row("migration.progress", "Migration Progress", "percent", 0, DECIMAL),
    Row("memory.buffered", "Memory buffered (agent)", "bytes"),
    Row("memory.cached", "Memory cached (agent)", "bytes"),
    Row("memory.free", "Memory free (agent)", "bytes"),
)
_EVERY = "sorted by date from newest to oldest, at intervals of 30 seconds"
_HISTORY = (
    Row("cpu.usage.history", f"List of CPU usage history, {_EVERY}", "percent", None, DECIMAL),
    Row("memory.usage.history", f"List of memory usage history, {_EVERY}", "percent", None, DECIMAL),
    Row("network.usage.history", f"List of network usage history, {_EVERY}", "percent", None, DECIMAL),
)


class Statistics(Kind):
    """Computed. The id of a statistic is made of its name, the same for all owners (StatisticResourceUtils.asId)."""

    parent = ""  # the attribute of a statistic that names its owner

    def items(self, ctx: Context) -> list[Any]:
        """All statistics of the owner."""
        return [self._statistic(ctx, row) for row in self.rows(ctx)]

    def rows(self, ctx: Context) -> Iterable[Row]:
        """The statistics of one object."""
        return ()

    def _statistic(self, ctx: Context, row: Row) -> Any:
        statistic = types.Statistic(
            id=_id(row.name),
            name=row.name,
            description=row.description,
            kind=row.kind,
            type=row.type,
            unit=types.StatisticUnit(row.unit),
            values=[] if row.value is None else [_value(row.value)],
        )
        setattr(statistic, self.parent, ctx.store.ref(ctx.owner()))
        statistic.href = f"/ovirt-engine/api/{ctx.path}/{statistic.id}"
        return statistic


def _id(name: str) -> str:
    """The id of a statistic: Java's UUID.nameUUIDFromBytes."""
    return str(uuid.UUID(bytes=hashlib.md5(name.encode(), usedforsecurity=False).digest(), version=3))


def _value(value: float | str) -> Any:
    return types.Value(detail=value) if isinstance(value, str) else types.Value(datum=float(value))


class HostStatistics(Statistics):
    """Memory and CPU of a host."""

    path = "hosts/*/statistics"
    parent = "host"

    def rows(self, ctx: Context) -> list[Row]:
        """Memory follows the VMs that run there."""
        host = ctx.owner()
        used = min(host.memory, (1 << 30) + sum(vm.memory or 0 for vm in ctx.store.vms_on(host)))
        memory = [
            Row("memory.total", "Total memory", "bytes", host.memory),
            Row("memory.used", "Used memory", "bytes", used),
            Row("memory.free", "Free memory", "bytes", host.memory - used),
        ]
        dropped = _HOST_UP_TO_4_3 if ctx.version > (4, 3) else ()
        return [*memory, *(row for row in HOST if row.name not in dropped)]


class VmStatistics(Statistics):
    """Memory and CPU of a VM; a container VM has none that mean anything (vdsm 4.19 gives only libvirt's)."""

    path = "vms/*/statistics"
    parent = "vm"

    def rows(self, ctx: Context) -> list[Row]:
        """Values of a VM; one that is up uses memory and CPU."""
        vm = ctx.owner()
        busy = vm.status == types.VmStatus.UP and not notes.is_container(ctx.store, vm)
        rows = [
            Row("memory.installed", "Total memory configured", "bytes", vm.memory),
            Row("memory.used", "Memory used (agent)", "bytes", vm.memory // 4 if busy else 0),
            Row("cpu.current.guest", "CPU used by guest", "percent", int(busy), DECIMAL),
            Row("cpu.current.hypervisor", "CPU overhead", "percent", int(busy), DECIMAL),
            Row("cpu.current.total", "Total CPU used", "percent", 2 * busy, DECIMAL),
            *_GUEST,
        ]
        return rows if ctx.version < (4, 2) else [*rows, *_newer(ctx, vm)]


def _newer(ctx: Context, vm: Any) -> Iterable[Row]:
    """What came after 4.1; memory.unused after 4.3."""
    running = vm.status == types.VmStatus.UP and vm.start_time is not None
    seconds = int(ctx.engine.now() - vm.start_time.timestamp()) if running else 0
    if ctx.version > (4, 3):
        yield Row("memory.unused", "Memory unused (agent)", "bytes")
    yield Row("network.current.total", "Total network used", "percent", 0, DECIMAL)
    yield Row("disks.usage", "Disk usage, in bytes, per filesystem as JSON (agent)", "none", "", STRING)
    yield Row("elapsed.time", "Elapsed VM runtime", "seconds", seconds, INTEGER, COUNTER)
    yield from _HISTORY


class NicStatistics(Statistics):
    """A NIC at rest."""

    path = "vms/*/nics/*/statistics"
    parent = "nic"

    def rows(self, ctx: Context) -> Iterable[Row]:
        """Values of a NIC without traffic."""
        return (*_rates(ctx), *_ERRORS, *_TOTALS)


class HostNicStatistics(Statistics):
    """A NIC of a host at rest."""

    path = "hosts/*/nics/*/statistics"
    parent = "host_nic"

    def rows(self, ctx: Context) -> Iterable[Row]:
        """Values of a NIC without traffic."""
        return (*_rates(ctx), *_TOTALS, *_ERRORS)


def _rates(ctx: Context) -> tuple[Row, ...]:
    return _RATES if ctx.version < (4, 2) else (*_RATES, *_BITS)


class DiskStatistics(Statistics):
    """A disk at rest."""

    path = "disks/*/statistics"
    parent = "disk"

    def rows(self, ctx: Context) -> Iterable[Row]:
        """Values of a disk without traffic."""
        return DISK if ctx.version <= (4, 3) else (*DISK, *_OPERATIONS)
