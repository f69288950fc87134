# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The SDK's objects as the plain data of ``_vm.site``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._vm.guest.record import Record
from .._vm.guest.record import read as read_record
from .._vm.site import Cluster, Host, Nic, Site, Template, Vm
from .._vm.text import natural
from .answers import UnreadableError

#: What reading a VM raises that lacks what every VM has, or has a value that nobody knows.
UNREADABLE = (AttributeError, TypeError, ValueError)


class VmReader:
    """Reads VMs of a site whose clusters, hosts and profiles are known: names are looked up once for all of them."""

    def __init__(self, site: Site) -> None:
        self._clusters = {cluster.id: cluster.name for cluster in site.clusters.values()}
        self._hosts = {host.id: host.name for host in site.hosts.values()}
        self._networks = site.networks

    def readable(self, vms: Iterable[Any], unread: dict[str, str]) -> list[Vm]:
        """Those VMs that can be read; of the others the reason is put into ``unread``, by their names."""
        found = []
        for vm in vms:
            try:
                found.append(self.read(vm))
            except UNREADABLE as error:
                unread[vm.name] = str(error)
        return found

    def read(self, vm: Any) -> Vm:
        """A VM as it is shown in a list, so as it runs."""
        nics, record = self._nics(vm), record_of(vm)
        networks = None if is_link(vm.nics) else tuple(nic.network for nic in nics)
        return Vm(
            id=vm.id,
            name=vm.name,
            status=vm.status.value if vm.status else "unknown",
            config={**self._config(vm), "networks": networks, **_wished(record)},
            host=self._hosts.get(vm.host.id, vm.host.id) if vm.host else None,
            nics=nics,
            next_run=bool(vm.next_run_configuration_exists),
            protected=bool(vm.delete_protected),
            record=record,
            run_once=bool(vm.run_once),
            addresses=getattr(vm, "addresses", ()),
        )

    def next_run(self, running: Vm, vm: Any) -> Vm:
        """``running`` with what its next start will use, which is ``vm``. NICs never wait for the next run."""
        record = record_of(vm)
        config = {**self._config(vm), "networks": running.config["networks"], **_wished(record)}
        more = {"config": config, "next_run": True, "runs_with": running.config, "record": record}
        return Vm(**{**vars(running), **more})

    def _nics(self, vm: Any) -> tuple[Nic, ...]:
        nics = []
        for nic in vm.nics or []:
            profile = nic.vnic_profile.id if nic.vnic_profile else ""
            usable = nic.plugged is not False and nic.linked is not False
            mac = nic.mac.address or "" if nic.mac else ""
            nics.append(Nic(nic.id, nic.name, self._networks.get(profile, profile), usable, mac))
        return tuple(sorted(nics, key=lambda nic: natural(nic.name)))

    def _config(self, vm: Any) -> dict[str, Any]:
        policy = vm.placement_policy
        memory = vm.memory_policy
        boot = vm.os.boot.devices if vm.os and vm.os.boot else None
        return {
            "cluster": self._clusters.get(vm.cluster.id, vm.cluster.id),
            "description": vm.description or "",
            "properties": {item.name: item.value or "" for item in vm.custom_properties or []},
            "hosts": tuple(sorted(self._hosts.get(host.id, host.id) for host in (policy and policy.hosts) or [])),
            "affinity": policy.affinity.value if policy and policy.affinity else "migratable",
            "memory": vm.memory,
            "memory_guaranteed": (memory and memory.guaranteed) or 0,
            "memory_max": (memory and memory.max) or 0,
            "cpu_shares": vm.cpu_shares or 0,
            "high_availability": bool(vm.high_availability and vm.high_availability.enabled),
            "boot_devices": tuple(device.value for device in boot or ()),
        }


def record_of(vm: Any) -> Record | None:
    """What a VM's stored custom script says: of a VM in a list, or of one alone."""
    if hasattr(vm, "custom_script"):
        return read_record(vm.custom_script)
    return read_record(vm.initialization.custom_script if vm.initialization else None)


def _wished(record: Record | None) -> dict[str, Any]:
    """The part of a configuration that only a VM with a record has."""
    return {"wish": record.wish} if record else {}


def read_template(template: Any) -> Template:
    """A template."""
    center = template.data_center.id if getattr(template, "data_center", None) else ""
    return Template(template.id, template.name, (template.os and template.os.type) or "", center)


def whole(items: Any, *needed: str) -> Any:
    """``items`` of the SDK, if each has what is ``needed`` (dotted paths). Raises :class:`UnreadableError`."""
    for item in items:
        for path in needed:
            value = item
            for part in path.split("."):
                value = getattr(value, part, None)
            if value is None:
                raise UnreadableError(f"a {type(item).__name__} without {path}")
    return items


def is_link(children: Any) -> bool:
    """Whether a VM's NICs are not shown but only linked to, which is all that Engine 4.1 does."""
    return getattr(children, "href", None) is not None and not len(children)


def read_cluster(cluster: Any) -> Cluster:
    """A cluster."""
    level = (cluster.version.major, cluster.version.minor)
    return Cluster(cluster.id, cluster.name, level, cluster.data_center.id if cluster.data_center else "")


def read_host(host: Any, proven: bool = False) -> Host:
    """A host; ``proven`` says that it was found by its tag."""
    vdsm = (host.version.major or 0, host.version.minor or 0) if host.version else (0, 0)
    return Host(host.id, host.name, host.cluster.id, vdsm, proven)
