# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates with disks: locked while they are made, sealed, in several versions; VMs from them, thin or whole."""

from __future__ import annotations

from typing import Any

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

VERSIONS = ("4.1", "4.3", "4.5")
COW, RAW = types.DiskFormat.COW, types.DiskFormat.RAW
GIB = 1 << 30


def refused(call: Any, status: int, text: str) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert (caught.value.status, text in (caught.value.detail or "")) == (status, True), str(caught.value)


def source(lab: Lab, name: str = "source", **disk: Any) -> Any:
    """A VM with a bootable disk."""
    vm = lab.vm(name)
    values = {"name": f"{name}_root", "provisioned_size": GIB, "format": RAW, "sparse": True, **disk}
    attachment = types.DiskAttachment(
        disk=types.Disk(**values), interface=types.DiskInterface.VIRTIO, bootable=True, active=True
    )
    lab.ask("POST", f"vms/{vm.id}/diskattachments", attachment)
    lab.clock.advance(3)
    return vm


def template(lab: Lab, of: Any, query: str = "", wait: float = 10, **fields: Any) -> Any:
    """A template of a VM; ready after ten seconds."""
    values = {"name": "golden", "vm": types.Vm(id=of.id), **fields}
    made = lab.ask("POST", f"templates{query}", types.Template(**values))
    lab.clock.advance(wait)
    return made


def disks_of(lab: Lab, obj: Any, kind: str = "vms") -> list[Any]:
    return [lab.ask("GET", f"disks/{a.id}") for a in lab.ask("GET", f"{kind}/{obj.id}/diskattachments")]


def from_golden(lab: Lab, name: str = "copy", query: str = "", **fields: Any) -> Any:
    body = types.Vm(name=name, cluster=types.Cluster(name="Default"), template=types.Template(name="golden"), **fields)
    return lab.ask("POST", f"vms{query}", body)


@pytest.mark.parametrize("version", VERSIONS)
def test_template_disks_and_vm_are_locked_until_it_is_made(version: str) -> None:
    lab = Lab(version)
    vm = source(lab)
    made = template(lab, vm, wait=0)
    assert lab.ask("GET", f"templates/{made.id}").status == types.TemplateStatus.LOCKED
    assert [disk.status.value for disk in disks_of(lab, made, "templates")] == ["locked"]
    assert lab.get(vm).status == types.VmStatus.IMAGE_LOCKED
    refused(lambda: lab.act(vm, "start"), 409, "locked")
    refused(lambda: from_golden(lab), 409, "Template's Image is locked")
    refused(lambda: lab.ask("DELETE", f"templates/{made.id}"), 409, "Template's Image is locked")
    lab.clock.advance(3)
    assert lab.ask("GET", f"templates/{made.id}").status == types.TemplateStatus.OK
    assert [disk.status.value for disk in disks_of(lab, made, "templates")] == ["ok"]
    assert lab.get(vm).status == types.VmStatus.DOWN
    lab.run(vm)


def test_its_disks_are_named_as_the_client_says() -> None:
    lab = Lab()
    vm = source(lab)
    own = disks_of(lab, vm)[0]
    wanted = types.DiskAttachment(disk=types.Disk(id=own.id, name="root", format=COW))
    made = template(lab, vm, vm=types.Vm(id=vm.id, disk_attachments=[wanted]))
    assert [(disk.name, disk.format) for disk in disks_of(lab, made, "templates")] == [("root", COW)]
    assert disks_of(lab, vm)[0].name == "source_root"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_thin_copy_depends_on_the_template_and_a_whole_one_does_not(version: str) -> None:
    lab = Lab(version)
    made = template(lab, source(lab))
    thin, whole = from_golden(lab, "thin"), from_golden(lab, "whole", "?clone=true")
    lab.clock.advance(3)
    assert [(d.format, d.sparse, d.status.value) for d in disks_of(lab, thin)] == [(COW, True, "ok")]
    assert [(d.format, d.status.value) for d in disks_of(lab, whole)] == [(RAW, "ok")]
    assert lab.get(thin).template.id == made.id == lab.get(whole).original_template.id
    assert lab.ask("GET", f"templates/{lab.get(whole).template.id}").name == "Blank"
    refused(lambda: lab.ask("DELETE", f"templates/{made.id}"), 409, "used by the following VMs: thin.")
    lab.ask("DELETE", f"vms/{thin.id}")
    lab.ask("DELETE", f"templates/{made.id}")
    assert [disk.name for disk in disks_of(lab, whole)] == ["whole_Disk1"]


def test_a_whole_copy_is_as_the_client_says() -> None:
    lab = Lab()
    made = template(lab, source(lab))
    root = disks_of(lab, made, "templates")[0]
    wanted = types.DiskAttachment(disk=types.Disk(id=root.id, format=COW, name="mine"))
    whole = from_golden(lab, "whole", "?clone=true", disk_attachments=[wanted])
    assert [(disk.name, disk.format) for disk in disks_of(lab, whole)] == [("mine", COW)]


def test_a_template_goes_with_its_disks() -> None:
    lab = Lab()
    made = template(lab, source(lab))
    ident = disks_of(lab, made, "templates")[0].id
    lab.ask("DELETE", f"templates/{made.id}")
    assert lab.raw("GET", f"disks/{ident}").status == 404


# --- sealed


def test_sealing_takes_longer_and_windows_is_refused() -> None:
    lab = Lab("4.5")
    vm = source(lab)
    lab.put(vm, os=types.OperatingSystem(type="windows_2019x64"))
    refused(lambda: template(lab, vm, "?seal=true"), 400, "Sealing of Windows")
    lab.put(vm, os=types.OperatingSystem(type="rhel_8x64"))
    made = template(lab, vm, "?seal=true", wait=3)
    assert lab.ask("GET", f"templates/{made.id}").status == types.TemplateStatus.LOCKED
    lab.clock.advance(3)
    assert lab.ask("GET", f"templates/{made.id}").status == types.TemplateStatus.OK


@pytest.mark.parametrize(
    ("version", "query", "seals"),
    [("4.5", "", True), ("4.5", "?seal=false", False), ("4.3", "", False)],
)
def test_a_vm_of_a_sealed_template_is_sealed_too(version: str, query: str, seals: bool) -> None:
    lab = Lab(version)
    template(lab, source(lab), "?seal=true")
    vm = from_golden(lab, query=query)
    lab.clock.advance(3)
    assert lab.get(vm).status.value == ("image_locked" if seals else "down")
    lab.clock.advance(3)
    assert lab.get(vm).status == types.VmStatus.DOWN


# --- versions


def version_of(lab: Lab, base: Any, vm: Any, name: str) -> Any:
    version = types.TemplateVersion(base_template=types.Template(id=base.id), version_name=name)
    return template(lab, vm, version=version)


def test_versions_are_counted_and_keep_their_base() -> None:
    lab = Lab()
    vm = source(lab)
    base = template(lab, vm)
    second, third = version_of(lab, base, vm, "second"), version_of(lab, base, vm, "third")
    assert [t.version.version_number for t in (base, second, third)] == [1, 2, 3]
    assert third.version.base_template.id == base.id
    refused(lambda: lab.ask("DELETE", f"templates/{base.id}"), 409, "for this Template: second,third.")
    refused(lambda: version_of(lab, second, vm, "fourth"), 400, "Only the first template version")
    lab.ask("DELETE", f"templates/{third.id}")
    assert version_of(lab, base, vm, "again").version.version_number == 3
    blank = next(t for t in lab.ask("GET", "templates") if t.name == "Blank")
    refused(lambda: version_of(lab, blank, vm, "none"), 400, "Blank template can't have sub-templates")


def test_a_refused_template_leaves_everything_as_it_was() -> None:
    lab = Lab()
    vm = source(lab)
    template(lab, vm)
    before = lab.engine.state()
    refused(lambda: template(lab, vm), 409, "name is already")
    assert lab.engine.state() == before


# --- what a client may not do to it


def test_what_a_client_cannot_change_stays() -> None:
    """Clients send back whole templates, with the status that they read while it was locked."""
    lab = Lab("4.5")
    vm = source(lab)
    made = template(lab, vm, wait=0)
    refused(lambda: lab.ask("PUT", f"templates/{made.id}", types.Template(comment="x")), 409, "currently locked")
    lab.clock.advance(5)
    secret = types.Vm(id=vm.id, initialization=types.Initialization(root_password="hunter2"))
    version = types.TemplateVersion(version_number=9, base_template=types.Template(id=made.id))
    body = types.Template(comment="x", status=types.TemplateStatus.LOCKED, vm=secret, version=version,
                          nics=[types.Nic(name="no")])  # fmt: skip
    lab.ask("PUT", f"templates/{made.id}", body)
    found = lab.ask("GET", f"templates/{made.id}")
    assert (found.comment, found.status, found.version.version_number) == ("x", types.TemplateStatus.OK, 1)
    assert found.version.base_template is None and found.vm is None
    assert b"hunter2" not in lab.raw("GET", f"templates/{made.id}").body


def test_a_protected_template_stays() -> None:
    lab = Lab()
    made = template(lab, source(lab), delete_protected=True)
    refused(lambda: lab.ask("DELETE", f"templates/{made.id}"), 409, "Delete protection")


def test_its_disks_are_not_those_of_others() -> None:
    lab = Lab()
    made = template(lab, source(lab))
    disk = disks_of(lab, made, "templates")[0]
    refused(lambda: lab.ask("DELETE", f"disks/{disk.id}"), 400, "A storage domain must be specified")
    attachment = types.DiskAttachment(disk=types.Disk(id=disk.id), interface=types.DiskInterface.VIRTIO)
    refused(lambda: lab.ask("POST", f"vms/{lab.vm('other').id}/diskattachments", attachment), 409, "not shareable")


@pytest.mark.parametrize("path", ["templates", "vms?clone=true"])
def test_an_unknown_storage_domain_is_refused_before_anything_is_made(path: str) -> None:
    lab = Lab()
    vm = source(lab)
    own = disks_of(lab, vm)[0]
    made = template(lab, vm)
    root = disks_of(lab, made, "templates")[0]
    nowhere = [types.StorageDomain(name="nowhere")]
    before = lab.engine.state()
    if path == "templates":
        wanted = types.DiskAttachment(disk=types.Disk(id=own.id, storage_domains=nowhere))
        body: Any = types.Template(name="more", vm=types.Vm(id=vm.id, disk_attachments=[wanted]))
    else:
        wanted = types.DiskAttachment(disk=types.Disk(id=root.id, storage_domains=nowhere))
        body = types.Vm(name="more", cluster=types.Cluster(name="Default"), template=types.Template(name="golden"),
                        disk_attachments=[wanted])  # fmt: skip
    refused(lambda: lab.ask("POST", path, body), 404, "nowhere")
    assert lab.engine.state() == before


def test_an_interface_without_its_profile_comes_without_one() -> None:
    lab = Lab()
    vm = source(lab)
    profile = lab.ask("GET", "vnicprofiles")[0]
    lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
    template(lab, vm)
    for nic in lab.ask("GET", f"vms/{vm.id}/nics"):
        lab.ask("DELETE", f"vms/{vm.id}/nics/{nic.id}")
    lab.engine.store.remove("vnicprofiles", profile.id)
    made = from_golden(lab)
    assert [nic.vnic_profile for nic in lab.ask("GET", f"vms/{made.id}/nics")] == [None]


@pytest.mark.parametrize(("status", "code", "text"), [("locked", 409, "locked"), ("illegal", 500, "ILLEGAL")])
def test_disks_that_are_not_ready_make_no_template(status: str, code: int, text: str) -> None:
    lab = Lab("4.5")
    vm = source(lab)
    lab.engine.store.get("disks", disks_of(lab, vm)[0].id).status = types.DiskStatus(status)
    refused(lambda: template(lab, vm), code, text)


def test_a_vm_without_disks_is_locked_too_and_has_no_snapshots_meanwhile() -> None:
    lab = Lab("4.5")
    vm = lab.vm("source")
    template(lab, vm, wait=0)
    assert lab.get(vm).status == types.VmStatus.IMAGE_LOCKED
    refused(lambda: lab.ask("POST", f"vms/{vm.id}/snapshots", types.Snapshot(description="s")), 409, "locked")
    lab.clock.advance(3)
    assert lab.get(vm).status == types.VmStatus.DOWN


# --- what was left of an attack on the laboratory


@pytest.mark.parametrize("query", ["", "?clone=true"])
def test_a_template_stays_while_a_vm_is_made_of_it(query: str) -> None:
    """The shared lock of AddVmCommand against the exclusive ones of RemoveVmTemplate and UpdateVmTemplate."""
    lab = Lab("4.5")
    base = template(lab, source(lab))
    body = types.Vm(name="copy", cluster=types.Cluster(name="Default"), template=types.Template(id=base.id))
    lab.ask("POST", f"vms{query}", body)
    text = "This template is currently in use to create VM copy."
    refused(lambda: lab.ask("DELETE", f"templates/{base.id}"), 409, f"Cannot remove Template. {text}")
    refused(lambda: lab.ask("PUT", f"templates/{base.id}", types.Template(comment="x")), 409, text)
    lab.clock.advance(60)
    lab.ask("PUT", f"templates/{base.id}", types.Template(comment="x"))
    if query:
        lab.ask("DELETE", f"templates/{base.id}")


@pytest.mark.parametrize(("version", "most"), [("4.1", 40), ("4.3", 255), ("4.5", 255)])
def test_names_of_templates_are_checked(version: str, most: int) -> None:
    """AddVmTemplateParameters.name and VmTemplate.getName."""
    lab = Lab(version)
    vm = source(lab)
    long = f"VM Template name must not exceed {most} characters"
    refused(lambda: template(lab, vm, name="x" * (most + 1)), 400, long)
    refused(lambda: template(lab, vm, name="a b"), 400, "The given name contains special characters")
    made = template(lab, vm, name="x" * most)
    refused(lambda: template(lab, vm, name="x" * most), 409, "The Template name is already in use")
    refused(lambda: lab.ask("PUT", f"templates/{made.id}", types.Template(name="a b")), 400, "special characters")


def test_versions_have_the_name_of_their_base_and_a_name_means_the_newest() -> None:
    """AddVmTemplateCommand.initVmTemplate, UpdateVmTemplate, GetVmTemplateByVmtName."""
    lab = Lab("4.3")
    vm = source(lab)
    base = template(lab, vm, name="base")
    second = version_of(lab, base, vm, "second")
    assert second.name == "base" and second.version.version_name == "second"
    renamed = types.Template(name="other")
    refused(lambda: lab.ask("PUT", f"templates/{second.id}", renamed), 400, "Cannot update the name of Sub-Templates")
    lab.ask("PUT", f"templates/{base.id}", renamed)
    assert lab.ask("GET", f"templates/{second.id}").name == "other"
    assert lab.vm("a", template=types.Template(name="other")).template.id == second.id
    assert lab.vm("b", template=types.Template(id=base.id)).template.id == base.id
    latest = {"template": types.Template(id=base.id), "use_latest_template_version": True}
    assert lab.vm("c", **latest).template.id == second.id


def test_a_vm_is_not_made_in_another_data_center_than_its_templates_disks() -> None:
    """AddVmCommand.canAddVm; a name is not even found there."""
    lab = Lab("4.3", {"data_centers": [{"name": "Default"}, {"name": "Far"}],
                      "clusters": [{"name": "Default"}, {"name": "Away", "data_center": "Far"}]})  # fmt: skip
    base = template(lab, source(lab))
    away = types.Cluster(name="Away")
    text = "[Cannot add VM. The target Data Center does not contain the VM.]"
    refused(lambda: lab.vm("a", cluster=away, template=types.Template(id=base.id)), 409, text)
    refused(lambda: lab.vm("a", cluster=away, template=types.Template(name=base.name)), 404, "Entity not found")
