# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine on a TLS port, seen by the unmodified SDK, and the command that starts one."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import ovirtsdk4
import pytest
from ovirtsdk4 import types

from ovirt_lab.engine import Endpoint, Engine, ManualClock, serve, server


@pytest.fixture(name="endpoint")
def served(tmp_path: Path) -> Iterator[Endpoint]:
    """A served Engine on a manual clock."""
    with serve(Engine(clock=ManualClock()), tmp_path) as endpoint:
        yield endpoint


def connect(endpoint: Endpoint, **changes: object) -> ovirtsdk4.Connection:
    values = {
        "url": endpoint.url,
        "username": endpoint.username,
        "password": endpoint.password,
        "ca_file": endpoint.ca_file,
        **changes,
    }
    return ovirtsdk4.Connection(**values)


def new_vm(name: str) -> types.Vm:
    return types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
    )


def test_the_sdk_creates_runs_stops_and_removes(endpoint: Endpoint) -> None:
    connection = connect(endpoint)
    assert connection.test(raise_exception=True)
    vms = connection.system_service().vms_service()
    service = vms.vm_service(vms.add(new_vm("web")).id)
    service.start()
    seen = [service.get().status.value]
    for _ in range(2):
        endpoint.engine.clock.advance(1)
        seen.append(service.get().status.value)
    assert seen == ["wait_for_launch", "powering_up", "up"]
    vm = service.get()
    assert connection.follow_link(vm.cluster).name == "Default" and connection.follow_link(vm.nics) == []
    service.stop()
    endpoint.engine.clock.advance(5)
    service.remove()
    with pytest.raises(ovirtsdk4.NotFoundError):
        service.get()
    connection.close()
    paths = [request.path for request in endpoint.engine.requests]
    assert paths[0].endswith("/sso/oauth/token") and paths[-1].endswith("/services/sso-logout")


def test_an_expired_token_is_renewed_by_the_sdk(endpoint: Endpoint) -> None:
    connection = connect(endpoint)
    connection.system_service().get()
    endpoint.engine.faults.add("expire_tokens")
    assert connection.system_service().vms_service().list()
    connection.close()


def test_wrong_password_wrong_ca_and_refusals(endpoint: Endpoint, tmp_path: Path) -> None:
    with pytest.raises(ovirtsdk4.AuthError, match="Cannot authenticate user 'admin@internal'"):
        connect(endpoint, password="wrong").system_service().get()
    with serve(Engine(), tmp_path / "other") as other:
        assert connect(endpoint, ca_file=other.ca_file).test() is False
    connection = connect(endpoint)
    vms = connection.system_service().vms_service()
    with pytest.raises(ovirtsdk4.Error) as caught:
        vms.vm_service(vms.list()[0].id).start()
    assert caught.value.code == 409 and caught.value.fault.reason == "Operation Failed"
    assert caught.value.fault.detail == "[Cannot run VM because the VM is in Up status.]"
    connection.close()


def test_a_restart_loses_the_answers_of_requests_in_flight(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, restarted = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        arrived.set()
        assert restarted.wait(60)

    monkeypatch.setattr(server, "time", SimpleNamespace(sleep=sleep))
    slow, other = connect(endpoint), connect(endpoint)
    for connection in (slow, other):
        connection.test(raise_exception=True)
    endpoint.engine.faults.add("delay:seconds=9:match=GET .*/hosts")
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(slow.system_service().hosts_service().list)
        assert arrived.wait(60)
        endpoint.engine.faults.add("restart:seconds=5:match=POST .*/vms")
        with pytest.raises(ovirtsdk4.Error):
            other.system_service().vms_service().add(new_vm("web"))
        restarted.set()
        with pytest.raises(ovirtsdk4.Error):
            future.result()
    assert endpoint.engine.vm("web") is not None
    endpoint.engine.clock.advance(5)
    assert other.system_service().vms_service().list(search="name=web")


def test_connection_cut(endpoint: Endpoint) -> None:
    connection = connect(endpoint)
    vms = connection.system_service().vms_service()
    vms.list()
    endpoint.engine.faults.add("cut:match=GET .*/vms:count=0")  # libcurl itself tries again on a kept connection
    with pytest.raises(ovirtsdk4.Error):
        vms.list()
    endpoint.engine.faults.clear()
    connect(endpoint).system_service().vms_service().list()


def test_parallel_clients(endpoint: Endpoint) -> None:
    def work(number: int) -> int:
        connection = connect(endpoint, connections=4)
        vms = connection.system_service().vms_service()
        futures = [vms.add(new_vm(f"vm{number}-{i}"), wait=False) for i in range(10)]
        ids = [future.wait().id for future in futures]
        connection.close()
        return len(set(ids))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [10] * 8
    assert len(endpoint.engine.vms()) == 81


def test_services_besides_the_api(endpoint: Endpoint) -> None:
    import ssl

    base = endpoint.url.removesuffix("/ovirt-engine/api")
    context = ssl.create_default_context(cafile=endpoint.ca_file)

    def page(path: str) -> bytes:
        with urllib.request.urlopen(base + path, context=context) as answer:
            return answer.read()

    assert page("/ovirt-engine/services/health") == b"DB Up!Welcome to Health Status!"
    pki = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA"
    assert page(pki) == Path(endpoint.ca_file).read_bytes()


def test_a_silent_client_blocks_nobody(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port)):
        assert connect(endpoint).test()


class TestCommand:
    """`python -m ovirt_lab.engine`."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ovirt_lab.engine", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    def test_help_explains_itself(self) -> None:
        said = self.run("--help").stdout
        assert "engine.json" in said and "status:503" in said and "--stop" in said

    def test_detach_use_stop(self, tmp_path: Path) -> None:
        place = tmp_path / "lab"
        state = tmp_path / "state.json"
        options = ("--dir", str(place), "--state", str(state), "--version", "4.1")
        started = self.run(*options, "--detach")
        try:
            assert started.returncode == 0, started.stderr
            assert started.stdout.startswith("ovirt-lab: Engine 4.1 ready at https://127.0.0.1:")
            info = json.loads((place / "engine.json").read_text())
            for name in ("engine.json", "engine.env"):
                assert stat.S_IMODE((place / name).stat().st_mode) == 0o600
            assert info["version"] == "4.1" and os.path.isabs(info["ca_file"])
            keys = {key: info[key] for key in ("url", "username", "password", "ca_file")}
            connection = ovirtsdk4.Connection(**keys)
            connection.system_service().vms_service().add(new_vm("kept"))
            connection.close()
            again = self.run(*options)
            assert again.returncode == 2 and "runs already" in again.stderr
        finally:
            stopped = self.run("--dir", str(place), "--stop")
        assert stopped.returncode == 0 and "ended" in stopped.stdout
        assert not [name for name in ("engine.json", "engine.env", "engine.pid") if (place / name).exists()]
        assert self.run("--dir", str(place), "--stop").returncode == 0
        assert Engine.load(state).vm("kept") is not None

    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            (("--fault", "explode"), "is none of"),
            (("--world", "/no/such/file.yml"), "no such file"),
            (("--version", "9"), "version is one of 4.1, 4.3, 4.5, or a full one"),
        ],
    )
    def test_bad_options_say_so_and_leave_nothing(self, tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
        result = self.run("--dir", str(tmp_path / "lab"), *arguments)
        assert result.returncode == 2 and text in result.stderr and "Traceback" not in result.stderr
        assert not (tmp_path / "lab" / "engine.pid").exists()

    def test_world_file(self, tmp_path: Path) -> None:
        world = tmp_path / "world.yml"
        world.write_text("vms: [{name: one}, {name: two, status: up}]\n")
        place = tmp_path / "lab"
        assert self.run("--dir", str(place), "--world", str(world), "--password", "pw", "--detach").returncode == 0
        try:
            info = json.loads((place / "engine.json").read_text())
            connection = ovirtsdk4.Connection(
                url=info["url"], username="admin@internal", password="pw", ca_file=info["ca_file"]
            )
            vms = {vm.name: vm.status.value for vm in connection.system_service().vms_service().list()}
            connection.close()
        finally:
            self.run("--dir", str(place), "--stop")
        assert vms == {"one": "down", "two": "up"}
