# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a service runs with what is on the disk."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import info, systemd, vdsm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.unit.host.conftest import On

CODE = "/usr/lib/python2.7/site-packages/vdsm/virt/containers"


def units(since: str, state: str = "active") -> dict[str, dict[str, str]]:
    return {"vdsmd.service": {"ActiveState": state, "ActiveEnterTimestampMonotonic": since}}


@pytest.mark.parametrize(
    ("uptime", "since", "age"),
    [
        ("1000.00 1.0\n", "400000000", 600),
        ("1000.00 1.0\n", "999995000", 0),
        # The uptime is cut, so a unit may have started after it.
        ("1000.00 1.0\n", "1000007000", 0),
    ],
)
def test_when_a_unit_started(on: On, uptime: str, since: str, age: float) -> None:
    on(machines.empty).file("/proc/uptime", uptime)
    early = time.time()
    moment = systemd.started(Host(), units(since), "vdsmd.service")
    assert moment is not None
    assert early - age - 0.01 <= moment <= time.time() - age + 0.01


@pytest.mark.parametrize("uptime", ["", "nonsense", "1000.00 1.0\n"])
@pytest.mark.parametrize("since", ["", "0", "x", "9000000000"])
def test_clocks_that_say_nothing(on: On, uptime: str, since: str) -> None:
    on(machines.empty).file("/proc/uptime", uptime)
    assert systemd.started(Host(), units(since), "vdsmd.service") is None
    assert systemd.changed(Host(), ["/"], None) is None


@pytest.mark.parametrize("state", ["inactive", "failed", "activating", "deactivating"])
def test_a_unit_that_does_not_run(on: On, state: str) -> None:
    on(machines.empty).file("/proc/uptime", "1000.00 1.0\n")
    assert systemd.started(Host(), units("400000000", state), "vdsmd.service") is None
    assert systemd.started(Host(), {}, "vdsmd.service") is None


def test_a_file_written_in_the_same_second_before_the_start_does_not_count(on: On) -> None:
    machine = on(machines.empty).file("/etc/vdsm/vdsm.conf", "").file("/proc/uptime", "1000.00 1.0\n")
    moment = systemd.started(Host(), units("1000000000"), "vdsmd.service")
    assert systemd.changed(Host(), [vdsm.CONF], moment) is False
    machine.file("/etc/vdsm/vdsm.conf", "[vars]\n")
    late = systemd.started(Host(), units("999000000"), "vdsmd.service")
    assert systemd.changed(Host(), [vdsm.CONF], late) is True
    assert systemd.changed(Host(), ["/not/there"], late) is False


def test_a_file_with_an_old_date_and_a_new_link_are_seen(on: On) -> None:
    machine = on(machines.empty).file("/etc/vdsm/vdsm.conf", "").file("/old", "")
    moment = time.time() - 0.5
    os.utime(machine.root / "etc/vdsm/vdsm.conf", (0, 0))
    assert systemd.changed(Host(), [vdsm.CONF], moment)
    (machine.root / "etc/link").symlink_to(machine.root / "nowhere")
    assert systemd.changed(Host(), ["/etc/link"], moment)


def test_what_vdsm_reads_at_its_start(on: On) -> None:
    machine = on(machines.empty)
    assert vdsm.read_at_start(Host(), ["/x.conf"]) == [vdsm.CONF, "/x.conf", os.path.dirname(CODE)]
    machine.file(CODE + "/docker.py", "").file(CODE + "/docker.pyc", "")
    assert vdsm.read_at_start(Host(), []) == [vdsm.CONF, CODE + "/", CODE + "/docker.py"]


def test_restarts_of_a_host(on: On) -> None:
    """vdsmd started an hour ago, docker half a minute later, and all files were written now."""
    machine = on(machines.el7)

    def needs() -> tuple[Any, Any]:
        found = info.gather(Host())
        return found["vdsm"]["restart_needed"], found["runtime"]["restart_needed"]

    assert needs() == (True, True)
    machine.file("/proc/uptime", "60.00 1.0\n")  # vdsmd has just started, docker is from another clock
    assert needs() == (False, None)
    machine.file("/proc/uptime", "90.00 1.0\n")
    assert needs() == (True, False)
    for path in (
        "/etc/vdsm/vdsm.conf",
        "/usr/lib/vdsm/vdsm.conf.d/90-vendor.conf",
        "/etc/vdsm/vdsm.conf.d/99-site.conf",
    ):
        (machine.root / path[1:]).unlink()
    (machine.root / "etc/docker/daemon.json").unlink()
    machine.file("/proc/uptime", "3660.00 1.0\n")
    # A drop-in without [containers] is none of this.
    assert needs() == (False, False)
    machine.file(CODE + "/__init__.py", "")
    assert needs() == (True, False)
    machine.says("systemctl show *", said.UNITS.replace("=active", "=inactive"))
    assert needs() == (None, None)
