# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client without a network: requests straight into an Engine on a manual clock, SDK objects out of it."""

from __future__ import annotations

import base64
from typing import Any

from ovirtsdk4 import types
from ovirtsdk4.reader import Reader
from ovirtsdk4.writer import Writer

from ovirt_lab.engine import Engine, ManualClock, Response

MIB = 1 << 20
AUTHORIZATION = "Basic " + base64.b64encode(b"admin@internal:secret").decode()


class Refused(Exception):
    """An answer that is not a success."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        found = Reader.read(response.body) if response.body else None
        fault = found.fault if isinstance(found, types.Action) else found
        self.reason = fault.reason if isinstance(fault, types.Fault) else None
        self.detail = fault.detail if isinstance(fault, types.Fault) else None
        super().__init__(f"{self.status} {self.reason} {self.detail}")


class Lab:
    """An Engine and the few things tests do with it."""

    def __init__(self, version: str = "4.3", world: dict[str, Any] | None = None) -> None:
        self.clock = ManualClock()
        self.engine = Engine(version, world, self.clock)

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        """A request below the API root, any answer."""
        sent = {"Authorization": AUTHORIZATION, "Content-Type": "application/xml", **headers}
        return self.engine.handle(method, f"/ovirt-engine/api/{path}".rstrip("/"), sent, body)

    def ask(self, method: str, path: str, obj: Any = None, **headers: str) -> Any:
        """A request that has to succeed; the object it answers."""
        body = (obj if isinstance(obj, str) else Writer.write(obj)).encode() if obj is not None else b""
        response = self.raw(method, path, body, **headers)
        if response.status >= 300:
            raise Refused(response)
        return Reader.read(response.body) if response.body else None

    def vm(self, name: str = "web", **fields: Any) -> Any:
        """Add a VM that could be a container: cluster Default, template Blank, boots from disk or network."""
        values: dict[str, Any] = {
            "cluster": types.Cluster(name="Default"),
            "template": types.Template(name="Blank"),
            "memory": 256 * MIB,
            "memory_policy": types.MemoryPolicy(guaranteed=256 * MIB, max=512 * MIB),
            "os": types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
            **fields,
        }
        return self.ask("POST", "vms", types.Vm(name=name, **values))

    def container(self, name: str = "web", image: str = "redis", **fields: Any) -> Any:
        """Add a container VM."""
        return self.vm(name, custom_properties=props(containerType="docker", containerImage=image), **fields)

    def act(self, vm: Any, action: str, body: str = "<action/>") -> Any:
        """An action of a VM."""
        return self.ask("POST", f"vms/{vm.id}/{action}", body)

    def put(self, vm: Any, query: str = "", **fields: Any) -> Any:
        """Change a VM."""
        return self.ask("PUT", f"vms/{vm.id}{query}", types.Vm(**fields))

    def get(self, vm: Any, query: str = "") -> Any:
        """The VM as the API shows it."""
        return self.ask("GET", f"vms/{vm.id}{query}")

    def status(self, vm: Any, after: float = 0.0) -> str:
        """A VM's status, some time later."""
        self.clock.advance(after)
        return self.get(vm).status.value

    def run(self, vm: Any) -> Any:
        """Start a VM and wait until it is up."""
        self.act(vm, "start")
        assert self.status(vm, 120) == "up"
        return self.get(vm)

    def codes(self, vm_name: str = "") -> list[int]:
        """Codes of the events (of a VM), oldest first."""
        found = self.ask("GET", f"events?search=event_vm%3D{vm_name}" if vm_name else "events")
        return [event.code for event in reversed(found)]


def props(**values: str) -> list[Any]:
    """Custom properties."""
    return [types.CustomProperty(name=key, value=value) for key, value in values.items()]


def values_of(vm: Any) -> dict[str, str]:
    """Custom properties of a VM as a dict."""
    return {p.name: p.value for p in vm.custom_properties or []}
