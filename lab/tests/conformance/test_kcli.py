# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""kcli's oVirt provider, unmodified, against the embedded Engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ovirt_lab.engine import Engine, SystemClock, serve

from . import clients

GIB = 1 << 30
WORLD = {
    "vms": [
        {"name": "db1", "cluster": "Default", "status": "up", "disk": 10, "agent": True, "nics": ["ovirtmgmt"]},
    ],
    "templates": [{"name": "base", "cluster": "Default", "disk": 10, "agent": True}],
}


@dataclass
class Kcli:
    """A served Engine, and kcli to talk to it."""

    engine: Engine
    address: str
    ca_file: str
    folder: Path

    def ask(self, *steps: tuple[str, list[Any], dict[str, Any]]) -> list[Any]:
        """What the provider's methods return, one after the other, in one process."""
        arguments = (self.address, "secret", self.ca_file, json.dumps(steps))
        return clients.run("kcli", "kcli_steps.py", self.folder, {}, *arguments)

    def requests(self) -> str:
        """For the message of a failed test."""
        return "\n".join(f"{r.method} {r.path} {r.status}" for r in self.engine.requests)


@pytest.fixture(params=["4.3", "4.5"])
def kcli(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kcli]:
    """Time runs 60 times faster, for kcli too.

    Not with 4.1: that one leaves out an empty description of a VM, which kcli cannot bear, and refuses to start VMs
    with kcli's boot order (hd, cdrom) unless there is an ISO domain. So does a real one.
    """
    found = clients.installed("kcli")
    if isinstance(found, str):
        pytest.skip(found)
    engine = Engine(request.param, WORLD, SystemClock(speed=clients.SPEED))
    with serve(engine, tmp_path / "tls") as endpoint:
        yield Kcli(engine, f"127.0.0.1:{endpoint.port}", str(endpoint.ca_file), tmp_path)


def step(method: str, *arguments: Any, **keywords: Any) -> tuple[str, list[Any], dict[str, Any]]:
    """One call."""
    return method, list(arguments), keywords


DONE = {"result": "success"}


def test_what_there_is(kcli: Kcli) -> None:
    """`kcli list vm|network|pool|image|disk` and `kcli info host|vm` show the world and write nothing."""
    found = kcli.ask(
        step("list"),
        step("info", "db1"),
        step("list_networks"),
        step("list_pools"),
        step("volumes"),
        step("list_disks"),
        step("info_host"),
        step("ip", "db1"),
        step("get_pool_path", "data"),
    )
    listed, info, networks, pools, images, disks, host, address, path = found
    assert [(vm["name"], vm["status"], vm["host"]) for vm in listed] == [("db1", "up", info["host"])], kcli.requests()
    assert info["disks"][0]["size"] == 10 and info["nets"][0]["net"] == "ovirtmgmt"
    assert info["ip"] == address == listed[0]["ip"]
    assert networks["backend"]["domain"] == "Default" and pools == ["data"] and images == ["base"]
    assert {disk["path"] for disk in disks.values()} == {"base_Disk1", "db1_Disk1"}
    assert host["version"] == kcli.engine.release.full and (host["vms_running"], host["hosts_summary"]) == (1, 3)
    assert path == kcli.engine.store.named("storagedomains", "data").storage.path
    assert not [request for request in kcli.engine.requests if request.writes]


@pytest.mark.parametrize("kcli", ["4.5"], indirect=True)
def test_life_of_a_vm(kcli: Kcli) -> None:
    """`kcli create vm -i base`, info, stop, start, update, add and delete disks and interfaces, delete."""
    disks = [20, 5]
    about = {"image": "base", "pool": "data", "nets": [{"name": "ovirtmgmt"}, "backend"], "disks": disks}
    script = {"keys": ["ssh-ed25519 AAAA me"], "cmds": ["touch /made"], "metadata": {"plan": "shop", "image": "base"}}
    steps = [
        step("create", "web", memory=1024, **about, **script),
        step("info", "web"),
        step("stop", "web"),
        step("sleep", 60),
        step("update_memory", "web", 2048),
        step("update_cpus", "web", 4),
        step("update_metadata", "web", "plan", "other"),
        step("add_nic", "web", "backend"),
        step("delete_nic", "web", "eth1"),
        step("add_disk", "web", 3, pool="data"),
        step("update_iso", "web", ""),
        step("create_snapshot", "before", "web"),
        step("sleep", 60),
        step("start", "web"),
    ]
    made, info, *changes = kcli.ask(*steps)
    assert made == DONE, kcli.requests()
    assert (info["plan"], info["numcpus"], [disk["size"] for disk in info["disks"]]) == ("shop", 2, disks)
    assert [(nic["device"], nic["net"]) for nic in info["nets"]] == [("eth0", "ovirtmgmt"), ("eth1", "backend")]
    assert [result for result in changes if result not in (None, DONE)] == [], kcli.requests()
    first, _ = kcli.engine.starts("web")
    assert "touch /made" in first["files"]["openstack/latest/user_data"]
    vm = kcli.engine.vm("web")
    assert (vm.memory, vm.cpu.topology.cores, vm.description) == (2 * GIB, 4, "plan=other,image=base")
    assert [nic.name for nic in kcli.engine.store.list(f"vms/{vm.id}/nics")] == ["eth0", "eth2"]
    (extra,) = [disk for disk in kcli.engine.store.list("disks") if disk.name == "web_Disk3"]
    last = kcli.ask(
        step("delete_disk", "web", extra.id),
        step("console", "web", web=True),
        step("delete", "web"),
        step("exists", "web"),
        step("list", filtervms=True),
    )
    assert last == [DONE, last[1], DONE, False, []] and last[1].startswith(("vnc://", "spice://")), kcli.requests()
    assert kcli.engine.store.get("disks", extra.id) is None


def test_networks_and_images(kcli: Kcli) -> None:
    """`kcli create network`, `kcli export vm`, `kcli delete image`, and VMs without an image.

    kcli's usual 512 MB are less than Blank guarantees; Engines since 4.4.7 make the guarantee follow.
    """
    blank = {"pool": "data", "start": False}
    found = kcli.ask(
        step("create_network", "blue", overrides={"vlan": 12}),
        step("list_networks"),
        step("create", "bare", memory=1024, disks=[1], **blank),
        step("export", "bare", image="mine"),
        step("volumes"),
        step("delete_image", "mine"),
        step("volumes"),
        step("openshift_installer_data", "data"),
        step("create", "small", disks=[], **blank),
    )
    assert found[1]["blue"]["cidr"] == "vlan 12", kcli.requests()
    assert found[2:4] == [DONE, DONE], kcli.requests()
    assert (found[4], found[5], found[6]) == (["base", "mine"], DONE, ["base"])
    assert None not in found[7]
    refused = "Physical Memory Guaranteed cannot exceed Memory Size" in str(found[8])
    assert refused if kcli.engine.version < (4, 4) else found[8] == DONE


@pytest.mark.parametrize("kcli", ["4.5"], indirect=True)
def test_upload_of_an_image(kcli: Kcli) -> None:
    """`kcli download image`: a disk, its bytes by way of the proxy, a VM and a template of it."""
    if shutil.which("qemu-img") is None:
        pytest.skip("qemu-img of the package qemu-utils is not there")
    image = kcli.folder / "small.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(image), "1M"], check=True)
    made, images = kcli.ask(step("add_image", str(image), "data", name=image.name), step("volumes"))
    assert (made, images) == (DONE, ["base", "small.qcow2"]), kcli.requests()
