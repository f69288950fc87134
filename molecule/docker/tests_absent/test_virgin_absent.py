# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of docker is left."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://virgin"]


def test_no_package_no_record(host: Host) -> None:
    assert not host.package("docker-ce").is_installed
    assert not host.file("/var/lib/ovirt-containers").exists


def test_what_others_have_added_is_there(host: Host) -> None:
    """On el9 somebody has (others.yml); on el8 nobody has."""
    if host.check_output("hostname") == "el9":
        assert json.loads(host.file("/etc/docker/daemon.json").content_string) == {"log-level": "warn"}
        assert host.package("podman").is_installed
    else:
        assert not host.file("/etc/docker").exists


def test_no_rule_no_device(host: Host) -> None:
    assert "DOCKER" not in host.check_output("iptables-save").replace("DOCKER_", "")
    assert not host.interface("docker0").exists
