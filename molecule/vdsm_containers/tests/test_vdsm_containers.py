# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vdsm runs containers, and reads what the role wrote."""

from __future__ import annotations

import json

from testinfra.host import Host

testinfra_hosts = ["ansible://el9"]


def test_capability(host: Host) -> None:
    capabilities = json.loads(host.check_output("vdsm-client Host getCapabilities"))
    assert capabilities["containers"] is True


def test_package_of_exactly_the_version_of_vdsm(host: Host) -> None:
    names = host.check_output("rpm -q --qf '%{VERSION}-%{RELEASE}\\n' vdsm vdsm-containers").split()
    assert len(set(names)) == 1


def test_what_the_package_is(host: Host) -> None:
    """What vdsm.spec.in of Vdsm 4.19.20 makes of it: thirteen modules with their bytecode, and nothing that is run."""
    listed = host.check_output("rpm -ql vdsm-containers").split()
    assert len([path for path in listed if path.endswith(".py")]) == 13
    assert len(listed) == 1 + 3 * 13
    assert all(path.startswith("/usr/lib/python2.7/site-packages/vdsm/") for path in listed)
    assert host.check_output("rpm -q --scripts vdsm-containers") == ""
    assert host.check_output("rpm -V vdsm-containers") == ""
    assert host.file("/usr/lib/python2.7/site-packages/vdsm/virt/containers/docker.py").mode == 0o644


def test_a_drop_in_and_vdsm_conf_as_it_was(host: Host) -> None:
    """Not /etc/vdsm.conf, which nobody reads (trap 7)."""
    assert "network_name = lab" in host.file("/etc/vdsm/vdsm.conf.d/90-containers.conf").content_string
    assert "containers" not in host.file("/etc/vdsm/vdsm.conf").content_string
    assert not host.file("/etc/vdsm.conf").exists
