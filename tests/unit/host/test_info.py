# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_host_info as a whole, on every host there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import info
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import replies
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import peers
from ansible_collections.ovirt_contrib.containers.plugins.modules import container_host_info

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

RETURN = yaml.safe_load(container_host_info.RETURN)["container_host"]["contains"]


def gather() -> dict[str, Any]:
    found: dict[str, Any] = info.gather(Host())
    return found


@pytest.mark.parametrize("build", machines.MACHINES.values(), ids=list(machines.MACHINES))
def test_every_host_is_told_with_few_commands_and_left_alone(on: On, build: Callable[[Path], Machine]) -> None:
    machine = on(build)
    before = sorted(machine.root.rglob("*"))
    result = gather()
    assert len(machine.asked) <= 16
    assert machine.changes == []
    assert sorted(machine.root.rglob("*")) == before
    json.dumps(result)
    documented(result, RETURN)


def documented(value: dict[str, Any], contains: dict[str, Any]) -> None:
    """Every key is there, and each is in the documentation with its type."""
    assert set(value) == set(contains)
    types: dict[str, type] = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list}
    for key, item in value.items():
        if item is None:
            continue
        described = contains[key]
        assert isinstance(item, types[described["type"]]), key
        if isinstance(item, dict) and "contains" in described:
            documented(item, described["contains"])
        for element in item if isinstance(item, list) else []:
            assert isinstance(element, types[described["elements"]]), key
            if isinstance(element, dict):
                documented(element, described["contains"])


def test_vdsm_and_docker_of_el_7(on: On) -> None:
    on(machines.el7)
    result = gather()
    assert result["vdsm"] == {
        "installed": True,
        "package": "vdsm-4.19.20-1.el7.centos",
        "version": "4.19.20",
        "release": "1.el7.centos",
        "containers_package": {"version": "4.19.20", "release": "1.el7.centos"},
        "running": True,
        "restart_needed": True,
        "supported": True,
        "capability": "true",
        "capability_message": None,
        "client": "vdsm-client",
        "config": {"cgroup_slice": "machine", "network_name": "storage"},
        "config_files": [
            "/etc/vdsm/vdsm.conf",
            "/usr/lib/vdsm/vdsm.conf.d/90-vendor.conf",
            "/etc/vdsm/vdsm.conf.d/99-site.conf",
        ],
        "config_error": None,
        "running_vms": 1,
        "running_container_vms": 2,
        "spm": True,
    }
    runtime = result["runtime"]
    assert (runtime["name"], runtime["daemon"], runtime["enabled"]) == ("docker", "running", True)
    assert runtime["packages"] == ["docker-1.13.1-209.git7d71120.el7.centos"]
    assert (runtime["version"], runtime["storage_driver"], runtime["live_restore"]) == ("1.13.1", "overlay2", False)
    assert runtime["running_containers"] == 3
    assert (runtime["config"], runtime["configured"]) == ({"live-restore": True}, True)
    assert [network["name"] for network in result["networks"]] == ["bridge", "host", "none", "storage"]


def test_every_container_with_its_vm(on: On) -> None:
    """The state file joins unit and VM; while an image is pulled there is no container (traps 22 and 25)."""
    on(machines.el7)
    result = gather()
    by_name = {container["container"]: container for container in result["containers"]}
    running = by_name[machines.RUNNING]
    assert running["vm_id"] == "10000000-0000-4000-8000-000000000000"
    assert (running["vm_name"], running["status"], running["exit_code"]) == ("vm1", "running", None)
    assert running["digest"] == f"registry.example:5000/shop/redis@{machines.DIGEST}"
    assert running["addresses"] == {"storage": "10.20.0.129"}
    limits = {key: value for key, value in running["limits"].items() if value is not None}
    assert limits == {"memory": 67108864, "nano_cpus": 500000000}
    assert running["unit"] == {"active": "active", "sub": "running"}
    dead = by_name[machines.DEAD]
    assert (dead["status"], dead["exit_code"], dead["unit"]) == ("exited", 3, None)
    pulling = by_name[machines.PULLING]
    assert (pulling["status"], pulling["container_id"], pulling["vm_name"]) == (None, None, "vm4")
    assert pulling["image"] == "registry.example:5000/shop/redis:7.2"


def test_what_is_left_behind(on: On) -> None:
    """A container that outlived its unit, dead containers, failed units and old state files (traps 23 and 24)."""
    on(machines.el7)
    result = gather()
    assert result["orphans"] == [machines.ORPHAN]
    assert result["leftovers"] == [machines.DEAD, machines.ORPHAN + ".service"]
    assert [path[-9:] for path in result["stale_state_files"]] == ["33333.xml", "99999.xml"]


def test_docker_1_10_and_the_older_client(on: On) -> None:
    machine = on(machines.old)
    result = gather()
    assert (result["vdsm"]["client"], result["vdsm"]["capability"], result["vdsm"]["spm"]) == (
        "vdsClient",
        "true",
        False,
    )
    runtime = result["runtime"]
    assert (runtime["version"], runtime["storage_driver"]) == ("1.10.3", "devicemapper")
    assert (runtime["cgroup_driver"], runtime["live_restore"]) == (None, None)
    bridge = result["networks"][0]
    assert (bridge["gateway"], bridge["endpoints"]) == ("172.17.0.1", ["web"])
    assert "docker info --format {{json .}}" not in machine.asked


def test_a_failed_daemon_and_broken_files_are_findings(on: On) -> None:
    on(machines.stopped)
    result = gather()
    assert result["vdsm"]["capability"] == "failed"
    assert "Internal error" in result["vdsm"]["capability_message"]
    assert result["vdsm"]["config_error"].startswith("/etc/vdsm/vdsm.conf: ")
    runtime = result["runtime"]
    assert (runtime["daemon"], runtime["version"]) == ("failed", "1.13.1")
    assert "Cannot connect to the Docker daemon" in runtime["message"]
    assert runtime["config_error"].startswith("/etc/docker/daemon.json: ")
    assert (result["networks"], result["containers"]) == ([], [])


def test_a_later_vdsm_has_no_such_thing(on: On) -> None:
    on(machines.modern)
    vdsm = gather()["vdsm"]
    assert (vdsm["supported"], vdsm["capability"], vdsm["containers_package"]) == (False, "absent", None)


def test_a_vdsm_that_does_not_run_is_not_asked(on: On) -> None:
    machine = on(machines.el7)
    machine.says("systemctl show *", said.UNITS.replace("active\nSubState=running", "inactive\nSubState=dead", 1))
    vdsm = gather()["vdsm"]
    assert (vdsm["running"], vdsm["capability"], vdsm["spm"]) == (False, "failed", None)
    assert vdsm["capability_message"] == "vdsmd does not run"
    assert vdsm["running_vms"] == 1
    assert not [line for line in machine.asked if line.startswith("vdsm-client")]


def test_a_vdsm_without_client(on: On) -> None:
    machine = on(machines.el7)
    (machine.bin / "vdsm-client").unlink()
    vdsm = gather()["vdsm"]
    assert (vdsm["client"], vdsm["capability"]) == (None, "failed")
    assert "neither vdsm-client nor vdsClient" in vdsm["capability_message"]


def test_a_socket_that_listens_is_not_used_to_start_docker(on: On) -> None:
    machine = on(machines.el7)
    listening = said.UNITS.replace(
        "Id=docker.service\nLoadState=loaded\nActiveState=active",
        "Id=docker.service\nLoadState=loaded\nActiveState=inactive",
    )
    listening = listening.replace("LoadState=not-found\nActiveState=inactive", "LoadState=loaded\nActiveState=active")
    machine.says("systemctl show *", listening)
    runtime = gather()["runtime"]
    assert (runtime["daemon"], runtime["version"]) == ("stopped", "1.13.1")
    assert [line for line in machine.asked if line.startswith("docker")] == ["docker --version"]


def test_podman_in_docker_s_place_is_not_run(on: On) -> None:
    """podman makes its storage when it is run for the first time."""
    machine = on(machines.hypervisor)
    machine.says("rpm *", "podman 4.9.4 1.el9\npodman-docker 4.9.4 1.el9\n", 9).says("podman *").says("docker *")
    (machine.bin / "docker").write_text('#!/bin/sh\nexec /usr/bin/podman "$@"\n')
    runtime = gather()["runtime"]
    assert (runtime["name"], runtime["version"], runtime["daemon"]) == ("podman", "4.9.4", None)
    assert runtime["packages"] == ["podman-docker-4.9.4-1.el9", "podman-4.9.4-1.el9"]
    assert not [line for line in machine.asked if line.startswith(("podman", "docker"))]


def test_a_link_to_podman_is_podman(on: On) -> None:
    machine = on(machines.hypervisor).says("podman *")
    (machine.bin / "docker").symlink_to("podman")
    runtime = gather()["runtime"]
    assert (runtime["name"], runtime["path"]) == ("podman", str(machine.bin / "docker"))
    assert not [line for line in machine.asked if line.startswith(("podman", "docker"))]


def test_a_podman_beside_no_docker_is_no_runtime(on: On) -> None:
    machine = on(machines.hypervisor)
    machine.says("rpm *", "podman 4.9.4 1.el9\n", 9).says("podman *")
    runtime = gather()["runtime"]
    assert (runtime["name"], runtime["path"], runtime["version"], runtime["daemon"]) == (None, None, None, None)
    assert runtime["packages"] == ["podman-4.9.4-1.el9"]
    assert not [line for line in machine.asked if line.startswith("podman")]


@pytest.mark.parametrize(
    ("packages", "answer", "name"),
    [
        ("podman 4.9.4 1.el9\n", "Client:       Podman Engine\nVersion:      4.9.4\nAPI Version:  4.9.4\n", "podman"),
        ("podman 4.9.4 1.el9\n", "podman version 4.9.4\n", "podman"),
        ("podman 4.9.4 1.el9\npodman-docker 4.9.4 1.el9\n", "", "podman"),
        ("podman 4.9.4 1.el9\npodman-docker 4.9.4 1.el9\n", said.DOCKER_DOWN, "docker"),
        ("podman 4.9.4 1.el9\ndocker-ce 24.0.7 1.el9\n", "", "docker"),
    ],
)
def test_an_imitation_that_does_not_look_like_one(on: On, packages: str, answer: str, name: str) -> None:
    machine = on(machines.modern)
    machine.says("rpm *", packages, 9).says("docker *").says("docker version", answer)
    result = gather()
    assert result["runtime"]["name"] == name
    assert result["networks"] == []


def test_where_ansible_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 52000 192.0.2.10 22")
    assert peers.login_address() == "192.0.2.10"
    monkeypatch.setenv("SSH_CONNECTION", "nonsense")
    assert peers.login_address() is None


def test_prefix_of_vdsm_s_containers() -> None:
    assert replies.VDSM_NAME.match(machines.RUNNING)
    for name in (
        "vdsm-network",
        "vdsm-checkips",
        "my" + machines.RUNNING,
        machines.RUNNING + "0",
        machines.RUNNING.upper(),
    ):
        assert not replies.VDSM_NAME.match(name)


@pytest.mark.parametrize(
    ("neighbours", "known_peers", "words"),
    [
        (["192.0.2.21"], [], "neighbours: 192.0.2.21 is not an address and a device, such as 192.0.2.21 ovirtmgmt"),
        (["192.0.2.21 ovirtmgmt", "x y", "z"], [], "neighbours: x y, z is not an address and a device"),
        ([], ["192.0.2.1", "engine"], "peers: engine is not an address"),
    ],
)
def test_options_that_are_no_addresses_are_refused(neighbours: list[str], known_peers: list[str], words: str) -> None:
    with pytest.raises(HostError, match=words):
        info.check_options(neighbours, known_peers)


def test_addresses_are_accepted() -> None:
    info.check_options(["192.0.2.21 ovirtmgmt", "2001:db8::1 backend"], ["192.0.2.1", "2001:db8::2"])
