# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Engine whose hosts have Vdsm of their own, on loopback."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import ovirtsdk4
from client import MIB, Lab, props
from ovirtsdk4 import types

from ovirt_lab.vdsm.server import Server

from .host_kit import Machine, Vdsm


def wished(name: str, host: str, image: str = "") -> Any:
    """A VM that runs on this host only, a container if there is an image."""
    return types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        memory=256 * MIB,
        memory_policy=types.MemoryPolicy(guaranteed=256 * MIB, max=512 * MIB),
        os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
        custom_properties=props(containerType="docker", containerImage=image) if image else None,
        placement_policy=types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name=host)]),
    )


def connect(endpoint: Any) -> Any:
    """A connection of the SDK to a served Engine."""
    return ovirtsdk4.Connection(
        url=endpoint.url, username=endpoint.username, password=endpoint.password, ca_file=endpoint.ca_file
    )


class RealHost:
    """A host in a folder, and its Vdsm on a port; both can be taken away."""

    def __init__(self, folder: Path, number: int = 1) -> None:
        self.address = f"127.0.0.{number}"  # every host has one of its own, and the whole network is this machine
        self.machine = Machine(folder, fixed=True)
        self.vdsm = Vdsm(self.machine)
        self.port = 0
        self.server: Server | None = None
        self.listen()

    def listen(self) -> None:
        """Answer, always on the same port."""
        self.server = Server(self.vdsm.dispatcher, self.address, self.port)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def silence(self) -> None:
        """Answer no more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def restart(self, ready: bool = True) -> None:
        """A new vdsmd, which remembers what time it was."""
        assert self.server is not None
        self.vdsm = Vdsm(self.machine, self.vdsm.clock, ready)
        self.server.dispatcher = self.vdsm.dispatcher

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def end(self) -> None:
        """Leave nothing behind."""
        self.silence()
        self.machine.end()


class LinkedLab(Lab):
    """An Engine on a clock that stands still; its hosts are looked after when the test says so."""

    def __init__(self, hosts: dict[str, RealHost], version: str = "4.1", **world: Any) -> None:
        entries = [{"name": name, "cluster": "Default", "vdsm_url": host.url} for name, host in hosts.items()]
        super().__init__(version, {"hosts": entries, "vms": [], **world})
        self.hosts = hosts

    def poll(self, seconds: float = 3.0) -> None:
        """Let time pass for everybody, then look after all hosts."""
        self.clock.advance(seconds)
        for host in self.hosts.values():
            host.vdsm.clock.time += seconds
        for found in self.engine.drivers.vdsm.links.hosts():
            self.engine.drivers.vdsm.links.poll(found.id)

    def settle(self) -> None:
        """Wait for what the Engine asks of its own accord."""
        for thread in threading.enumerate():
            if thread.name.startswith("VM."):
                thread.join(10)

    def host(self, name: str) -> Any:
        """A host as the API shows it."""
        return next(host for host in self.ask("GET", "hosts") if host.name == name)

    def host_status(self, name: str) -> str:
        """Its status."""
        return str(self.host(name).status.value)

    def created(self, host: RealHost, vm: Any) -> None:
        """Wait until Vdsm has tried to start a VM."""
        host.vdsm.manager.vms[vm.id].creation.join(10)

    def pinned(self, host: str = "h1", image: str = "redis:3.2", **fields: Any) -> Any:
        """Add a container VM that is pinned to a host."""
        policy = types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=[types.Host(name=host)])
        return self.container(image=image, placement_policy=policy, **fields)

    def running(self, **fields: Any) -> Any:
        """A container VM that is up on host h1."""
        vm = self.pinned(**fields)
        self.act(vm, "start")
        self.created(self.hosts["h1"], vm)
        self.poll()
        self.poll(61)
        assert self.status(vm) == "up"
        return vm

    def host_act(self, name: str, action: str) -> Any:
        """An action of a host."""
        return self.ask("POST", f"hosts/{self.host(name).id}/{action}", "<action/>")
