# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ovirt-engine does on its machine from start to start, on loopback and without docker."""

from __future__ import annotations

import base64
import json
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ovirtsdk4.reader import Reader

from ovirt_lab.engine_config import store
from ovirt_lab.engine_machine import worlds
from ovirt_lab.engine_machine.front import Front
from ovirt_lab.engine_machine.service import Places, Service
from ovirt_lab.engine_machine.settings import Settings

OPTION = "options/UserDefinedVMProperties?version=4.1"
AUTHORIZATION = "Basic " + base64.b64encode(b"admin@internal:secret").decode()


class Site:
    """A machine's files in a folder, and the Engine that runs of them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.places = Places(folder / "settings.json", folder / "options.json", folder / "state.json")
        self.places.settings.write_text(settings.as_json())
        self.pki = folder / "pki"
        self.front: Front | None = None

    def start(self) -> None:
        """Start the service."""
        self.front = Front()
        self.service = Service(self.places, self.front, self.front.listen(self.pki, "127.0.0.1", (0, 0), "127.0.0.1"))
        self.service.start(threading.Event())

    def stop(self) -> None:
        """Stop it, as SIGTERM does."""
        if self.front is not None:
            self.service.stop()
            self.front.close()
            self.front = None

    def restart(self) -> None:
        """As `systemctl restart` does."""
        self.stop()
        self.start()

    def ask(self, path: str, method: str = "GET", body: str = "", port: int = 0) -> tuple[int, bytes]:
        """Status and body of an answer, over TLS that is verified, or from the port without."""
        assert self.front is not None
        trusted = ssl.create_default_context(cafile=str(self.pki / "ca.pem"))
        scheme = ("https", "http")[port]
        request = urllib.request.Request(
            f"{scheme}://127.0.0.1:{self.front.ports[port]}/ovirt-engine/{path}",
            data=body.encode() or None,
            method=method,
            headers={"Authorization": AUTHORIZATION, "Content-Type": "application/xml"},
        )
        try:
            with urllib.request.urlopen(request, context=trusted if scheme == "https" else None, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def running(self) -> str:
        """UserDefinedVMProperties as the Engine runs with."""
        (value,) = Reader.read(self.ask(f"api/{OPTION}")[1]).values
        return str(value.value)

    def add_vm(self, name: str) -> int:
        """Add a VM with a custom property; the status of the answer."""
        owner = "<custom_property><name>owner</name><value>it</value></custom_property>"
        vm = f"<name>{name}</name><cluster><name>Default</name></cluster><template><name>Blank</name></template>"
        body = f"<vm>{vm}<custom_properties>{owner}</custom_properties></vm>"
        return self.ask("api/vms", "POST", body)[0]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """One with a simulated host."""
    made = Site(tmp_path, Settings(password="secret", world="{hosts: [{name: host1}], vms: [], properties: {}}"))
    yield made
    made.stop()


def test_what_is_set_waits_for_the_restart(site: Site) -> None:
    site.start()
    assert (site.running(), site.add_vm("early")) == ("", 400)
    assert store.update(site.places.database, store.USER_DEFINED, "4.1", "owner=^[a-z]+$")
    assert (site.running(), site.add_vm("early")) == ("", 400)
    site.restart()
    assert (site.running(), site.add_vm("late")) == ("owner=^[a-z]+$", 201)


def test_a_new_table_has_what_the_world_says(tmp_path: Path) -> None:
    site = Site(tmp_path, Settings(version="4.1", password="secret", world="properties: {'4.0': 'a=b'}"))
    try:
        site.start()
    finally:
        site.stop()
    assert store.running_values(site.places.database) == {"3.6": "", "4.0": "a=b", "4.1": ""}


def test_the_state_survives_and_sessions_do_not(site: Site) -> None:
    site.start()
    engine = site.service.engine
    assert engine is not None
    assert site.ask("api/tags", "POST", "<tag><name>kept</name></tag>")[0] == 201
    engine.sessions.login(engine.now())
    before, events = engine.state()["objects"], len(engine.store.list("events"))
    site.restart()
    again = site.service.engine
    assert again is not None
    after = again.state()["objects"]
    last = again.store.list("events")[-1]
    assert (last.code, len(after.pop("events"))) == (1, events + 1)  # Starting oVirt Engine.
    before.pop("events")
    assert after == before
    assert not again.sessions.tokens


def test_time_does_not_go_back(tmp_path: Path) -> None:
    site = Site(tmp_path, Settings(password="secret", speed=1000))
    site.start()
    engine = site.service.engine
    assert engine is not None
    engine.clock.advance(3600)
    was = engine.now()
    try:
        site.restart()
        again = site.service.engine
        assert again is not None
        assert again.now() >= was
    finally:
        site.stop()


def test_both_ports_answer_503_until_the_engine_is_at_work(site: Site) -> None:
    front = site.front = Front()
    site.service = Service(site.places, front, front.listen(site.pki, "127.0.0.1", (0, 0), "127.0.0.1"))
    assert [site.ask("services/health", port=port)[0] for port in (0, 1)] == [503, 503]
    site.service.start(threading.Event())
    healthy = (200, b"DB Up!Welcome to Health Status!")
    assert [site.ask("services/health", port=port) for port in (0, 1)] == [healthy, healthy]
    ca = site.ask("services/pki-resource?resource=ca-certificate&format=X509-PEM-CA", port=1)
    assert ca == (200, (site.pki / "ca.pem").read_bytes())


def test_the_start_takes_as_long_as_the_world_says(tmp_path: Path) -> None:
    world = "{delays: {start: 3600}, vms: []}"
    site = Site(tmp_path, Settings(password="secret", speed=2, world=world))
    front = Front()
    ended = threading.Event()
    service = Service(site.places, front, b"")
    starting = threading.Thread(target=service.start, args=(ended,))
    starting.start()
    starting.join(1)
    assert starting.is_alive()
    assert front.engine is None
    ended.set()
    starting.join(10)
    assert not starting.is_alive()
    assert front.engine is None  # it was ended before it was at work


def test_a_site_without_a_world_is_yet_to_be_configured() -> None:
    world = worlds.first(Settings(hosts={"h2": "http://10.0.0.2:54321", "h1": "http://10.0.0.1:54321"}))
    assert world["clusters"] == [{"name": "Default", "version": "4.1", "data_center": "Default"}]
    assert [(host["name"], host["vdsm_url"], host.get("tags")) for host in world["hosts"]] == [
        ("h1", "http://10.0.0.1:54321", None),
        ("h2", "http://10.0.0.2:54321", None),
    ]
    assert (world["properties"], world["vms"]) == ({}, [])
    assert worlds.first(Settings(version="4.5"))["clusters"][0]["version"] == "4.2"


def test_hosts_of_a_world_are_those_that_run() -> None:
    given = {"hosts": [{"name": "h1"}, {"name": "h2", "vdsm_url": "http://elsewhere:1"}, {"name": "played"}]}
    joined = worlds.joined(given, {"h1": "http://10.0.0.1:54321", "h2": "http://10.0.0.2:54321"})
    assert joined["hosts"] == [
        {"name": "h1", "vdsm_url": "http://10.0.0.1:54321"},
        {"name": "h2", "vdsm_url": "http://elsewhere:1"},
        {"name": "played"},
    ]
    assert "vdsm_url" not in given["hosts"][0]


def test_settings_do_not_show_the_password() -> None:
    settings = Settings(password="secret", hosts={"h1": "http://10.0.0.1:54321"})
    assert Settings.parse(settings.as_json()) == settings
    assert "secret" not in repr(settings)


def _command(site: Site) -> list[str]:
    options = {"settings": site.places.settings, "database": site.places.database, "state": site.places.state,
               "pki": site.pki, "listen": "127.0.0.1", "port": 0, "plain-port": 0}  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "ovirt_lab.engine_machine", *words]


def test_systemd_ends_it_with_sigterm(site: Site) -> None:
    with subprocess.Popen(_command(site), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "at work" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    state = json.loads(site.places.state.read_text())
    assert state["version"] == "4.3"
    assert any("<name>host1</name>" in host for host in state["objects"]["hosts"].values())


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("hots: []", "unknown keys hots"),
        ("[]", "mapping"),
        ("a: [", "not YAML"),
        ("properties: {'3.6': ''}", "no level 3.6"),
    ],
)
def test_a_world_that_makes_no_sense_is_one_line(tmp_path: Path, world: str, said: str) -> None:
    site = Site(tmp_path, Settings(password="secret", world=world))
    done = subprocess.run(_command(site), capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("ovirt-engine: ")
    assert said in done.stderr
    assert not site.places.state.exists()
