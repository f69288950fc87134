# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host runs containers, and its VMs have not noticed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from testinfra.host import Host

sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
import vms_test

testinfra_hosts = ["ansible://hosts"]


def test_vdsm_tells_that_it_runs_containers(host: Host) -> None:
    capabilities = json.loads(host.check_output("vdsm-client Host getCapabilities"))
    assert capabilities["containers"] is True
    assert "containers = True" in host.check_output("vdsClient -s 0 getVdsCaps")


def test_docker_first_package_second(host: Host) -> None:
    """The other way round Vdsm cannot tell its capabilities meanwhile (trap 4)."""
    installed = host.check_output("rpm -qa --qf '%{INSTALLTIME} %{NAME}\\n'").split("\n")
    times = {name: int(time) for time, name in (line.split() for line in installed)}
    assert times["docker-ce"] <= times["vdsm-containers"]
    assert host.package("vdsm-containers").version == host.package("vdsm").version


def test_one_restart_for_all_changes(host: Host) -> None:
    """One at the boot, one for the package and the configuration together (trap 11)."""
    started = host.check_output("journalctl -u vdsmd --no-pager | grep -c 'Started vdsmd'")
    assert int(started) == 2


def test_networks(host: Host) -> None:
    names = host.check_output("docker network ls --format '{{.Name}} {{.Driver}}'").split("\n")
    assert {"containers macvlan", "storage macvlan"} <= set(names)


def test_no_password_is_told(host: Host) -> None:
    """Modules leave their arguments in the journal, commands their words, and repositories their files."""
    if not host.file("/run/lab-repository").exists:
        pytest.skip("the repositories of this scenario want no password")
    assert "s3cret" not in host.check_output("journalctl --no-pager -o cat")
    told = host.run("grep -r -l s3cret /etc /var/log /var/cache /var/lib/ovirt-containers /tmp /root").stdout.split()
    assert [path for path in told if host.file(path).mode & 0o077] == []
    assert "/etc/yum.repos.d/ovirt-containers-docker.repo" in told


def test_forwarding_is_as_it_was(host: Host) -> None:
    assert host.check_output("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"
    assert host.sysctl("net.ipv4.ip_forward") == 0


def test_nothing_is_left_of_the_transaction(host: Host) -> None:
    assert not host.file("/var/lib/ovirt-containers/container_host.json").exists


def test_a_second_run_asks_little(host: Host) -> None:
    """Each module that reaches a host leaves a line in its journal. The latest run was the second, without changes."""
    shown = r"journalctl --no-pager | sed -n 's/.* ansible-\([a-z_.]*\)\[[0-9]*\]: Invoked with.*/\1/p'"
    modules = [name.rpartition(".")[2] for name in host.check_output(shown).split()]
    latest = modules[len(modules) - modules[::-1].index("setup") :]
    assert "container_host_info" in latest
    assert len(latest) <= 12


@pytest.mark.parametrize("what", vms_test.PINGS)
def test_no_vm_lost_a_packet(host: Host, what: str) -> None:
    sent, lost = vms_test.lost(host, what)
    assert sent > 1000
    assert lost == 0
