# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose first run was killed is a container host that has passed the gate, or as it was, byte by byte."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from testinfra.host import Host

sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
import vms_test

testinfra_hosts = ["ansible://hosts"]


def taken_back(host: Host) -> bool:
    return host.ansible.get_variables().get("then") == "absent"


def test_it_is_one_or_the_other(host: Host) -> None:
    if taken_back(host):
        assert vms_test.changes(host) == []
        return
    capabilities = json.loads(host.check_output("vdsm-client Host getCapabilities"))
    assert capabilities["containers"] is True
    names = host.check_output("docker network ls --format '{{.Name}} {{.Driver}}'").split("\n")
    assert {"containers macvlan", "storage macvlan"} <= set(names)


def test_nothing_is_under_way(host: Host) -> None:
    assert not host.file("/var/lib/ovirt-containers/container_host.json").exists
    found = host.run("cat /var/lib/ovirt-containers/*.json 2>/dev/null").stdout
    assert '"stage": "open"' not in found


def test_forwarding_is_as_it_was(host: Host) -> None:
    assert host.check_output("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"


@pytest.mark.parametrize("what", vms_test.PINGS)
def test_no_vm_lost_a_packet(host: Host, what: str) -> None:
    sent, lost = vms_test.lost(host, what)
    assert sent > 200
    assert lost == 0
