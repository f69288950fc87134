# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine machine as its admin and its clients see it, and a container that runs while its Engine is restarted."""

from __future__ import annotations

import json
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ovirtsdk4
import pytest
from ovirtsdk4 import types

from ovirt_lab.hosts import EngineOptions, Group, HostSpec
from ovirt_lab.hosts import machine as machines
from ovirt_lab.hosts.__main__ import main

from .machine import Machine

HOSTS = ("engine:engine", "h1:el9")
pytestmark = pytest.mark.timeout(600)
PROPERTIES = "containerType=^docker$;containerImage=^lab/pause$"
FAST = EngineOptions(speed=10)
Hosts = Callable[[str], Machine]

# What the roles of a site would do; the stand-in Vdsm keeps the pace of the Engine.
CONTAINER_HOST = """
set -e
dnf -q -y install docker
systemctl enable lab-images.service
systemctl start docker
dnf -q -y --repofrompath=extra,file:///opt/repo/vdsm-containers --nogpgcheck install vdsm-containers
docker network create ovirtmgmt
printf '{"speed": 10}' > /etc/ovirt-lab/vdsm.json
systemctl restart supervdsmd vdsmd
"""


@pytest.fixture(scope="module")
def login(group: Group, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What engine.json says."""
    made = machines.up(group, HostSpec("engine", "engine"), FAST)
    path = machines.save(made, tmp_path_factory.mktemp("state"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture
def api(login: dict[str, Any]) -> Iterator[Any]:
    """The Engine through the SDK, which verifies its certificate."""
    connection = _connect(login)
    yield connection.system_service()
    connection.close()


def _connect(login: dict[str, Any]) -> Any:
    about = {key: login[key] for key in ("url", "username", "password", "ca_file")}
    return ovirtsdk4.Connection(**about)


def _until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def _restart(host: Machine) -> None:
    host.run("systemctl restart ovirt-engine")
    host.run("until curl -sf http://localhost/ovirt-engine/services/health; do sleep 0.1; done", timeout=30)


def _vm(name: str, **fields: Any) -> Any:
    properties = {"containerType": "docker", "containerImage": "lab/pause"}
    memory = 256 << 20
    return types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        memory=memory,
        memory_policy=types.MemoryPolicy(guaranteed=memory, max=2 * memory),
        os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
        custom_properties=[types.CustomProperty(name=key, value=value) for key, value in properties.items()],
        placement_policy=types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name="h1")]),
        **fields,
    )


def test_it_is_an_engine_and_no_host(api: Any, login: dict[str, Any], machine: Hosts) -> None:
    host = machine("engine")
    assert api.get().product_info.version.full_version == "4.3.10.4-1.el7"
    assert host.says("rpm -q ovirt-engine ovirt-engine-tools").split() == [
        "ovirt-engine-4.3.10.4-1.el7.noarch",
        "ovirt-engine-tools-4.3.10.4-1.el7.noarch",
    ]
    assert host.says("systemctl is-active ovirt-engine; systemctl is-enabled ovirt-engine").split() == [
        "active",
        "enabled",
    ]
    assert host.says("rpm -qa 'vdsm*'; command -v docker vdsm-client || :") == ""
    assert host.says("cat /etc/pki/ovirt-engine/ca.pem") == Path(login["ca_file"]).read_text().strip()
    assert host.says(
        "curl -s --cacert /etc/pki/ovirt-engine/ca.pem https://localhost/ovirt-engine/services/health"
    ) == ("DB Up!Welcome to Health Status!")
    assert host.host.as_dict()["vdsm_url"] == ""
    (found,) = api.hosts_service().list()
    assert found.name == "h1"
    _until(lambda: api.hosts_service().host_service(found.id).get().status == types.HostStatus.UP)
    assert {network.name for network in api.networks_service().list()} == {"ovirtmgmt", "storage"}
    assert not api.vms_service().list()


def test_a_second_up_leaves_it_alone(group: Group, login: dict[str, Any], machine: Hosts) -> None:
    before = machine("engine").says("systemctl show -p MainPID ovirt-engine")
    again = machines.up(group, HostSpec("engine", "engine"), FAST)
    assert again == {key: value for key, value in login.items() if key != "ca_file"}
    assert machine("engine").says("systemctl show -p MainPID ovirt-engine") == before


def test_what_engine_config_writes_waits_for_the_restart(api: Any, machine: Hosts) -> None:
    host, vms = machine("engine"), api.vms_service()
    host.run(f"engine-config -s 'UserDefinedVMProperties={PROPERTIES}' --cver=4.1")
    assert host.says("engine-config -g UserDefinedVMProperties --cver=4.1") == PROPERTIES
    option = api.options_service().option_service("UserDefinedVMProperties")
    assert [value.value for value in option.get(version="4.1").values] == [""]
    with pytest.raises(ovirtsdk4.Error, match="not configured by the system"):
        vms.add(_vm("web"))
    _restart(host)
    # The session went with the old Engine; the SDK logs in again by itself.
    assert [value.value for value in option.get(version="4.1").values] == [PROPERTIES]
    assert vms.add(_vm("web")).name == "web"


def test_a_container_does_not_notice_its_engine_going(api: Any, machine: Hosts) -> None:
    host, engine = machine("h1"), machine("engine")
    host.run(CONTAINER_HOST, timeout=120)
    (vm,), (its_host,) = api.vms_service().list(search="name=web"), api.hosts_service().list()
    _until(lambda: api.hosts_service().host_service(its_host.id).get().status == types.HostStatus.UP)
    service = api.vms_service().vm_service(vm.id)
    service.start()
    _until(lambda: service.get().status == types.VmStatus.UP, 60)
    started = "docker ps --quiet | xargs docker inspect --format '{{.Name}} {{.State.StartedAt}}'"
    before = host.says(started)
    assert before.startswith("/vdsm-")
    _restart(engine)
    time.sleep(1)  # three times the Engine looks at its hosts
    found = service.get()
    assert (found.status, found.host.id) == (types.VmStatus.UP, its_host.id)
    assert host.says(started) == before
    service.stop()
    _until(lambda: service.get().status == types.VmStatus.DOWN, 60)
    assert host.says("docker ps --quiet") == ""


def test_a_reboot_of_the_machine_is_a_restart(group: Group, login: dict[str, Any], machine: Hosts) -> None:
    subprocess.run(["docker", "restart", machine("engine").host.container], capture_output=True, timeout=60, check=True)
    group.up([HostSpec("engine", "engine")], rebuild=False)
    again = machines.up(group, HostSpec("engine", "engine"), FAST)
    assert again["password"] == login["password"]
    connection = _connect({**login, "url": again["url"]})
    assert [vm.name for vm in connection.system_service().vms_service().list()] == ["web"]
    connection.close()


def test_another_engine_is_another_machine(group: Group, tmp_path: Path, machine: Hosts) -> None:
    world = tmp_path / "world.yml"
    world.write_text("{hosts: [{name: h1}, {name: played}], vms: [{name: db1, status: up, host: played}]}")
    state = tmp_path / "state"
    about = ["--group", group.name, "--state-dir", str(state)]
    assert main(["up", "engine:engine", "--engine-version", "4.1", "--world", str(world), "--no-build", *about]) == 0
    host = machine("engine")
    assert host.says("rpm -q ovirt-engine") == "ovirt-engine-4.1.9.1-1.el7.centos.noarch"
    assert host.says("engine-config -g UserDefinedVMProperties | grep -c containerType") == "3"
    assert set(json.loads((state / "hosts.json").read_text())) == {"engine", "h1"}
    connection = _connect(json.loads((state / "engine.json").read_text()))
    found = connection.system_service()
    assert found.get().product_info.version.full_version == "4.1.9.1-1.el7.centos"
    addresses = {each.name: each.address for each in found.hosts_service().list()}
    assert addresses == {"h1": machine("h1").host.address, "played": "played.example"}
    assert [vm.name for vm in found.vms_service().list()] == ["db1"]
    connection.close()


def test_a_world_that_makes_no_sense_is_told(group: Group, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = tmp_path / "world.yml"
    world.write_text("hots: []")
    assert main(["up", "engine:engine", "--world", str(world), "--no-build", "--group", group.name]) == 1
    said = capsys.readouterr().err
    assert "does not start" in said
    assert "unknown keys hots" in said
    assert said.count("\n") == 1
