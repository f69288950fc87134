# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SDK examples run, in what world, and what must be true afterwards; and why the others are left out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ovirtsdk4 import types

from ovirt_lab.engine import Engine, SystemClock

LEVEL = "4.3"

# Everything the examples expect to find, by the names they use.
WORLD: dict[str, Any] = {
    "data_centers": [{"name": "mydc"}, {"name": "Default"}],
    "clusters": [
        {"name": "mycluster", "version": LEVEL, "data_center": "mydc"},
        {"name": "Default", "version": LEVEL, "data_center": "Default"},
    ],
    "hosts": [
        {"name": "myhost", "cluster": "mycluster", "vdsm": "4.30.17", "containers": False},
        {"name": "otherhost", "cluster": "Default", "vdsm": "4.30.17", "containers": False},
    ],
    "networks": [
        {"name": "ovirtmgmt", "data_center": "mydc"},
        {"name": "ovirtmgmt", "data_center": "Default"},
        {"name": "mynetwork", "data_center": "mydc"},
    ],
    "storage_domains": [{"name": "mydata"}, {"name": "bs-scsi-012"}, {"name": "myiso", "type": "iso"}],
    "templates": [{"name": "mytemplate", "cluster": "mycluster"}],
    "vms": [
        {"name": "myvm", "cluster": "mycluster", "disk": 10},
        {"name": "myvm0", "cluster": "mycluster", "disk": 1},
    ],
}
Check = Callable[[Any, str], bool]  # (engine, output) -> as expected?


def vm(engine: Engine, name: str = "myvm") -> Any:
    """A VM of the world."""
    return engine.vm(name)


def prepare_versions(engine: Engine) -> None:
    """Three versions of the template, each with a disk to boot from."""
    base = engine.store.named("templates", "mytemplate")
    versions = [base]
    for name in ("second", "third"):
        version = types.TemplateVersion(base_template=types.Template(id=base.id), version_name=name)
        about = types.Template(name="mytemplate", cluster=types.Cluster(name="mycluster"), version=version)
        versions.append(engine.add("templates", about))
    for template in versions:
        wanted = types.Disk(name="root", format=types.DiskFormat.COW, provisioned_size=1 << 30)
        disk = engine.add("disks", wanted)
        attachment = types.DiskAttachment(id=disk.id, bootable=True, active=True, disk=engine.store.ref(disk))
        engine.store.put(f"templates/{template.id}/diskattachments", attachment)


def has_version(engine: Engine, output: str) -> bool:
    """The VM has its disk from the third version, on the storage domain that was named."""
    disk = engine.store.get("disks", engine.store.list(f"vms/{vm(engine).id}/diskattachments")[0].id)
    version = engine.store.follow(vm(engine).template).version
    return version.version_number == 3 and engine.store.follow(disk.storage_domains[0]).name == "mydata"


def prepare_tag(engine: Engine) -> None:
    """The tag that one example makes and others use."""
    engine.add("tags", types.Tag(name="mytag"))


def prepare_assigned(engine: Engine) -> None:
    """The same, given to a VM."""
    prepare_tag(engine)
    engine.add(f"vms/{vm(engine, 'myvm0').id}/tags", types.Tag(name="mytag"))


def prepare_disk(engine: Engine) -> None:
    """A disk called mydisk, attached to the VM."""
    disk = types.Disk(
        name="mydisk",
        format=types.DiskFormat.COW,
        provisioned_size=1 << 30,
        storage_domains=[types.StorageDomain(name="mydata")],
    )
    attachment = types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, bootable=False, active=True)
    engine.add(f"vms/{vm(engine).id}/diskattachments", attachment)


def prepare_running(engine: Engine) -> None:
    """The VM runs."""
    from ovirt_lab.engine.resources import power

    power.set_up(engine, vm(engine))


def prepare_label(engine: Engine) -> None:
    """The affinity label that one example makes and another uses."""
    engine.add("affinitylabels", types.AffinityLabel(name="my_affinity_label"))


def prepare_users(engine: Engine) -> None:
    """Users that examples know."""
    for name in ("myuser@mydomain-authz", "user2@internal-authz"):
        user = types.User(name=name.split("@")[0], user_name=name, domain=types.Domain(name=name.split("@")[1]))
        engine.add("users", user)


def prepare_agent(engine: Engine) -> None:
    """A fence agent."""
    host = engine.store.named("hosts", "myhost")
    agent = types.Agent(address="192.0.2.1", type="ipmilan", username="u", password="p", order=0)
    engine.add(f"hosts/{host.id}/fenceagents", agent)


def prepare_many_vms(engine: Engine) -> None:
    """The VMs of one example."""
    prepare_users(engine)
    for name in ("myvm1", "myvm2", "myvm3"):
        about = types.Vm(name=name, cluster=types.Cluster(name="mycluster"), template=types.Template(name="Blank"))
        engine.add("vms", about)


def prepare_made_disks(engine: Engine) -> None:
    """Disks as add_disks.py makes them."""
    for number in range(3):
        disk = types.Disk(
            name=f"disk-{number}",
            description="Created by add_disks.py",
            format=types.DiskFormat.COW,
            provisioned_size=1 << 30,
            storage_domains=[types.StorageDomain(name="mydata")],
        )
        engine.add("disks", disk)


def prepare_detached(engine: Engine) -> None:
    """Storage domains that belong to no data center yet."""
    center = engine.store.named("datacenters", "mydc")
    for domain in engine.store.list("storagedomains"):
        engine.store.remove(f"datacenters/{center.id}/storagedomains", domain.id)
        domain.data_centers, domain.status = None, types.StorageDomainStatus.UNATTACHED


def prepare_unassigned(engine: Engine) -> None:
    """A network that no cluster has."""
    network = engine.store.named("networks", "mynetwork")
    for cluster in engine.store.list("clusters"):
        engine.store.remove(f"clusters/{cluster.id}/networks", network.id)


def prepare_maintenance(engine: Engine) -> None:
    """A host in maintenance."""
    engine.store.named("hosts", "myhost").status = types.HostStatus.MAINTENANCE


DISK, TRANSFER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
_TEXT = b"some bytes".ljust(1 << 20, b".")


def prepare_real_time(engine: Engine) -> None:
    """A client of imageio takes its time, and 60 seconds of the Engine's are the most that it may be idle."""
    assert isinstance(engine.clock, SystemClock)
    engine.clock.speed = 1.0
    engine.world.delays.update(disk=0.1, transfer=0.1)


def prepare_content(engine: Engine) -> None:
    """A raw disk of a known id, with a MiB of text."""
    prepare_real_time(engine)
    disk = types.Disk(name="mydata", format=types.DiskFormat.RAW, provisioned_size=len(_TEXT), sparse=True)
    disk.storage_domains = [types.StorageDomain(name="mydata")]
    disk = engine.add("disks", disk)
    engine.store.remove("disks", disk.id)
    disk.id = DISK
    path = engine.images.content.prepare(engine.store.put("disks", disk), guest=True, writable=True)
    path.write_bytes(_TEXT)


def prepare_paused(engine: Engine) -> None:
    """A transfer of a known id that was paused."""
    prepare_content(engine)
    wanted = types.ImageTransfer(disk=types.Disk(id=DISK))
    transfer = engine.add("imagetransfers", wanted)
    note = engine.store.note(transfer)
    engine.store.remove("imagetransfers", transfer.id)
    transfer.id, transfer.phase = TRANSFER, types.ImageTransferPhase.PAUSED_SYSTEM
    engine.store.note(engine.store.put("imagetransfers", transfer)).update(note)


def _is_paused(engine: Engine) -> bool:
    found = engine.store.get("imagetransfers", TRANSFER)
    return found is not None and found.phase == types.ImageTransferPhase.PAUSED_SYSTEM


def holds(name: str, start: bytes) -> Check:
    """Afterwards the disk of this name begins with this."""

    def check(engine: Engine, output: str) -> bool:
        disk = engine.store.named("disks", name)
        path = engine.images.content.find(disk.id)
        return disk.status == types.DiskStatus.OK and path is not None and path.read_bytes().startswith(start)

    return check


@dataclass
class Case:
    """How one example is run."""

    check: Check = lambda engine, output: True
    prepare: Callable[[Any], None] = lambda engine: None
    without: tuple[str, ...] = ()  # "vms.myvm": what the example makes itself
    arguments: tuple[str, ...] = ()  # {url} and {ca_file} are the Engine's
    endless: bool = False  # runs until it is stopped
    images: bool = False  # needs ovirt_imageio and qemu

    def world(self) -> dict[str, Any]:
        """The world of this example."""
        world = copy.deepcopy(WORLD)
        for entry in self.without:
            kind, _, name = entry.partition(".")
            world[kind] = [item for item in world[kind] if item["name"] != name]
        return world


def named(path: str, name: str) -> Check:
    """Afterwards there is such an object."""
    return lambda engine, output: engine.store.named(path, name) is not None


def gone(path: str, name: str) -> Check:
    """Afterwards there is no such object."""
    return lambda engine, output: engine.store.named(path, name) is None


def says(text: str) -> Check:
    """The example prints this."""
    return lambda engine, output: text in output


def below(path: str, name: str, collection: str, found: str) -> Check:
    """Afterwards an object has something in a sub-collection."""

    def check(engine: Engine, output: str) -> bool:
        owner = engine.store.named(path, name)
        return any(
            found in (o.name, o.description, getattr(o, "type", None))
            for o in engine.store.list(f"{path}/{owner.id}/{collection}")
        )

    return check


def status(name: str, wanted: str) -> Check:
    """Afterwards the VM is in this status."""
    return lambda engine, output: vm(engine, name).status.value == wanted


def attached(name: str) -> Check:
    """Afterwards the data center has this storage domain."""

    def check(engine: Engine, output: str) -> bool:
        center = engine.store.named("datacenters", "mydc")
        domain = engine.store.named("storagedomains", name)
        return engine.store.get(f"datacenters/{center.id}/storagedomains", domain.id) is not None

    return check


def _labelled(engine: Engine) -> list[str]:
    label = engine.store.list("affinitylabels")[0]
    return [found.id for found in engine.store.list(f"affinitylabels/{label.id}/vms")]


def _permissions(engine: Engine, path: str, name: str) -> int:
    return len(engine.store.list(f"{path}/{engine.store.named(path, name).id}/permissions"))


def _network_required(engine: Engine, output: str) -> bool:
    network, cluster = engine.store.named("networks", "mynetwork"), engine.store.named("clusters", "mycluster")
    return engine.store.get(f"clusters/{cluster.id}/networks", network.id).required is True


def _inactive(engine: Engine, output: str) -> bool:
    disk = engine.store.named("disks", "mydisk")
    return engine.store.get(f"vms/{vm(engine).id}/diskattachments", disk.id).active is False


def _agent(engine: Engine) -> Any:
    host = engine.store.named("hosts", "myhost")
    return engine.store.list(f"hosts/{host.id}/fenceagents")[0]


NO_VM = ("vms.myvm", "vms.myvm0")
RUN: dict[str, Case] = {
    "add_affinity_label": Case(named("affinitylabels", "my_affinity_label")),
    "add_cluster": Case(named("clusters", "mycluster"), without=(
        "clusters.mycluster", "hosts.myhost", "templates.mytemplate", *NO_VM)),
    "add_data_center": Case(named("datacenters", "mydc"), without=(
        "data_centers.mydc", "clusters.mycluster", "hosts.myhost", "networks.mynetwork", "networks.ovirtmgmt",
        "templates.mytemplate", *NO_VM)),
    "add_disks": Case(named("disks", "disk-1"), arguments=("-c", "lab", "--sd-name", "mydata", "--count", "2")),
    "add_fence_agent": Case(below("hosts", "myhost", "fenceagents", "ipmilan")),
    "add_floating_disk": Case(named("disks", "mydisk")),
    "add_group": Case(named("groups", "mygroup")),
    "add_host": Case(named("hosts", "myhost"), without=("hosts.myhost",)),
    "add_independet_vm": Case(named("vms", "myclonedvm")),
    "add_instance_type": Case(named("instancetypes", "myinstancetype")),
    "add_logical_network": Case(named("networks", "mynetwork"), without=("networks.mynetwork",)),
    "add_mac_pool": Case(named("macpools", "mymacpool")),
    "add_role": Case(named("roles", "myrole")),
    "add_tag": Case(named("tags", "mytag")),
    "add_vm_from_template_version": Case(has_version, prepare_versions, without=NO_VM),
    "add_vm_with_sysprep": Case(
        lambda e, o: e.starts("myvm")[-1]["initialize"] == "sysprep", prepare_versions, without=NO_VM
    ),
    "add_template": Case(named("templates", "mytemplate"), without=("templates.mytemplate",)),
    "add_vm": Case(named("vms", "myvm"), without=NO_VM),
    "add_vm_disk": Case(named("disks", "mydisk")),
    "add_vm_nic": Case(below("vms", "myvm", "nics", "mynic")),
    "add_vm_snapshot": Case(below("vms", "myvm", "snapshots", "My snapshot")),
    "add_vnc_console": Case(lambda e, o: e.store.note(vm(e))["consoles"] == ["spice", "vnc"]),
    "assign_affinity_label_to_vm": Case(lambda e, o: _labelled(e) == [vm(e, "myvm0").id], prepare_label),
    "assign_network_to_cluster": Case(_network_required, prepare_unassigned),
    "assign_permission": Case(lambda e, o: _permissions(e, "networks", "mynetwork") == 1, prepare_users),
    "assign_permission_to_vms": Case(lambda e, o: _permissions(e, "vms", "myvm3") == 1, prepare_many_vms),
    "assign_tag_to_vm": Case(lambda e, o: bool(e.store.list(f"vms/{vm(e, 'myvm0').id}/tags")), prepare_tag),
    "asynchronous_inventory": Case(says("Loaded reported devices of VM 'myvm'.")),
    "attach_nfs_data_storage_domain": Case(attached("mydata"), prepare_detached),
    "attach_nfs_iso_storage_domain": Case(attached("myiso"), prepare_detached),
    "cancel_transfer": Case(
        lambda e, o: "Transfer cancelled" in o and not _is_paused(e), prepare_paused,
        arguments=("--engine-url", "{base}", "--username", "admin@internal", "--password-file", "password",
                   "-c", "{ca_file}", TRANSFER),
    ),
    "change_host_cluster": Case(lambda e, o: e.store.named("hosts", "myhost").status.value == "up"),
    "change_vm_cd": Case(arguments=("-c", "lab", "myvm")),
    "connection_builder": Case(says("myhost")),
    "data_center_maintenance": Case(lambda e, o: e.store.named("hosts", "otherhost").status.value != "up"),
    "deactivate_disk_attachment": Case(_inactive, prepare_disk),
    "delete_disks": Case(gone("disks", "disk-0"), prepare_made_disks, arguments=("-c", "lab", "--sd-name", "mydata")),
    "disable_compression": Case(says("4.3.10")),
    "download_disk": Case(
        says("Download completed successfully"), prepare_content,
        arguments=("-c", "lab", "-f", "raw", DISK, "disk.raw"), images=True,
    ),
    "enable_serial_console": Case(lambda e, o: vm(e).console.enabled is True),
    "extend_disk": Case(lambda e, o: e.store.named("disks", "mydisk").provisioned_size == 12 << 30),
    "follow_vm_links": Case(says("cluster: mycluster\ntemplate: Blank\nrole: ")),
    "get_display_ticket": Case(says("password: "), prepare_running),
    "get_vm_ip": Case(says("VM myvm IP addresses are:"), prepare_running),
    "image_transfer": Case(
        says("Transfer URL"), prepare_content, arguments=("-c", "lab", "upload", DISK), endless=True, images=True
    ),
    "list_affinity_labels": Case(says("my_affinity_label"), prepare_label),
    "list_cluster_networks": Case(says("ovirtmgmt")),
    "list_host_statistics": Case(says("memory.total")),
    "list_roles": Case(says("UserVmManager")),
    "list_storage_domains": Case(says("mydata"), arguments=("-c", "lab", "--search", "name=my*")),
    "list_tags": Case(says("mytag"), prepare_tag),
    "list_tags_of_vm": Case(says("mytag"), prepare_assigned),
    "list_vm_disks": Case(says("myvm_Disk1")),
    "list_vm_snapshots": Case(says("myvm:Active VM:myvm_Disk1:mydata")),
    "list_vms": Case(says("myvm0")),
    "page_vms": Case(says("myvm\nmyvm0\n")),
    "pin_vm": Case(lambda e, o: len(vm(e).placement_policy.hosts) == 1),
    "poll_events": Case(says(" - "), endless=True),
    "print_vm_mac_duplicates": Case(),
    "remove_host": Case(gone("hosts", "myhost"), prepare_maintenance),  # it does not wait for maintenance itself
    "remove_numa_nodes_from_vm": Case(),
    "remove_tag": Case(gone("tags", "mytag"), prepare_tag),
    "remove_vm": Case(gone("vms", "myvm")),
    "search_vms": Case(says("myvm: ")),
    "set_vm_serial_number": Case(lambda e, o: vm(e).serial_number.value == "myserial"),
    "show_summary": Case(says("vms: 2")),
    "start_vm": Case(status("myvm", "up")),
    "start_vm_with_boot_devices": Case(status("myvm", "up")),
    "start_vm_with_cloud_init": Case(lambda e, o: vm(e).host is not None),  # it does not wait
    "stop_vm": Case(status("myvm", "down"), prepare_running),
    "test_connection": Case(),
    "unassign_tag_to_vm": Case(lambda e, o: not e.store.list(f"vms/{vm(e, 'myvm0').id}/tags"), prepare_assigned),
    "update_data_center": Case(says("mydc: Updated description")),
    "update_fencing_options": Case(lambda e, o: _agent(e).options[0].name == "lanplus", prepare_agent),
    "upload_disk": Case(
        holds("upload_disk.raw", b"#!/usr/bin/env python3"), prepare_real_time,
        arguments=("-c", "lab", "--sd-name", "mydata", "--disk-sparse", "upload_disk.py"), images=True,
    ),
    "upgrade_host": Case(says("Check for upgrade done.")),
}  # fmt: skip

_BACKUP = "backups of VMs are not modelled"
_OVA = "makes VMs of the OVF in an OVA file, which is not modelled"
_EXTERNAL = "needs a foreign system (VMware, Glance, OpenStack)"
_EXPORT = "export domains and OVA files are not modelled"
_SNAPSHOT = "snapshots are not modelled beyond the active one"
LEFT_OUT = {
    "add_bond": "the network configuration of hosts is not modelled",
    "add_iscsi_data_storage_domain": "iSCSI discovery is not modelled",
    "add_lun_disk_to_vm": "LUN disks are not modelled",
    "add_nfs_data_storage_domain": "making storage domains is not modelled",
    "add_nfs_iso_storage_domain": "making storage domains is not modelled",
    "add_openstack_image_provider": _EXTERNAL,
    "add_user_ssh_public_key": "SSH keys of users are not modelled",
    "add_vm_pool": "VM pools are not modelled",
    "backup_vm": _BACKUP,
    "change_master": "changing the master storage domain is not modelled",
    "checkpoints": _BACKUP,
    "checksum_disk": "the checksum of an image (blkhash) is not modelled",
    "checksum_image": "does not talk to an Engine",
    "clone_vm_from_snapshot": _SNAPSHOT,
    "download_disk_snapshot": "finds the disk in a snapshot, and snapshots are not modelled beyond the active one",
    "download_vm_ovf": "the OVF of a VM is not modelled",
    "export_template": _EXPORT,
    "export_template_as_ova": _EXPORT,
    "export_vm": _EXPORT,
    "export_vm_as_ova": _EXPORT,
    "fix_dup_nic_macs": "is Python 2 (dict.iteritems)",
    "import_glance_image": _EXTERNAL,
    "import_template_from_ova": _EXPORT,
    "import_vm": _EXPORT,
    "import_vm_from_ova": _EXPORT,
    "import_vm_from_vmware": _EXTERNAL,
    "list_disk_snapshots": _SNAPSHOT,
    "list_glance_images": _EXTERNAL,
    "reduce_disk": "reducing a disk is not modelled",
    "register_vm": "unregistered VMs of a storage domain are not modelled",
    "reprovision_stateless_vm_in_pool": "VM pools are not modelled",
    "set_vm_lease_storage_domain": "VM leases are not modelled",
    "sparsify_disk": "sparsifying a disk is not modelled",
    "update_quota_limits": "quotas are not modelled",
    "upload_from_ova": _OVA,
    "upload_ova_as_vm_or_template": _OVA,
    "vm_backup": _SNAPSHOT,
}
