# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution's docker runs on, its link leads where it led, and the file there says what it said."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://flags"]


def test_their_configuration_is_back(host: Host) -> None:
    assert host.service("docker").is_running
    assert host.file("/etc/docker/daemon.json").linked_to == "/etc/docker/site.json"
    assert host.file("/etc/docker/site.json").content_string == "{}"
    assert host.check_output("docker info --format '{{.LiveRestoreEnabled}}'") == "false"
