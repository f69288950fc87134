# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unmodified collection ovirt.ovirt works against the embedded Engine: modules, check mode, inventory plugin."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ovirt_lab.engine import Engine, Request, SystemClock, serve

PLAYS = Path(__file__).parent / "plays"
# What the Engine holds after each play.
CHANGING = {
    "1_present": lambda engine: _properties(engine) == {"containerType": "docker", "containerImage": "library/redis:7"},
    "2_running": lambda engine: engine.vm("web").status.value == "up",
    "3_stopped": lambda engine: engine.vm("web").status.value == "down",
    "4_absent": lambda engine: engine.vm("web") is None,
    "5_maintenance": lambda engine: engine.store.named("hosts", "host3").status.value == "maintenance",
    "6_up": lambda engine: engine.store.named("hosts", "host3").status.value == "up",
}


def _properties(engine: Engine) -> dict[str, str]:
    return {item.name: item.value for item in engine.vm("web").custom_properties}


def missing() -> str | None:
    """One line that says why these tests cannot run, or None."""
    if not (Path(sys.executable).parent / "ansible-playbook").is_file():
        return "ovirt.ovirt: no ansible-playbook next to this Python"
    spec = importlib.util.find_spec("ansible_collections")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "ovirt" / "ovirt" / "plugins" / "modules" / "ovirt_vm.py").is_file():
            return None
    return "ovirt.ovirt: the collection is not there (pip package ansible)"


pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@dataclass
class Site:
    """A served Engine, and Ansible to talk to it."""

    engine: Engine
    folder: Path
    environment: dict[str, str]

    def tool(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of Ansible's programs."""
        command = [str(Path(sys.executable).parent / name), *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def play(self, playbook: Path, *options: str) -> list[Request]:
        """Run a playbook; returns what it asked."""
        mark = self.engine.mark()
        done = self.tool("ansible-playbook", str(playbook), "-i", "hosts.ini", *options)
        requests = self.engine.requests_since(mark)
        asked = "\n".join(f"{r.method} {r.path} {r.status}" for r in requests)
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}\n{asked}"
        return requests

    def once(self, name: str, *options: str, changed: bool) -> list[str]:
        """Run one of the plays; returns what it wrote, as `POST /vms`."""
        return written(self.play(PLAYS / f"{name}.yml", "-e", f"expect_changed={changed}", *options))

    def twice(self, name: str) -> tuple[list[str], list[str]]:
        """Run it and run it again, in one process; returns what each run wrote."""
        playbook = self.folder / f"{name}_twice.yml"
        one = str(PLAYS / f"{name}.yml")
        runs = [{"import_playbook": one, "vars": {"expect_changed": changed}} for changed in (True, False)]
        playbook.write_text(json.dumps(runs), encoding="utf-8")
        requests = self.play(playbook)
        logins = [place for place, r in enumerate(requests) if r.path.endswith("/oauth/token")]
        # Both runs log in equally often, and do so before anything else.
        assert logins and len(logins) % 2 == 0, logins
        second = logins[len(logins) // 2]
        return written(requests[:second]), written(requests[second:])


def written(requests: list[Request]) -> list[str]:
    """The writing ones, as `POST /vms`."""
    return [f"{r.method} {r.path}" for r in requests if r.writes]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One Engine for all plays, as they build on each other; its time runs 30 times faster."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "hosts.ini").write_text("localhost ansible_connection=local\n", encoding="utf-8")
    (folder / "ansible.cfg").write_text(
        f"[defaults]\ninventory = {folder / 'hosts.ini'}\nlocal_tmp = {folder / 'tmp'}\nhome = {folder / 'home'}\n"
        "retry_files_enabled = false\ninterpreter_python = auto_silent\nnocows = true\n",
        encoding="utf-8",
    )
    engine = Engine("4.3", clock=SystemClock(speed=30))
    with serve(engine, folder / "tls") as endpoint:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "OVIRT_"))}
        environment |= {
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_PIPELINING": "1",
            "OVIRT_URL": endpoint.url,
            "OVIRT_USERNAME": endpoint.username,
            "OVIRT_PASSWORD": endpoint.password,
            "OVIRT_CAFILE": endpoint.ca_file,
        }
        yield Site(engine, folder, environment)


@pytest.mark.parametrize("name", list(CHANGING))
def test_play_twice(site: Site, name: str) -> None:
    """Check mode writes nothing; the first run changes; the second changes nothing and writes nothing."""
    before = site.engine.state()
    assert site.once(name, "--check", changed=True) == []
    assert site.engine.state() == before
    first, second = site.twice(name)
    assert first != []
    assert second == []
    assert CHANGING[name](site.engine)


def test_info(site: Site) -> None:
    """The info modules see the world and write nothing."""
    assert site.once("7_info", changed=False) == []


def test_inventory(site: Site) -> None:
    """The inventory plugin finds the VM, its groups and its variables."""
    config = site.folder / "lab.ovirt.yml"
    config.write_text(
        "plugin: ovirt.ovirt.ovirt\n"
        f"ovirt_cafile: {site.environment['OVIRT_CAFILE']}\n"
        "ovirt_query_filter: {search: 'name=db*', case_sensitive: false, max: 10}\n"
        "keyed_groups:\n  - {key: cluster, prefix: cluster}\n  - {key: status, prefix: status}\n",
        encoding="utf-8",
    )
    mark = site.engine.mark()
    done = site.tool("ansible-inventory", "-i", str(config), "--list")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["cluster_Default"]["hosts"] == ["db1"] == found["status_up"]["hosts"]
    assert "Blank" in str(found["_meta"]["hostvars"]["db1"]["template"])  # 2.19 marks it as unsafe
    assert not [r for r in site.engine.requests_since(mark) if r.writes]


def test_logins_equal_logouts(site: Site) -> None:
    """Every session that a play opened was closed."""
    paths = [r.path for r in site.engine.requests if r.status == 200]
    assert paths.count("/ovirt-engine/sso/oauth/token") == paths.count("/ovirt-engine/services/sso-logout") > 0
