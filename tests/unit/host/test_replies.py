# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docker of every age prints."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import daemon, replies
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, Outcome

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.unit.host.conftest import On


def outcome(out: str, code: int = 0) -> Outcome:
    return Outcome(["docker"], code, out)


@pytest.mark.parametrize(
    ("text", "client", "server"),
    [
        (said.DOCKER_1_10, "1.10.3", "1.10.3"),
        (said.DOCKER_1_13, "1.13.1", "1.13.1"),
        (said.DOCKER_17_03, "17.03.1-ce", "17.03.1-ce"),
        (said.DOCKER_24, "24.0.5", "24.0.7"),
        (said.DOCKER_29, "28.3.3", "29.5.2"),
        (said.DOCKER_DOWN, "1.13.1", None),
        ("Docker version 20.10.24+dfsg1, build 297e128\n", "20.10.24+dfsg1", None),
        ("Docker version 1.13.1, build 7d71120/1.13.1\n", "1.13.1", None),
        ("", None, None),
    ],
)
def test_versions(text: str, client: str | None, server: str | None) -> None:
    assert replies.versions(text) == {"client": client, "server": server}


@pytest.mark.parametrize(
    ("text", "driver", "cgroups", "root", "live"),
    [
        (said.INFO_1_10, "devicemapper", None, None, None),
        (said.INFO_1_12, "overlay2", "systemd", "/data/docker", None),
        (said.INFO_17_03, "overlay2", "systemd", "/data/docker", True),
        (
            '{"Driver": "overlay2", "CgroupDriver": "systemd", "LiveRestoreEnabled": false}',
            "overlay2",
            "systemd",
            None,
            False,
        ),
        (said.INFO_JSON_DOWN, None, None, None, None),
    ],
)
def test_info(text: str, driver: str | None, cgroups: str | None, root: str | None, live: bool | None) -> None:
    found = replies.info(outcome(text))
    keys = ("Driver", "CgroupDriver", "DockerRootDir", "LiveRestoreEnabled")
    assert tuple(found.get(key) for key in keys) == (driver, cgroups, root, live)


@pytest.mark.parametrize(
    ("text", "running"),
    [
        ("Containers: 3\n Running: 2\n Paused: 0\n Stopped: 1\nStorage Driver: overlay2\n", 2),
        ("Containers: 3\nStorage Driver: overlay2\n", None),
        ('{"Driver": "overlay2", "Containers": 3, "ContainersRunning": 2, "ContainersStopped": 1}', 2),
        ('{"Driver": "overlay2", "Containers": 0, "ContainersRunning": 0}', 0),
        (said.INFO_JSON_DOWN, None),
    ],
)
def test_running_containers(text: str, running: int | None) -> None:
    assert replies.info(outcome(text)).get("ContainersRunning") == running


def test_info_of_a_docker_that_refuses_is_nothing() -> None:
    assert replies.info(outcome(said.INFO_1_10, code=1)) == {}


@pytest.mark.parametrize(
    ("client", "json"), [("1.10.3", False), ("1.12.6", False), ("1.13.1", True), ("29.1.0", True), (None, True)]
)
def test_info_is_asked_in_words_that_this_docker_knows(client: str | None, json: bool) -> None:
    assert ("--format" in replies.info_command(client)) == json


def test_one_inspection_where_docker_takes_both() -> None:
    assert replies.inspections("1.13.1", ["n"], ["c"]) == [["docker", "inspect", "n", "c"]]
    assert replies.inspections("1.12.6", ["n"], ["c"]) == [
        ["docker", "network", "inspect", "n"],
        ["docker", "inspect", "--type", "container", "c"],
    ]
    assert replies.inspections("1.10.3", ["n"], []) == [["docker", "network", "inspect", "n"]]
    assert replies.inspections("1.13.1", [], []) == []


def test_a_network() -> None:
    shown = replies.networks(outcome(json.dumps([machines.storage(), machines.containers()[0]])))
    assert shown == [
        {
            "name": "storage",
            "id": "e" * 64,
            "driver": "macvlan",
            "subnet": "10.20.0.0/24",
            "subnets": ["10.20.0.0/24"],
            "gateway": "10.20.0.1",
            "ip_range": "10.20.0.128/25",
            "aux_addresses": {},
            "parent": "eth1",
            "internal": False,
            "options": {"parent": "eth1"},
            "labels": {},
            "endpoints": [machines.RUNNING],
        }
    ]


def test_a_network_of_two_families_shows_the_older_one() -> None:
    pool = {
        "Config": [{"Subnet": "fd00::/64", "Gateway": "fd00::1"}, {"Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1/24"}]
    }
    shown = replies.network(machines.storage(IPAM=pool, Options=None, Labels=None, Containers=None))
    assert (shown["subnet"], shown["gateway"]) == ("10.0.0.0/24", "10.0.0.1")
    assert shown["subnets"] == ["10.0.0.0/24", "fd00::/64"]
    assert (shown["options"], shown["labels"], shown["endpoints"]) == ({}, {}, [])


def test_docker_s_own_networks_have_no_subnet() -> None:
    shown = replies.network(
        {"Name": "host", "Id": "x", "Driver": "host", "IPAM": {"Driver": "default", "Config": None}}
    )
    assert (shown["subnet"], shown["subnets"], shown["gateway"], shown["parent"]) == (None, [], None, None)


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({}, []),
        ({"EnableIPv6": True}, ["IPv6"]),
        ({"Scope": "swarm"}, ["the scope swarm"]),
        ({"Attachable": True}, ["attachable"]),
        ({"IPAM": {"Driver": "dhcp", "Options": {"x": "y"}}}, ["the IPAM driver dhcp", "IPAM options"]),
        ({"IPAM": {"Config": [{"Subnet": "a"}, {"Subnet": "b"}]}}, ["several subnets"]),
    ],
)
def test_what_could_not_be_made_again(changes: dict[str, object], lost: list[str]) -> None:
    assert replies.foreign(machines.storage(**changes)) == lost


@pytest.mark.parametrize(
    ("image", "digests", "digest"),
    [
        ("redis", ["other@sha256:1", "redis@sha256:2"], "redis@sha256:2"),
        ("redis:7.2", ["docker.io/redis@sha256:2"], "docker.io/redis@sha256:2"),
        (
            "registry:5000/a/redis:7.2",
            ["x@sha256:1", "registry:5000/a/redis@sha256:2"],
            "registry:5000/a/redis@sha256:2",
        ),
        ("registry:5000/redis", ["registry:5000/redis@sha256:2"], "registry:5000/redis@sha256:2"),
        ("redis@sha256:2", ["redis@sha256:2"], "redis@sha256:2"),
        ("sha256:abc", ["redis@sha256:2"], "redis@sha256:2"),
        ("redis", [], None),
        (None, [], None),
    ],
)
def test_digest_of_an_image(image: str | None, digests: list[str], digest: str | None) -> None:
    assert replies.digest_of(image, digests) == digest


@pytest.mark.parametrize(
    ("content", "config", "there", "wrong"),
    [
        (None, {}, False, ""),
        ("", {}, True, ""),
        ('{"debug": true}', {"debug": True}, True, ""),
        ('{"debug": true,}', {}, True, "/etc/docker/daemon.json: "),
        ("[]", {}, True, "/etc/docker/daemon.json: not an object"),
    ],
)
def test_daemon_json(on: On, content: str | None, config: dict[str, object], there: bool, wrong: str) -> None:
    machine = on(machines.empty)
    if content is not None:
        machine.file(daemon.DAEMON_JSON, content)
    found = daemon.daemon_config(Host())
    assert found[:2] == (config, there)
    assert (found[2] or "").startswith(wrong)
    assert bool(found[2]) == bool(wrong)


def test_daemon_json_that_is_a_directory(on: On) -> None:
    (on(machines.empty).root / "etc/docker/daemon.json").mkdir(parents=True)
    assert daemon.daemon_config(Host()) == ({}, True, "/etc/docker/daemon.json cannot be read")


def test_place_and_space() -> None:
    assert daemon.root_dir({}, {}, {}) == "/var/lib/docker"
    assert daemon.root_dir({}, {"graph": "/a"}, {}) == "/a"
    assert daemon.root_dir({}, {"graph": "/a"}, {"data-root": {"value": "/c", "source": "docker.service"}}) == "/c"
    assert daemon.root_dir({"DockerRootDir": "/b"}, {"data-root": "/a"}, {}) == "/b"
    assert daemon.free_bytes(Host(), "/no/such/place/yet") > 0
