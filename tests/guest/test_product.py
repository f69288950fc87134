# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of a play, an Engine, and a guest that really runs: from YAML to an answering container and back."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirt_lab.engine import Engine, serve
from ovirt_lab.guests.site import Site

from tests.support.modules import Answer, run_module

pytestmark = pytest.mark.timeout(900)


class Oven:
    """An Engine whose one host runs guests, and tasks that use it."""

    def __init__(self, engine: Engine, auth: dict[str, Any]) -> None:
        self.engine = engine
        self._auth = auth

    def task(self, **options: Any) -> Answer:
        """Run container_vm for the VM `web`."""
        how = {"auth": self._auth, "settle": 3, "poll_interval": 1, "timeout": 600}
        return run_module("container_vm", {"name": "web", **options, **how}, diff=True)

    def ask(self, path: str = "") -> str:
        """What the container answers at the address that the Engine shows."""
        vm = self.engine.vm("web")
        devices = self.engine.store.list(f"vms/{vm.id}/reporteddevices")
        addresses = [ip.address for each in devices for ip in each.ips or [] if "." in ip.address]
        (address,) = [each for each in addresses if not each.startswith("127.")]
        with urllib.request.urlopen(f"http://{address}:8080/{path}", timeout=20) as response:
            return str(response.read().decode()).strip()


@pytest.fixture
def oven(site: Site, disk: Path, tmp_path: Path) -> Iterator[Oven]:
    """`site` is asked for because it skips where guests cannot run."""
    world = {
        "clusters": [{"name": "Default", "version": "4.7"}],
        "hosts": [{"name": "host1", "guests": "nspawn"}],
        "networks": [{"name": "ovirtmgmt"}],
        "templates": [{"name": "container-guest", "image": str(disk)}],
        "vms": [],
    }
    engine = Engine("4.5", world)
    with serve(engine, tmp_path / "engine") as endpoint:
        keys = ("url", "username", "password", "ca_file")
        yield Oven(engine, {key: getattr(endpoint, key) for key in keys})


def test_a_container_from_a_task_to_an_answer_and_back(oven: Oven) -> None:
    wish = {"cluster": "Default", "image": "localhost/web:v1", "entrypoint": ["/init"], "networks": ["ovirtmgmt"]}
    made = oven.task(**wish, secrets={"TOKEN": "s3cr3t-of-the-shop"})
    assert not made.failed, made.msg
    assert made.data["actions"] == ["create", "networks", "start"]
    assert (oven.ask(), oven.ask("cgi-bin/who")) == ("v1", "0 / v1")
    mark = oven.engine.mark()
    again = oven.task(**wish, secrets={"TOKEN": "s3cr3t-of-the-shop"})
    assert (again.changed, [r for r in oven.engine.requests_since(mark) if r.writes]) == (False, [])

    later = oven.task(image="localhost/web:v2")
    assert (later.changed, later.data["restart_needed"], oven.ask()) == (True, True, "v1")
    assert not oven.task(state="restarted").failed
    assert oven.ask() == "v2"
    assert not oven.task().changed

    broken = oven.task(image="localhost:1/missing:v1")
    assert broken.data["restart_needed"]
    failed = oven.task(state="restarted")
    assert failed.failed
    assert "exit code 125 (the image cannot be pulled, or an option is wrong)" in failed.msg
    assert "the image localhost:1/missing:v1 cannot be pulled" in oven.engine.console("web")
    assert oven.engine.vm("web").status.value == "down"

    gone = oven.task(state="absent")
    assert (gone.changed, gone.failed) == (True, False)
    assert [disk.name for disk in oven.engine.store.list("disks")] == ["container-guest_Disk1"]
    shown = "".join(answer.text for answer in (made, again, later, broken, failed, gone))
    assert "s3cr3t-of-the-shop" not in shown
