# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is when an Engine starts: data centers, clusters, hosts, networks, VMs, and what their hosts can do."""

from __future__ import annotations

import copy
import fnmatch
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ovirtsdk4.types as types

from . import resources
from .store import BLANK

if TYPE_CHECKING:
    from .core import Engine

Level = tuple[int, int]

# Custom properties of container VMs. Whole-string regular expressions without ";" (facts of CustomPropertiesUtils):
# type: docker only; image: [host[:port]/]path[:tag][@digest]; volumes: label:drive pairs.
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
CONTAINER_PROPERTIES = (
    "containerType=^docker$;"
    rf"containerImage=^(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$;"
    r"volumeMap=^[A-Za-z0-9_.-]+:[a-z]+(?:,[A-Za-z0-9_.-]+:[a-z]+)*$"
)

# Seconds. powering_up: an ordinary or container VM without guest agent (Vdsm 4.19 vm.py); watchdog: vm_sample_interval;
# next_run, rerun: how long a VM is seen down before the Engine's other thread goes on (power.py: end, rerun). For hosts
# with a Vdsm of their own: VdsRefreshRate, TimeoutToResetVdsInSeconds, VdsRecoveryTimeoutInMinutes (0000_config.sql).
# start: of the Engine itself, where it is a service (engine_machine).
DELAYS = {
    "boot": 1.0,
    "stop": 1.0,
    "disk": 2.0,
    "powering_up": 60.0,
    "watchdog": 15.0,
    "shutdown": 5.0,
    "reboot": 60.0,
    "suspend": 3.0,
    "migrate": 5.0,
    "host": 3.0,
    "next_run": 0.5,
    "rerun": 0.5,
    "refresh": 3.0,
    "grace": 60.0,
    "recovery": 180.0,
    "start": 0.0,
}

# Cluster levels an Engine can drive (0000_config.sql of each version).
LEVELS: dict[Level, tuple[str, ...]] = {
    (4, 1): ("3.6", "4.0", "4.1"),
    (4, 3): ("4.1", "4.2", "4.3"),
    (4, 5): ("4.2", "4.3", "4.4", "4.5", "4.6", "4.7"),
}


def default_world(version: Level) -> dict[str, Any]:
    """Two container hosts, where this Engine can drive them, and a host without containers, where it can drive that."""
    old = "4.1" if version < (4, 4) else "4.2"
    vdsm = "4.19.20" if version < (4, 4) else "4.20.49"
    hosts: list[dict[str, Any]] = [
        {
            "name": name,
            "cluster": "Default",
            "vdsm": vdsm,
            "containers": True,
            "docker_networks": ["bridge", "ovirtmgmt", "backend"],
            "tags": ["container-host"],
        }
        for name in ("host1", "host2")
    ]
    clusters = [{"name": "Default", "version": old, "data_center": "Default"}]
    if version >= (4, 2):
        clusters.append({"name": "Modern", "version": "4.3", "data_center": "Default"})
        hosts.append({"name": "host3", "cluster": "Modern", "vdsm": "4.30.17", "containers": False})
    return {
        "data_centers": [{"name": "Default"}],
        "clusters": clusters,
        "hosts": hosts,
        "networks": [
            {"name": "ovirtmgmt", "vnic_profiles": ["ovirtmgmt"]},
            {"name": "backend", "vnic_profiles": ["backend"]},
        ],
        "storage_domains": [{"name": "data"}],
        "templates": [],
        "properties": dict.fromkeys(LEVELS[version], CONTAINER_PROPERTIES),
        "vms": [{"name": "db1", "cluster": "Default", "status": "up", "disk": 10}],
        "images": {"missing": [], "exits": []},
        "hosted_engine": None,
        "administrator": True,
        "filter_by_default": False,
        "delays": {},
        "latency": 0,
    }


@dataclass
class World:
    """A parsed world; `source` is what it was made from."""

    source: dict[str, Any]
    delays: dict[str, float] = field(default_factory=lambda: dict(DELAYS))
    images: dict[str, list[str]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    latency: float = 0.0
    administrator: bool = True  # whether the user who may log in is one
    filter_by_default: bool = False  # ENGINE_API_FILTER_BY_DEFAULT

    @classmethod
    def parse(cls, world: dict[str, Any] | None, version: Level) -> World:
        """The default world with the given keys replaced; ValueError for keys it does not know."""
        source = default_world(version)
        unknown = sorted(set(world or {}) - set(source))
        if unknown:
            raise ValueError(f"world: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(source))}")
        source.update(copy.deepcopy(world or {}))
        strange = sorted(set(source["delays"]) - set(DELAYS))
        if strange:
            raise ValueError(f"world: unknown delays {', '.join(strange)}; known are {', '.join(sorted(DELAYS))}")
        delays = {**DELAYS, **{key: float(value) for key, value in source["delays"].items()}}
        properties = {str(level): text for level, text in source["properties"].items()}
        switches = {name: bool(source[name]) for name in ("administrator", "filter_by_default")}
        return cls(source, delays, source["images"], properties, float(source["latency"]), **switches)

    @classmethod
    def read(cls, path: str | Path) -> dict[str, Any]:
        """The dict of a YAML file."""
        import yaml  # here, because most starts have no world file

        loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
        if not isinstance(loaded, dict):
            raise ValueError(f"{path}: a world is a mapping with keys such as hosts and clusters")
        return loaded

    def image_is(self, what: str, image: str) -> bool:
        """Whether an image is one of those that are `missing` or whose program `exits`."""
        return any(fnmatch.fnmatchcase(image, pattern) for pattern in self.images.get(what) or ())


def populate(engine: Engine) -> None:
    """Create everything the world says."""
    source = engine.world.source
    _fixed(engine)
    for entry in source["data_centers"]:
        _add(engine, "datacenters", types.DataCenter(name=entry["name"], local=entry.get("local", False)))
    for entry in source["clusters"]:
        _cluster(engine, entry)
    for entry in source["storage_domains"]:
        _storage_domain(engine, entry)
    for entry in source["networks"]:
        _network(engine, entry)
    for entry in source["templates"]:
        _template(engine, entry)
    for entry in source["hosts"]:
        _host(engine, entry)
    for entry in source["vms"]:
        _vm(engine, entry)
    if source["hosted_engine"] is not None:
        from .resources import hosted_engine  # resource files are loaded when the Engine is made

        hosted_engine.populate(engine, source["hosted_engine"])
    engine.journal.event("VDC_START")


def _add(engine: Engine, path: str, obj: Any) -> Any:
    return engine.add(path, obj)


def version_of(text: str) -> types.Version:
    """ "4.19.20" as the API's version."""
    parts = [int(part) for part in str(text).split(".")] + [0, 0, 0]
    return types.Version(major=parts[0], minor=parts[1], build=parts[2], revision=0, full_version=f"vdsm-{text}-1.el7")


def _fixed(engine: Engine) -> None:
    """What every Engine has: the Blank template and the root tag, both with the id of zeros."""
    _add(engine, "tags", types.Tag(id=BLANK, name="root", description="root"))
    _add(engine, "templates", types.Template(id=BLANK, name="Blank", description="Blank template"))
    for path, kind in resources.KINDS.items():
        for obj in kind.seeds():
            _add(engine, path, obj)


def _cluster(engine: Engine, entry: dict[str, Any]) -> None:
    major, _, minor = str(entry.get("version", "4.1")).partition(".")
    cluster = types.Cluster(
        name=entry["name"],
        data_center=types.DataCenter(name=entry.get("data_center", "Default")),
        version=types.Version(major=int(major), minor=int(minor or 0)),
    )
    _add(engine, "clusters", cluster)


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
    _add(engine, "storagedomains", domain)


def _network(engine: Engine, entry: dict[str, Any]) -> None:
    center = types.DataCenter(name=entry.get("data_center", "Default"))
    usages = [types.NetworkUsage.VM]
    if entry["name"] == "ovirtmgmt":
        usages += [types.NetworkUsage.MANAGEMENT, types.NetworkUsage.DISPLAY, types.NetworkUsage.MIGRATION]
    network = _add(engine, "networks", types.Network(name=entry["name"], data_center=center, usages=usages))
    for profile in entry.get("vnic_profiles", [entry["name"]]):
        _add(engine, "vnicprofiles", types.VnicProfile(name=profile, network=types.Network(id=network.id)))


def _template(engine: Engine, entry: dict[str, Any] | str) -> None:
    """A template; with `disk: GiB` one that a VM can boot from."""
    wanted = {"name": entry} if isinstance(entry, str) else entry
    if wanted["name"] == "Blank":
        return
    cluster = types.Cluster(name=wanted.get("cluster", "Default"))
    template = _add(engine, "templates", types.Template(name=wanted["name"], cluster=cluster))
    if wanted.get("disk"):
        disk = _add(engine, "disks", _image(engine, f"{template.name}_Disk1", int(wanted["disk"]) << 30))
        attachment = types.DiskAttachment(id=disk.id, bootable=True, active=True, interface=types.DiskInterface.VIRTIO)
        attachment.disk, attachment.template = engine.store.ref(disk), engine.store.ref(template)
        engine.store.put(f"templates/{template.id}/diskattachments", attachment)


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
    host = _add(engine, "hosts", host)
    engine.store.note(host).update(
        vdsm=str(entry.get("vdsm", "4.19.20")),
        containers=bool(entry.get("containers", False)),
        docker_networks=list(entry.get("docker_networks", ["bridge", "ovirtmgmt"])),
        **({"vdsm_url": url} if url else {}),
    )
    for tag in entry.get("tags", ()):
        assign_tag(engine, host, tag)


def assign_tag(engine: Engine, obj: Any, name: str) -> None:
    """Give a host or VM a tag, made if needed."""
    tag = engine.store.named("tags", name) or _add(engine, "tags", types.Tag(name=name))
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
    vm = _add(engine, "vms", vm)
    for number, profile in enumerate(entry.get("nics", ()), 1):
        nic = types.Nic(name=f"nic{number}", vnic_profile=types.VnicProfile(id=_profile(engine, vm, profile).id))
        _add(engine, f"vms/{vm.id}/nics", nic)
    if entry.get("cdrom") is False:
        engine.store.note(vm)["no_cdrom"] = True
    if entry.get("disk"):
        _disk(engine, vm, int(entry["disk"]) << 30)
    for tag in entry.get("tags", ()):
        assign_tag(engine, vm, tag)
    if entry.get("status", "down") == "up":
        _run(engine, vm, engine.store.named("hosts", entry["host"]) if entry.get("host") else None)


def _profile(engine: Engine, vm: Any, name: str) -> Any:
    """The vNIC profile of this name in the VM's data center; the name may be used again in others."""
    store = engine.store
    center = store.follow(store.follow(vm.cluster).data_center)
    for profile in store.all_named("vnicprofiles", name):
        if store.follow(profile.network).data_center.id == center.id:
            return profile
    raise ValueError(f"world: VM {vm.name} has a NIC of profile {name}, but data center {center.name} has none")


def _run(engine: Engine, vm: Any, host: Any) -> None:
    """Have a VM run: at once on a simulated host, where the world has one; else it is started when a host is there."""
    from .resources import power  # resource files are loaded when the Engine is made

    hosts = [host] if host is not None else [h for h in engine.store.list("hosts") if h.cluster.id == vm.cluster.id]
    simulated = [found for found in hosts if not engine.links.url(found)]
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
    _add(engine, f"vms/{vm.id}/diskattachments", attachment)
