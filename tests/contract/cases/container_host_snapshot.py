# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

from tests.contract.cases import OnHost
from tests.host_tier import machines
from tests.host_tier.machine import Machine


def host(place: Path) -> Machine:
    """A hypervisor whose package manager lists what is installed."""
    machine = machines.hypervisor(place)
    machine.says("rpm -qa *", "vdsm.noarch 4.19.20-1.el7.centos 1500000000\n")
    machine.says("systemctl is-enabled *", "enabled").says("systemctl is-active *", "active")
    return machine


CASE = OnHost(
    host=host,
    # Twice what a look takes: units are asked one by one, and after the way back it looks again.
    commands=60,
    steps=(
        {"name": "before", "files": ["/etc/docker/daemon.json"], "services": ["docker.service"]},
        {"name": "before", "state": "sealed"},
        {"name": "before", "state": "restored", "discard": True},
    ),
    reads=({"name": "nothing", "state": "restored"}, {"name": "nothing", "state": "absent"}),
)
