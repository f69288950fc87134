# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of it at once, but for real hosts: an Engine on its TLS port, asked with the SDK, and two hosts' daemons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ovirt_lab.engine import Engine, SystemClock, serve

from .daemon_kit import Daemons
from .engine_kit import connect, wished
from .host_kit import Machine, wait_until


@pytest.fixture
def hosts(short: Path) -> Iterator[list[Daemons]]:
    made = [Daemons(Machine(short / f"h{n}", fixed=True), address=f"127.0.0.{n}") for n in (1, 2)]
    for host in made:
        host.start("supervdsmd")
        host.start("vdsmd")
    yield made
    for host in made:
        for name in list(host.running):
            host.stop(name)
        host.machine.end()


@pytest.fixture
def api(hosts: list[Daemons], tmp_path: Path) -> Iterator[Any]:
    entries = [{"name": f"h{n}", "cluster": "Default", "vdsm_url": host.url} for n, host in enumerate(hosts, 1)]
    engine = Engine("4.1", {"hosts": entries, "vms": []}, SystemClock(speed=30))
    with serve(engine, tmp_path / "engine") as endpoint:
        connection = connect(endpoint)
        yield connection
        connection.close()


def _container(api: Any, image: str, host: str) -> Any:
    vms = api.system_service().vms_service()
    return vms.vm_service(vms.add(wished("web", host, image)).id)


def _hosts_up(api: Any) -> bool:
    return all(host.status.value == "up" for host in api.system_service().hosts_service().list())


def _status(vm: Any) -> str:
    return str(vm.get().status.value)


def test_create_up_stop(api: Any, hosts: list[Daemons]) -> None:
    wait_until(lambda: _hosts_up(api))
    vm = _container(api, "redis", "h2")
    vm.start()
    assert _status(vm) in ("wait_for_launch", "powering_up")
    wait_until(lambda: _status(vm) == "up")
    name, container = hosts[1].machine.container()
    assert (container["status"], container["image"]) == ("running", "redis")
    assert hosts[0].machine.containers() == {}
    vm.stop()
    assert hosts[1].machine.containers()[name]["status"] == "exited"
    wait_until(lambda: _status(vm) == "down")


def test_the_watchdog_is_heard_of(api: Any) -> None:
    wait_until(lambda: _hosts_up(api))
    vm = _container(api, "exits", "h1")
    vm.start()
    wait_until(lambda: _status(vm) == "down")
    texts = [event.description for event in api.system_service().events_service().list()]
    assert "VM web is down. Exit message: User shut down from within the guest" in texts


def test_a_restart_of_vdsmd_loses_nothing(api: Any, hosts: list[Daemons]) -> None:
    wait_until(lambda: _hosts_up(api))
    vm = _container(api, "redis", "h1")
    vm.start()
    wait_until(lambda: _status(vm) == "up")
    hosts[0].stop("vdsmd")
    wait_until(lambda: not _hosts_up(api))
    hosts[0].start("vdsmd")
    wait_until(lambda: _hosts_up(api))
    assert _status(vm) == "up"
    vm.stop()
    wait_until(lambda: _status(vm) == "down")
