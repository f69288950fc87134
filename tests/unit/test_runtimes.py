# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.configuration import DEFAULT_MEMORY
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.runtimes import (
    guest,
    interface,
    microvm,
    vdsm,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.runtimes.choice import (
    RUNTIMES,
    check,
    choose,
    runtime_of,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.runtimes.names import RUNTIME_NAMES
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.values import MIB

HAND_MADE: dict[str, Any] = {
    "cluster": "Default",
    "description": "as the blog of 2017 tells",
    "properties": {"containerType": "docker", "containerImage": "redis", "sap_agent": "true"},
    "networks": (),
    "hosts": (),
    "affinity": "migratable",
    "memory": 512 * MIB,
    "memory_guaranteed": 1024 * MIB,
    "memory_max": 512 * MIB,
    "cpu_shares": 0,
    "high_availability": False,
    "boot_devices": ("hd",),
}


desired = RUNTIMES["vdsm"].desired


def spec(**fields: Any) -> ContainerVm:
    return ContainerVm(name="web", **fields)


@pytest.mark.parametrize("level", [(3, 6), (4, 0), (4, 1)])
def test_old_clusters_get_vdsm(level: tuple[int, int]) -> None:
    assert choose(spec(image="redis"), level, None).name == "vdsm"


def test_later_clusters_get_a_guest() -> None:
    assert choose(spec(image="redis"), (4, 3), None).name == "guest"


def test_vdsm_is_refused_where_it_would_start_an_ordinary_vm() -> None:
    with pytest.raises(SpecError, match=r"4\.1 or lower, 4\.2 was found"):
        choose(spec(image="redis", runtime="vdsm"), (4, 2), None)


@pytest.mark.parametrize("name", ["microvm"])
def test_known_names_say_that_they_are_not_there_yet(name: str) -> None:
    with pytest.raises(SpecError, match=f"{name} was asked for.* not have yet"):
        check(spec(image="redis", runtime=name))


def test_what_no_runtime_can_honour_needs_no_engine_to_be_refused() -> None:
    with pytest.raises(SpecError, match="cannot honour volumes"):
        check(spec(image="redis", volumes=("data:/data",)))
    check(spec(state="absent", volumes=("data:/data",)))
    check(spec(image="redis"))


def test_a_vm_never_changes_its_runtime() -> None:
    with pytest.raises(SpecError, match="runtime guest is asked for, but the VM is there with runtime vdsm"):
        choose(spec(runtime="guest"), (4, 1), "vdsm")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("command", ("redis-server",)),
        ("entrypoint", ("sh",)),
        ("environment", {"A": "s3cret"}),
        ("ports", ("80",)),
        ("user", "root"),
        ("restart", "always"),
        ("high_availability", True),
    ],
)
def test_what_vdsm_ignores_is_refused_and_names_who_can(field: str, value: Any) -> None:
    with pytest.raises(SpecError) as refusal:
        choose(spec(image="redis", **{field: value}), (4, 1), None)
    assert f"{field} (guest and microvm can)" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_asking_for_nothing_is_honoured_by_all() -> None:
    nothing = spec(image="redis", command=(), environment={}, high_availability=False)
    assert choose(nothing, (4, 1), None) is RUNTIMES["vdsm"]


def test_the_key_alone_makes_a_container_vm() -> None:
    assert runtime_of({"properties": {"containerType": ""}}) == "vdsm"
    assert runtime_of({"properties": {"containerImage": "redis"}}) is None
    assert runtime_of({"properties": {}}) is None
    assert runtime_of({"properties": {}, "wish": {}}) == "guest"


def test_a_new_vm_meets_every_hidden_condition() -> None:
    config = desired(spec(image="redis"), None, ("host2", "host1"))
    assert config["properties"] == {"containerType": "docker", "containerImage": "redis"}
    assert config["boot_devices"] == ("hd", "network")
    assert config["memory"] == DEFAULT_MEMORY
    assert config["memory_max"] > config["memory"] >= config["memory_guaranteed"] > 0
    assert (config["affinity"], config["hosts"]) == ("pinned", ("host1", "host2"))


def test_a_vm_made_by_hand_is_put_right_and_keeps_the_rest() -> None:
    config = desired(spec(), HAND_MADE, ("host1",))
    assert config["properties"] == HAND_MADE["properties"]
    assert config["memory"] == HAND_MADE["memory"]
    assert config["memory_max"] > config["memory"] >= config["memory_guaranteed"]
    assert config["boot_devices"] == ("hd", "network")
    assert (config["affinity"], config["hosts"]) == ("pinned", ("host1",))
    assert "description" not in config


def test_a_vm_that_is_right_stays_as_it_is() -> None:
    there = {**HAND_MADE, **desired(spec(), HAND_MADE, ("host1",)), "memory_max": 4096 * MIB, "hosts": ("host3",)}
    again = desired(spec(), there, ("host1",))
    assert {key: there[key] for key in again} == again


def test_foreign_properties_survive_a_new_image() -> None:
    assert desired(spec(image="redis:7"), HAND_MADE, ("h",))["properties"] == {
        "containerType": "docker",
        "containerImage": "redis:7",
        "sap_agent": "true",
    }


def test_the_maximum_follows_a_memory_that_outgrows_it() -> None:
    config = desired(spec(memory=8192 * MIB), HAND_MADE, ("h",))
    assert config["memory_max"] > 8192 * MIB


def test_each_runtime_is_a_file_and_a_name_of_the_schema() -> None:
    kinds = (vdsm.Vdsm, guest.Guest, microvm.Microvm)
    assert [type(runtime) for runtime in RUNTIMES.values()] == list(kinds)
    assert all(issubclass(kind, interface.Runtime) for kind in kinds)
    assert (*RUNTIMES,) == RUNTIME_NAMES[1:]
