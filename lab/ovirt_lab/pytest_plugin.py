# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest fixture `ovirt_engine`: an Engine on a TLS port of this machine, new for each test.

    @pytest.mark.ovirt_engine(version=["4.3", "4.5"], world={"vms": []})
    def test_my_role(ovirt_engine):
        subprocess.run(["ansible-playbook", "site.yml"], env={**os.environ, **ovirt_engine.environment}, check=True)
        assert ovirt_engine.vm("web").status.value == "up"

All arguments of the mark are optional. `version` is one Engine or a list of them, and a test runs once with each;
without it, `pytest --ovirt-version 4.3 --ovirt-version 4.5` says so for all tests, and else it is 4.3. `world` is a
dict, a file, or the name of an example; `speed` says how many times faster than wall time the Engine's clock runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .engine import Endpoint, Engine, Request

VERSION = "4.3"
SPEED = 20.0
ARGUMENTS = frozenset(("version", "world", "speed"))


@dataclass
class OvirtEngine:
    """A running Engine, and what tests ask of it."""

    engine: Engine
    endpoint: Endpoint
    since: int = 0  # the first request that counts, see Engine.mark

    @property
    def environment(self) -> dict[str, str]:
        """Address and login as the SDK's examples and `ovirt.ovirt` read them from the process environment."""
        found = self.endpoint
        return {
            "OVIRT_URL": found.url,
            "OVIRT_USERNAME": found.username,
            "OVIRT_PASSWORD": found.password,
            "OVIRT_CAFILE": found.ca_file,
        }

    def vm(self, name: str) -> Any:
        """The VM of this name as an object of the SDK, or None."""
        self.engine.tick()
        return self.engine.vm(name)

    @property
    def requests(self) -> list[Request]:
        """All requests since the start or `forget_requests`, oldest first."""
        return self.engine.requests_since(self.since)

    @property
    def writes(self) -> list[Request]:
        """Those that may have changed something; empty for a second run of something idempotent."""
        return [request for request in self.requests if request.writes]

    def forget_requests(self) -> None:
        """Empty `requests` and `writes`."""
        self.since = self.engine.mark()

    def disk_file(self, name: str) -> Path | None:
        """The file with the content of the disk of this name, raw or qcow2; None if nothing was written to it."""
        self.engine.tick()
        disk = self.engine.store.named("disks", name)
        return self.engine.images.content.find(disk.id) if disk is not None else None

    def fault(self, spec: str) -> None:
        """Plan a failure, such as "status:503:match=POST .*/vms:nth=2". Raises ValueError for a misspelt one."""
        self.engine.faults.add(spec)

    def advance(self, seconds: float) -> None:
        """Move the Engine's clock forward, instead of sleeping."""
        self.engine.clock.advance(seconds)
        self.engine.tick()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a whole run be against other Engines."""
    parser.getgroup("ovirt").addoption(
        "--ovirt-version", action="append", metavar="VERSION", help="Engine of the fixture ovirt_engine: 4.1, 4.3, 4.5"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "ovirt_engine(version, world, speed): the Engine of the fixture ovirt_engine")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once with each version."""
    if "ovirt_engine" in metafunc.fixturenames:
        wanted = _arguments(metafunc.definition).get("version") or metafunc.config.getoption("--ovirt-version")
        versions = [wanted] if isinstance(wanted, str) else wanted or [VERSION]
        metafunc.parametrize("ovirt_engine", versions, indirect=True)


def _arguments(node: Any) -> dict[str, Any]:
    """The arguments of the marks of a test, the nearest one first. Fails the collection for an unknown one."""
    found: dict[str, Any] = {}
    for mark in node.iter_markers("ovirt_engine"):
        unknown = sorted(mark.kwargs.keys() - ARGUMENTS)
        if mark.args or unknown:
            what = f"not {', '.join(unknown)}" if unknown else "by their names"
            raise pytest.UsageError(f"{node.nodeid}: ovirt_engine takes {', '.join(sorted(ARGUMENTS))}, {what}")
        found = {**mark.kwargs, **found}
    return found


@pytest.fixture(scope="session")
def ovirt_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificates are: one authority for all Engines of the run."""
    return tmp_path_factory.mktemp("ovirt-lab")


@pytest.fixture
def ovirt_engine(request: pytest.FixtureRequest, ovirt_directory: Path) -> Iterator[OvirtEngine]:
    """An Engine of its own for each test; it ends with the test."""
    from .engine import Engine, SystemClock, serve  # here, since most runs of pytest need no Engine
    from .engine.world import World

    given = _arguments(request.node)
    world = given.get("world")
    world = World.read(world) if isinstance(world, str | Path) else world
    engine = Engine(request.param, world, SystemClock(given.get("speed", SPEED)))
    with serve(engine, ovirt_directory) as endpoint:
        yield OvirtEngine(engine, endpoint)
    engine.images.content.clear()
