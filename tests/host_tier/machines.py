# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts to test with. Each is made in a directory of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.host_tier import recordings as said
from tests.host_tier.machine import Machine

RUNNING = "vdsm-11111111-1111-4111-8111-111111111111"
ORPHAN = "vdsm-22222222-2222-4222-8222-222222222222"
DEAD = "vdsm-33333333-3333-4333-8333-333333333333"
PULLING = "vdsm-44444444-4444-4444-8444-444444444444"
STOPPING = "vdsm-55555555-5555-4555-8555-555555555555"
POOL = "0f0e0d0c-0b0a-4908-8706-050403020100"
DIGEST = "sha256:" + "ab" * 32
PACKAGES = "vdsm 4.19.20 1.el7.centos\nvdsm-containers 4.19.20 1.el7.centos\ndocker 1.13.1 209.git7d71120.el7.centos\n"
NOT_THERE = "package docker-ce is not installed\npackage podman is not installed\n"


def empty(place: Path) -> Machine:
    """A host that has nothing of it all, not even rpm."""
    return Machine(place)


def hypervisor(place: Path) -> Machine:
    """An oVirt host without docker: eth0 in bond0 in ovirtmgmt, eth1 free, eth2.5 in the bridge backend, a VM."""
    machine = Machine(place)
    for name, kind, master, lower in (
        ("ovirtmgmt", "bridge", "", ""),
        ("bond0", "bond", "ovirtmgmt", ""),
        ("eth0", "", "bond0", ""),
        ("eth1", "", "", ""),
        ("eth2", "", "", ""),
        ("backend", "bridge", "", ""),
        ("eth2.5", "vlan", "backend", "eth2"),
        ("vnet0", "tun", "ovirtmgmt", ""),
    ):
        machine.device(name, kind=kind, master=master, lower=lower)
    machine.says("ip -o -batch -", said.IP).says("iptables-save", said.IPTABLES).says("ip6tables-save", "")
    machine.says("ip -force -o -batch -", said.WAYS)
    # An hour ago, before anything that a test writes.
    machine.file("/proc/uptime", "3660.05 7000.00\n").file("/etc/resolv.conf", said.RESOLV)
    machine.file("/proc/net/tcp", said.TCP).file("/proc/net/tcp6", said.TCP6)
    machine.file("/proc/sys/net/ipv4/ip_forward", "0\n").file("/proc/sys/net/ipv6/conf/all/forwarding", "0\n")
    machine.process(1, "/usr/lib/systemd/systemd", "--system")
    machine.process(4711, "/usr/libexec/qemu-kvm", "-name", "guest=web-é,debug-threads=on", "-S")
    machine.says("rpm *", PACKAGES.partition("docker ")[0] + NOT_THERE, 9)
    docker_unit = "\n\n".join(said.UNITS.split("\n\n")[1:2])
    gone = docker_unit.replace("=loaded", "=not-found").replace("=active", "=inactive").replace("=enabled", "=")
    machine.says("systemctl show *", said.UNITS.replace(docker_unit, gone))
    machine.says("vdsm-client Host getCapabilities", "", 1, said.CAPABILITIES_RAISE)
    machine.says("vdsm-client Host getConnectedStoragePools", json.dumps([POOL]))
    machine.says(f"vdsm-client StoragePool getSpmStatus storagepoolID={POOL}", '{"spmId": 1, "spmStatus": "SPM"}')
    return machine


def el7(place: Path) -> Machine:
    """It with docker 1.13.1 and containers in every state that there is."""
    machine = hypervisor(place)
    machine.says("rpm *", PACKAGES + NOT_THERE, 9).says("vdsm-client Host getCapabilities", said.CAPABILITIES)
    units = said.UNITS + said.unit(RUNNING, "active", "running") + said.unit(ORPHAN, "failed", "failed")
    units += said.unit(PULLING, "active", "running") + said.unit(STOPPING, "deactivating", "stop-sigterm")
    units += said.unit("vdsm-network", "active", "exited")
    machine.says("systemctl show *", units)
    machine.docker("1.13.1", containers=containers(), images=images(), networks=[storage()])
    for number, name in enumerate((RUNNING, ORPHAN, DEAD, PULLING, STOPPING), 1):
        state_file(machine, name, f"{number}0000000-0000-4000-8000-000000000000", f"vm{number}")
    state_file(machine, "vdsm-99999999-9999-4999-8999-999999999999", "90000000-0000-4000-8000-000000000000", "gone")
    machine.file("/var/run/vdsm/containers/notes.txt", "not a state file")
    machine.file("/etc/vdsm/vdsm.conf", "[vars]\nssl = true\n[containers]\nnetwork_name = first\n")
    machine.file("/usr/lib/vdsm/vdsm.conf.d/90-vendor.conf", "[containers]\nnetwork_name = vendor ; not this one\n")
    machine.file("/etc/vdsm/vdsm.conf.d/99-site.conf", "[containers]\nnetwork_name = storage ; this one\nunknown = 1\n")
    machine.file("/etc/vdsm/vdsm.conf.d/10-site.conf", "[vars]\nssl = true\n")
    machine.file("/etc/docker/daemon.json", '{"live-restore": true}')
    return machine


def old(place: Path) -> Machine:
    """It with docker 1.10 and the older client of Vdsm."""
    machine = hypervisor(place)
    (machine.bin / "vdsm-client").unlink()
    machine.says("rpm *", PACKAGES.replace("1.13.1 209.git7d71120", "1.10.3 59"), 9)
    machine.says("vdsClient -s 0 getVdsCaps", said.CAPABILITIES_TEXT)
    machine.says("vdsClient -s 0 getConnectedStoragePoolsList", POOL + "\n")
    machine.says(f"vdsClient -s 0 getSpmStatus {POOL}", "\tspmStatus = Free\n\tspmLver = -1\n\tspmId = -1\n")
    machine.says("systemctl show *", said.UNITS)
    machine.says("docker version", said.DOCKER_1_10).says("docker info", said.INFO_1_10)
    machine.says("docker network ls -q --no-trunc", "a" * 64 + "\n")
    machine.says("docker ps -a -q --no-trunc --filter name=vdsm-", "")
    bridge = {"Name": "bridge", "Id": "a" * 64, "Driver": "bridge", "Containers": {"b" * 64: {"Name": "web"}}}
    bridge["IPAM"] = {"Driver": "default", "Config": [{"Subnet": "172.17.0.1/16", "Gateway": "172.17.0.1/16"}]}
    machine.says("docker network inspect *", json.dumps([bridge]))
    return machine


def stopped(place: Path) -> Machine:
    """It with docker installed, whose daemon failed, and a broken configuration."""
    machine = hypervisor(place)
    machine.says("rpm *", PACKAGES, 9)
    machine.says(
        "systemctl show *",
        said.UNITS.replace(
            "docker.service\nLoadState=loaded\nActiveState=active",
            "docker.service\nLoadState=loaded\nActiveState=failed",
        ),
    )
    machine.docker("1.13.1", down=True)
    machine.file("/etc/docker/daemon.json", '{"live-restore": true,}').file("/etc/vdsm/vdsm.conf", "[containers\nx")
    return machine


def modern(place: Path) -> Machine:
    """EL 8 or later: docker 24 with nftables, and a Vdsm that has no containers any more."""
    machine = hypervisor(place)
    machine.says("rpm *", "vdsm 4.40.100 1.el8\ndocker-ce 24.0.7 1.el8\ndocker-ce-cli 24.0.5 1.el8\n", 10)
    machine.says("vdsm-client Host getCapabilities", '{"software_version": "4.40"}')
    machine.says("systemctl show *", said.UNITS)
    machine.says("iptables-save", said.IPTABLES.replace("v1.4.21", "v1.8.4 (nf_tables)")).says(
        "nft list ruleset", said.NFT
    )
    return machine.docker("24.0.7")


def containers() -> list[dict[str, Any]]:
    """What ``docker inspect`` says of Vdsm's containers."""
    return [
        container(RUNNING, "running", NanoCpus=500000000, Memory=67108864, MemorySwap=-1),
        container(ORPHAN, "running"),
        container(DEAD, "exited", code=3),
        container(STOPPING, "running"),
    ]


def container(name: str, status: str, code: int = 0, **limits: int) -> dict[str, Any]:
    running = status == "running"
    return {
        "Id": name[5:].replace("-", "") * 2,
        "Name": "/" + name,
        "State": {"Status": status, "Running": running, "ExitCode": code, "StartedAt": "2017-06-01T10:00:00.5Z"},
        "Image": "sha256:" + "cd" * 32,
        "Config": {"Image": "registry.example:5000/shop/redis:7.2"},
        "HostConfig": {"Memory": 0, "CpuShares": 0, "CpusetCpus": "", "PidsLimit": None, **limits},
        "NetworkSettings": {"IPAddress": "", "Networks": {"storage": {"IPAddress": "10.20.0.129" if running else ""}}},
    }


def images() -> list[dict[str, Any]]:
    names = ("docker.io/library/redis", "registry.example:5000/shop/redis")
    return [{"Id": "sha256:" + "cd" * 32, "RepoDigests": [f"{name}@{DIGEST}" for name in names]}]


def storage(**changes: Any) -> dict[str, Any]:
    """A macvlan network on eth1."""
    pool = {"Subnet": "10.20.0.0/24", "Gateway": "10.20.0.1", "IPRange": "10.20.0.128/25"}
    return {
        "Name": "storage",
        "Id": "e" * 64,
        "Scope": "local",
        "Driver": "macvlan",
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": {}, "Config": [pool]},
        "Internal": False,
        "Attachable": False,
        "Containers": {"1" * 64: {"Name": RUNNING, "IPv4Address": "10.20.0.129/24"}},
        "Options": {"parent": "eth1"},
        "Labels": {},
        **changes,
    }


def state_file(machine: Machine, name: str, uuid: str, vm: str) -> None:
    """Vdsm's domain XML of a start."""
    content = said.DOMAIN.format(name=vm, uuid=uuid, image="registry.example:5000/shop/redis:7.2")
    machine.file(f"/var/run/vdsm/containers/{name[5:]}.xml", content)


MACHINES: dict[str, Callable[[Path], Machine]] = {
    build.__name__: build for build in (empty, hypervisor, el7, old, stopped, modern)
}
