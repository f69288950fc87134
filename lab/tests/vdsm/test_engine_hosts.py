# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine makes of a host: up, unassigned, connecting, initializing, non-responsive, non-operational."""

from __future__ import annotations

import pytest
from client import Lab, Refused

from .engine_kit import LinkedLab, RealHost


def _events(lab: Lab) -> list[int]:
    return [code for code in lab.codes() if code != 1]


def test_it_comes_up_and_says_what_it_is(fresh: LinkedLab, host: RealHost) -> None:
    assert fresh.host_status("h1") == "unassigned"
    fresh.poll()
    found = fresh.host("h1")
    assert (found.status.value, found.address) == ("up", "127.0.0.1")
    version = found.version
    assert (version.major, version.minor, version.build, version.full_version) == (4, 19, 20, "vdsm-4.19.20-1.el8")
    caps = host.vdsm.ask("Host.getCapabilities")
    assert found.memory == int(caps["memSize"]) << 20
    assert found.spm.status.value == "spm"
    assert _events(fresh) == [13]


def test_a_version_that_changes_is_seen_when_it_is_activated(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    host.machine.write("/usr/share/ovirt-lab/vdsm-version", "4.20.49-1.el8")
    host.restart()
    fresh.poll()
    assert fresh.host("h1").version.minor == 19
    fresh.host_act("h1", "deactivate")
    fresh.poll()
    fresh.host_act("h1", "activate")
    fresh.poll()
    assert fresh.host("h1").version.full_version == "vdsm-4.20.49-1.el8"
    assert fresh.host_status("h1") == "up"


def test_refresh_reads_it_too(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    host.machine.write("/usr/share/ovirt-lab/vdsm-version", "4.19.31-1.el8")
    host.restart()
    fresh.host_act("h1", "refresh")
    assert fresh.host("h1").version.build == 31
    assert _events(fresh)[-1] == 606


def test_a_host_that_is_too_new_for_its_cluster(fresh: LinkedLab, host: RealHost) -> None:
    host.machine.write("/usr/share/ovirt-lab/vdsm-version", "4.30.17-1.el8")
    host.restart()
    fresh.ask("PUT", f"clusters/{fresh.engine.store.named('clusters', 'Default').id}", "<cluster/>")
    fresh.engine.store.named("clusters", "Default").version.minor = 0
    fresh.poll()
    assert fresh.host_status("h1") == "non_operational"
    (event,) = [event for event in fresh.ask("GET", "events") if event.code == 154]
    assert "compatible with versions (4.1,4.2,4.3) and cannot join Cluster Default" in event.description


# --- capabilities that raise


def test_an_unassigned_host_stays_so_while_its_capabilities_raise(fresh: LinkedLab, host: RealHost) -> None:
    host.machine.no_docker()
    host.restart()
    fresh.poll()
    fresh.poll()
    assert fresh.host_status("h1") == "unassigned"
    texts = {event.description for event in fresh.ask("GET", "events") if event.code == 10802}
    assert texts == {"VDSM h1 command GetCapabilitiesVDS failed: [Errno 2] No such file or directory: docker"}
    host.machine.command("docker")
    fresh.poll()
    assert fresh.host_status("h1") == "up"


def test_a_host_that_is_up_stays_up_until_it_is_asked(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    host.machine.no_docker()
    host.restart()
    fresh.poll()
    assert fresh.host_status("h1") == "up"
    with pytest.raises(Refused) as refused:
        fresh.host_act("h1", "refresh")
    assert (refused.value.status, refused.value.detail) == (400, "[Unexpected exception]")
    assert _events(fresh)[-2:] == [10802, 607]
    assert fresh.host_status("h1") == "up"


def test_restarted_without_docker_it_does_not_come_back(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    host.machine.no_docker()
    host.restart(ready=False)
    fresh.poll()
    assert fresh.host_status("h1") == "initializing"
    host.vdsm.manager.recover()
    fresh.poll()
    assert fresh.host_status("h1") == "initializing"
    fresh.poll(180)
    assert fresh.host_status("h1") == "non_operational"
    assert 19 in _events(fresh)


# --- recovering, silent


def test_a_restart_of_vdsmd(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    host.restart(ready=False)
    fresh.poll()
    assert fresh.host_status("h1") == "initializing"
    texts = [event.description for event in fresh.ask("GET", "events") if event.code == 514]
    assert texts == ["Host h1 is initializing. Message: Recovering from crash or Initializing"]
    host.vdsm.manager.recover()
    fresh.poll()
    assert fresh.host_status("h1") == "up"
    fresh.poll(200)
    assert fresh.host_status("h1") == "up"


def test_silence_is_connecting_first_and_non_responsive_then(fresh: LinkedLab, host: RealHost) -> None:
    fresh.poll()
    vm = fresh.container()
    fresh.act(vm, "start")
    fresh.created(host, vm)
    fresh.poll(61)
    assert fresh.status(vm) == "up"
    host.silence()
    fresh.poll()
    assert fresh.host_status("h1") == "connecting"
    assert fresh.status(vm) == "up"
    fresh.poll(60)
    assert fresh.host_status("h1") == "connecting"  # 60 s, and 20 more for the storage pool manager
    fresh.poll(25)
    assert fresh.host_status("h1") == "non_responsive"
    assert fresh.status(vm) == "unknown"
    assert [code for code in _events(fresh) if code in (9027, 142, 12)] == [9027, 142, 12]
    host.listen()
    fresh.poll()
    assert fresh.host_status("h1") == "up"
    assert fresh.status(vm) == "up"
    assert 163 in _events(fresh)


def test_one_that_never_answered(fresh: LinkedLab, host: RealHost) -> None:
    host.silence()
    fresh.poll()
    fresh.poll()
    assert fresh.host_status("h1") == "connecting"
    fresh.poll(100)
    assert fresh.host_status("h1") == "non_responsive"
