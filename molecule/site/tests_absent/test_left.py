# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host has left, and all containers run on the other."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://container_hosts"]


def test_containers_run_where_hosts_run_containers(host: Host) -> None:
    if host.check_output("hostname") == "el8":
        assert not host.package("vdsm-containers").is_installed
        assert not host.exists("docker")
    else:
        assert len(host.check_output("docker ps --quiet").split()) == 3


def test_forwarding_is_as_it_was(host: Host) -> None:
    assert host.check_output("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"
