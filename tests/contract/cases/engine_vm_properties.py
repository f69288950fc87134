# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

from tests.contract.cases import OnHost
from tests.host_tier.machine import Machine

CREATE = {"properties": {"containerType": "docker", "containerImage": "[a-z]+"}, "cluster_levels": ["4.1", "4.2"]}


def host(place: Path) -> Machine:
    """An Engine with a property of somebody else."""
    return Machine(place).engine("4.3", L4_1="sap=^.*$;", L4_2="volumeMap=.*")


CASE = OnHost(
    host=host,
    # The locales and all levels; and for each of three levels: read, write, read back.
    commands=11,
    steps=(
        CREATE,
        {"properties": {"containerImage": "[a-z0-9]+", "containerType": None}},
        {"properties": {"containerImage": None, "containerType": None}, "state": "absent"},
    ),
    reads=({"properties": {}}, {"properties": {"sap": "^.*$"}, "cluster_levels": ["4.1"]}),
)
