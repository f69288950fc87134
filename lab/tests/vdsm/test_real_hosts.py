# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine and two test hosts with real systemd and real docker: what a user asks of the API becomes a container."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirtsdk4 import types

from ovirt_lab import hosts as hosts_of_the_lab
from ovirt_lab.engine import Engine, SystemClock, serve

from .engine_kit import connect, wished
from .host_kit import wait_until

_PROBLEM = hosts_of_the_lab.available()
if _PROBLEM:
    pytest.skip(f"no test hosts: {_PROBLEM}", allow_module_level=True)
pytestmark = pytest.mark.timeout(400)  # the first time the hosts' images have to be built
_SPEED = 10  # of the Engine and of the hosts: 60 s without a guest agent are 6
_ENVIRONMENT = dict(os.environ)  # with the PATH that conftest.py takes away later

# As an administrator would do it by hand: docker first. systemd's 90 s for a container that does not listen are 3.
_PREPARE = """
set -e
mkdir -p /run/systemd/system.conf.d
printf '[Manager]\\nDefaultTimeoutStopSec=3s\\n' >/run/systemd/system.conf.d/50-test.conf
systemctl daemon-reexec
dnf -y -q install docker-ce
systemctl start docker
docker network create -d macvlan --subnet $1 --gateway $2 --ip-range $3 -o parent=eth1 backend
lab-images load
dnf -y -q --repofrompath=extra,file:///opt/repo/vdsm-containers --setopt=extra.gpgcheck=0 install vdsm-containers
printf '{"speed": %s}' $4 >/etc/ovirt-lab/vdsm.json
systemctl restart supervdsmd vdsmd
"""


class Shell:
    """A host, seen from its root shell."""

    def __init__(self, host: hosts_of_the_lab.Host) -> None:
        self.name, self.container, self.url = host.name, host.container, host.as_dict()["vdsm_url"]
        self.data = host.networks["data"]

    def run(self, *words: str) -> str:
        """Run a command there."""
        command = ["docker", "exec", self.container, *words]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=_ENVIRONMENT, timeout=60, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def prepare(self, addresses: str) -> None:
        """Make a container host of it."""
        data = self.data
        self.run("sh", "-c", _PREPARE, "prepare", data["subnet"], data["gateway"], addresses, str(_SPEED))

    def containers(self, *options: str) -> dict[str, str]:
        """Names and images of its containers."""
        lines = self.run("docker", "ps", "--format", "{{.Names}} {{.Image}}", *options).splitlines()
        return dict(line.split(maxsplit=1) for line in lines)

    def container_of(self, vm_id: str) -> str:
        """The name of the container of a VM, found as one has to: by the state files."""
        command = f"grep -l '<uuid>{vm_id}</uuid>' /var/run/vdsm/containers/*.xml"
        return "vdsm-" + Path(self.run("sh", "-c", command).strip()).stem

    def address(self, name: str) -> str:
        """A container's address in the network of the data NIC."""
        return self.run("docker", "inspect", "-f", "{{.NetworkSettings.Networks.backend.IPAddress}}", name).strip()


@pytest.fixture(scope="module")
def hosts() -> Iterator[list[Shell]]:
    group = hosts_of_the_lab.Group(f"ovirt-lab-vdsm-{os.getpid()}")
    try:
        made = [Shell(host) for host, _ in group.up([hosts_of_the_lab.HostSpec(name, "el9") for name in ("h1", "h2")])]
        for number, host in enumerate(made):
            prefix, _, last = host.data["free"].partition("/")[0].rpartition(".")  # each docker keeps its own books
            host.prepare(f"{prefix}.{int(last) + 32 * number}/27")
        yield made
    finally:
        group.down()


@pytest.fixture(scope="module")
def api(hosts: list[Shell], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    world = {"hosts": [{"name": host.name, "cluster": "Default", "vdsm_url": host.url} for host in hosts], "vms": []}
    engine = Engine("4.1", world, SystemClock(_SPEED))
    with serve(engine, tmp_path_factory.mktemp("engine")) as endpoint:
        connection = connect(endpoint)
        services = connection.system_service()
        wait_until(lambda: all(host.status.value == "up" for host in services.hosts_service().list()), 30)
        yield services
        connection.close()


def _started(api: Any, name: str, image: str, host: Shell) -> Any:
    """A container VM with a NIC in network backend, started on a host."""
    vms = api.vms_service()
    vm = vms.add(wished(name, host.name, image))
    profile = next(found for found in api.vnic_profiles_service().list() if found.name == "backend")
    service = vms.vm_service(vm.id)
    service.nics_service().add(types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
    service.start()
    return service


def _status(vm: Any) -> str:
    return str(vm.get().status.value)


def test_a_container_vm_is_a_container_with_an_address(api: Any, hosts: list[Shell]) -> None:
    first = _started(api, "web1", "lab/pause", hosts[0])
    second = _started(api, "web2", "lab/pause", hosts[1])
    for vm in (first, second):
        wait_until(lambda vm=vm: _status(vm) == "up", 30)
    one, other = hosts[0].container_of(first.get().id), hosts[1].container_of(second.get().id)
    assert hosts[0].containers() == {one: "lab/pause"}
    assert hosts[1].containers() == {other: "lab/pause"}
    said = hosts[1].run("docker", "exec", other, "/bin/busybox", "wget", "-qO-", f"http://{hosts[0].address(one)}/")
    assert said.strip() == hosts[0].run("docker", "inspect", "-f", "{{.Config.Hostname}}", one).strip()
    unit = hosts[0].run("systemctl", "show", "--property=Slice,ActiveState", f"{one}.service")
    assert set(unit.split()) == {"Slice=machine.slice", "ActiveState=active"}
    for vm in (first, second):
        vm.stop()
        wait_until(lambda vm=vm: _status(vm) == "down", 30)
    assert hosts[0].containers() == {}
    assert hosts[0].containers("-a") == {one: "lab/pause"}  # dead, and nobody removes it
    assert hosts[0].run("ls", "/var/run/vdsm/containers") == ""


def test_a_container_outlives_its_vdsmd(api: Any, hosts: list[Shell]) -> None:
    vm = _started(api, "steady", "lab/pause", hosts[0])
    wait_until(lambda: _status(vm) == "up", 30)
    name = hosts[0].container_of(vm.get().id)
    hosts[0].run("systemctl", "restart", "supervdsmd", "vdsmd")
    host = next(found for found in api.hosts_service().list() if found.name == hosts[0].name)
    wait_until(lambda: api.hosts_service().host_service(host.id).get().status.value == "up", 30)
    assert _status(vm) == "up"
    vm.stop()
    wait_until(lambda: _status(vm) == "down", 30)
    assert name not in hosts[0].containers()


def test_a_deaf_container_outlives_its_vm(api: Any, hosts: list[Shell]) -> None:
    vm = _started(api, "deaf", "lab/deaf", hosts[0])
    wait_until(lambda: _status(vm) == "up", 30)
    name = hosts[0].container_of(vm.get().id)
    vm.stop()
    wait_until(lambda: _status(vm) == "down", 30)
    assert hosts[0].containers() == {name: "lab/deaf"}
    hosts[0].run("docker", "rm", "-f", name)


def test_one_that_ends_by_itself_was_shut_down(api: Any, hosts: list[Shell]) -> None:
    vm = _started(api, "exits", "lab/exits", hosts[1])
    wait_until(lambda: _status(vm) == "down", 30)
    texts = [event.description for event in api.events_service().list(search="event_vm=exits")]
    assert "VM exits is down. Exit message: User shut down from within the guest" in texts
    assert hosts[1].containers() == {}
    failed = hosts[1].run("systemctl", "list-units", "--plain", "--no-legend", "--state=failed", "vdsm-*.service")
    assert len(failed.splitlines()) == 1


def test_an_ordinary_vm_is_a_process(api: Any, hosts: list[Shell]) -> None:
    vms = api.vms_service()
    vm = vms.add(wished("db1", hosts[0].name))
    service = vms.vm_service(vm.id)
    service.start()
    wait_until(lambda: _status(service) == "up", 30)
    assert "guest=db1" in hosts[0].run("sh", "-c", "tr '\\0' ' ' </proc/$(pgrep -x qemu-kvm)/cmdline")
    assert json.loads(hosts[0].run("vdsm-client", "Host", "getVMList")) == [vm.id]
    assert json.loads(hosts[0].run("vdsm-client", "Host", "getStats"))["vmActive"] == 1
    service.stop()
    wait_until(lambda: _status(service) == "down", 30)
    assert json.loads(hosts[0].run("vdsm-client", "Host", "getVMList")) == []
