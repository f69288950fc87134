# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be true before anything is planned for a VM, one condition at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.conditions import (
    check_creation,
    check_identity,
    check_networks,
    check_status,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError, VmStateError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm

from tests.unit.test_plan import site, vm

WEB = ContainerVm("web", image="front:2.4", cluster="Default")


def test_an_ordinary_vm_is_not_touched() -> None:
    with pytest.raises(
        SpecError, match=r"^web: a VM of this name exists and is not a container VM .*Choose another name$"
    ):
        check_identity(WEB, vm("up", "web", properties={}))
    check_identity(WEB, vm("up", "web"))
    check_identity(WEB, None)


def test_a_vm_stays_in_its_cluster() -> None:
    with pytest.raises(SpecError, match="the VM is in cluster 'Default', and 'Modern' is asked for"):
        check_identity(replace(WEB, cluster="Modern"), vm("up", "web"))


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        (
            ContainerVm("web-1x"),
            "similar names: web-1. Correct name, or give image and cluster: .*an image and a cluster are needed",
        ),
        (replace(WEB, cluster=None), "or give cluster: to create it a cluster is needed"),
        (replace(WEB, image=None), "or give image: to create it an image is needed"),
    ],
)
def test_what_a_new_vm_needs(spec: ContainerVm, missing: str) -> None:
    with pytest.raises(SpecError, match=missing):
        check_creation(spec, replace(site(), names=("web-1",)))


def test_networks_are_those_of_the_cluster() -> None:
    place = site()
    check_networks(replace(WEB, networks=("backend/backend",)), place.clusters["Default"], place)
    with pytest.raises(SpecError, match=r"cluster 'Default' has no vNIC profile 'x/x'\. It has: backend/backend"):
        check_networks(replace(WEB, networks=("x/x",)), place.clusters["Default"], place)


@pytest.mark.parametrize(
    ("status", "state", "why"),
    [
        ("unknown", "running", "Engine does not reach host"),
        ("not_responding", "restarted", "Engine does not reach host"),
        ("paused", "running", "it is paused, which a container cannot come back from"),
    ],
)
def test_a_state_that_forbids_a_start(status: str, state: str, why: str) -> None:
    with pytest.raises(VmStateError, match=why):
        check_status(replace(WEB, state=state), vm(status, "web"))


def test_states_that_do_not() -> None:
    check_status(replace(WEB, state="restarted"), vm("paused", "web"))
    check_status(WEB, vm("down", "web"))
