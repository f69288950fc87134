# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An embedded Engine over TLS for each test, and modules run against it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine import engine as connecting
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine import settle
from ovirt_lab.engine import Engine, Request, SystemClock, serve

from tests.support import answers
from tests.support.modules import Answer, run_module

#: Engine seconds per second: a container's first minute takes a second, the watchdog's 15 seconds a quarter of one.
SPEED = 60
#: 20 Engine seconds, in real ones: as long as a started container must stay on a real host.
SETTLE = 20 / SPEED
#: A VM leaves these by itself, so that what is compared would depend on the moment.
PASSING = ("wait_for_launch", "powering_up", "powering_down", "reboot_in_progress", "image_locked")
SSO = ("/ovirt-engine/sso/", "/ovirt-engine/services/sso")


class Site:
    """An Engine, how to reach it, and what it was asked."""

    def __init__(self, engine: Engine, endpoint: Any) -> None:
        self.engine = engine
        self.endpoint = endpoint
        self.auth = {
            "url": endpoint.url,
            "username": endpoint.username,
            "password": endpoint.password,
            "ca_file": str(endpoint.ca_file),
        }
        self.mark = 0

    def run(
        self, name: str, args: dict[str, Any], *, check: bool = False, auth: dict[str, Any] | None = None
    ) -> Answer:
        """Run a module; what the Engine was asked meanwhile is in :attr:`asked`."""
        self.mark = self.engine.mark()
        return run_module(name, {"auth": self.auth if auth is None else auth, **args}, check=check, diff=True)

    def container(self, **args: Any) -> Answer:
        """Run container_vm with waiting times that suit the Engine's fast clock."""
        return self.run("container_vm", {"settle": SETTLE, "poll_interval": 1, **args})

    @property
    def asked(self) -> list[Request]:
        """Requests since the last run, login and logout left out."""
        return [r for r in self.engine.requests_since(self.mark) if not r.path.startswith(SSO)]

    @property
    def writes(self) -> list[str]:
        """Requests of the last run that would change something."""
        return [f"{r.method} {r.path}" for r in self.engine.requests_since(self.mark) if r.writes]

    @property
    def budgeted(self) -> list[Request]:
        """Requests of the last run without login, logout and polls (a poll lists VMs without following their NICs)."""
        return [r for r in self.asked if not (r.method == "GET" and r.path.endswith("/vms") and "nics" not in r.query)]

    def logins(self, since: int = 0) -> tuple[int, int]:
        """How many logins and logouts succeeded since a mark."""
        answered = [r for r in self.engine.requests_since(since) if r.status == 200]
        return (
            sum(r.path.endswith("/oauth/token") for r in answered),
            sum(r.path.endswith("/sso-logout") for r in answered),
        )

    def state(self) -> dict[str, Any]:
        """Everything in the Engine but its log, once no VM is on its way anywhere by itself."""
        while any(vm.status.value in PASSING for vm in self.engine.vms()):
            time.sleep(0.02)
            self.engine.state()
        whole = self.engine.state()
        return {key: value for key, value in whole.items() if key != "requests"}


def start(directory: Path, version: str, world: dict[str, Any] | None = None) -> Iterator[Site]:
    """A site with an Engine of this version; what it answers has to be as the published schema says."""
    engine = Engine(version=version, world=world, clock=SystemClock(speed=SPEED), password="S3cr3t-pass")
    with answers.validated(engine), serve(engine, directory=directory) as endpoint:
        yield Site(engine, endpoint)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "OUTAGE", 0.3)
    monkeypatch.setattr(settle, "FIRST_LOOK", 0.1)


@pytest.fixture(params=["4.1", "4.3"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The default world, on both ends of the versions that drive container hosts."""
    yield from start(tmp_path, request.param)


@pytest.fixture
def site43(tmp_path: Path) -> Iterator[Site]:
    """The default world on Engine 4.3, where the version does not matter."""
    yield from start(tmp_path, "4.3")
