# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a container VM ends, and how it does not: destroy, the watchdog, shutdown in vain, orphans, reset."""

from __future__ import annotations

import pytest

from .host_kit import Machine, Vdsm, wait_until

DEAF = {"containerType": "docker", "containerImage": "lab/deaf"}


def test_destroy_stops_the_unit_and_leaves_the_dead_container(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    assert vdsm.ask("VM.destroy", vmID=vm_id) is True
    assert machine.calls("systemctl")[-1][1:] == ["stop", name]
    assert machine.containers()[name]["status"] == "exited"
    assert machine.state_files() == []
    assert vdsm.ask("Host.getVMList") == []
    assert vdsm.ask("VM.getStats", vmID=vm_id) == {"error": {"code": 1, "message": "Virtual machine does not exist"}}


def test_a_container_that_ignores_the_signal_becomes_an_orphan(machine: Machine, vdsm: Vdsm) -> None:
    machine.set("stop-timeout", "0.2")  # systemd waits for 90 s, and then kills the client only
    vm_id = vdsm.create(custom=DEAF)
    name, _ = machine.container()
    assert vdsm.ask("VM.destroy", vmID=vm_id) is True
    assert machine.containers()[name]["status"] == "running"
    assert machine.state_files() == []
    assert vdsm.ask("Host.getVMList") == []


def test_the_watchdog_takes_every_end_for_a_clean_shutdown(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={"containerType": "docker", "containerImage": "lab/exits"})
    name, container = machine.container()
    assert container["code"] == 3
    wait_until(lambda: vdsm.manager.watch_containers() or vdsm.status(vm_id) == "Down")
    stats = vdsm.stats(vm_id)
    told = (stats["exitCode"], stats["exitReason"], stats["exitMessage"])
    assert told == (0, 7, "User shut down from within the guest")
    assert len(machine.state_files()) == 1  # stale, and normal
    assert vdsm.ask("Host.getVMList") == [vm_id]  # until the Engine takes note
    assert vdsm.ask("VM.destroy", vmID=vm_id) is True
    assert all(call[1] != "stop" for call in machine.calls("systemctl"))


def test_the_warning_is_repeated_until_the_same_vm_is_started_again(
    machine: Machine, vdsm: Vdsm, caplog: pytest.LogCaptureFixture
) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    machine.kill(name)
    for _ in range(2):
        vdsm.manager.watch_containers()
    vdsm.ask("VM.destroy", vmID=vm_id)
    vdsm.manager.watch_containers()
    warnings = [record for record in caplog.records if "no longer running" in record.message]
    assert len(warnings) == 3
    vdsm.create(vmId=vm_id)
    wait_until(lambda: len(machine.containers()) == 2)
    vdsm.manager.watch_containers()
    assert vdsm.status(vm_id) == "Powering up"
    assert len([record for record in caplog.records if "no longer running" in record.message]) == 3


def test_a_stop_of_what_has_gone_already_is_an_error_and_the_watchdog_mends_it(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    machine.kill(name)
    message = f"['Failed to stop {name}.service: Unit {name}.service not loaded.']"
    assert vdsm.ask("VM.destroy", vmID=vm_id) == {"error": {"code": -32603, "message": message}}
    assert vdsm.status(vm_id) == "Powering down"
    vdsm.manager.watch_containers()
    stats = vdsm.stats(vm_id)
    assert (stats["status"], stats["exitReason"], stats["exitMessage"]) == (
        "Down",
        6,
        "Admin shut down from the engine",
    )
    assert vdsm.ask("VM.destroy", vmID=vm_id) is True


@pytest.mark.parametrize(("force", "acpi"), [(False, "true"), (True, "true"), (True, "false")])
def test_shutdown_does_nothing_for_five_minutes(machine: Machine, vdsm: Vdsm, force: bool, acpi: str) -> None:
    vm_id = vdsm.create(acpiEnable=acpi)
    name, _ = machine.container()
    assert vdsm.status(vm_id, 100) == "Up"
    assert vdsm.ask("VM.shutdown", vmID=vm_id, delay="30", message="bye", force=force) is True
    assert vdsm.status(vm_id) == "Powering down"
    assert vdsm.status(vm_id, 299) == "Powering down"
    assert vdsm.status(vm_id, 2) == "Up"
    assert machine.containers()[name]["status"] == "running"
    assert all(call[1] != "stop" for call in machine.calls("systemctl"))


def test_what_ends_after_a_shutdown_was_shut_down(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    vdsm.ask("VM.shutdown", vmID=vm_id)
    wait_until(lambda: vdsm.manager.vms[vm_id].shutdown_reason is not None)
    machine.kill(name)
    vdsm.manager.watch_containers()
    assert vdsm.stats(vm_id)["exitReason"] == 6


def test_reboot_does_nothing_for_a_minute(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    assert vdsm.status(vm_id, 100) == "Up"
    assert vdsm.ask("VM.shutdown", vmID=vm_id, reboot=True) is True
    assert vdsm.status(vm_id, 59) == "RebootInProgress"
    assert vdsm.status(vm_id, 2) == "Up"
    assert machine.containers() == {name: {"image": "redis:3.2", "network": "bridge", "status": "running"}}


def test_without_acpi_and_agent_there_is_no_way_but_force(vdsm: Vdsm) -> None:
    vm_id = vdsm.create(acpiEnable="false")
    error = vdsm.ask("VM.shutdown", vmID=vm_id)["error"]
    assert error == {"code": 4, "message": "VM without ACPI or active oVirt guest agent. Try Forced Shutdown."}


def test_reset_was_never_made(vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    assert vdsm.ask("VM.reset", vmID=vm_id) == {"error": {"code": 44, "message": "Not implemented"}}


@pytest.mark.parametrize("acpi", ["true", "false"])
def test_a_forced_reboot_finds_its_own_name_in_use(machine: Machine, vdsm: Vdsm, acpi: str) -> None:
    """The reset button of a container raises, and then it is stopped and started (Callback, lib/vdsm/utils.py)."""
    vm_id = vdsm.create(acpiEnable=acpi)
    name, _ = machine.container()
    vdsm.ask("VM.shutdown", vmID=vm_id, reboot=True, force=True)
    wait_until(lambda: len(machine.calls("docker")) == 2)
    assert machine.calls("docker")[1] == machine.calls("docker")[0]
    wait_until(lambda: vdsm.manager.watch_containers() or vdsm.status(vm_id) == "Down")
    assert machine.containers()[name]["status"] == "exited"


def test_a_recovered_one_cannot_even_try(machine: Machine, vdsm: Vdsm) -> None:
    vdsm.create()
    name, _ = machine.container()
    again = Vdsm(machine)
    (domain,) = again.manager.containers.domains.values()
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute"):
        domain.reset()
    assert machine.containers()[name]["status"] == "exited"


def test_a_vm_that_is_down_is_not_there_for_a_shutdown(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(maxMemSize=None)
    assert vdsm.ask("VM.shutdown", vmID=vm_id)["error"]["code"] == 1
