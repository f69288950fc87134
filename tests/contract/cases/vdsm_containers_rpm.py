# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.contract.cases import OnHost
from tests.host_tier.build_machine import build_machine

BUILD = {"source": "/srv/sources/vdsm-4.19.20", "version": "4.19.20", "cache": "/var/cache/packages"}

CASE = OnHost(
    host=build_machine,
    # rpmbuild once, and three questions about what it made.
    commands=4,
    steps=({**BUILD, "release": "1.el7.centos"}, {**BUILD, "release": "1.el8"}),
)
