# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.contract.cases import Writing
from tests.contract.conftest import SETTLE

PATIENCE = {"settle": SETTLE, "poll_interval": 1}
CREATE = {
    "name": "web",
    "cluster": "Default",
    "image": "redis:7.2",
    "description": "cache of the shop",
    "networks": ["backend"],
    "memory": "256MiB",
    **PATIENCE,
}
CASE = Writing(
    create=CREATE,
    modify={**CREATE, "state": "restarted", "image": "redis:7.4", "networks": ["ovirtmgmt", "backend"]},
    remove={"name": "web", "state": "absent", **PATIENCE},
    budget={"create": 8, "again": 6, "modify": 12, "remove": 4},
)
