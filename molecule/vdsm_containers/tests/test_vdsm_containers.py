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


def test_a_drop_in_and_vdsm_conf_as_it_was(host: Host) -> None:
    """Not /etc/vdsm.conf, which nobody reads (trap 7)."""
    assert "network_name = lab" in host.file("/etc/vdsm/vdsm.conf.d/90-containers.conf").content_string
    assert "containers" not in host.file("/etc/vdsm/vdsm.conf").content_string
    assert not host.file("/etc/vdsm.conf").exists
