# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of docker is left."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://virgin"]


def test_no_package_no_file(host: Host) -> None:
    assert not host.package("docker-ce").is_installed
    assert not host.file("/etc/docker").exists
    assert not host.file("/var/lib/ovirt-containers").exists


def test_no_rule_no_device(host: Host) -> None:
    assert "DOCKER" not in host.check_output("iptables-save").replace("DOCKER_", "")
    assert not host.interface("docker0").exists
