# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_network as a whole, on hosts that are directories."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import network
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker.network import Surroundings
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

NEW: dict[str, Any] = {"name": "data", "subnet": "10.40.0.0/24", "parent": "eth2"}


def host(place: Path, **docker: Any) -> Machine:
    """A hypervisor with docker and nothing in it."""
    machine = machines.hypervisor(place)
    units = "Id=docker.service\nActiveState=active\n\nId=docker.socket\nActiveState=inactive\n"
    machine.says("systemctl show *", units).says("unshare --net ip -batch -")
    return machine.docker(docker.pop("version", "20.10.24"), **docker)


def ensure(check: bool = False, **params: Any) -> dict[str, Any]:
    defaults = {"state": "present", "recreate": False, "allow_management": False}
    found: dict[str, Any] = network.ensure(Host(), {**defaults, **params}, check)
    return found


def state(machine: Machine) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.state.read_text())
    return found


def test_life(on: On) -> None:
    machine = on(host)
    foreseen = ensure(check=True, **NEW)
    assert (foreseen["changed"], machine.changes) == (True, [])
    assert (foreseen["network"]["id"], foreseen["network"]["options"]) == (None, {"parent": "eth2"})
    done = ensure(**NEW)
    assert (done["changed"], done["diff"], done["commands"]) == (True, foreseen["diff"], foreseen["commands"])
    assert done["diff"]["before"] == {}
    assert done["network"]["id"]
    assert done["commands"] == ["docker network create --driver macvlan --subnet 10.40.0.0/24 --opt parent=eth2 data"]
    again = ensure(**NEW)
    assert (again["changed"], again["commands"], again["network"]) == (False, [], done["network"])
    assert again["diff"]["before"] == again["diff"]["after"] != {}
    gone = ensure(name="data", state="absent")
    assert (gone["changed"], gone["network"], gone["diff"]["after"]) == (True, None, {})
    assert state(machine)["networks"] == []
    assert not ensure(name="data", state="absent")["changed"]


def test_a_network_that_differs_is_left_alone(on: On) -> None:
    machine = on(lambda place: host(place, networks=[machines.storage(Containers={})]))
    with pytest.raises(HostError, match=r"gateway is 10\.20\.0\.1, wanted 10\.20\.0\.2; .*recreate: true"):
        ensure(name="storage", gateway="10.20.0.2")
    assert machine.changes == []


def test_a_network_that_differs_is_made_anew_on_request(on: On) -> None:
    machine = on(lambda place: host(place, networks=[machines.storage(Containers={}, Labels={"a": "b"})]))
    done = ensure(name="storage", gateway="10.20.0.2", recreate=True)
    assert [line.split()[2] for line in machine.changes] == ["rm", "create"]
    network = done["network"]
    assert (network["gateway"], network["ip_range"], network["labels"]) == ("10.20.0.2", "10.20.0.128/25", {"a": "b"})


def test_a_network_in_use_is_neither_made_anew_nor_removed(on: On) -> None:
    machine = on(lambda place: host(place, networks=[machines.storage()]))
    for params in ({"gateway": "10.20.0.2", "recreate": True}, {"state": "absent"}):
        for check in (True, False):
            with pytest.raises(HostError, match=f"containers run in it: {machines.RUNNING}"):
                ensure(check, name="storage", **params)
    assert machine.changes == []


def test_a_stopped_container_keeps_its_network(on: On) -> None:
    machine = on(lambda place: host(place, networks=[machines.storage(Containers={})], users=["db", machines.DEAD]))
    with pytest.raises(HostError, match="could not be started without it: db;"):
        ensure(name="storage", state="absent")
    assert machine.changes == []


def test_what_vdsm_left_behind_keeps_nothing(on: On) -> None:
    on(lambda place: host(place, networks=[machines.storage(Containers={})], users=[machines.DEAD]))
    assert ensure(name="storage", state="absent")["changed"]


def test_a_network_that_could_not_be_made_comes_back(on: On) -> None:
    machine = on(lambda place: host(place, networks=[machines.storage(Containers={})]))
    before = state(machine)["networks"][0]["IPAM"]["Config"]
    script = (machine.bin / "docker").read_text()
    # Refuses the wanted gateway, as docker does for an address that it has given away.
    refusal = (
        'case "$*" in *10.20.0.2*) echo "Error response from daemon: no available IPv4 addresses" >&2; exit 1;; esac\n'
    )
    (machine.bin / "docker").write_text(script.replace("exec ", refusal + "exec "))
    with pytest.raises(HostError, match="no available IPv4 addresses; the network is again as it was before"):
        ensure(name="storage", gateway="10.20.0.2", recreate=True)
    assert state(machine)["networks"][0]["IPAM"]["Config"] == before


def test_docker_s_own_words_are_told(on: On) -> None:
    on(lambda place: host(place, refuses="failed to allocate gateway (10.40.0.1): Address already in use"))
    with pytest.raises(
        HostError, match=r"docker network create failed: Error response from daemon: failed to allocate"
    ):
        ensure(**NEW)


def test_docker_that_makes_something_else_is_found_out(on: On) -> None:
    machine = on(host)
    script = (machine.bin / "docker").read_text()
    (machine.bin / "docker").write_text(script.replace('"$@"', '$(echo "$@" | sed s/10.40.0.0/10.41.0.0/)'))
    with pytest.raises(HostError, match=r"not as asked: .*subnet is 10\.41\.0\.0/24 and not 10\.40\.0\.0/24"):
        ensure(**NEW)


def test_every_reason_is_told_at_once(on: On) -> None:
    machine = on(lambda place: host(place, version="1.11.2", networks=[machines.storage()]))
    with pytest.raises(HostError) as raised:
        ensure(name="data", subnet="10.20.0.0/24", parent="ovirtmgmt")
    for told in ("docker 1.11.2 found", "ovirtmgmt carries the default route", "overlaps 10.20.0.0/24"):
        assert told in raised.value.args[0]
    assert machine.changes == []


@pytest.mark.parametrize(
    ("err", "refused"),
    [
        ("RTNETLINK answers: Operation not supported\nCommand failed -:2", True),
        ("Error: Unknown device type.\nCommand failed -:2", True),
        ("RTNETLINK answers: Operation not supported\nCommand failed -:1", False),
        ("RTNETLINK answers: Invalid argument\nCommand failed -:2", False),
        ("unshare: unshare failed: Operation not permitted", False),
    ],
)
def test_only_the_kernel_s_own_words_say_what_it_lacks(on: On, err: str, refused: bool) -> None:
    machine = on(lambda place: host(place).says("unshare --net ip -batch -", "", 1, err))
    if refused:
        with pytest.raises(HostError, match="the kernel has no ipvlan devices"):
            ensure(**NEW, driver="ipvlan")
        assert machine.changes == []
    else:
        assert ensure(**NEW, driver="ipvlan")["changed"]


def test_a_bridge_needs_nothing_of_the_kernel(on: On) -> None:
    machine = on(host)
    assert ensure(name="inside", driver="bridge")["network"]["driver"] == "bridge"
    assert not [line for line in machine.asked if line.startswith("unshare")]


@pytest.mark.parametrize("build", ["absent", "down", "socket", "podman"])
def test_without_docker_check_mode_foresees_and_judges(on: On, build: str) -> None:
    def make(place: Path) -> Machine:
        machine = host(place, down=build == "down")
        if build == "absent":
            (machine.bin / "docker").unlink()
        if build == "podman":
            (machine.bin / "docker").write_text('#!/bin/sh\nexec /usr/bin/podman "$@"\n')
        if build == "socket":
            machine.says(
                "systemctl show *", "Id=docker.service\nActiveState=inactive\n\nId=docker.socket\nActiveState=active\n"
            )
        return machine

    machine = on(make)
    foreseen = ensure(check=True, **NEW)
    assert foreseen["changed"]
    assert foreseen["network"]["parent"] == "eth2"
    with pytest.raises(HostError, match="eth0 belongs to bond bond0"):
        ensure(check=True, **{**NEW, "parent": "eth0"})
    told = {
        "absent": "docker is not installed",
        "down": "docker does not answer .*Cannot connect",
        "socket": "docker.service does not run",
        "podman": "podman is installed in place of docker",
    }
    with pytest.raises(HostError, match=told[build]):
        ensure(**NEW)
    assert machine.changes == []
    if build == "socket":
        assert not [line for line in machine.asked if line.startswith("docker")]


def test_nothing_is_absent_where_no_docker_is(on: On) -> None:
    machine = on(host)
    (machine.bin / "docker").unlink()
    assert not ensure(name="data", state="absent")["changed"]


def test_whether_something_is_absent_only_a_running_docker_knows(on: On) -> None:
    on(lambda place: host(place, down=True))
    with pytest.raises(HostError, match="docker does not answer"):
        ensure(name="data", state="absent")


@pytest.mark.parametrize("name", ["bridge", "host", "none"])
@pytest.mark.parametrize("wanted", ["present", "absent"])
def test_docker_s_own_networks_are_not_ours(on: On, name: str, wanted: str) -> None:
    machine = on(host)
    with pytest.raises(HostError, match=f"network {name} is docker's own"):
        ensure(name=name, state=wanted, driver="bridge")
    assert machine.changes == []


def test_two_networks_of_one_name(on: On) -> None:
    twins = [machines.storage(Id=letter * 64, Containers={}) for letter in "ab"]
    machine = on(lambda place: host(place, networks=twins))
    specs: list[dict[str, Any]] = [{"state": "absent"}, {"gateway": "10.20.0.2"}]
    for params in specs:
        with pytest.raises(HostError, match=r"2 docker networks called storage; .* aaaaaaaaaaaa, bbbbbbbbbbbb"):
            ensure(name="storage", **params)
    assert machine.changes == []


def test_stopped_containers_of_a_docker_that_cannot_filter_are_not_asked(on: On) -> None:
    """docker before 1.12 refuses the filter."""
    on(lambda place: host(place, networks=[machines.storage(Containers={})]))
    site = Surroundings(Host(), "storage")
    assert site.stopped == []


BRIDGE = "com.docker.network.bridge.name"


def bridged(name: str, **more: Any) -> dict[str, Any]:
    """A network of the driver bridge whose bridge is called so."""
    return {"name": "data", "driver": "bridge", "subnet": "10.40.0.0/24", "options": {BRIDGE: name}, **more}


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("ovirtmgmt", "is oVirt's management network, which docker would take over"),
        ("backend", "backend is a device of the host, and docker would take it over for network data"),
        ("eth1", "eth1 is a device of the host"),
        ("bond0", "bond0 carries the management network"),
        ("docker0", "is a name that docker, Vdsm or the kernel give themselves"),
        ("br-0123456789ab", "is a name that docker, Vdsm or the kernel give themselves"),
        ("vnet7", "is a name that docker, Vdsm or the kernel give themselves"),
        ("lo", "is a name that docker, Vdsm or the kernel give themselves"),
        ("a-name-that-is-too-long", "cannot be the name of a device"),
        ("", "cannot be the name of a device"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_docker_takes_over_no_device_of_the_host(on: On, device: str, told: str, check: bool) -> None:
    """Seen: ovirtmgmt lost its address and got docker's."""
    machine = on(host)
    with pytest.raises(HostError, match=re.escape(told)):
        ensure(check=check, **bridged(device))
    assert machine.changes == []


def test_a_bridge_with_a_name_of_its_own_is_docker_s_to_make(on: On) -> None:
    machine = on(host)
    assert ensure(**bridged("cbr0"))["changed"]
    # It is there now, with an address of the subnet.
    machine.device("cbr0", kind="bridge").says(
        "ip -o -batch -", said.IP + "9: cbr0    inet 10.40.0.1/24 scope global cbr0\n"
    )
    assert not ensure(**bridged("cbr0"))["changed"]
    assert ensure(**bridged("cbr0", ip_range="10.40.0.128/25", recreate=True))["changed"]
    with pytest.raises(HostError, match="cbr0 is the bridge of the docker network data; give other one of its own"):
        ensure(**{**bridged("cbr0"), "name": "other", "subnet": "10.41.0.0/24"})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"com.docker.network.bridge.default_bridge": "true"}, "marks docker's own bridge"),
        ({"com.docker.network.host_ipv4": "ovirtmgmt"}, "ovirtmgmt is not an IPv4 address"),
        ({"com.docker.network.bridge.host_binding_ipv4": "10.0.0.0/8"}, "10.0.0.0/8 is not an IPv4 address"),
    ],
)
def test_other_options_that_name_what_is_the_host_s(on: On, options: dict[str, Any], told: str) -> None:
    on(host)
    with pytest.raises(HostError, match=told):
        ensure(**{**bridged("cbr0"), "options": options})


def test_a_bridge_does_not_take_the_storage_away(on: On) -> None:
    """10.77.3.4:2049 is reached by the default route, which leads everywhere."""
    machine = on(host)
    machine.file(
        "/proc/net/tcp",
        "  sl  local_address rem_address   st\n   0: 0200D50A:D431 04034D0A:0801 01 00000000:00000000\n",
    )
    with pytest.raises(
        HostError, match=r"the host is connected with 10\.77\.3\.4, and 10\.77\.0\.0/16 of network inside"
    ):
        ensure(name="inside", driver="bridge", subnet="10.77.0.0/16")
    assert machine.changes == []


def test_docker_chooses_no_subnet_with_a_peer_in_it(on: On) -> None:
    machine = on(host).file("/etc/resolv.conf", "nameserver 192.168.7.1\n")
    with pytest.raises(HostError, match=r"connected with 192\.168\.7\.1, and docker may choose their addresses"):
        ensure(name="inside", driver="bridge")
    machine.file("/etc/docker/daemon.json", '{"default-address-pools": [{"base": "10.200.0.0/16", "size": 24}]}')
    assert ensure(check=True, name="inside", driver="bridge")["changed"]


def test_passthru_takes_no_device_that_is_in_use(on: On) -> None:
    machine = on(host)
    # eth2 has the VLAN 5, which is in the bridge backend.
    with pytest.raises(HostError, match=r"eth2 has vlan eth2\.5, which network data would cut off"):
        ensure(**{**NEW, "mode": "passthru"})
    with pytest.raises(HostError, match="backend has the ports of a bridge"):
        ensure(name="data", subnet="10.30.0.0/24", parent="backend", ip_range="10.30.0.128/25", mode="passthru")
    assert machine.changes == []
    assert ensure(check=True, name="data", subnet="10.40.0.0/24", parent="eth1", mode="passthru")["changed"]
