# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vdsm is what it was, and still answers (trap 4: never the package without docker)."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://el9"]


def test_capability(host: Host) -> None:
    capabilities = json.loads(host.check_output("vdsm-client Host getCapabilities"))
    assert capabilities["containers"] is False


def test_nothing_is_left(host: Host) -> None:
    assert not host.package("vdsm-containers").is_installed
    assert host.file("/etc/vdsm/vdsm.conf.d").is_directory
    assert not host.file("/etc/vdsm/vdsm.conf.d/90-containers.conf").exists
    assert not host.file("/etc/yum.repos.d/ovirt-containers-vdsm.repo").exists


def test_bytecode_has_gone_with_the_package(host: Host) -> None:
    code = "/usr/lib/python2.7/site-packages/vdsm"
    assert not host.file(f"{code}/virt/containers").exists
    assert not host.file(f"{code}/supervdsm_api/containers.pyc").exists


def test_docker_stays(host: Host) -> None:
    assert host.service("docker").is_running
