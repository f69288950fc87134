# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mandatory attributes: what the API model asks for since 4.2, and what the Engine's own classes do in any version."""

from __future__ import annotations

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

from ovirt_lab.engine import api_model

NONE = "No matching signature found, make sure that mandatory attributes are provided."


def refusal(lab: Lab, path: str, obj: object) -> tuple[int, str, str]:
    before = lab.engine.state()
    with pytest.raises(Refused) as caught:
        lab.ask("POST", path, obj)
    assert lab.engine.state() == before
    return caught.value.status, caught.value.reason or "", caught.value.detail or ""


@pytest.mark.parametrize(
    ("path", "obj", "old", "new"),
    [
        ("vms/{vm}/nics", types.Nic(), "Nic [name] required for add",
         "Parameter 'nic.name' is mandatory but was not provided."),
        ("tags", types.Tag(), "Tag [name] required for add", "Parameter 'tag.name' is mandatory but was not provided."),
        ("clusters", types.Cluster(name="x"), "Cluster [dataCenter.name|id] required for add",
         "Parameters 'cluster.data_center.id' or 'cluster.data_center.name' are mandatory but both were not provided."),
        ("templates", types.Template(name="x"), "Template [vm.id|name] required for add", NONE),
        ("networks", types.Network(), None,
         "Parameters 'network.id' or 'network.name' are mandatory but both were not provided."),
        ("vnicprofiles", types.VnicProfile(name="x"), None,
         "Parameter 'profile.network.id' is mandatory but was not provided."),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(path: str, obj: object, old: str | None, new: str) -> None:
    """CompletenessAssertor in 4.1, the generated JaxrsHelperGenerator code later."""
    for version in ("4.1", "4.3", "4.5"):
        lab = Lab(version)
        found = refusal(lab, path.format(vm=lab.vm().id), obj)
        if version != "4.1":
            assert found == (400, "Input validation failed.", new)
        else:
            assert found[:2] == (400, "Incomplete parameters") and old in (None, found[2])


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_classes_with_an_add_of_their_own_look_for_no_signature(version: str) -> None:
    """BackendVmsResource.add, BackendDisksResource.add: the model's signatures are never asked there."""
    lab = Lab(version)
    assert refusal(lab, "vms", types.Vm())[1:] == ("Incomplete parameters", "Vm [cluster.id|name] required for add")
    cluster = types.Cluster(name="Default")
    assert refusal(lab, "vms", types.Vm(cluster=cluster))[2] == "Vm [name] required for add"
    without = types.Vm(cluster=cluster, name="x")
    assert refusal(lab, "vms", without)[2] == "Vm [template.id|name] required for add"
    assert refusal(lab, "disks", types.Disk())[2] == "Disk [provisionedSize|size, format] required for add"
    network = types.Network(name="blue")
    assert refusal(lab, "networks", network)[2] == "Network [dataCenter.name|id] required for add"


def test_what_the_model_says() -> None:
    """The file that write_model.py makes, for each Engine."""
    assert api_model.needs((4, 1), "tags") == ([], [])
    assert api_model.needs((4, 3), "vms") == ([], [])
    assert api_model.needs((4, 5), "roles") == (["role.name", "role.permits.id"], [])
    assert ["image_transfer.disk.id"] in api_model.needs((4, 3), "imagetransfers")[1]
    lab = Lab("4.5")
    role = types.Role(name="x", permits=[])
    assert refusal(lab, "roles", role)[2] == "Parameter 'role.permits.id' is mandatory but was not provided."
