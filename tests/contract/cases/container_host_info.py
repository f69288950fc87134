# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.contract.cases import OnHost
from tests.host_tier import machines

CASE = OnHost(host=machines.el7, commands=16, reads=({}, {"probe": False, "peers": ["192.0.2.77"]}))
