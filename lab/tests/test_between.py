# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moments in which a VM is seen down although the Engine is not done with it: after a run, and between tries."""

from __future__ import annotations

from typing import Any

import pytest
from client import Lab, Refused, props, values_of
from ovirtsdk4 import types

VERSIONS = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])


class TestNextRun:
    """Down is visible before the configuration that waited is applied (ProcessDownVmCommand)."""

    def down(self, version: str = "4.3") -> tuple[Lab, Any]:
        """A VM that has just gone down, with cpu_shares 512 waiting."""
        lab = Lab(version)
        vm = lab.engine.vm("db1")
        lab.put(vm, cpu_shares=512)
        lab.act(vm, "stop")
        assert lab.status(vm, 1.1) == "down"
        return lab, vm

    @VERSIONS
    def test_the_old_configuration_is_shown_for_a_moment(self, version: str) -> None:
        lab, vm = self.down(version)
        seen = lab.get(vm)
        assert (seen.cpu_shares, seen.next_run_configuration_exists) == (0, True)
        assert lab.get(vm, "?next_run=true").cpu_shares == 512
        lab.clock.advance(0.5)
        seen = lab.get(vm)
        assert (seen.cpu_shares, seen.next_run_configuration_exists) == (512, False)
        assert lab.codes("db1")[-2:] == [33, 253]

    @VERSIONS
    def test_a_start_in_that_moment_runs_the_old_one_and_leaves_the_new_one_waiting(self, version: str) -> None:
        lab, vm = self.down(version)
        lab.act(vm, "start")
        assert lab.status(vm, 60) == "up"
        seen = lab.get(vm)
        assert (seen.cpu_shares, seen.next_run_configuration_exists) == (0, True)
        assert 253 not in lab.codes("db1")
        lab.act(vm, "stop")
        lab.clock.advance(5)
        assert lab.get(vm).cpu_shares == 512

    @VERSIONS
    def test_an_update_in_that_moment_replaces_what_waits(self, version: str) -> None:
        lab, vm = self.down(version)
        seen = lab.put(vm, stateless=True)
        assert (seen.stateless, seen.cpu_shares, seen.next_run_configuration_exists) == (True, 0, True)
        lab.clock.advance(5)
        seen = lab.get(vm)
        assert (seen.stateless, seen.cpu_shares, seen.next_run_configuration_exists) == (True, 0, False)

    def test_it_may_be_removed_in_that_moment(self) -> None:
        lab, vm = self.down()
        lab.ask("DELETE", f"vms/{vm.id}")
        lab.clock.advance(5)
        assert lab.engine.vm("db1") is None and lab.engine.state()

    def test_a_cold_reboot_waits_for_the_configuration(self) -> None:
        lab = Lab(world={"delays": {"next_run": 3}})
        vm = lab.engine.vm("db1")
        lab.put(vm, cpu_shares=512)
        lab.act(vm, "reboot")
        assert lab.status(vm, 5.5) == "down" and lab.get(vm).cpu_shares == 0
        assert lab.status(vm, 3) == "wait_for_launch" and lab.get(vm).cpu_shares == 512

    def test_the_moment_can_be_as_long_as_one_likes(self) -> None:
        lab = Lab(world={"delays": {"next_run": 100}})
        vm = lab.engine.vm("db1")
        lab.put(vm, cpu_shares=512)
        lab.act(vm, "stop")
        assert lab.status(vm, 90) == "down" and lab.get(vm).next_run_configuration_exists
        lab.clock.advance(20)
        assert lab.get(vm).cpu_shares == 512


class TestRerun:
    """Between two tries of a start the VM is down (VmAnalyzer.proceedDownVm, RunVmCommandBase.rerun)."""

    def failing(self, **delays: float) -> tuple[Lab, Any]:
        """A container VM, started; host1 refuses it, host2 takes it."""
        hosts = [{"name": "host1"}, {"name": "host2", "containers": True}]
        lab = Lab(world={"hosts": hosts, "vms": [], "delays": delays})
        vm = lab.container()
        lab.act(vm, "start")
        return lab, vm

    def test_down_is_seen_before_the_next_host(self) -> None:
        lab, vm = self.failing()
        first = lab.get(vm).host.id
        assert lab.status(vm) == "wait_for_launch"
        assert lab.status(vm, 1.1) == "down" and lab.get(vm).host is None
        assert lab.codes("web") == [34, 153, 119, 151]
        assert lab.status(vm, 0.5) == "wait_for_launch" and lab.get(vm).host.id != first
        assert lab.status(vm, 1) == "powering_up"
        assert lab.codes("web") == [34, 153, 119, 151, 153]
        said = [e.description for e in lab.engine.store.list("events") if e.code == 153]
        assert [text.partition("Host: ")[2] for text in said] == ["host1).", "host2)."]

    def test_down_comes_before_the_last_word(self) -> None:
        lab = Lab(world={"hosts": [{"name": "host1"}], "vms": []})
        vm = lab.container()
        lab.act(vm, "start")
        assert lab.status(vm, 1.1) == "down" and 54 not in lab.codes("web")
        lab.clock.advance(0.5)
        assert lab.status(vm) == "down" and lab.codes("web")[-1] == 54

    def test_stop_between_the_tries_does_not_stop_it(self) -> None:
        lab, vm = self.failing()
        assert lab.status(vm, 1.1) == "down"
        lab.act(vm, "stop")
        assert lab.status(vm, 5) == "powering_up"

    def test_a_change_between_the_tries_is_what_the_next_one_runs(self) -> None:
        lab, vm = self.failing()
        assert lab.status(vm, 1.1) == "down"
        changed = lab.put(vm, custom_properties=props(containerType="docker", containerImage="nginx"))
        assert values_of(changed)["containerImage"] == "nginx" and not changed.next_run_configuration_exists
        assert lab.status(vm, 5) == "powering_up"

    def test_another_start_between_the_tries_takes_the_place_of_the_first(self) -> None:
        lab, vm = self.failing(rerun=10)
        assert lab.status(vm, 1.1) == "down"
        lab.act(vm, "start")
        assert lab.status(vm, 2) == "down"  # host1 again, and again not
        assert lab.status(vm, 12) == "powering_up"
        assert lab.codes("web") == [34, 153, 119, 151, 153, 119, 151, 153]

    def test_removed_between_the_tries(self) -> None:
        lab, vm = self.failing()
        assert lab.status(vm, 1.1) == "down"
        lab.ask("DELETE", f"vms/{vm.id}")
        lab.clock.advance(5)
        assert lab.engine.vm("web") is None and lab.engine.state()

    def test_what_waits_is_not_applied_between_the_tries(self) -> None:
        """VmAnalyzer.clearVm does not count the VM as moved to down while a start of it is going on."""
        lab = Lab(world={"hosts": [{"name": "host1"}, {"name": "host2"}], "vms": []})
        vm = lab.vm()
        lab.run(vm)
        lab.put(vm, custom_properties=props(containerType="docker", containerImage="redis"), cpu_shares=7)
        lab.act(vm, "stop")
        lab.clock.advance(5)
        again = lab.put(vm, description="down")
        assert again.next_run_configuration_exists is False and again.cpu_shares == 7
        lab.act(vm, "start")
        lab.clock.advance(0.5)
        lab.put(vm, cpu_shares=9)
        assert lab.status(vm, 0.6) == "down"
        assert (lab.get(vm).cpu_shares, lab.get(vm).next_run_configuration_exists) == (7, True)
        lab.clock.advance(5)
        assert (lab.get(vm).cpu_shares, lab.get(vm).next_run_configuration_exists) == (9, False)


def test_a_state_saved_between_two_tries_goes_on(tmp_path: Any) -> None:
    from ovirt_lab.engine import Engine, ManualClock

    lab, vm = TestRerun().failing()
    assert lab.status(vm, 1.1) == "down"
    lab.engine.save(tmp_path / "state.json")
    clock = ManualClock()
    loaded = Engine.load(tmp_path / "state.json", clock)
    clock.advance(5)
    loaded.tick()
    assert loaded.vm("web").status == types.VmStatus.POWERING_UP


def test_a_protected_vm_in_the_world() -> None:
    lab = Lab(world={"vms": [{"name": "keep", "delete_protected": True}, {"name": "db1"}]})
    vm = lab.engine.vm("keep")
    assert vm.delete_protected is True and lab.engine.vm("db1").delete_protected is False
    with pytest.raises(Refused) as caught:
        lab.ask("DELETE", f"vms/{vm.id}")
    assert (caught.value.status, caught.value.reason) == (409, "Operation Failed")
    assert caught.value.detail == (
        "[Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.]"
    )


def test_a_transition_that_fails_is_logged_and_the_next_request_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    lab = Lab()
    vm = lab.vm()
    lab.engine.schedule(1, "vm.copied", no_such_keyword=1)
    lab.act(vm, "start")
    assert lab.status(vm, 120) == "up"
    assert "transition vm.copied" in caplog.text and "no_such_keyword" in caplog.text
    caplog.clear()
