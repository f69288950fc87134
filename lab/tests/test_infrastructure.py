# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data centers, clusters, networks, profiles, templates, storage domains, permissions, snapshots, consoles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client import Lab, Refused
from ovirtsdk4 import types


def named(lab: Lab, path: str, name: str) -> Any:
    return next(o for o in lab.ask("GET", path) if o.name == name)


def refused(lab: Lab, text: str, status: int, call: Callable[[], Any]) -> None:
    before = lab.engine.state()
    with pytest.raises(Refused, match=text) as caught:
        call()
    assert caught.value.status == status
    assert lab.engine.state() == before


def test_a_new_data_center_has_a_management_network() -> None:
    lab = Lab()
    center = lab.ask("POST", "datacenters", types.DataCenter(name="mydc", local=False))
    assert center.status == types.DataCenterStatus.UNINITIALIZED
    assert [n.name for n in lab.ask("GET", f"datacenters/{center.id}/networks")] == ["ovirtmgmt"]
    about = types.Cluster(name="mycluster", data_center=types.DataCenter(name="mydc"))
    cluster = lab.ask("POST", "clusters", about)
    assert (cluster.version.major, cluster.version.minor) == (4, 3)
    assert [n.name for n in lab.ask("GET", f"clusters/{cluster.id}/networks")] == ["ovirtmgmt"]
    assert [c.name for c in lab.ask("GET", f"datacenters/{center.id}/clusters")] == ["mycluster"]
    assert [d.name for d in lab.ask("GET", "datacenters?search=Clusters.name=mycluster")] == ["mydc"]
    refused(lab, "Cluster name is already in use", 409, lambda: lab.ask("POST", "clusters", about))
    refused(
        lab,
        "only contain letters",
        400,
        lambda: lab.ask("POST", "datacenters", types.DataCenter(name="a b", local=True)),
    )
    refused(
        lab,
        r"Parameters 'cluster.data_center.id' or 'cluster.data_center.name' are mandatory but both were not provided",
        400,
        lambda: lab.ask("POST", "clusters", types.Cluster(name="x")),
    )
    lab.ask("DELETE", f"clusters/{cluster.id}")
    lab.ask("DELETE", f"datacenters/{center.id}")
    assert [n.data_center.id for n in lab.ask("GET", "networks") if n.data_center.id == center.id] == []


def test_clusters_in_use_stay() -> None:
    lab = Lab()
    cluster = named(lab, "clusters", "Default")
    refused(lab, "contains one or more Hosts", 409, lambda: lab.ask("DELETE", f"clusters/{cluster.id}"))


def test_networks() -> None:
    lab = Lab()
    about = types.Network(name="front", data_center=types.DataCenter(name="Default"), vlan=types.Vlan(id=7))
    network = lab.ask("POST", "networks", about)
    assert [p.name for p in lab.ask("GET", f"networks/{network.id}/vnicprofiles")] == ["front"]
    cluster = named(lab, "clusters", "Default")
    assert "front" not in [n.name for n in lab.ask("GET", f"clusters/{cluster.id}/networks")]
    lab.ask("POST", f"clusters/{cluster.id}/networks", types.Network(name="front", required=True))
    assigned = named(lab, f"clusters/{cluster.id}/networks", "front")
    assert (assigned.required, assigned.vlan.id, assigned.cluster.id) == (True, 7, cluster.id)
    refused(lab, "logical network 'front' is already used", 409, lambda: lab.ask("POST", "networks", about))
    management = named(lab, "networks", "ovirtmgmt")
    refused(lab, "mandatory", 400, lambda: lab.ask("DELETE", f"networks/{management.id}"))
    profile = lab.ask("POST", "vnicprofiles", types.VnicProfile(name="x", network=types.Network(id=network.id)))
    vm = lab.vm()
    lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
    refused(lab, "used by VM: web", 409, lambda: lab.ask("DELETE", f"networks/{network.id}"))


def test_objects_added_below_belong_to_the_one_above() -> None:
    lab = Lab()
    center = named(lab, "datacenters", "Default")
    network = lab.ask("POST", f"datacenters/{center.id}/networks", types.Network(name="below"))
    assert network.data_center.id == center.id
    assert "below" in [n.name for n in lab.ask("GET", "networks")]
    profile = lab.ask("POST", f"networks/{network.id}/vnicprofiles", types.VnicProfile(name="second"))
    assert profile.network.id == network.id
    assert "second" in [p.name for p in lab.ask("GET", "vnicprofiles")]


def test_templates() -> None:
    lab = Lab()
    blank = named(lab, "templates", "Blank")
    refused(lab, "Removing Blank Template", 409, lambda: lab.ask("DELETE", f"templates/{blank.id}"))
    vm = lab.vm(custom_properties=None)
    template = lab.ask("POST", "templates", types.Template(name="golden", vm=types.Vm(id=vm.id)))
    assert template.status == types.TemplateStatus.LOCKED
    lab.clock.advance(10)
    shown = lab.ask("GET", f"templates/{template.id}")
    assert (shown.status, shown.memory) == (types.TemplateStatus.OK, vm.memory)
    twin = lab.vm("twin", template=types.Template(name="golden"))
    refused(lab, "used by the following VMs: twin", 409, lambda: lab.ask("DELETE", f"templates/{template.id}"))
    lab.run(vm)
    again = types.Template(name="more", vm=types.Vm(id=vm.id))
    refused(lab, "still running", 409, lambda: lab.ask("POST", "templates", again))
    lab.ask("DELETE", f"vms/{twin.id}")
    lab.ask("DELETE", f"templates/{template.id}")
    assert [t.name for t in lab.ask("GET", "templates?search=datacenter=Default")] == ["Blank"]


def test_storage_domains_have_their_status_in_the_data_center() -> None:
    lab = Lab()
    center, domain = named(lab, "datacenters", "Default"), named(lab, "storagedomains", "data")
    assert domain.status is None
    attached = f"datacenters/{center.id}/storagedomains/{domain.id}"
    assert lab.ask("GET", attached).status == types.StorageDomainStatus.ACTIVE
    assert center.status == types.DataCenterStatus.UP
    lab.ask("POST", f"{attached}/deactivate", "<action/>")
    lab.clock.advance(60)
    assert lab.ask("GET", attached).status == types.StorageDomainStatus.MAINTENANCE
    lab.ask("DELETE", attached)
    assert named(lab, "storagedomains", "data").status == types.StorageDomainStatus.UNATTACHED
    disks = lab.ask("GET", f"storagedomains/{domain.id}/disks")
    assert [d.name for d in disks] == ["db1_Disk1"]


def test_permissions_and_roles() -> None:
    lab = Lab()
    vm = lab.vm()
    path = f"vms/{vm.id}/permissions"
    assert [p.user.id for p in lab.ask("GET", path)] == [named(lab, "users", "admin").id]
    role = types.Permission(role=types.Role(name="UserRole"), user=types.User(id=named(lab, "users", "admin").id))
    given = lab.ask("POST", path, role)
    assert (given.vm.id, len(lab.ask("GET", path))) == (vm.id, 2)
    lab.ask("DELETE", f"{path}/{given.id}")
    role_id = named(lab, "roles", "SuperUser").id
    assert lab.ask("GET", f"roles/{role_id}/permits")[0].name == "login"


def test_snapshots_and_consoles() -> None:
    lab = Lab()
    vm = lab.engine.vm("db1")
    assert [s.description for s in lab.ask("GET", f"vms/{vm.id}/snapshots")] == ["Active VM"]
    made = lab.ask("POST", f"vms/{vm.id}/snapshots", types.Snapshot(description="before"))
    assert made.snapshot_status == types.SnapshotStatus.LOCKED
    lab.clock.advance(60)
    shown = lab.ask("GET", f"vms/{vm.id}/snapshots/{made.id}")
    assert shown.snapshot_status == types.SnapshotStatus.OK
    console = lab.ask("GET", f"vms/{vm.id}/graphicsconsoles?current=true")[0]
    assert (console.protocol, console.address) == (types.GraphicsType.SPICE, "host1.example")
    assert lab.ask("POST", f"vms/{vm.id}/graphicsconsoles/{console.id}/ticket", "<action/>").ticket.value


@pytest.mark.parametrize(
    ("version", "number", "lacks"), [("4.1", 96, "reduce_disk"), ("4.3", 98, "reset_vm"), ("4.5", 99, "")]
)
def test_permits_have_the_numbers_and_names_of_the_engine(version: str, number: int, lacks: str) -> None:
    """ActionGroup.java; those of 4.4.10.7 are those of 4.5."""
    lab = Lab(version)
    level = lab.ask("GET", "clusterlevels")[0]
    found = {permit.name: permit for permit in level.permits}
    assert len(found) == number and lacks not in found
    assert (found["create_vm"].id, found["create_vm"].administrative) == ("1", False)
    assert (found["create_host"].id, found["create_host"].administrative) == ("100", True)
    role = types.Role(name="x", administrative=False, permits=[types.Permit(id="22"), types.Permit(id="17")])
    made = lab.ask("POST", "roles", role)
    assert [p.name for p in lab.ask("GET", f"roles/{made.id}/permits")] == ["run_vm", "reboot_vm"]
