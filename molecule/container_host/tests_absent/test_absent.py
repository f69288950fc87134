# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host is what it was, but for docker's data, and its VMs have noticed neither the way there nor the way back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from testinfra.host import Host

sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
import vms_test

testinfra_hosts = ["ansible://hosts"]


def test_the_host_is_what_it_was(host: Host) -> None:
    changes = [line for line in vms_test.changes(host) if not line.startswith(("@@", "+/var/lib/docker/"))]
    assert changes == []


@pytest.mark.parametrize("what", vms_test.PINGS)
def test_no_vm_lost_a_packet(host: Host, what: str) -> None:
    sent, lost = vms_test.lost(host, what)
    assert sent > 2000
    assert lost == 0
