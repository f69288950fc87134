# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker that somebody has installed is kept, and so are its settings (traps 5 and 6)."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://byhand"]


def test_no_package_came_or_went(host: Host) -> None:
    assert host.check_output("rpm -qa | sort") == host.check_output("cat /run/lab-packages")


def test_own_keys_are_added_and_foreign_ones_kept(host: Host) -> None:
    file = host.file("/etc/docker/daemon.json")
    config = json.loads(file.content_string)
    # It has turned forwarding on before, and its containers count on it: no "ip-forward": false.
    assert config == {"max-concurrent-downloads": 2, "live-restore": True}


def test_docker_has_read_them(host: Host) -> None:
    assert host.check_output("docker info --format '{{.LiveRestoreEnabled}}'") == "true"
