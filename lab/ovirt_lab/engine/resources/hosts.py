# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts: their fields; adding, updating and removing them. Their actions are in maintenance.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import Kind, host_checks, host_nics, hosted_engine, spm, tags, transition
from .access import fixed_id
from .maintenance import MaintenanceActions

if TYPE_CHECKING:
    from ..context import Context
    from ..core import Engine

GIB = 2**30
REMOVABLE = (
    types.HostStatus.MAINTENANCE,
    types.HostStatus.DOWN,
    types.HostStatus.NON_RESPONSIVE,
    types.HostStatus.INSTALL_FAILED,
    types.HostStatus.PENDING_APPROVAL,
    types.HostStatus.NON_OPERATIONAL,
)


class Hosts(MaintenanceActions, Kind):
    """A host of the world is up at once; one added through the API is installed first."""

    path = "hosts"
    required = ("name", "address")
    refs = {"cluster": "clusters"}
    search = {
        "name": "name",
        "address": "address",
        "status": "status",
        "id": "id",
        "cluster": "cluster.name",
        "datacenter": "cluster.data_center.name",
        "tag": tags.names,
        "comment": "comment",
        "type": "type",
        "version": "version.full_version",
        "vms.name": lambda ctx, obj: [vm.name for vm in ctx.store.vms_on(obj)],
    }

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Check name, address and password; fill in what the host reports."""
        host_checks.inputs(ctx, obj, "add")
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "host")
        if any(other.address == obj.address for other in ctx.store.list(self.path)):
            raise ctx.refuse("VDS_WITH_SAME_HOST_EXIST", "add", "host")
        if not ctx.world:
            host_checks.password(ctx, obj)
        if obj.cluster is None:
            obj.cluster = ctx.store.ref(ctx.find("clusters", types.Cluster(name="Default")))
        _forget_password(obj)
        if not ctx.world:
            obj.status = types.HostStatus.INSTALLING
        for name, value in defaults(ctx, obj).items():
            if getattr(obj, name) is None:
                setattr(obj, name, value)

    def added(self, ctx: Context, obj: Any) -> None:
        """A new host is up when its installation is through."""
        host_nics.connect(ctx, obj)
        if not ctx.world:
            ctx.event("USER_ADD_VDS", host=obj)
            since = types.HostStatus.INSTALLING.value
            ctx.engine.schedule(3 * ctx.engine.world.delays["host"], "host.up", ident=obj.id, since=since)
        spm.elect(ctx.engine)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A new name must be free; a new cluster or address needs maintenance (UpdateVdsCommand)."""
        host_checks.inputs(ctx, body, "update")
        if new.name != old.name and ctx.store.named(self.path, new.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "update", "host")
        moved = body.cluster is not None and body.cluster.id != old.cluster.id
        if (moved or new.address != old.address) and old.status != types.HostStatus.MAINTENANCE:
            raise ctx.refuse("VDS_STATUS_NOT_VALID_FOR_UPDATE", "update", "host")
        _forget_password(new)
        new.status = old.status

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Say so."""
        ctx.event("USER_UPDATE_VDS", host=new)

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Only in maintenance, without VMs, and when no VM is pinned to it (RemoveVdsCommand)."""
        if obj.status not in REMOVABLE:
            raise ctx.refuse("VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL", "remove", "host")
        if ctx.store.vms_on(obj):
            raise ctx.refuse("VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM", "remove", "host")
        pinned = [vm.name for vm in ctx.store.list("vms") if pinned_only_to(vm, obj)]
        if pinned:
            raise ctx.refuse("DETECTED_PINNED_VMS", "remove", "host", VmNames=",".join(pinned))

    def removed(self, ctx: Context, obj: Any) -> None:
        """Write the event; elect another storage pool manager."""
        ctx.event("USER_REMOVE_VDS", host=obj)
        spm.elect(ctx.engine)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Count the VMs, and the memory they leave."""
        vms = ctx.store.vms_on(obj)
        moving = sum(vm.status == types.VmStatus.MIGRATING for vm in vms)
        active = sum(vm.status not in (types.VmStatus.UNKNOWN, types.VmStatus.NOT_RESPONDING) for vm in vms)
        obj.summary = types.VmSummary(active=active, migrating=moving, total=len(vms))
        used = sum((vm.memory_policy.guaranteed if vm.memory_policy else None) or vm.memory or 0 for vm in vms)
        obj.max_scheduling_memory = max(0, obj.memory - used - 256 * 2**20)
        if ctx.flag("all_content"):  # BackendHostsResource.doPopulate@4.1.9 and @4.3.10
            obj.hosted_engine = hosted_engine.agent(ctx.store, obj)


def _forget_password(host: Any) -> None:
    """Remove what an installation needs and the Engine does not show."""
    host.root_password = None
    if host.ssh is not None and host.ssh.user is not None:
        host.ssh.user.password = None


def pinned_only_to(vm: Any, host: Any) -> bool:
    """Whether this host is the only one where a VM may run."""
    policy = vm.placement_policy
    return policy is not None and bool(policy.hosts) and [h.id for h in policy.hosts] == [host.id]


def defaults(ctx: Context, obj: Any) -> dict[str, Any]:
    """Default values of a host's fields."""
    modern = ctx.version >= (4, 3)
    return {
        "status": types.HostStatus.UP,
        "external_status": types.ExternalStatus.OK,
        "type": types.HostType.RHEL,
        "port": 54321,
        "protocol": types.HostProtocol.STOMP,
        "memory": 64 * GIB,
        "cpu": types.Cpu(
            name="Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz",
            speed=2400.0,
            topology=types.CpuTopology(sockets=2, cores=10, threads=2),
        ),
        "os": types.OperatingSystem(
            type="RHEL", custom_kernel_cmdline="", version=types.Version(full_version="7 - 9.el7.centos", major=7)
        ),
        "version": types.Version(major=4, minor=19, build=20, revision=0, full_version="vdsm-4.19.20-1.el7.centos"),
        "libvirt_version": types.Version(
            major=2, minor=0, build=0, revision=0, full_version="libvirt-2.0.0-10.el7_3.9"
        ),
        "power_management": types.PowerManagement(
            enabled=False, automatic_pm_enabled=True, kdump_detection=True, pm_proxies=[]
        ),
        "spm": types.Spm(priority=5, status=types.SpmStatus.NONE),
        "ssh": types.Ssh(port=22, fingerprint="SHA256:" + obj.name),
        "se_linux": types.SeLinux(mode=types.SeLinuxMode.ENFORCING),
        "ksm": types.Ksm(enabled=False),
        "transparent_huge_pages": types.TransparentHugePages(enabled=True),
        "device_passthrough": types.HostDevicePassthrough(enabled=False),
        "kdump_status": types.KdumpStatus.DISABLED,
        "auto_numa_status": types.AutoNumaStatus.DISABLE,
        "numa_supported": False,
        "update_available": False,
        "certificate": types.Certificate(organization="lab", subject=f"O=lab,CN={obj.address}"),
        "iscsi": types.IscsiDetails(initiator=f"iqn.1994-05.com.redhat:{obj.name}"),
        "hardware_information": types.HardwareInformation(
            family="Simulated",
            manufacturer="oVirt lab",
            product_name="simulated host",
            serial_number=fixed_id("serial number", obj.name)[:8].upper(),
            supported_rng_sources=[types.RngSource.RANDOM],
            uuid=fixed_id("hardware", obj.name),
            version="1",
        ),
        **({"network_operation_in_progress": False} if modern else {}),
        **({"reinstallation_required": False} if ctx.version >= (4, 4) else {}),
    }


@transition("host.up")
def host_up(engine: Engine, ident: str, since: str) -> None:
    """An installed or activated host is up, if its status is still `since`."""
    host = engine.store.get("hosts", ident)
    if host is None or host.status != types.HostStatus(since):
        return
    host.status = types.HostStatus.UP
    engine.journal.event("VDS_DETECTED", host=host, HostStatus="Up")
    spm.elect(engine)


class FenceAgents(Kind):
    """Fence agents of a host; the password is never shown."""

    path = "hosts/*/fenceagents"
    required = ("address", "order", "type", "username", "password")

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Fill in what may be left out."""
        obj.encrypt_options = bool(obj.encrypt_options)
        obj.concurrent = bool(obj.concurrent)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Hide the password."""
        obj.password = None
        obj.host = ctx.store.ref(ctx.store.at(obj.href.rpartition("/fenceagents")[0]))
