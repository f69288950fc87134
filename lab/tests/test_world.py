# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is at the start, and what a world can say otherwise."""

from __future__ import annotations

import pytest
from client import Lab, values_of
from hypothesis import given
from hypothesis import strategies as st
from ovirtsdk4 import types
from test_vms import refused

from ovirt_lab.engine import query


@pytest.mark.parametrize(
    ("version", "levels"),
    [("4.1", {"Default": (4, 1)}), ("4.3", {"Default": (4, 1), "Modern": (4, 3)}),
     ("4.5", {"Default": (4, 2), "Modern": (4, 3)})],
)  # fmt: skip
def test_default_world(version: str, levels: dict[str, tuple[int, int]]) -> None:
    lab = Lab(version)
    clusters = lab.ask("GET", "clusters")
    assert {c.name: (c.version.major, c.version.minor) for c in clusters} == levels
    tagged = lab.ask("GET", "hosts?search=tag%3Dcontainer-host")
    assert [host.name for host in tagged] == ["host1", "host2"]
    assert lab.engine.vm("db1").status == types.VmStatus.UP
    assert {n.name for n in lab.ask("GET", "networks")} == {"ovirtmgmt", "backend"}
    root = lab.ask("GET", "")
    blank = lab.ask("GET", f"templates/{root.special_objects.blank_template.id}")
    assert blank.name == "Blank"


@pytest.mark.parametrize(
    "image",
    ["redis", "library/redis:7.2", "registry.example:5000/a/b@sha256:" + "0" * 64, "my-app_1.x", "a/b/c:V1.0-rc_1"],
)
def test_properties_accept_image_references(image: str) -> None:
    assert values_of(Lab().container(image=image))["containerImage"] == image


@pytest.mark.parametrize("image", ["", "-v", "Redis", "a b", "redis:", "redis@sha256:0", "a;b=c", "/a", "a//b"])
def test_properties_refuse_what_is_none(image: str) -> None:
    lab = Lab()
    refused(lab, 400, "custom properties", lambda: lab.container(image=image))


def test_vms_of_a_world() -> None:
    world = {
        "vms": [
            {
                "name": "old",
                "status": "up",
                "host": "host2",
                "nics": ["ovirtmgmt", "backend"],
                "properties": {"containerType": "docker", "containerImage": "redis"},
                "tags": ["legacy"],
                "cdrom": False,
            }
        ]
    }
    lab = Lab(world=world)
    vm = lab.ask("GET", "vms?search=tag%3Dlegacy")[0]
    assert vm.status == types.VmStatus.UP and lab.engine.store.follow(lab.engine.vm("old").host).name == "host2"
    assert [nic.name for nic in lab.ask("GET", f"vms/{vm.id}/nics")] == ["nic1", "nic2"]
    assert lab.ask("GET", f"vms/{vm.id}/cdroms") == []
    lab.act(vm, "shutdown")
    assert lab.status(vm, 100) == "powering_down"  # it runs as a container


def test_template_of_a_world_has_a_disk_to_boot_from() -> None:
    lab = Lab(world={"templates": [{"name": "guest", "disk": 10}]})
    boot = types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD]))
    vm = lab.vm(template=types.Template(name="guest"), os=boot)
    lab.clock.advance(3)
    lab.run(vm)


@pytest.mark.parametrize(("version", "because"), [("4.1", False), ("4.3", True)])
def test_pinned_to_a_host_that_is_not_there_for_it(version: str, because: bool) -> None:
    lab = Lab(version)
    policy = types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name="host1")])
    vm = lab.vm(placement_policy=policy)
    lab.engine.store.named("hosts", "host1").status = types.HostStatus.MAINTENANCE
    text = "The host host2 did not satisfy internal filter PinToHost" + (
        " because the host is not present" if because else "."
    )
    refused(lab, 409, text, lambda: lab.act(vm, "start"))


def test_starts_are_spread_over_the_hosts() -> None:
    lab = Lab(world={"vms": []})
    hosts = []
    for number in range(4):
        vm = lab.container(f"c{number}")
        lab.run(vm)
        hosts.append(lab.engine.store.follow(lab.engine.vm(f"c{number}").host).name)
    assert sorted(hosts) == ["host1", "host1", "host2", "host2"]


def test_unknown_delays_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown delays bot"):
        Lab(world={"delays": {"bot": 1}})


def test_a_world_with_clusters_of_its_own_has_no_hosts_and_no_vms_of_the_default_world() -> None:
    lab = Lab(world={"clusters": [{"name": "Containers", "version": "4.1", "data_center": "Default"}]})
    assert (lab.engine.store.list("hosts"), lab.engine.store.list("vms")) == ([], [])


def test_what_the_engine_refuses_of_a_world_is_named() -> None:
    with pytest.raises(ValueError, match="^world: vms: web: Entity not found: Cluster: name=Elsewhere$"):
        Lab(world={"vms": [{"name": "web", "cluster": "Elsewhere"}]})


@given(st.text())
def test_any_search_text_can_be_read(text: str) -> None:
    query.parse(text)


@given(st.text(alphabet='ab*=<>! "()orandpage1sortby'))
def test_nearly_right_search_texts_too(text: str) -> None:
    assert query.parse(text).page >= 0


TWO = {
    "data_centers": [{"name": "One"}, {"name": "Two"}],
    "clusters": [
        {"name": "first", "version": "4.1", "data_center": "One"},
        {"name": "second", "version": "4.1", "data_center": "Two"},
    ],
    "hosts": [
        {"name": "host1", "cluster": "first", "containers": True},
        {"name": "host2", "cluster": "second", "containers": True},
    ],
    "networks": [
        {"name": "ovirtmgmt", "data_center": "One"},
        {"name": "ovirtmgmt", "data_center": "Two"},
        {"name": "backend", "data_center": "Two"},
    ],
    "vms": [
        {"name": "web", "cluster": "first", "nics": ["ovirtmgmt"], "status": "up"},
        {"name": "web", "cluster": "second", "nics": ["backend", "ovirtmgmt"], "status": "up"},
    ],
}


@pytest.mark.parametrize("version", ["4.1", "4.3"])
def test_two_data_centers_with_networks_of_the_same_name(version: str) -> None:
    lab = Lab(version, TWO)
    store = lab.engine.store
    seen = []
    for vm in lab.ask("GET", "vms"):
        cluster = store.get("clusters", vm.cluster.id)
        nics = [store.get("vnicprofiles", nic.vnic_profile.id) for nic in lab.ask("GET", f"vms/{vm.id}/nics")]
        places = {store.get("networks", profile.network.id).data_center.id for profile in nics}
        seen.append((cluster.name, [profile.name for profile in nics], places == {cluster.data_center.id}))
    assert seen == [("first", ["ovirtmgmt"], True), ("second", ["backend", "ovirtmgmt"], True)]
    assert [profile.name for profile in lab.ask("GET", "vnicprofiles")] == ["ovirtmgmt", "ovirtmgmt", "backend"]
    spm = [host.name for host in lab.ask("GET", "hosts") if host.spm.status == types.SpmStatus.SPM]
    assert spm == ["host1", "host2"]


def test_a_profile_of_another_data_center_is_refused() -> None:
    lab = Lab(world=TWO)
    vm = lab.ask("GET", "vms?search=cluster%3Dfirst")[0]
    profiles = {profile.name: profile for profile in lab.ask("GET", "vnicprofiles")}
    nic = types.Nic(name="nic2", vnic_profile=types.VnicProfile(id=profiles["backend"].id))
    text = "The specified Logical Network doesn't exist in the current Cluster."
    refused(lab, 409, text, lambda: lab.ask("POST", f"vms/{vm.id}/nics", nic))


def test_a_profile_that_is_only_named_is_none() -> None:
    lab = Lab()
    vm = lab.vm()
    nic = lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="n", vnic_profile=types.VnicProfile(name="ovirtmgmt")))
    assert nic.vnic_profile is None


def test_a_nic_of_a_profile_that_is_not_there() -> None:
    vms = [{"name": "web", "cluster": "first", "nics": ["backend"]}]
    with pytest.raises(ValueError, match="has a NIC of profile backend, but data center One has none"):
        Lab(world={**TWO, "vms": vms})
