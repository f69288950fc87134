# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role has made is gone, what others have made is there."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://el9"]


def test_only_our_networks_are_gone(host: Host) -> None:
    names = set(host.check_output("docker network ls --format '{{.Name}}'").split())
    assert names == {"bridge", "host", "none", "foreign"}
