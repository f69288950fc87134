# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker in a host is real: its containers, its network, its harm."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from .machine import Machine, lost

Hosts = Callable[[str], Machine]
HOSTS = ("el7:el7", "el9:el9", "other:el9", "full:el9:docker=32m")
pytestmark = pytest.mark.timeout(600)


def ping_while_docker_comes(host: Machine) -> tuple[int, int]:
    """Two VMs on ovirtmgmt ping each other every 10 ms while docker is installed and started."""
    ours, other = host.address("mgmt", 1), host.address("mgmt", 2)
    gateway = host.host.networks["mgmt"]["gateway"]
    host.run(f"lab-vm start a ovirtmgmt {ours}/24 {gateway}; lab-vm start b ovirtmgmt {other}/24 {gateway}")
    assert host.says("lab-vm list | sort").split() == ["a", "b"]
    report = host.says(
        f"lab-vm exec a ping -q -i 0.01 -w 60 {other} > /tmp/ping & sleep 0.5;"
        "dnf -q -y install docker >/dev/null; systemctl start docker; sleep 1.5; kill -INT $!; wait; cat /tmp/ping"
    )
    host.run("lab-vm stop a; lab-vm stop b")
    assert host.says("lab-vm list; ls -d /sys/class/net/vnet-* 2>/dev/null || :") == ""
    return lost(report)


def test_docker_as_it_comes_cuts_vms_off(machine: Hosts) -> None:
    host = machine("el9")
    if host.run("grep -qx 1 /proc/sys/net/bridge/bridge-nf-call-iptables", check=False).returncode:
        pytest.skip("the machine has no br_netfilter: bridged packets do not pass iptables here")
    sent, missing = ping_while_docker_comes(host)
    assert host.says("iptables -S FORWARD").splitlines()[0] == "-P FORWARD DROP"
    assert missing > sent // 4


def test_docker_that_leaves_forwarding_alone_does_not(machine: Hosts) -> None:
    host = machine("other")
    host.run("mkdir -p /etc/docker; echo '{\"ip-forward\": false}' > /etc/docker/daemon.json")
    sent, missing = ping_while_docker_comes(host)
    assert host.says("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"
    assert (sent > 100, missing) == (True, 0)


@pytest.mark.parametrize(("name", "number"), [("el9", 8), ("el7", 16)])
def test_a_container_answers_on_the_data_network(machine: Hosts, name: str, number: int) -> None:
    host = machine(name)
    data = host.host.networks["data"]
    address = host.address("data", number)
    host.run("dnf -q -y install docker && systemctl start docker && lab-images load")
    host.run(
        f"docker network create -d macvlan --subnet {data['subnet']} --gateway {data['gateway']} -o parent=eth1 lan"
    )
    host.run(f"systemd-run --unit=web --slice=machine /bin/docker run --name web --net lan --ip {address} lab/pause")
    inspect = "docker inspect -f '{{.Config.Hostname}}' web"
    own_name = host.says(f"until {inspect} 2>/dev/null; do sleep 0.2; done")
    fetch = f"curl -s --retry 5 --retry-connrefused --retry-delay 1 -m 10 http://{address}/"
    words = ["docker", "run", "--rm", "--network", data["name"], "ovirt-lab/el9", "sh", "-c", fetch]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    assert answer.strip() == own_name
    host.run("systemctl stop web")
    assert host.says("docker inspect -f '{{.State.ExitCode}} {{.State.Running}}' web") == "0 false"


def test_images_do_what_they_are_for(machine: Hosts) -> None:
    host = machine("el9")
    host.run("dnf -q -y install docker && systemctl start docker && lab-images load exits deaf")
    assert host.run("docker run --rm lab/exits", check=False).returncode == 3
    host.run(
        "docker run --detach --memory 64m --cpus 0.5 --name deaf lab/deaf; docker kill --signal TERM deaf; sleep 0.5"
    )
    assert host.says("docker inspect -f '{{.State.Running}} {{.HostConfig.Memory}}' deaf") == "true 67108864"


def test_a_small_disk_is_soon_full(machine: Hosts) -> None:
    host = machine("full")
    host.run("dnf -q -y install docker && systemctl start docker && lab-images load pause")
    full = host.run("docker run --rm lab/pause dd if=/dev/zero of=/big bs=1M count=64", check=False)
    assert full.returncode
    assert "No space left on device" in full.stderr
