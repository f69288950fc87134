# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution's docker runs with its own flags and with our keys, in the file that daemon.json leads to."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://flags"]


def test_it_runs_with_its_flags(host: Host) -> None:
    assert host.service("docker").is_running
    assert host.check_output("docker info --format '{{.LoggingDriver}} {{.Driver}}'") == "journald overlay2"


def test_the_link_is_followed(host: Host) -> None:
    assert host.file("/etc/docker/daemon.json").linked_to == "/etc/docker/site.json"
    assert json.loads(host.file("/etc/docker/site.json").content_string) == {"live-restore": True}


def test_no_package_came_or_went(host: Host) -> None:
    assert host.check_output("rpm -qa | sort") == host.check_output("cat /run/lab-packages")
