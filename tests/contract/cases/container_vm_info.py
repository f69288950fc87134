# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from tests.contract.cases import Reading


def populate(engine: Any, number: int) -> None:
    """Container VMs as somebody might make them by hand, and as many ordinary ones."""
    cluster, template = types.Cluster(name="Default"), types.Template(name="Blank")
    properties = [types.CustomProperty(name=f"container{key}", value=value) for key, value in BLOG.items()]
    for index in range(number):
        vm = types.Vm(name=f"hand{index}", cluster=cluster, template=template, custom_properties=properties)
        engine.add("vms", vm)
        engine.add("vms", types.Vm(name=f"ordinary{index}", cluster=cluster, template=template))


BLOG = {"Image": "redis", "Type": "docker"}
CASE = Reading(
    args={},
    key="container_vms",
    requests=5,
    populate=populate,
    finds=lambda engine: sum(vm.name.startswith("hand") for vm in engine.vms()),
    others=({"name": "hand1*"}, {"cluster": "Nope"}, {"host": "host1"}, {"status": "up"}),
)
