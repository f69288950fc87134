# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding, changing and removing VMs: what is filled in, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import pytest
from client import MIB, Lab, Refused, props, values_of
from ovirtsdk4 import types

VERSIONS = ("4.1", "4.3", "4.5")


def refused(lab: Lab, status: int, text: str, call) -> None:  # type: ignore[no-untyped-def]
    before = lab.engine.state()
    with pytest.raises(Refused) as caught:
        call()
    assert (caught.value.status, text in (caught.value.detail or "")) == (status, True), str(caught.value)
    assert lab.engine.state() == before


@pytest.mark.parametrize("version", VERSIONS)
def test_new_vm_has_what_the_modules_read(version: str) -> None:
    vm = Lab(version).vm()
    assert (vm.status, vm.type) == (types.VmStatus.DOWN, types.VmType.SERVER)
    assert (vm.cpu.topology.cores, vm.cpu.topology.sockets, vm.memory) == (1, 1, 256 * MIB)
    assert vm.high_availability.enabled is False and vm.stateless is False and vm.delete_protected is False
    assert vm.next_run_configuration_exists is False and vm.creation_time is not None
    assert vm.custom_properties is None and vm.template.id.startswith("00000000")
    assert vm.placement_policy.affinity == types.VmAffinity.MIGRATABLE


def test_maximum_memory_is_four_times_memory_when_not_given() -> None:
    vm = Lab().vm(memory_policy=types.MemoryPolicy(guaranteed=256 * MIB))
    assert vm.memory_policy.max == 1024 * MIB


def test_guaranteed_memory_comes_from_the_template_and_may_be_too_much() -> None:
    lab = Lab()
    text = "[Cannot add VM. Physical Memory Guaranteed cannot exceed Memory Size.]"
    refused(lab, 400, text, lambda: lab.vm(memory_policy=None))


def test_guaranteed_memory_follows_the_overcommitment_of_the_cluster_since_4_4_7() -> None:
    """BackendVmsResource.updateMinAllocatedMemoryIfUnspecified, VmCommonUtils.calcMinMemory."""
    lab = Lab("4.5")
    assert lab.vm(memory_policy=None).memory_policy.guaranteed == 256 * MIB
    (cluster,) = [found for found in lab.ask("GET", "clusters") if found.name == "Default"]
    half = types.MemoryPolicy(over_commit=types.MemoryOverCommit(percent=150))
    lab.ask("PUT", f"clusters/{cluster.id}", types.Cluster(memory_policy=half))
    assert lab.vm("b", memory_policy=None).memory_policy.guaranteed == 170 * MIB
    assert lab.vm("c", memory=None, memory_policy=None).memory_policy.guaranteed == 1024 * MIB


def test_memory_is_counted_in_whole_mib() -> None:
    assert Lab().vm(memory=300 * MIB + 17).memory == 300 * MIB


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"name": ""}, 400, "size must be between 1 and 255"),
        ({"name": "a b"}, 400, "special characters"),
        ({"name": "x" * 65}, 400, "too long"),
        ({"name": "db1"}, 409, "[Cannot add VM. The VM name is already in use"),
        ({"cluster": types.Cluster(name="Nowhere")}, 404, "Entity not found: Cluster: name=Nowhere"),
        ({"template": types.Template(name="None")}, 404, "Entity not found"),
        ({"cpu_shares": 262145}, 400, "between 0 and 262144"),
        (
            {"memory": 1024 * MIB},
            409,
            "[Cannot add VM. Memory size (1024MB) cannot exceed maximum memory size (512MB).]",
        ),
        (
            {"custom_properties": props(containerTyp="docker", other="1")},
            400,
            "[Cannot add VM if some of the specified custom properties are not configured by the system. "
            "The keys are: containerTyp,other]",
        ),
        (
            {"custom_properties": props(containerImage="UPPER")},
            400,
            "have illegal values. The keys are: containerImage",
        ),
        ({"custom_properties": props(**{"container-type": "x"})}, 400, "invalid format"),
        (
            {"placement_policy": types.VmPlacementPolicy(hosts=[types.Host(id="no-such-host")])},
            409,
            "The required host doesn't exist",
        ),
    ],
)
def test_add_is_refused_and_leaves_nothing(fields: dict, status: int, text: str) -> None:
    lab = Lab()
    refused(lab, status, text, lambda: lab.vm(**{"name": "web", **fields}))


def test_missing_fields_are_named() -> None:
    lab = Lab()
    with pytest.raises(Refused) as caught:
        lab.ask("POST", "vms", types.Vm(name="x"))
    assert caught.value.status == 400 and caught.value.reason == "Incomplete parameters"
    assert "cluster.id|name" in caught.value.detail


def test_highly_available_and_pinned_to_one_host_is_refused_to_several_not() -> None:
    lab = Lab()
    ha = types.HighAvailability(enabled=True)

    def pinned(*names: str) -> types.VmPlacementPolicy:
        return types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name=n) for n in names])

    refused(
        lab, 409, "cannot be pinned to a specific Host",
        lambda: lab.vm(high_availability=ha, placement_policy=pinned("host1")),
    )  # fmt: skip
    vm = lab.vm(high_availability=ha, placement_policy=pinned("host1", "host2"))
    assert len(vm.placement_policy.hosts) == 2


def test_host_of_another_cluster_is_refused() -> None:
    lab = Lab()
    policy = types.VmPlacementPolicy(hosts=[types.Host(name="host3")])
    refused(lab, 400, "host's cluster must be the same", lambda: lab.vm(placement_policy=policy))


def test_put_is_partial_but_replaces_all_custom_properties() -> None:
    lab = Lab()
    vm = lab.container(description="first")
    changed = lab.put(vm, custom_properties=props(sap_agent="true"))
    assert values_of(changed) == {"sap_agent": "true"} and changed.description == "first"
    assert lab.put(vm, comment="c").custom_properties is not None
    assert lab.put(vm, custom_properties=[]).custom_properties is None


def test_placement_policy_without_hosts_unpins() -> None:
    lab = Lab()
    vm = lab.vm(placement_policy=types.VmPlacementPolicy(hosts=[types.Host(name="host1")]))
    assert len(vm.placement_policy.hosts) == 1
    changed = lab.put(vm, placement_policy=types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED))
    assert changed.placement_policy.hosts is None and changed.placement_policy.affinity == types.VmAffinity.PINNED


def test_a_whole_vm_can_be_sent_back_and_changes_nothing() -> None:
    lab = Lab()
    vm = lab.container()
    before = lab.engine.store.dump()["objects"]["vms"]
    lab.ask("PUT", f"vms/{vm.id}", lab.raw("GET", f"vms/{vm.id}").body.decode().partition("?>")[2])
    assert lab.engine.store.dump()["objects"]["vms"] == before


def test_remove() -> None:
    lab = Lab()
    vm = lab.container()
    lab.run(vm)
    refused(lab, 409, "[Cannot remove VM. VM is running.]", lambda: lab.ask("DELETE", f"vms/{vm.id}"))
    lab.act(vm, "stop")
    lab.clock.advance(5)
    response = lab.raw("DELETE", f"vms/{vm.id}")
    assert (response.status, response.body) == (200, b"")
    response = lab.raw("GET", f"vms/{vm.id}")
    assert (response.status, response.body) == (404, b"")


def test_delete_protection_and_lock() -> None:
    lab = Lab()
    vm = lab.vm(delete_protected=True)
    refused(lab, 409, "Delete protection is enabled", lambda: lab.ask("DELETE", f"vms/{vm.id}"))
    lab.engine.faults.add("lock:vm=web:seconds=10")
    text = "Related operation is currently in progress. Please try again later."
    refused(lab, 409, text, lambda: lab.put(vm, delete_protected=False))
    refused(lab, 409, text, lambda: lab.act(vm, "start"))
    lab.clock.advance(11)
    assert lab.put(vm, delete_protected=False).delete_protected is False


SPECIAL_NAME = (
    "[Can not {} VM. The given name contains special characters. Only lower-case and upper-case letters, numbers, "
    "'_', '-', '.' are allowed., Attribute: vmStatic.name]"
)
SPECIAL_DESCRIPTION = (
    "[Cannot {} VM. The given description contains special characters.\nOnly alpha-numeric and some special "
    "characters that conform to the standard ASCII character set are allowed., Attribute: vmStatic.description]"
)


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"name": "web 1"}, SPECIAL_NAME),
        ({"name": "web\u0661"}, SPECIAL_NAME),  # a digit, but not an ASCII one
        ({"name": "web\u0301"}, SPECIAL_NAME),  # a combining accent is no letter
        ({"name": "x" * 65}, "[Cannot {} VM. The given name is too long.]"),
        ({"name": "x" * 256}, "[size must be between 1 and 255, Attribute: vmStatic.name]"),
        ({"name": ""}, "[size must be between 1 and 255, Attribute: vmStatic.name]"),
        ({"description": "it costs 5 \u20ac"}, SPECIAL_DESCRIPTION),
        ({"description": "\u2013"}, SPECIAL_DESCRIPTION),
        ({"description": "x" * 256}, "[size must be between 0 and 255, Attribute: vmStatic.description]"),
        ({"description": "\U00010400" * 128}, "[size must be between 0 and 255, Attribute: vmStatic.description]"),
    ],
)
def test_names_and_descriptions_that_are_refused(version: str, fields: dict, detail: str) -> None:
    lab = Lab(version)
    before = lab.engine.state()
    for action, ask in (
        ("add", lambda: lab.vm(**{"name": "web", **fields})),
        ("edit", lambda: lab.put(lab.engine.vm("db1"), **fields)),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert (caught.value.status, caught.value.reason) == (400, "Operation Failed")
        assert caught.value.detail == detail.format(action)
    assert lab.engine.state() == before


def test_all_that_is_wrong_is_said_with_the_first_path() -> None:
    with pytest.raises(Refused) as caught:
        Lab().vm("a b", description="x" * 256)
    assert caught.value.detail.endswith(
        "are allowed., Attribute: vmStatic.name, size must be between 0 and 255, Attribute: vmStatic.name]"
    )


@pytest.mark.parametrize("text", ["", "two\nlines\tand a tab", "\x7f~", "Gr\u00fc\u00dfe", "\u6771\u4eac", "x" * 255])
def test_descriptions_that_are_taken(text: str) -> None:
    lab = Lab()
    assert (lab.vm(description=text).description or "") == text


def test_names_of_letters_that_are_taken() -> None:
    lab = Lab()
    for name in ("Gr\u00fc\u00dfe-1", "\u6771\u4eac_2.0", "x" * 64):
        assert lab.vm(name).name == name


@pytest.mark.parametrize("text", ["\x01", "&#1;", "\x0b", "&#xFFFE;"])
def test_control_characters_are_not_xml(text: str) -> None:
    """XML 1.0 has no control characters but tab, newline and return: the body cannot be read at all."""
    body = f"<vm><description>a{text}b</description></vm>".encode()
    lab = Lab()
    response = lab.raw("PUT", f"vms/{lab.engine.vm('db1').id}", body)
    assert response.status == 400 and b"<reason>Request syntactically incorrect.</reason>" in response.body


class TestNextRun:
    """A VM that runs: what is changed at once, and what waits."""

    def test_waits_and_is_applied_when_it_is_down(self) -> None:
        lab = Lab()
        vm = lab.container()
        lab.run(vm)
        wanted = props(containerType="docker", containerImage="nginx")
        changed = lab.put(vm, custom_properties=wanted, description="now", cpu_shares=7)
        assert values_of(changed)["containerImage"] == "redis" and changed.cpu_shares == 0
        assert changed.next_run_configuration_exists and changed.description == "now"
        later = lab.get(vm, "?next_run=true")
        assert values_of(later)["containerImage"] == "nginx" and later.cpu_shares == 7
        lab.act(vm, "stop")
        assert lab.status(vm, 5) == "down"
        after = lab.get(vm)
        assert values_of(after)["containerImage"] == "nginx" and after.next_run_configuration_exists is False

    @pytest.mark.parametrize(("version", "waits"), [("4.1", True), ("4.3", False), ("4.5", False)])
    def test_name_waits_only_in_4_1(self, version: str, waits: bool) -> None:
        lab = Lab(version)
        vm = lab.engine.vm("db1")
        changed = lab.put(vm, name="db2")
        assert (changed.name, changed.next_run_configuration_exists) == (("db1", True) if waits else ("db2", False))

    def test_second_update_forgets_the_first(self) -> None:
        """The base of an update is what the VM has, not what waits: BackendVmResource.update."""
        lab = Lab("4.3")
        vm = lab.engine.vm("db1")
        lab.put(vm, cpu_shares=512)
        lab.put(vm, stateless=True)
        later = lab.get(vm, "?next_run=true")
        assert (later.cpu_shares, later.stateless) == (0, True)

    @pytest.mark.parametrize(("version", "shares"), [("4.1", 0), ("4.3", 512), ("4.5", 512)])
    def test_next_run_parameter_starts_from_what_waits_since_4_3(self, version: str, shares: int) -> None:
        lab = Lab(version)
        vm = lab.engine.vm("db1")
        lab.put(vm, cpu_shares=512)
        lab.put(vm, "?next_run=true", stateless=True)
        later = lab.get(vm, "?next_run=true")
        assert (later.cpu_shares, later.stateless) == (shares, True)

    def test_memory_is_plugged_into_an_ordinary_vm_but_lost_on_a_container(self) -> None:
        lab = Lab()
        db = lab.put(lab.engine.vm("db1"), memory=1280 * MIB)
        assert db.memory == 1280 * MIB and db.next_run_configuration_exists is False
        vm = lab.container()
        lab.run(vm)
        changed = lab.put(vm, memory=512 * MIB)
        assert changed.memory == 256 * MIB and changed.next_run_configuration_exists is False

    def test_placement_and_availability_are_changed_at_once(self) -> None:
        lab = Lab()
        policy = types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name="host1")])
        changed = lab.put(lab.engine.vm("db1"), placement_policy=policy)
        assert changed.placement_policy.affinity == types.VmAffinity.PINNED
        assert changed.next_run_configuration_exists is False
