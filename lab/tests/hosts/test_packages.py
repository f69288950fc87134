# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages exclude, require and restart each other as the real ones do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .machine import Machine

Hosts = Callable[[str], Machine]
HOSTS = ("el8:el8", "el9:el9", "newer:el9", "removed:el9")
pytestmark = pytest.mark.timeout(600)


def test_dockers_exclude_each_other(machine: Hosts) -> None:
    host = machine("el8")
    host.install("docker")
    for other in ("docker-ce", "docker-latest", "docker-engine", "--enablerepo=podman podman-docker"):
        refused = host.run(f"dnf -q -y install {other}", check=False)
        assert refused.returncode == 1
        assert "conflicts with docker" in refused.stderr
    host.run("systemctl start docker && dnf -q -y remove docker")
    assert host.run("systemctl is-active docker; command -v docker", check=False).stdout.split() == ["inactive"]
    host.install("docker-ce")
    assert host.says("rpm -q docker-ce") == "docker-ce-20.10.24-3.el8.noarch"
    host.run("dnf -q -y remove docker-ce")


def test_an_old_docker_says_that_it_is_old(machine: Hosts) -> None:
    host = machine("el8")
    for version in ("1.9.1", "1.11.2"):
        host.run(f"dnf -q -y --enablerepo=docker-old install docker-{version} && systemctl start docker")
        assert host.says("docker version --format '{{.Server.Version}} {{.Client.Version}}'") == f"{version} {version}"
        assert f"version {version}," in host.says("docker -H unix:///run/docker.sock --version; dockerd --version")
        assert f"Server Version: {version}" in host.says("docker info")
        assert host.says("docker ps --quiet") == ""
        host.run("dnf -q -y remove docker")
    assert host.run("docker version", check=False).returncode == 127


def test_podman_only_tells_who_it_is(machine: Hosts) -> None:
    host = machine("el8")
    host.run("dnf -q -y --enablerepo=podman install podman-docker")
    assert host.says("docker --version") == "podman version 4.9.4"
    assert host.run("docker run x", check=False).returncode == 125
    host.run("dnf -q -y remove podman-docker podman")


def test_containers_need_vdsm_of_the_same_build(machine: Hosts) -> None:
    host = machine("el9")
    with pytest.raises(AssertionError, match=r"nothing provides vdsm = 4.19.31-1.el9"):
        host.install("vdsm-containers", repository="vdsm-containers-mismatch")
    before = host.started("supervdsmd", "vdsmd", "mom-vdsm")
    host.install("vdsm-containers", repository="vdsm-containers")
    assert host.says("rpm -q --requires vdsm-containers | grep -v rpmlib") == "vdsm = 4.19.20-1.el9"
    assert host.says("rpm -q --scripts vdsm-containers") == ""
    assert host.started("supervdsmd", "vdsmd", "mom-vdsm") == before
    host.run("dnf -q -y remove vdsm-containers")


def test_restarts_go_the_way_of_requires(machine: Hosts) -> None:
    host = machine("el9")
    units = ("libvirtd", "supervdsmd", "vdsmd", "mom-vdsm")
    before = host.started(*units)
    host.run("systemctl restart vdsmd")
    after = host.started(*units)
    assert [unit for unit in units if after[unit] != before[unit]] == ["vdsmd", "mom-vdsm"]
    host.run("systemctl restart supervdsmd")
    last = host.started(*units)
    assert [unit for unit in units if last[unit] != after[unit]] == ["supervdsmd", "vdsmd", "mom-vdsm"]


def test_an_upgrade_of_vdsm_restarts_it(machine: Hosts) -> None:
    host = machine("newer")
    before = host.started("supervdsmd", "vdsmd")
    host.install("vdsm-4.20.49 vdsm-client-4.20.49 vdsm-containers-4.20.49", repository="vdsm-other")
    assert host.says("cat /usr/share/ovirt-lab/vdsm-version") == "4.20.49-1.el9"
    assert host.run("command -v vdsClient", check=False).returncode
    assert not set(host.started("supervdsmd", "vdsmd").values()) & set(before.values())


def test_removing_vdsm_takes_what_needs_it(machine: Hosts) -> None:
    host = machine("removed")
    host.install("vdsm-containers", repository="vdsm-containers")
    host.run("dnf -q -y remove vdsm")
    assert host.says("rpm -qa 'vdsm*' mom") == ""
    assert host.says("systemctl is-system-running") == "running"
    assert host.run("systemctl is-active vdsmd supervdsmd mom-vdsm", check=False).stdout.split() == ["inactive"] * 3
