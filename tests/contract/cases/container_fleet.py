# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.contract.cases import Writing
from tests.contract.conftest import SETTLE

FLEET = {"fleet": "shop", "settle": SETTLE, "poll_interval": 1, "defaults": {"cluster": "Default", "memory": "256MiB"}}
CREATE = {
    **FLEET,
    "containers": [
        {"name": "cache", "image": "redis:7.2", "networks": ["backend"]},
        {"name": "web", "image": "shop/front:2.4", "count": 3},
    ],
}
CASE = Writing(
    create=CREATE,
    modify={
        **FLEET,
        "prune": True,
        "update": "now",
        "batch": 2,
        "containers": [{"name": "web", "image": "shop/front:2.5", "count": 2}],
    },
    remove={**FLEET, "prune": True, "containers": []},
    # Five lists, the fleet's members and, to make something, its tag; then create, tag and start each, and one NIC.
    # Engine 4.1 asks for the NICs of each VM.
    budget={"create": 7 + 2 + 3 * 4 + 1, "modify": 10 + 10, "remove": 8, "again": 10},
)
