# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets on an embedded Engine with hosts that are large enough, and what must be true of them in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import SETTLE, Site, start
from tests.support.modules import Answer

_HOST = {"cluster": "Default", "vdsm": "4.19.20", "memory": 64}
_CONTAINERS = {"containers": True, "docker_networks": ["bridge", "ovirtmgmt", "backend"], "tags": ["container-host"]}
#: Two hosts for containers, each with room for hundreds; a third one, without the tag, for nobody. A VM of a person.
WORLD: dict[str, Any] = {
    "hosts": [
        {"name": "host1", **_HOST, **_CONTAINERS},
        {"name": "host2", **_HOST, **_CONTAINERS},
        {"name": "host3", **_HOST},
    ],
    "vms": [{"name": "db1", "cluster": "Default", "status": "up", "host": "host3"}],
}


class Harbour(Site):
    """A site that fleets run on."""

    def fleet(self, *containers: dict[str, Any] | str, check: bool = False, **args: Any) -> Answer:
        """Run container_fleet; a name alone stands for a container VM of that name."""
        listed = [{"name": one} if isinstance(one, str) else one for one in containers]
        patience = {"settle": SETTLE, "poll_interval": 1, "timeout": 60}
        defaults = {"cluster": "Default", "image": "redis:7.2", "memory": "64MiB", **args.pop("defaults", {})}
        return self.run(
            "container_fleet", {"containers": listed, "defaults": defaults, **patience, **args}, check=check
        )

    @property
    def engine_address(self) -> str:
        """The Engine's host and port, as a plan screen has them."""
        return str(self.endpoint.url.split("/")[2])

    def names(self) -> list[str]:
        """Names of all VMs but the ordinary one, sorted; a duplicate is there twice."""
        return sorted(vm.name for vm in self.engine.vms() if vm.name != "db1")

    def running(self) -> list[str]:
        """Names of the container VMs that run, sorted."""
        return sorted(
            vm.name for vm in self.engine.vms() if vm.name != "db1" and vm.status.value in ("up", "powering_up")
        )

    def images(self) -> dict[str, str]:
        """The image that each container VM runs, or would run, with."""
        return {
            vm.name: next(item.value for item in vm.custom_properties if item.name == "containerImage")
            for vm in self.engine.vms()
            if vm.name != "db1"
        }

    def nics(self, name: str) -> int:
        """How many NICs a VM has."""
        return len(self.engine.store.list(f"vms/{self.engine.vm(name).id}/nics"))

    def tags(self, name: str) -> list[str]:
        """Names of a VM's tags."""
        assigned = self.engine.store.list(f"vms/{self.engine.vm(name).id}/tags")
        return sorted(self.engine.store.get("tags", tag.id).name for tag in assigned)


def result_of(answer: Answer, name: str) -> dict[str, Any]:
    """What is returned about one container VM."""
    found: list[dict[str, Any]] = [entry for entry in answer.data["container_vms"] if entry["name"] == name]
    assert len(found) == 1, answer.text
    return found[0]


def numbered(count: int, stem: str = "web") -> list[str]:
    """The names of an entry with ``count``, sorted as text."""
    return sorted(f"{stem}-{number}" for number in range(1, count + 1))


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    """A site on Engine 4.3."""
    for site in start(tmp_path, "4.3", WORLD):
        yield Harbour(site.engine, site.endpoint)


@pytest.fixture
def harbour41(tmp_path: Path) -> Iterator[Harbour]:
    """The same on Engine 4.1."""
    for site in start(tmp_path, "4.1", WORLD):
        yield Harbour(site.engine, site.endpoint)
