# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

from tests.contract.cases import OnHost
from tests.host_tier import machines
from tests.host_tier.machine import Machine

CREATE = {
    "name": "backend",
    "subnet": "10.30.0.0/24",
    "gateway": "10.30.0.1",
    "ip_range": "10.30.0.128/25",
    "aux_addresses": {"printer": "10.30.0.200"},
    "parent": "backend",
    "labels": {"owner": "storage team"},
}


def host(place: Path) -> Machine:
    """A hypervisor with docker and another network, whose kernel has macvlan."""
    units = "Id=docker.service\nActiveState=active\n\nId=docker.socket\nActiveState=inactive\n"
    machine = machines.hypervisor(place).says("systemctl show *", units).says("unshare --net ip -batch -")
    return machine.docker("1.13.1", networks=[machines.storage(Containers={})])


CASE = OnHost(
    host=host,
    commands=10,
    steps=(
        CREATE,
        {**CREATE, "ip_range": "10.30.0.192/26", "mode": "private", "recreate": True},
        {"name": "backend", "state": "absent"},
    ),
    reads=({"name": "nothing", "state": "absent"}, {"name": "storage", "parent": "eth1"}),
)
