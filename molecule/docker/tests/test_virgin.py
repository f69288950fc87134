# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker runs, and the host forwards as it did before."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://virgin"]


def test_docker_runs_now_and_after_a_boot(host: Host) -> None:
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled


def test_docker_has_not_touched_forwarding(host: Host) -> None:
    assert host.check_output("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"
    assert host.sysctl("net.ipv4.ip_forward") == 0


def test_configuration(host: Host) -> None:
    config = json.loads(host.file("/etc/docker/daemon.json").content_string)
    assert config["ip-forward"] is False
    assert config["live-restore"] is True


def test_package(host: Host) -> None:
    assert host.package("docker-ce").is_installed
