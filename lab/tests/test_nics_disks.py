# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces, disks and the CD-ROM drive of VMs."""

from __future__ import annotations

import pytest
from client import Lab, Refused
from ovirtsdk4 import types
from test_vms import refused


def profile(lab: Lab, name: str = "ovirtmgmt") -> types.VnicProfile:
    return types.VnicProfile(id=lab.engine.store.named("vnicprofiles", name).id)


def add_nic(lab: Lab, vm: types.Vm, name: str = "nic1", **fields: object) -> types.Nic:
    return lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name=name, **fields))


@pytest.mark.parametrize(("version", "prefix"), [("4.1", "00:1a:4a:"), ("4.3", "56:6f:")])
def test_nic_defaults(version: str, prefix: str) -> None:
    lab = Lab(version)
    vm = lab.vm()
    nic = add_nic(lab, vm, vnic_profile=profile(lab))
    assert nic.interface == types.NicInterface.VIRTIO and nic.plugged and nic.linked
    assert nic.mac.address.startswith(prefix) and nic.vm.id == vm.id
    assert add_nic(lab, vm, "nic2").mac.address != nic.mac.address


def test_nic_refusals() -> None:
    lab = Lab()
    vm = lab.vm()
    first = add_nic(lab, vm)
    refused(lab, 409, "already in use", lambda: add_nic(lab, vm))
    refused(lab, 409, "MAC Address", lambda: add_nic(lab, vm, "nic2", mac=first.mac))
    refused(lab, 400, "invalid MAC address", lambda: add_nic(lab, vm, "nic2", mac=types.Mac(address="zz")))
    refused(
        lab, 400, "profile doesn't exist", lambda: add_nic(lab, vm, "nic2", vnic_profile=types.VnicProfile(id="none"))
    )
    lab.act(vm, "start")
    refused(lab, 409, "when VM is not Down, Up or Image-Locked", lambda: add_nic(lab, vm, "nic2"))


def test_nic_of_a_running_vm_stays_unless_unplugged() -> None:
    lab = Lab()
    vm = lab.engine.vm("db1")
    nic = add_nic(lab, vm)
    path = f"vms/{vm.id}/nics/{nic.id}"
    refused(lab, 409, "plugged to a running VM", lambda: lab.ask("DELETE", path))
    lab.ask("POST", f"{path}/deactivate", "<action/>")
    lab.ask("DELETE", path)
    assert lab.ask("GET", f"vms/{vm.id}/nics") == []


def test_nic_update_keeps_the_rest_and_an_empty_profile_clears_it() -> None:
    lab = Lab()
    vm = lab.vm()
    nic = add_nic(lab, vm, vnic_profile=profile(lab))
    path = f"vms/{vm.id}/nics/{nic.id}"
    changed = lab.ask("PUT", path, types.Nic(linked=False))
    assert changed.linked is False and changed.vnic_profile.id == nic.vnic_profile.id
    assert lab.ask("PUT", path, "<nic><vnic_profile/></nic>").vnic_profile is None


def attach(lab: Lab, vm: types.Vm, **fields: object) -> types.DiskAttachment:
    disk = types.Disk(format=types.DiskFormat.COW, provisioned_size=1 << 30)
    values = {"disk": disk, "interface": types.DiskInterface.VIRTIO, "bootable": True, "active": True, **fields}
    return lab.ask("POST", f"vms/{vm.id}/diskattachments", types.DiskAttachment(**values))


def test_disk_is_locked_then_ok_and_the_vm_waits_for_it() -> None:
    lab = Lab()
    vm = lab.vm()
    attachment = attach(lab, vm)
    assert attachment.id == attachment.disk.id
    disk = lab.ask("GET", f"disks/{attachment.id}")
    assert disk.status == types.DiskStatus.LOCKED and disk.name == "web_Disk1"
    refused(lab, 409, "The following disks are locked: web_Disk1", lambda: lab.act(vm, "start"))
    refused(lab, 409, "are locked", lambda: lab.ask("DELETE", f"vms/{vm.id}"))
    lab.clock.advance(3)
    assert lab.ask("GET", f"disks/{attachment.id}").status == types.DiskStatus.OK
    refused(lab, 409, "already marked as boot", lambda: attach(lab, vm))
    lab.run(vm)


def test_removing_a_vm_takes_its_disks_along_unless_detached() -> None:
    lab = Lab()
    for name, query, left in (("a", "", 0), ("b", "?detach_only=true", 1)):
        vm = lab.vm(name)
        attach(lab, vm)
        lab.clock.advance(3)
        lab.ask("DELETE", f"vms/{vm.id}{query}")
        assert len(lab.ask("GET", f"disks?search=alias%3D{name}_Disk1")) == left


def test_detaching_keeps_the_disk_which_can_be_attached_again() -> None:
    lab = Lab()
    vm = lab.vm()
    attachment = attach(lab, vm)
    lab.clock.advance(3)
    lab.ask("DELETE", f"vms/{vm.id}/diskattachments/{attachment.id}")
    again = attach(lab, vm, disk=types.Disk(id=attachment.id))
    assert again.id == attachment.id
    other = lab.vm("other")
    refused(lab, 409, "already attached to a VM", lambda: attach(lab, other, disk=types.Disk(id=again.id)))


def test_disk_needs_size_and_format() -> None:
    lab = Lab()
    with pytest.raises(Refused) as caught:
        attach(lab, lab.vm(), disk=types.Disk(name="d"))
    assert caught.value.detail == "Disk [provisionedSize|size, format] required for add"


def test_every_vm_has_a_cdrom_drive() -> None:
    lab = Lab()
    vm = lab.vm()
    drives = lab.ask("GET", f"vms/{vm.id}/cdroms")
    assert len(drives) == 1
    changed = lab.ask("PUT", f"vms/{vm.id}/cdroms/{drives[0].id}", types.Cdrom(file=types.File(id="boot.iso")))
    assert changed.file.id == "boot.iso"
    assert lab.ask("GET", f"vms/{vm.id}/cdroms")[0].file.id == "boot.iso"


def test_a_vm_from_a_template_gets_its_disks_and_interfaces() -> None:
    lab = Lab()
    source = lab.vm("source")
    attach(lab, source)
    add_nic(lab, source, vnic_profile=profile(lab))
    lab.clock.advance(3)
    lab.ask("POST", "templates", types.Template(name="golden", vm=types.Vm(id=source.id)))
    lab.clock.advance(5)
    body = b"<vm><name>copy</name><cluster><name>Default</name></cluster><template><name>golden</name></template></vm>"
    response = lab.raw("POST", "vms", body)
    assert response.status == 202 and b"<status>image_locked</status>" in response.body
    vm = lab.engine.vm("copy")
    refused(lab, 409, "locked", lambda: lab.act(vm, "start"))
    assert lab.status(vm, 3) == "down"
    assert [nic.name for nic in lab.ask("GET", f"vms/{vm.id}/nics")] == ["nic1"]
    disks = [lab.ask("GET", f"disks/{a.id}") for a in lab.ask("GET", f"vms/{vm.id}/diskattachments")]
    assert [(disk.name, disk.status.value) for disk in disks] == [("copy_Disk1", "ok")]
    lab.run(vm)


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_a_fourth_ide_disk_is_refused(version: str) -> None:
    """VmCommand.MAX_IDE_SLOTS, checkPciAndIdeLimit."""
    lab = Lab(version)
    vm = lab.vm()
    for _ in range(3):
        lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment(types.DiskInterface.IDE))
        lab.clock.advance(5)
    with pytest.raises(Refused, match=r"409 .*\[Cannot add Virtual Disk\. Maximum IDE devices exceeded\.\]"):
        lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment(types.DiskInterface.IDE))
    other = lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment(types.DiskInterface.VIRTIO))
    lab.clock.advance(5)
    with pytest.raises(Refused, match="Maximum IDE devices exceeded"):
        path = f"vms/{vm.id}/diskattachments/{other.id}"
        lab.ask("PUT", path, types.DiskAttachment(interface=types.DiskInterface.IDE))


def attachment(interface: types.DiskInterface) -> types.DiskAttachment:
    disk = types.Disk(provisioned_size=1 << 30, format=types.DiskFormat.COW, storage_domains=[DATA])
    return types.DiskAttachment(disk=disk, interface=interface, active=True, bootable=False)


DATA = types.StorageDomain(name="data")


def test_interfaces_of_a_template_have_names_of_their_own() -> None:
    """AddVmTemplateInterfaceCommand; a VM of a template with two of one name could not be made."""
    lab = Lab()
    template = lab.ask("POST", "templates", types.Template(name="golden", vm=types.Vm(id=lab.vm("source").id)))
    lab.clock.advance(10)
    path = f"templates/{template.id}/nics"
    first = lab.ask("POST", path, types.Nic(name="nic1"))
    lab.ask("POST", path, types.Nic(name="nic2"))
    for call in (
        lambda: lab.ask("POST", path, types.Nic(name="nic1")),
        lambda: lab.ask("PUT", f"{path}/{first.id}", types.Nic(name="nic2")),
    ):
        with pytest.raises(Refused, match="already in use"):
            call()
    made = lab.vm("web", template=types.Template(name="golden"))
    assert [nic.name for nic in lab.ask("GET", f"vms/{made.id}/nics")] == ["nic1", "nic2"]


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_force_says_that_something_goes_on_with_a_locked_vm(version: str) -> None:
    """RemoveVmCommand.validate: locked disks first, then the VM itself."""
    lab = Lab(version)
    vm = lab.vm()
    lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment(types.DiskInterface.VIRTIO))
    lab.clock.advance(5)
    lab.ask("POST", "templates", types.Template(name="golden", vm=types.Vm(id=vm.id)))
    with pytest.raises(Refused, match="VM is locked"):
        lab.ask("DELETE", f"vms/{vm.id}")
    with pytest.raises(Refused, match=r"409 .*\[Cannot force remove VM when there are running tasks\.\]"):
        lab.ask("DELETE", f"vms/{vm.id}?force=true")
    lab.clock.advance(10)
    copy = lab.vm("copy", template=types.Template(name="golden"))
    with pytest.raises(Refused, match="The following disks are locked: copy_Disk1"):
        lab.ask("DELETE", f"vms/{copy.id}")
    with pytest.raises(Refused, match="Cannot force remove VM when there are running tasks"):
        lab.ask("DELETE", f"vms/{copy.id}?force=true")
