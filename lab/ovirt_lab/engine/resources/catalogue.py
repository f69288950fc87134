# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things that come with every Engine: MAC pools, network filters, instance types, operating systems, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import permits, routes
from ..world import levels_of
from . import Kind
from .access import fixed_id
from .datacenters import level

if TYPE_CHECKING:
    from ..context import Context

SIZES = {"Tiny": (512, 1), "Small": (2048, 1), "Medium": (4096, 2), "Large": (8192, 2), "XLarge": (16384, 4)}
SYSTEMS = {"other": "Other OS", "other_linux": "Linux", "rhel_7x64": "Red Hat Enterprise Linux 7.x x64"}


class MacPools(Kind):
    """Ranges from which NICs get their addresses."""

    path = "macpools"
    required = ("name",)

    def seeds(self) -> list[Any]:
        """The default pool; the prefix is Qumranet's, as in the Engine."""
        ranges = [types.Range(from_="56:6f:1a:00:00:00", to="56:6f:1a:ff:ff:ff")]
        pool = types.MacPool(id=fixed_id("macpool", "Default"), name="Default", default_pool=True, ranges=ranges)
        pool.allow_duplicates = False
        return [pool]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Names are unique."""
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "MAC Pool")
        if not ctx.world:
            obj.default_pool, obj.allow_duplicates = False, bool(obj.allow_duplicates)


class NetworkFilters(Kind):
    """libvirt's filters for NICs."""

    path = "networkfilters"

    def seeds(self) -> list[Any]:
        """Two that are used often."""
        names = ("vdsm-no-mac-spoofing", "clean-traffic")
        return [
            types.NetworkFilter(id=fixed_id("filter", name), name=name, version=types.Version(major=4, minor=0))
            for name in names
        ]


class InstanceTypes(Kind):
    """Sizes of VMs."""

    path = "instancetypes"
    required = ("name",)
    search = {"name": "name"}

    def seeds(self) -> list[Any]:
        """Those of a new Engine."""
        return [
            types.InstanceType(
                id=fixed_id("instancetype", name),
                name=name,
                memory=memory << 20,
                cpu=types.Cpu(topology=types.CpuTopology(sockets=sockets, cores=1, threads=1)),
            )
            for name, (memory, sockets) in SIZES.items()
        ]


class OperatingSystems(Kind):
    """Guest systems the Engine has settings for."""

    path = "operatingsystems"

    def seeds(self) -> list[Any]:
        """A few."""
        return [
            types.OperatingSystemInfo(
                id=fixed_id("os", name), name=name, description=text, architecture=types.Architecture.X86_64
            )
            for name, text in SYSTEMS.items()
        ]


class ClusterLevels(Kind):
    """What each compatibility level can do."""

    path = "clusterlevels"

    def items(self, ctx: Context) -> list[Any]:
        """The levels of this Engine."""
        levels = []
        for text in levels_of(ctx.engine.release.number):
            entry = types.ClusterLevel(id=text, permits=permits.known(ctx.version))
            entry.cpu_types = [
                types.CpuType(name="Intel Nehalem Family", level=4, architecture=types.Architecture.X86_64)
            ]
            entry.href = f"{routes.API}/clusterlevels/{text}"
            levels.append(entry)
        return levels


class AffinityLabels(Kind):
    """Labels of VMs and hosts; they have no effect on scheduling here."""

    path = "affinitylabels"
    required = ("name",)

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Names are unique."""
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "label")
        obj.read_only = bool(obj.read_only)


class LabelledVms(Kind):
    """VMs that carry a label."""

    path = "affinitylabels/*/vms"
    keeps_id = True
    required = ("id",)

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Label a VM that exists."""
        return types.Vm(id=ctx.find("vms", obj).id)


__all__ = ["level"]
