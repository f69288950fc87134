# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that a plan becomes: one per object, in the order of the plan."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.apply import stop, writes
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import NicChange, Plan
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Fleet, Host, Site
from ovirtsdk4 import Error, NotFoundError, types

CONFIG: dict[str, Any] = {
    "cluster": "Default",
    "description": "a shop",
    "properties": {"containerType": "docker", "containerImage": "redis:7"},
    "networks": (),
    "hosts": ("host1",),
    "affinity": "pinned",
    "memory": 512,
    "memory_guaranteed": 256,
    "memory_max": 1024,
    "cpu_shares": 3,
    "high_availability": False,
    "boot_devices": ("hd", "network"),
}
SITE = Site(
    hosts={"host1": Host("h-1", "host1", "c-1", (4, 19), True)},
    profiles={("c-1", "data/data"): "p-1"},
    fleet=Fleet("shop"),
)


def made(*actions: str, **fields: Any) -> Plan:
    """A plan for the VM web."""
    return Plan("web", cluster_id="c-1", actions=actions, config=CONFIG, **fields)


def carried_out(plan: Plan, system: Any, vm_id: str | None = "vm-1") -> list[str]:
    """Run the requests of a plan; the action of each."""
    actions = []
    for action, write in writes(plan, SITE):
        vm_id = write(system, vm_id)
        actions.append(action)
    return actions


@pytest.fixture
def system() -> Any:
    """The SDK's system service."""
    return MagicMock()


def test_a_new_vm_is_written_whole(system: Any) -> None:
    system.vms_service().add.return_value = types.Vm(id="vm-7")
    assert carried_out(made("create", "tag", "start"), system, None) == ["create", "tag", "start"]
    (vm,) = system.vms_service().add.call_args.args
    assert (vm.name, vm.cluster.id, vm.template.name, vm.description) == ("web", "c-1", "Blank", "a shop")
    assert (vm.memory, vm.memory_policy.guaranteed, vm.memory_policy.max, vm.cpu_shares) == (512, 256, 1024, 3)
    assert {item.name: item.value for item in vm.custom_properties} == CONFIG["properties"]
    assert [host.id for host in vm.placement_policy.hosts] == ["h-1"]
    assert [device.value for device in vm.os.boot.devices] == ["hd", "network"]
    assert {call.args[0] for call in system.vms_service().vm_service.call_args_list} == {"vm-7"}
    (tag,) = system.vms_service().vm_service().tags_service().add.call_args.args
    assert tag.name == "container-fleet-shop"


@pytest.mark.parametrize(("next_run", "query"), [(True, {"next_run": True}), (False, {})])
def test_an_update_writes_what_differs_and_what_goes_with_it(
    system: Any, next_run: bool, query: dict[str, Any]
) -> None:
    service = system.vms_service().vm_service()
    service.update.return_value = types.Vm(id="vm-1")
    carried_out(made("update", written=frozenset({"memory"}), next_run=next_run), system)
    (vm,) = service.update.call_args.args
    assert (vm.memory, vm.memory_policy.guaranteed) == (512, 256)
    assert (vm.description, vm.custom_properties, vm.placement_policy, vm.os) == (None, None, None, None)
    assert service.update.call_args.kwargs == query


def test_nics(system: Any) -> None:
    nics = system.vms_service().vm_service().nics_service()
    changes = (
        NicChange("update", "n-1", "data/data"),
        NicChange("remove", "n-2"),
        NicChange("add", "nic3", "data/data"),
    )
    assert carried_out(made("networks", networks=changes), system) == ["networks"] * 3
    assert nics.nic_service().update.call_args.args[0].vnic_profile.id == "p-1"
    assert nics.nic_service().remove.called
    assert nics.add.call_args.args[0].name == "nic3"


def refused(code: int) -> Error:
    """An answer of the Engine that is none that was wanted."""
    error = Error("refused")
    error.code = code
    return error


@pytest.mark.parametrize("status", ["wait_for_launch", "powering_up", "up"])
def test_a_start_whose_first_answer_got_lost_is_no_failure(system: Any, status: str) -> None:
    service = system.vms_service().vm_service()
    service.start.side_effect = refused(409)
    service.get.return_value = SimpleNamespace(status=types.VmStatus(status))
    assert carried_out(made("start"), system) == ["start"]


@pytest.mark.parametrize(("code", "status"), [(409, "down"), (400, "up")])
def test_a_start_that_is_refused_is_a_failure(system: Any, code: int, status: str) -> None:
    service = system.vms_service().vm_service()
    service.start.side_effect = refused(code)
    service.get.return_value = SimpleNamespace(status=types.VmStatus(status))
    with pytest.raises(Error, match="refused"):
        carried_out(made("start"), system)


def test_a_removal_keeps_disks_and_minds_nobody_who_was_faster(system: Any) -> None:
    service = system.vms_service().vm_service()
    service.remove.side_effect = NotFoundError("gone")
    assert carried_out(replace(made("remove"), config={}), system) == ["remove"]
    assert service.remove.call_args.kwargs == {"detach_only": True}


def test_a_stop(system: Any) -> None:
    stop(system, "vm-1")
    system.vms_service().vm_service.assert_called_with("vm-1")
    assert system.vms_service().vm_service().stop.called
