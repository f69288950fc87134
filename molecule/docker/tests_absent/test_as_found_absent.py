# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Their docker runs on with their configuration, in their spelling."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://byhand"]


def test_their_docker_runs(host: Host) -> None:
    assert host.service("docker").is_running
    assert not host.service("docker").is_enabled
    assert host.check_output("rpm -qa | sort") == host.check_output("cat /run/lab-packages")


def test_their_configuration_is_back(host: Host) -> None:
    file = host.file("/etc/docker/daemon.json")
    assert file.content_string == '{ "max-concurrent-downloads": 2,"live-restore":false }'
    assert file.mode == 0o640
    assert host.check_output("docker info --format '{{.LiveRestoreEnabled}}'") == "false"
