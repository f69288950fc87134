# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is before anything is done to it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ovirt_lab.hosts import Group, HostSpec
from ovirt_lab.hosts.__main__ import main

from .machine import Machine

Hosts = Callable[[str], Machine]
HOSTS = ("el7:el7", "el8:el8", "el9:el9", "other:el9")
pytestmark = pytest.mark.timeout(600)  # the first of them may have to build the images


@pytest.mark.parametrize("release", ["7", "8", "9"])
def test_it_is_enterprise_linux(machine: Hosts, release: str) -> None:
    host = machine(f"el{release}")
    dist = {"7": ".el7.centos"}.get(release, f".el{release}")
    assert host.says(". /etc/os-release; echo $ID $VERSION_ID $ID_LIKE") == f"centos {release} rhel fedora"
    assert f"release {release}" in host.says("cat /etc/redhat-release")
    assert host.says("rpm -E '%rhel %dist %_unitdir'") == f"{release} {dist} /usr/lib/systemd/system"
    assert host.says("rpm -q vdsm vdsm-client vdsm-cli").split() == [
        f"{name}-4.19.20-1{dist}.noarch" for name in ("vdsm", "vdsm-client", "vdsm-cli")
    ]
    assert host.says("readlink /bin") == "usr/bin"
    assert host.run("command -v docker podman", check=False).returncode


def test_el7_has_the_python_of_el7(machine: Hosts) -> None:
    host = machine("el7")
    assert host.run("/usr/bin/python -V").stderr.startswith("Python 2.7.")
    assert host.says("/usr/bin/python3 -V").startswith("Python 3.9.")
    assert host.says("command -v yum") == "/usr/bin/yum"


@pytest.mark.parametrize("name", ["el7", "el8", "el9"])
def test_services_run(machine: Hosts, name: str) -> None:
    units = "libvirtd supervdsmd vdsmd mom-vdsm lab-network"
    assert machine(name).says(f"systemctl is-active {units}").split() == ["active"] * 5
    assert machine(name).says("systemctl is-enabled supervdsmd vdsmd mom-vdsm").split() == ["enabled"] * 3


@pytest.mark.parametrize("name", ["el7", "el8", "el9"])
def test_the_network_is_that_of_an_ovirt_host(machine: Hosts, name: str) -> None:
    host = machine(name)
    links = {each["ifname"]: each for each in json.loads(host.says("ip -j -d address"))}
    addresses = {nic: [a["local"] for a in links[nic]["addr_info"] if a["family"] == "inet"] for nic in links}
    assert addresses["ovirtmgmt"] == [host.host.address]
    assert addresses["storage"] == ["10.214.0.1"]
    assert not addresses["eth0"] + addresses["eth1"] + addresses["eth2"]
    assert links["eth0"]["master"] == "ovirtmgmt"
    assert links["eth2"]["master"] == "storage"
    assert "master" not in links["eth1"]
    assert "UP" in links["eth1"]["flags"]
    gateway = host.host.networks["mgmt"]["gateway"]
    assert host.says("ip -4 route show default").split()[:5] == ["default", "via", gateway, "dev", "ovirtmgmt"]
    for address in (gateway, "10.214.0.10"):
        host.run(f"ping -c 1 -W 2 {address}")


@pytest.mark.parametrize("name", ["el7", "el8", "el9"])
def test_nothing_filters_and_nothing_is_routed(machine: Hosts, name: str) -> None:
    host = machine(name)
    assert host.says("cat /proc/sys/net/ipv4/ip_forward") == "0"
    assert host.says("iptables -S FORWARD") == "-P FORWARD ACCEPT"
    assert host.run("iptables-save").returncode == 0
    # This host's own settings can be written; the machine's cannot.
    host.run("sysctl -q -w net.ipv4.conf.all.rp_filter=0")
    assert host.run("echo 1 > /proc/sys/kernel/sysrq", check=False).returncode


def test_packages_need_no_network(machine: Hosts) -> None:
    shown = machine("el8").says("unshare --net dnf -q --refresh repoquery --qf '%{repoid} %{name}-%{version}' docker*")
    assert "docker docker-1.13.1" in shown
    assert "docker-ce docker-ce-20.10.24" in shown
    assert "docker-old" not in shown


def test_up_again_leaves_a_host_alone(group: Group, machine: Hosts) -> None:
    boot = machine("other").says("cat /proc/1/stat")
    ((host, _),) = group.up([HostSpec("other", "el9")])
    assert host == machine("other").host
    assert machine("other").says("cat /proc/1/stat").split()[21] == boot.split()[21]


def test_another_size_is_another_host_and_down_takes_only_the_group(group: Group) -> None:
    other = Group(f"{group.name}-b")
    try:
        ((first, _),) = other.up([HostSpec("h", "el9")])
        other.up([HostSpec("h", "el9", "8m")])
        size = Machine(other, "h").says("df --output=size -BM /var/lib/docker").split()[-1]
        assert (first.container, size) == (f"{other.name}-h", "8M")
    finally:
        removed = other.down()
    assert sorted(removed) == [f"{other.name}-{name}" for name in ("data", "h", "mgmt")]
    assert not other.hosts()
    assert {host.state for host in group.hosts()} == {"running"}


def test_list_and_state_file_agree(group: Group, tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--group", group.name, "--state-dir", f"{tmp_path}/state", "other:el9"]) == 0
    assert capsys.readouterr().out.startswith(f"{group.name}-other: el9, 10.")
    assert main(["list", "--json", "--group", group.name]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    with open(f"{tmp_path}/state/hosts.json") as file:
        assert json.load(file) == listed
    assert listed["el8"]["vdsm_url"] == f"http://{listed['el8']['address']}:54321"
