# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new vdsmd takes up what the one before has left running."""

from __future__ import annotations

from .host_kit import Machine, StillClock, Vdsm

RECOVERY = "/var/run/vdsm"


def _recovery_files(machine: Machine) -> list[str]:
    return sorted(path.stem for path in (machine.root / RECOVERY.lstrip("/")).glob("*.recovery"))


def test_containers_outlive_it(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    clock = StillClock()
    clock.time = vdsm.clock.time + 40
    again = Vdsm(machine, clock)
    assert again.ask("Host.getVMList") == [vm_id]
    assert again.status(vm_id) == "Powering up"  # it remembers when it was started
    assert again.status(vm_id, 21) == "Up"
    assert len(machine.calls("systemd-run")) == 1
    assert again.ask("VM.destroy", vmID=vm_id) is True
    assert machine.containers()[name]["status"] == "exited"
    assert _recovery_files(machine) == []


def test_until_then_it_answers_nothing_else(machine: Machine) -> None:
    starting = Vdsm(machine, ready=False)
    assert starting.ask("Host.getVMList") == {"error": {"code": 99, "message": "Recovering from crash or Initializing"}}
    starting.manager.recover()
    assert starting.ask("Host.getVMList") == []


def test_one_without_recovery_file_is_stopped_as_loose(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    (machine.root / RECOVERY.lstrip("/") / f"{vm_id}.recovery").unlink()
    again = Vdsm(machine)
    assert again.ask("Host.getVMList") == []
    assert machine.containers()[name]["status"] == "exited"


def test_one_without_state_file_runs_on_and_its_vm_is_down(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    machine.state_files()[0].unlink()
    again = Vdsm(machine)
    stats = again.stats(vm_id)
    told = (stats["status"], stats["exitCode"], stats["exitReason"], stats["exitMessage"])
    assert told == ("Down", 1, 9, "Failed to find the libvirt domain")
    assert machine.containers()[name]["status"] == "running"


def test_one_that_ended_meanwhile_is_down_with_an_error(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    machine.kill(name)
    assert Vdsm(machine).stats(vm_id)["exitReason"] == 9


def test_one_that_was_down_keeps_its_reason(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(maxMemSize=None)
    stats = Vdsm(machine).stats(vm_id)
    assert (stats["exitCode"], stats["exitReason"], stats["exitMessage"]) == (1, 1, "memory")


def test_foreign_units_are_passed_over(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create()
    name, _ = machine.container()
    unit = machine.state / "units" / "vdsm-checkips"
    unit.write_text((machine.state / "units" / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert Vdsm(machine).ask("Host.getVMList") == [vm_id]


def test_with_docker_gone_the_vm_is_forgotten(machine: Machine, vdsm: Vdsm) -> None:
    vdsm.create()
    name, _ = machine.container()
    machine.no_docker()
    again = Vdsm(machine)
    assert again.ask("Host.getVMList") == []
    assert machine.containers()[name]["status"] == "exited"  # loose: nobody could take it up
    assert _recovery_files(machine) == []


def test_ordinary_vms_outlive_it_too(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={})
    pid = vdsm.stats(vm_id)["pid"]
    again = Vdsm(machine)
    assert again.stats(vm_id)["pid"] == pid
    assert again.ask("Host.getVMList") == [vm_id]
