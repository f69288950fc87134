# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planning over all pairs of what is there and what is wanted, against a model of the Engine in twenty lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import NicChange, Plan, plan
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import (
    UNSEEN,
    Cluster,
    Host,
    Nic,
    Site,
    Vm,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import STATES, ContainerVm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.values import MIB
from hypothesis import assume, given
from hypothesis import strategies as st

NETWORKS = ("ovirtmgmt/ovirtmgmt", "backend/backend", "backend/fast")


def site(*vms: Vm) -> Site:
    return Site(
        clusters={
            "Default": Cluster("c1", "Default", (4, 1), "dc"),
            "Modern": Cluster("c2", "Modern", (4, 3), "dc"),
        },
        hosts={
            "host1": Host("h1", "host1", "c1", (4, 19), proven=True),
            "host2": Host("h2", "host2", "c1", (4, 19), proven=True),
            "plain": Host("h3", "plain", "c1", (4, 19), proven=False),
            "later": Host("h4", "later", "c1", (4, 20), proven=False),
            "other": Host("h5", "other", "c2", (4, 30), proven=True),
        },
        profiles={("c1", name): f"id-{name}" for name in NETWORKS},
        vms=list(vms),
    )


def config(**changes: Any) -> dict[str, Any]:
    return {
        "cluster": "Default",
        "description": "",
        "properties": {"containerType": "docker", "containerImage": "redis"},
        "networks": (),
        "hosts": ("host1", "host2"),
        "affinity": "pinned",
        "memory": 512 * MIB,
        "memory_guaranteed": 512 * MIB,
        "memory_max": 1536 * MIB,
        "cpu_shares": 0,
        "high_availability": False,
        "boot_devices": ("hd", "network"),
        **changes,
    }


def vm(status: str = "down", name: str = "web", networks: tuple[str, ...] = (), **changes: Any) -> Vm:
    nics = tuple(Nic(f"n{i}", f"nic{i + 1}", network) for i, network in enumerate(networks))
    host = None if status == "down" else "host1"
    return Vm("v1", name, status, config(networks=networks, **changes), host, nics)


def apply(made: Plan, found: Vm | None) -> Vm | None:
    """What an Engine has after carrying out a plan: a model, for the properties below."""
    if "remove" in made.actions:
        return None
    if not made.actions:
        return found
    status = "down" if found is None or "stop" in made.actions else found.status
    status = "up" if "start" in made.actions else status
    nics = {nic.id: nic for nic in (found.nics if found else ())}
    for change in made.networks:
        if change.operation == "remove":
            del nics[change.nic]
        elif change.operation == "add":
            nics[f"new-{change.nic}"] = Nic(f"new-{change.nic}", change.nic, change.network)
        else:
            nics[change.nic] = replace(nics[change.nic], network=change.network, usable=True)
    ordered = tuple(sorted(nics.values(), key=lambda nic: nic.name))
    written = {**made.config, "networks": tuple(nic.network for nic in ordered)}
    return Vm("v1", made.name, status, written, "host1" if status == "up" else None, ordered, made.next_run)


specs = st.builds(
    ContainerVm,
    name=st.just("web"),
    state=st.sampled_from(STATES),
    cluster=st.just("Default"),
    image=st.sampled_from(["redis", "redis:7.2"]),
    description=st.sampled_from([None, "", "text"]),
    hosts=st.sampled_from([None, ("host1",), ("host2", "host1"), ("plain",)]),
    networks=st.none() | st.lists(st.sampled_from(NETWORKS), max_size=3).map(tuple),
    memory=st.sampled_from([None, 64 * MIB, 2048 * MIB]),
    cpu_shares=st.sampled_from([None, 0, 512]),
)
found_vms = st.none() | st.builds(
    vm,
    status=st.sampled_from(["down", "up", "powering_up", "unassigned"]),
    networks=st.lists(st.sampled_from(NETWORKS), max_size=3).map(tuple),
    description=st.sampled_from(["", "text", "else"]),
    properties=st.sampled_from(
        [{"containerType": "docker", "containerImage": "redis"}, {"containerType": "none", "sap_agent": "true"}]
    ),
    hosts=st.sampled_from([(), ("host1",), ("host1", "host2")]),
    affinity=st.sampled_from(["pinned", "migratable"]),
    memory=st.sampled_from([512 * MIB, 1024 * MIB]),
    memory_max=st.sampled_from([512 * MIB, 4096 * MIB]),
    boot_devices=st.sampled_from([("hd",), ("hd", "network")]),
)


def planned(spec: ContainerVm, found: Vm | None) -> Plan:
    try:
        return plan(spec, site(*([found] if found else [])))
    except SpecError:
        # The one pair that cannot be had: NICs of a running container.
        assert found is not None
        assert found.config["networks"] != spec.networks
        assert spec.state in ("present", "running")
        assume(False)
        raise


@given(specs, found_vms)
def test_what_is_planned_gives_what_is_wanted(spec: ContainerVm, found: Vm | None) -> None:
    result = apply(planned(spec, found), found)
    if spec.state == "absent":
        assert result is None
        return
    assert result is not None
    for key in ("description", "networks", "memory", "cpu_shares"):
        if getattr(spec, key) is not None:
            assert result.config[key] == getattr(spec, key)
    assert result.config["properties"]["containerImage"] == spec.image
    assert result.config["memory_max"] > result.config["memory"] >= result.config["memory_guaranteed"]
    assert result.config["affinity"] == "pinned"
    assert result.config["hosts"]
    if spec.state in ("running", "restarted"):
        assert result.status in ("up", "powering_up")
    if spec.state == "stopped":
        assert result.down


@given(specs, found_vms)
def test_planning_again_gives_nothing(spec: ContainerVm, found: Vm | None) -> None:
    assume(spec.state != "restarted")
    first = planned(spec, found)
    again = planned(spec, apply(first, found))
    assert again.actions == ()
    assert not again.changed
    assert again.before == again.after


@given(specs, found_vms)
def test_foreign_properties_survive(spec: ContainerVm, found: Vm | None) -> None:
    result = apply(planned(spec, found), found)
    if found and result:
        foreign = {k: v for k, v in found.config["properties"].items() if not k.startswith("container")}
        assert foreign.items() <= result.config["properties"].items()


@given(specs, st.sampled_from(["down", "up"]))
def test_an_ordinary_vm_is_never_touched(spec: ContainerVm, status: str) -> None:
    with pytest.raises(SpecError, match="is not a container VM"):
        plan(spec, site(vm(status, properties={"containerImage": "redis"})))


@given(specs, found_vms)
def test_changed_and_diff_agree(spec: ContainerVm, found: Vm | None) -> None:
    made = planned(spec, found)
    if spec.state != "restarted" or not found or found.down:
        assert made.changed == (made.before != made.after)


def test_only_what_differs_is_written() -> None:
    made = plan(ContainerVm("web", state="present", description="new"), site(vm()))
    assert (made.actions, made.written) == (("update",), {"description"})


def test_what_already_waits_for_the_next_run_is_written_again() -> None:
    pending = replace(vm("up", properties={"containerType": "docker", "containerImage": "redis:7.2"}), next_run=True)
    made = plan(ContainerVm("web", description="new"), site(pending))
    assert (made.actions, made.next_run, made.restart_needed) == (("update",), True, True)
    assert {"description", "properties", "memory", "hosts"} <= made.written
    assert made.config["properties"]["containerImage"] == "redis:7.2"


@pytest.mark.parametrize(
    ("state", "status", "actions"),
    [
        ("present", "down", ()),
        ("present", "up", ()),
        ("running", "down", ("start",)),
        ("running", "up", ()),
        ("running", "powering_down", ("start",)),
        ("stopped", "down", ()),
        ("stopped", "up", ("stop",)),
        ("stopped", "unknown", ("stop",)),
        ("stopped", "suspended", ("stop",)),
        ("stopped", "paused", ("stop",)),
        ("restarted", "suspended", ("stop", "start")),
        ("running", "wait_for_launch", ()),
        ("absent", "suspended", ("stop", "remove")),
        ("absent", "unassigned", ("remove",)),
        ("restarted", "down", ("start",)),
        ("restarted", "up", ("stop", "start")),
        ("absent", "down", ("remove",)),
        ("absent", "up", ("stop", "remove")),
        ("absent", "unknown", ("stop", "remove")),
    ],
)
def test_power(state: str, status: str, actions: tuple[str, ...]) -> None:
    assert plan(ContainerVm("web", state=state), site(vm(status))).actions == actions


def test_a_running_vm_gets_its_change_at_the_next_run() -> None:
    made = plan(ContainerVm("web", image="redis:7.2"), site(vm("up")))
    assert (made.actions, made.next_run, made.restart_needed) == (("update",), True, True)


def test_a_description_needs_no_restart() -> None:
    made = plan(ContainerVm("web", description="new"), site(vm("up")))
    assert (made.actions, made.next_run, made.restart_needed) == (("update",), False, False)


def test_a_pending_change_is_told_but_not_made_again() -> None:
    pending = replace(vm("up", properties={"containerType": "docker", "containerImage": "redis:7.2"}), next_run=True)
    made = plan(ContainerVm("web", image="redis:7.2"), site(pending))
    assert (made.actions, made.restart_needed) == ((), True)


def test_restarting_applies_a_change_at_once() -> None:
    made = plan(ContainerVm("web", state="restarted", image="redis:7.2"), site(vm("up")))
    assert made.actions == ("stop", "update", "start")
    assert not made.next_run
    assert not made.restart_needed


def test_networks_of_a_running_container_are_refused_in_words() -> None:
    with pytest.raises(SpecError, match=r"none found, backend/backend wanted.*state: restarted"):
        plan(ContainerVm("web", networks=("backend/backend",)), site(vm("up")))


def test_nics_are_changed_one_by_one() -> None:
    spec = ContainerVm("web", state="present", networks=("backend/backend", "backend/fast"))
    made = plan(spec, site(vm(networks=("ovirtmgmt/ovirtmgmt", "backend/fast", "backend/backend"))))
    assert made.networks == (NicChange("update", "n0", "backend/backend"), NicChange("remove", "n2"))


def test_an_unplugged_nic_is_put_right() -> None:
    """Vdsm skips a NIC that is not linked, and the container would land in another network."""
    found = vm(networks=("backend/backend",))
    found = replace(found, nics=(replace(found.nics[0], usable=False),))
    made = plan(ContainerVm("web", state="present", networks=("backend/backend",)), site(found))
    assert made.networks == (NicChange("update", "n0", "backend/backend"),)


def test_a_nic_without_profile_is_told_before_docker_fails_on_it() -> None:
    with pytest.raises(SpecError, match="nic1 has no vNIC profile"):
        plan(ContainerVm("web", state="running"), site(vm(networks=("",))))


@pytest.mark.parametrize("status", sorted(UNSEEN))
def test_nobody_knows_whether_a_container_on_a_lost_host_runs(status: str) -> None:
    with pytest.raises(SpecError, match="Engine does not reach host host1"):
        plan(ContainerVm("web", state="running"), site(vm(status)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"cluster": "Default"}, "an image is needed"),
        ({"image": "redis"}, "a cluster is needed"),
        ({"image": "redis", "cluster": "Nope"}, "cluster 'Nope' does not exist. Engine has: Default, Modern"),
        ({"image": "redis", "cluster": "Default", "hosts": ("nope",)}, "host 'nope' does not exist"),
        ({"image": "redis", "cluster": "Default", "hosts": ("other",)}, "host 'other' is in another cluster"),
        ({"image": "redis", "cluster": "Default", "hosts": ("later",)}, "host 'later' has Vdsm 4.20"),
        ({"image": "redis", "cluster": "Default", "networks": ("x/y",)}, "has no vNIC profile 'x/y'"),
    ],
)
def test_what_the_site_does_not_have_is_told(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecError) as refusal:
        plan(ContainerVm("web", **fields), site())
    assert told in str(refusal.value)


def test_hosts_come_from_the_tag() -> None:
    made = plan(ContainerVm("web", image="redis", cluster="Default"), site())
    assert made.config["hosts"] == ("host1", "host2")


def test_without_a_tagged_host_hosts_must_be_named() -> None:
    bare = site()
    bare.hosts = {name: replace(host, proven=False) for name, host in bare.hosts.items()}
    with pytest.raises(SpecError, match="carries the tag 'container-host'"):
        plan(ContainerVm("web", image="redis", cluster="Default"), bare)


def test_a_vm_is_not_moved_between_clusters() -> None:
    with pytest.raises(SpecError, match="the VM is in cluster 'Default', and 'Modern' is asked for"):
        plan(ContainerVm("web", cluster="Modern"), site(vm()))


def test_absent_asks_for_nothing_but_the_name() -> None:
    assert plan(ContainerVm("gone", state="absent"), site()).actions == ()


def test_a_name_in_two_data_centers_needs_its_cluster() -> None:
    two = site(vm(), replace(vm(cluster="Far"), id="v2"))
    two.clusters["Far"] = Cluster("c3", "Far", (4, 1), "other data center")
    with pytest.raises(SpecError, match=r"in the clusters Default, Far\. Give cluster"):
        plan(ContainerVm("web", state="absent"), two)
    made = plan(ContainerVm("web", state="absent", cluster="Far"), two)
    assert made.vm
    assert made.vm.id == "v2"


def test_only_a_cluster_of_its_own_data_center_leads_to_a_vm() -> None:
    """`absent` for another data center's name must not remove this one."""
    far = site(vm())
    far.clusters["Far"] = Cluster("c3", "Far", (4, 1), "other data center")
    far.hosts["host9"] = Host("h9", "host9", "c3", (4, 19), proven=True)
    assert plan(ContainerVm("web", state="absent", cluster="Far"), far).actions == ()
    assert plan(ContainerVm("web", cluster="Far", image="redis"), far).actions == ("create", "start")
    for cluster in ("Modern", "Nope"):
        with pytest.raises(SpecError):
            plan(ContainerVm("web", state="absent", cluster=cluster), far)


@pytest.mark.parametrize("status", ["wait_for_launch", "powering_up"])
def test_what_was_started_and_not_waited_for_has_yet_to_prove_itself(status: str) -> None:
    made = plan(ContainerVm("web"), site(vm(status)))
    assert (made.changed, made.proof_needed) == (False, True)
    assert not plan(ContainerVm("web"), site(vm("up"))).proof_needed
    assert not plan(ContainerVm("web", state="present"), site(vm(status))).proof_needed


@pytest.mark.parametrize("status", ["paused", "suspended"])
def test_a_container_that_was_halted_needs_a_restart(status: str) -> None:
    with pytest.raises(SpecError, match="Use state: restarted"):
        plan(ContainerVm("web"), site(vm(status)))


def test_a_protected_vm_is_not_even_stopped() -> None:
    with pytest.raises(SpecError, match="neither stopped nor removed"):
        plan(ContainerVm("web", state="absent"), site(replace(vm("up"), protected=True)))


def test_what_cannot_run_any_more_can_be_stopped() -> None:
    """Its host was upgraded, its cluster raised, its pinning lost: stopping it needs none of them."""
    for found in (vm("up", hosts=("later",)), vm("up", cluster="Modern"), vm("up", hosts=(), networks=("",))):
        made = plan(ContainerVm("web", state="stopped"), site(found))
        assert (made.actions, made.written) == (("stop",), frozenset())


def test_what_is_guaranteed_follows_the_memory_that_is_asked_for() -> None:
    grown = plan(ContainerVm("web", state="present", memory=2048 * MIB), site(vm()))
    assert grown.config["memory_guaranteed"] == 2048 * MIB


def test_high_availability_is_taken_off_a_container() -> None:
    made = plan(ContainerVm("web", state="present"), site(vm(high_availability=True)))
    assert made.written == {"high_availability"}
    assert made.config["high_availability"] is False
