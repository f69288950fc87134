# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make what a world says: data centers, clusters, hosts, networks, VMs, and what their hosts can do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ovirtsdk4 import types

from . import notes, resources
from .refusal import Refusal
from .resources import hosted_engine, power
from .store import BLANK

if TYPE_CHECKING:
    from .core import Engine


def populate(engine: Engine) -> None:
    """Create everything the world says. Raises ValueError with the entry that the Engine refuses."""
    source = engine.world.source
    _fixed(engine)
    for key, create in _CREATE.items():
        for entry in source[key]:
            try:
                create(engine, entry)
            except Refusal as refusal:
                name = entry if isinstance(entry, str) else entry["name"]
                raise ValueError(f"world: {key}: {name}: {refusal.detail}") from None
    if source["hosted_engine"] is not None:
        hosted_engine.populate(engine, source["hosted_engine"])
    engine.journal.event("VDC_START")


def version_of(text: str) -> types.Version:
    """ "4.19.20" as the API's version."""
    parts = [int(part) for part in str(text).split(".")] + [0, 0, 0]
    return types.Version(major=parts[0], minor=parts[1], build=parts[2], revision=0, full_version=f"vdsm-{text}-1.el7")


def _fixed(engine: Engine) -> None:
    """What every Engine has: the Blank template and the root tag, both with the id of zeros."""
    engine.add("tags", types.Tag(id=BLANK, name="root", description="root"))
    engine.add("templates", types.Template(id=BLANK, name="Blank", description="Blank template"))
    add_seeds(engine)


def add_seeds(engine: Engine) -> None:
    """Add what every Engine has of kinds of which there is nothing; a state that an older lab saved may lack them."""
    for path, kind in resources.KINDS.items():
        for obj in kind.seeds() if not engine.store.list(path) else ():
            engine.add(path, obj)


def _data_center(engine: Engine, entry: dict[str, Any]) -> None:
    engine.add("datacenters", types.DataCenter(name=entry["name"], local=entry.get("local", False)))


def _cluster(engine: Engine, entry: dict[str, Any]) -> None:
    major, _, minor = str(entry.get("version", "4.1")).partition(".")
    cluster = types.Cluster(
        name=entry["name"],
        data_center=types.DataCenter(name=entry.get("data_center", "Default")),
        version=types.Version(major=int(major), minor=int(minor or 0)),
    )
    engine.add("clusters", cluster)


def _storage_domain(engine: Engine, entry: dict[str, Any]) -> None:
    domain = types.StorageDomain(
        name=entry["name"],
        type=types.StorageDomainType(entry.get("type", "data")),
        status=types.StorageDomainStatus.ACTIVE,
        storage=types.HostStorage(type=types.StorageType.NFS, address="storage.example", path=f"/{entry['name']}"),
        available=int(entry.get("size", 500)) << 30,
        used=0,
        committed=0,
        master=True,
    )
    engine.add("storagedomains", domain)


def _network(engine: Engine, entry: dict[str, Any]) -> None:
    center = types.DataCenter(name=entry.get("data_center", "Default"))
    usages = [types.NetworkUsage.VM]
    if entry["name"] == "ovirtmgmt":
        usages += [types.NetworkUsage.MANAGEMENT, types.NetworkUsage.DISPLAY, types.NetworkUsage.MIGRATION]
    network = engine.add("networks", types.Network(name=entry["name"], data_center=center, usages=usages))
    if entry.get("subnet"):
        engine.store.note(network)["subnet"] = entry["subnet"]
    for profile in entry.get("vnic_profiles", [entry["name"]]):
        engine.add("vnicprofiles", types.VnicProfile(name=profile, network=types.Network(id=network.id)))


def _template(engine: Engine, entry: dict[str, Any] | str) -> None:
    """A template; with `disk: GiB`, or a file as its `image`, one that a VM can boot from."""
    wanted = {"name": entry} if isinstance(entry, str) else entry
    if wanted["name"] == "Blank":
        return
    cluster = types.Cluster(name=wanted.get("cluster", "Default"))
    template = engine.add("templates", types.Template(name=wanted["name"], cluster=cluster))
    if wanted.get("agent"):
        engine.store.note(template)["agent"] = True
    path = Path(wanted["image"]) if wanted.get("image") else None
    if path is not None and not path.is_file():
        raise ValueError(f"world: image of template {template.name} is {str(path)!r}, but there is no such file")
    if path is not None or wanted.get("disk"):
        size = _size_of(path) if path is not None else int(wanted["disk"]) << 30
        disk = engine.add("disks", _image(engine, f"{template.name}_Disk1", size))
        if path is not None:
            engine.images.content.give(disk.id, path)
        attachment = types.DiskAttachment(id=disk.id, bootable=True, active=True, interface=types.DiskInterface.VIRTIO)
        attachment.disk, attachment.template = engine.store.ref(disk), engine.store.ref(template)
        engine.store.put(f"templates/{template.id}/diskattachments", attachment)


def _size_of(path: Path) -> int:
    """The bytes that a guest sees of an image, raw or qcow2."""
    from .images import qcow2  # here, because most worlds have none

    header = qcow2.Header.read(path)
    return header.size if header is not None else path.stat().st_size


def _image(engine: Engine, name: str, size: int) -> Any:
    domains = engine.store.list("storagedomains")[:1]
    domain_refs = [types.StorageDomain(id=domain.id) for domain in domains]
    return types.Disk(name=name, format=types.DiskFormat.COW, provisioned_size=size, storage_domains=domain_refs)


def _host(engine: Engine, entry: dict[str, Any]) -> None:
    url = str(entry.get("vdsm_url") or "")
    if url and not url.startswith("http://"):
        raise ValueError(f"world: vdsm_url of host {entry['name']} is {url!r}, but http://ADDRESS:PORT is needed")
    address = urlsplit(url).hostname if url else f"{entry['name']}.example"
    host = types.Host(
        name=entry["name"],
        address=entry.get("address", address),
        cluster=types.Cluster(name=entry.get("cluster", "Default")),
        # one that has a Vdsm of its own is up when that says so
        status=types.HostStatus(entry.get("status", "unassigned" if url else "up")),
        version=version_of(entry.get("vdsm", "4.19.20")),
        memory=int(entry.get("memory", 64)) << 30 if int(entry.get("memory", 64)) < 1 << 20 else int(entry["memory"]),
    )
    host = engine.add("hosts", host)
    note = notes.of_host(engine.store, host)
    note["vdsm"] = str(entry.get("vdsm", "4.19.20"))
    note["containers"] = bool(entry.get("containers", False))
    note["docker_networks"] = list(entry.get("docker_networks", ["bridge", "ovirtmgmt"]))
    if url:
        note["driver"], note["vdsm_url"] = "vdsm", url
    elif entry.get("guests"):
        note["driver"] = entry["guests"]
    for tag in entry.get("tags", ()):
        assign_tag(engine, host, tag)


def assign_tag(engine: Engine, obj: Any, name: str) -> None:
    """Give a host or VM a tag, made if needed."""
    tag = engine.store.named("tags", name) or engine.add("tags", types.Tag(name=name))
    mine = copy.copy(tag)
    engine.store.put(f"{obj.href.removeprefix('/ovirt-engine/api/')}/tags", mine)


def _vm(engine: Engine, entry: dict[str, Any]) -> None:
    properties = [types.CustomProperty(name=k, value=v) for k, v in (entry.get("properties") or {}).items()]
    memory = int(entry.get("memory", 1024)) << 20
    vm = types.Vm(
        name=entry["name"],
        description=entry.get("description"),
        cluster=types.Cluster(name=entry.get("cluster", "Default")),
        template=types.Template(name=entry.get("template", "Blank")),
        memory=memory,
        memory_policy=types.MemoryPolicy(guaranteed=memory, max=memory * 4),
        custom_properties=properties or None,
        delete_protected=entry.get("delete_protected"),
    )
    vm = engine.add("vms", vm)
    for number, profile in enumerate(entry.get("nics", ()), 1):
        nic = types.Nic(name=f"nic{number}", vnic_profile=types.VnicProfile(id=_profile(engine, vm, profile).id))
        engine.add(f"vms/{vm.id}/nics", nic)
    if entry.get("cdrom") is False:
        notes.of_vm(engine.store, vm)["no_cdrom"] = True
    if entry.get("agent"):
        notes.of_vm(engine.store, vm)["agent"] = True
    if entry.get("disk"):
        _disk(engine, vm, int(entry["disk"]) << 30)
    for tag in entry.get("tags", ()):
        assign_tag(engine, vm, tag)
    if entry.get("status", "down") == "up":
        _run(engine, vm, _named_host(engine, vm, entry["host"]) if entry.get("host") else None)


def _profile(engine: Engine, vm: Any, name: str) -> Any:
    """The vNIC profile of this name in the VM's data center; the name may be used again in others."""
    store = engine.store
    center = store.follow(store.follow(vm.cluster).data_center)
    for profile in store.all_named("vnicprofiles", name):
        if store.follow(profile.network).data_center.id == center.id:
            return profile
    raise ValueError(f"world: VM {vm.name} has a NIC of profile {name}, but data center {center.name} has none")


def _named_host(engine: Engine, vm: Any, name: str) -> Any:
    host = engine.store.named("hosts", name)
    if host is None:
        raise ValueError(f"world: VM {vm.name} is to run on host {name}, but there is none")
    return host


def _run(engine: Engine, vm: Any, host: Any) -> None:
    """Have a VM run: at once on a host that pretends, where there is one; else it is started when a host is there."""
    hosts = [host] if host is not None else [h for h in engine.store.list("hosts") if h.cluster.id == vm.cluster.id]
    simulated = [found for found in hosts if engine.drivers.of(found).pretends]
    if hosts and not simulated:
        engine.schedule(0.0, "vm.wanted", ident=vm.id, host_id=host.id if host is not None else "")
    else:
        power.set_up(engine, vm, simulated[0] if simulated else None)


def _disk(engine: Engine, vm: Any, size: int) -> None:
    attachment = types.DiskAttachment(
        bootable=True,
        active=True,
        interface=types.DiskInterface.VIRTIO,
        disk=_image(engine, f"{vm.name}_Disk1", size),
    )
    engine.add(f"vms/{vm.id}/diskattachments", attachment)


#: What creates an entry of the world, by key; each may need those before it.
_CREATE: dict[str, Callable[[Engine, Any], None]] = {
    "data_centers": _data_center,
    "clusters": _cluster,
    "storage_domains": _storage_domain,
    "networks": _network,
    "templates": _template,
    "hosts": _host,
    "vms": _vm,
}
