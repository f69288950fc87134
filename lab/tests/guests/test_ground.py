# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground of guests: nothing of it outlives the process that has it, and no network takes what this machine uses."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ovirt_lab.engine import Engine, serve
from ovirt_lab.guests import GuestError, available, cgroups, lacks
from ovirt_lab.guests.ground import Ground, run
from ovirt_lab.guests.networks import Networks, free_subnet

HOLDER = """
import sys, time
from ovirt_lab.guests.ground import Ground
from ovirt_lab.guests.networks import Networks
ground = Ground()
Networks(ground).bridge("lan", sys.argv[1])
print(ground.first, flush=True)
time.sleep(600)
"""


@pytest.fixture
def ground() -> Iterator[Ground]:
    problem = lacks("nspawn")
    if problem:
        pytest.skip(problem)
    made = Ground()
    yield made
    made.close()


def interfaces() -> list[str]:
    return [each["ifname"] for each in json.loads(run("ip", "-json", "link"))]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_whatever_ended_it(ground: Ground, how: int) -> None:
    subnet = free_subnet()
    before = interfaces()
    with subprocess.Popen([sys.executable, "-c", HOLDER, subnet], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = int(process.stdout.readline())
        (mine,) = set(interfaces()) - set(before)
        assert mine.startswith("lab")
        process.send_signal(how)
    deadline = time.monotonic() + 30
    while mine in interfaces() or available_pid(first):
        assert time.monotonic() < deadline, f"{mine} or process {first} is still there"
        time.sleep(0.1)


def available_pid(pid: int) -> bool:
    """Whether a process runs."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_cgroups_of_guests_are_removed_also_of_a_laboratory_that_was_killed(ground: Ground) -> None:
    root = ground.path(cgroups.ROOT)
    with subprocess.Popen(["true"]) as ended:
        pass
    abandoned, used = (root / cgroups.name(first, "x") for first in (ended.pid, ground.first))
    unknown = root / f"lab-other-{ended.pid}"
    for each in (abandoned, used, unknown):
        (each / "below" / "deeper").mkdir(parents=True)
    try:
        other = Ground()
        assert [each.exists() for each in (abandoned, used, unknown)] == [False, True, True]
        other.close()
        assert used.exists(), "it belongs to a ground that is there"
        ground.remove_cgroup(used.name)
        assert not used.exists()
        (used / "below").mkdir(parents=True)
    finally:
        for each in (unknown / "below" / "deeper", unknown / "below", unknown):
            each.rmdir()
    with_first = used.name
    ground.close()
    with contextlib.closing(Ground()) as later:
        assert not (later.path(cgroups.ROOT) / with_first).exists()


def test_a_subnet_that_is_in_use_is_refused(ground: Ground) -> None:
    subnet = free_subnet()
    networks = Networks(ground)
    bridge = networks.bridge("lan", subnet)
    assert networks.bridge("lan", subnet) == bridge
    assert free_subnet(first=subnet) != subnet
    assert free_subnet(first=(other := free_subnet())) == other
    assert free_subnet([other], other) != other
    with pytest.raises(GuestError, match=r"uses addresses of .* already"):
        networks.bridge("other", subnet)
    with pytest.raises(GuestError, match="too small"):
        networks.bridge("small", "192.0.2.0/28")


def test_guests_are_simulated_where_they_cannot_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(available, "lacks", lambda kind: "Guests need root.")
    engine = Engine("4.5", {"hosts": [{"name": "h1", "guests": "nspawn"}], "vms": [{"name": "web"}]})
    with serve(engine, tmp_path):  # type: ignore[arg-type]  # a Path
        assert engine.console("web") == ""
    assert capsys.readouterr().err == "ovirt-lab: guests of h1 are only simulated. Guests need root.\n"
