# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects of a real Engine always have, and what they never show: profiles, quotas, icons, policies, host NICs."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from client import Lab
from ovirtsdk4 import types
from test_infrastructure import named
from test_vms import refused

from ovirt_lab.engine import Engine
from ovirt_lab.engine.resources import host_nics

VERSIONS = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])


def behind(lab: Lab, ref: Any) -> Any:
    """What is behind the href of a reference."""
    return lab.ask("GET", ref.href.removeprefix("/ovirt-engine/api/"))


@VERSIONS
def test_lists_of_vms_have_ballooning_since_it_is_no_query_of_its_own(version: str) -> None:
    """MemoryPolicyHelper until 4.3, VmBaseMapper since."""
    lab = Lab(version)
    vm = lab.engine.vm("db1")
    for _ in range(2):  # the second time it is a kept rendering
        listed = lab.ask("GET", "vms")[0].memory_policy
        assert (listed.ballooning, listed.guaranteed) == (None if version < "4.5" else True, vm.memory)
        assert lab.get(vm).memory_policy.ballooning is True
    assert lab.ask("GET", "vms?all_content=true")[0].memory_policy.ballooning is True
    assert vm.memory_policy.ballooning is True
    assert lab.vm("web").memory_policy.ballooning is True


@VERSIONS
def test_only_a_vm_that_runs_says_whether_it_runs_once(version: str) -> None:
    lab = Lab(version)
    vm = lab.container()
    assert lab.get(vm).run_once is None
    assert lab.run(vm).run_once is False
    assert {found.name: found.run_once for found in lab.ask("GET", "vms")} == {"db1": False, "web": False}


@VERSIONS
def test_a_cluster_always_has_its_policies(version: str) -> None:
    lab = Lab(version)
    about = types.Cluster(name="new", data_center=types.DataCenter(name="Default"))
    for cluster in (named(lab, "clusters", "Default"), lab.ask("POST", "clusters", about)):
        assert behind(lab, cluster.mac_pool).default_pool
        assert behind(lab, cluster.scheduling_policy).name == "none"
        assert cluster.migration.bandwidth.assignment_method.value == "auto"
        assert (cluster.fencing_policy.enabled, cluster.fencing_policy.skip_if_sd_active.enabled) == (True, False)
        assert [profile.name for profile in lab.ask("GET", f"clusters/{cluster.id}/cpuprofiles")] == [cluster.name]


def test_a_cluster_changes_its_policy() -> None:
    lab = Lab()
    cluster, saving = named(lab, "clusters", "Default"), named(lab, "schedulingpolicies", "power_saving")
    path = f"clusters/{cluster.id}"
    changed = lab.ask("PUT", path, types.Cluster(scheduling_policy=types.SchedulingPolicy(id=saving.id)))
    assert behind(lab, changed.scheduling_policy).name == "power_saving"
    text = "Scheduling Policy is locked"
    other = types.SchedulingPolicy(name="mine")
    refused(lab, 400, text, lambda: lab.ask("PUT", f"schedulingpolicies/{saving.id}", other))


@VERSIONS
def test_a_vm_always_has_profile_quota_and_icons(version: str) -> None:
    lab = Lab(version)
    for vm in (lab.get(lab.engine.vm("db1")), lab.vm("web")):
        assert behind(lab, vm.cpu_profile).name == "Default"
        assert behind(lab, vm.small_icon).media_type == behind(lab, vm.large_icon).media_type == "image/png"
        assert vm.small_icon.id != vm.large_icon.id
        assert (vm.quota.href, lab.ask("GET", f"{center(lab)}/quotas/{vm.quota.id}").name) == (None, "Default")


def center(lab: Lab) -> str:
    return f"datacenters/{named(lab, 'datacenters', 'Default').id}"


def test_the_cpu_profile_is_one_of_the_cluster() -> None:
    lab = Lab()
    vm, modern = lab.vm(), named(lab, "clusters", "Modern")
    other = named(lab, "cpuprofiles", "Modern")
    wanted = types.CpuProfile(id=other.id)
    refused(lab, 400, "CPU Profile doesn't match provided Cluster", lambda: lab.put(vm, cpu_profile=wanted))
    unknown = types.CpuProfile(id="00000000-0000-0000-0000-00000000abcd")
    refused(lab, 400, "doesn't exist", lambda: lab.put(vm, cpu_profile=unknown))
    assert lab.put(vm, cluster=types.Cluster(id=modern.id)).cpu_profile.id == other.id
    text = "Cannot remove last CPU profile in Cluster"
    refused(lab, 400, text, lambda: lab.ask("DELETE", f"cpuprofiles/{other.id}"))
    second = lab.ask("POST", f"clusters/{modern.id}/cpuprofiles", types.CpuProfile(name="second"))
    assert second.cluster.id == modern.id
    refused(lab, 400, "(1) are using this Profile:\nweb", lambda: lab.ask("DELETE", f"cpuprofiles/{other.id}"))
    lab.put(vm, cpu_profile=types.CpuProfile(id=second.id))
    lab.ask("DELETE", f"cpuprofiles/{other.id}")


def test_an_icon_that_is_sent_is_kept() -> None:
    lab = Lab()
    data = base64.b64encode(b"a picture").decode()
    changed = lab.put(lab.vm(), large_icon=types.Icon(media_type="image/jpeg", data=data))
    assert (behind(lab, changed.large_icon).data, behind(lab, changed.large_icon).media_type) == (data, "image/jpeg")
    assert lab.put(changed, comment="x").large_icon.id == changed.large_icon.id


@VERSIONS
def test_a_disk_always_has_profile_and_quota(version: str) -> None:
    lab = Lab(version)
    about = types.Disk(name="d", format=types.DiskFormat.COW, provisioned_size=1 << 30)
    for disk in (lab.ask("GET", "disks")[0], lab.ask("POST", "disks", about)):
        assert behind(lab, disk.disk_profile).name == "data"
        assert behind(lab, disk.quota).data_center.id in center(lab)
    profile = lab.ask("GET", "disks")[0].disk_profile.id
    domain = named(lab, "storagedomains", "data")
    assert [found.id for found in lab.ask("GET", f"storagedomains/{domain.id}/diskprofiles")] == [profile]
    text = "Cannot remove last Disk profile"
    refused(lab, 400, text, lambda: lab.ask("DELETE", f"diskprofiles/{profile}"))


@VERSIONS
def test_a_host_says_what_machine_it_is(version: str) -> None:
    lab = Lab(version)
    found = [host.hardware_information for host in lab.ask("GET", "hosts")]
    assert all(machine.family and machine.serial_number and machine.uuid for machine in found)
    assert len({machine.uuid for machine in found}) == len({machine.serial_number for machine in found}) == len(found)


@VERSIONS
def test_networks_of_a_host(version: str) -> None:
    lab = Lab(version)
    path = f"hosts/{named(lab, 'hosts', 'host1').id}"
    nics = {nic.name: nic for nic in lab.ask("GET", f"{path}/nics")}
    assert {name: behind(lab, nic.network).name for name, nic in nics.items()} == {
        "eth0": "ovirtmgmt",
        "eth1": "backend",
    }
    assert nics["eth0"].ip.address.startswith("192.0.2.") and nics["eth0"].status == types.NicStatus.UP
    attachments = lab.ask("GET", f"{path}/networkattachments")
    assert [(behind(lab, a.network).name, behind(lab, a.host_nic).name) for a in attachments] == [
        ("ovirtmgmt", "eth0"),
        ("backend", "eth1"),
    ]
    below = lab.ask("GET", f"{path}/nics/{nics['eth1'].id}/networkattachments")
    assert [a.id for a in below] == [attachments[1].id]
    assert lab.ask("GET", f"{path}/nics/{nics['eth0'].id}/statistics")[0].host_nic.id == nics["eth0"].id
    macs = [nic.mac.address for host in lab.ask("GET", "hosts") for nic in lab.ask("GET", f"hosts/{host.id}/nics")]
    assert len(set(macs)) == len(macs)


def test_a_host_that_is_added_has_the_management_network() -> None:
    lab = Lab()
    host = lab.ask("POST", "hosts", types.Host(name="new", address="new.example", root_password="x"))
    path = f"hosts/{host.id}/networkattachments"
    management = lab.ask("GET", path)
    assert [behind(lab, found.network).name for found in management] == ["ovirtmgmt"]
    nic = lab.ask("GET", f"hosts/{host.id}/nics")[0]
    lab.ask("DELETE", f"{path}/{management[0].id}")
    assert lab.ask("GET", f"hosts/{host.id}/nics/{nic.id}").network is None
    about = types.NetworkAttachment(network=types.Network(name="backend"), host_nic=types.HostNic(name="eth0"))
    lab.ask("POST", path, about)
    assert behind(lab, lab.ask("GET", f"hosts/{host.id}/nics/{nic.id}").network).name == "backend"


def test_a_host_with_a_vdsm_of_its_own_has_the_interfaces_that_it_reports() -> None:
    lab = Lab(world={"hosts": [{"name": "h1", "vdsm_url": "http://127.0.0.1:1"}], "vms": []})
    host = named(lab, "hosts", "h1")
    caps = {
        "nics": {"em1": {"hwaddr": "52:54:00:00:00:01", "mtu": "9000", "addr": ""}, "em2": {"mtu": "", "addr": ""}},
        "bridges": {"ovirtmgmt": {"ports": ["em1"], "addr": "10.0.0.5", "netmask": "255.0.0.0"}, "br": {"ports": []}},
    }
    ids = []
    for _ in range(2):
        host_nics.report(lab.engine.store, lab.engine.store.list("hosts")[0], caps)
        nics = {nic.name: nic for nic in lab.ask("GET", f"hosts/{host.id}/nics")}
        assert list(nics) == ["em1", "em2"] and nics["em2"].network is None
        assert (nics["em1"].mac.address, nics["em1"].mtu, nics["em1"].ip.address) == (
            "52:54:00:00:00:01",
            9000,
            "10.0.0.5",
        )
        attachments = lab.ask("GET", f"hosts/{host.id}/networkattachments")
        assert [behind(lab, found.network).name for found in attachments] == ["ovirtmgmt"]
        ids.append([nics["em1"].id, attachments[0].id])
    assert ids[0] == ids[1]


def test_a_state_that_an_older_lab_saved_gets_what_it_lacks(tmp_path: Path) -> None:
    lab = Lab()
    lab.engine.save(tmp_path / "state.json")
    state = json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))
    for path in list(state["objects"]):
        if path in ("icons", "schedulingpolicies", "cpuprofiles", "diskprofiles") or path.endswith("/quotas"):
            del state["objects"][path]
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    lab.engine = Engine.load(tmp_path / "state.json", lab.clock)
    vm = lab.vm("web")
    assert behind(lab, vm.small_icon).media_type == "image/png"
    assert (vm.cpu_profile, lab.put(vm, comment="x").comment) == (None, "x")
    about = types.Cluster(name="new", data_center=types.DataCenter(name="Default"))
    assert behind(lab, lab.ask("POST", "clusters", about).scheduling_policy).name == "none"
