# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts are what they were, byte by byte."""

from __future__ import annotations

import sys
from pathlib import Path

from testinfra.host import Host

sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
import vms_test

testinfra_hosts = ["ansible://hosts"]


def test_the_host_is_what_it_was(host: Host) -> None:
    assert vms_test.changes(host) == []


def test_the_vms_reach_each_other(host: Host) -> None:
    address = host.check_output("lab-vm exec two ip -4 -o address show eth0").split()[3].partition("/")[0]
    assert host.run(f"lab-vm exec one ping -c 3 -i 0.1 -W 1 {address}").succeeded
