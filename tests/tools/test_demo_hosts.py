# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration on real hosts: what it shows is true, it can be left running, and it can be removed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop import daemon

from tests.tools.copies import copy_project

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not daemon.answers(), reason="no docker daemon answers"),
]


def docker(*words: str) -> list[str]:
    """The lines that a docker command prints.

    A daemon that is removing containers of other tests in the same moment may fail a listing, so it is asked again.
    """
    for _attempt in range(5):
        done = subprocess.run(["docker", *words], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.splitlines()
        time.sleep(1)
    raise AssertionError(f"docker {' '.join(words)}: {done.stderr}")


def machines() -> list[str]:
    """The containers and networks of a demonstration."""
    names = docker("ps", "--all", "--format", "{{.Names}}") + docker("network", "ls", "--format", "{{.Name}}")
    return sorted(name for name in names if name.startswith("ovirt-demo-"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project; the demonstration runs in our own environment, which has all that it needs."""
    if machines():
        pytest.skip("somebody's demonstration is running")
    copy = copy_project(tmp_path_factory.mktemp("demo"))
    yield copy
    demo(copy, "--down")
    # pytest keeps a few directories of each run; this one is large.
    subprocess.run(["rm", "-rf", copy / ".work"], check=True)


def demo(project: Path, *words: str) -> str:
    """Run the demonstration and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "demo", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "tools")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_three_containers_run_on_two_hosts_until_they_are_taken_away(project: Path) -> None:
    output = demo(project, "--keep")
    assert machines() == [f"ovirt-demo-{name}" for name in ("data", "engine", "host1", "host2", "mgmt")]
    running = [
        found
        for host in ("host1", "host2")
        for names in [docker("exec", f"ovirt-demo-{host}", "docker", "ps", "--quiet")]
        for found in json.loads(
            "".join(docker("exec", f"ovirt-demo-{host}", "docker", "inspect", *names)) if names else "[]"
        )
    ]
    assert len(running) == 3
    assert all(found["Name"].startswith("/vdsm-") for found in running)
    # The table has a line for each of them, with the address that it really has.
    shown = dict(re.findall(r"(cache|web|queue) +lab/pause +vdsm +up +host[12] +([0-9.]+)", output))
    assert set(shown) == {"cache", "web", "queue"}
    real = {net["IPAddress"] for found in running for net in found["NetworkSettings"]["Networks"].values()}
    assert set(shown.values()) == real
    assert len(re.findall(r"^ +[0-9.]+ on \w+ answers: [0-9a-f]{12}$", output, re.MULTILINE)) == 3
    assert "Second run: 0 changed, 0 writing requests" in output
    assert "The site has been removed" in demo(project, "--down")
    assert machines() == []
    assert "There is no site to remove." in demo(project, "--down")
