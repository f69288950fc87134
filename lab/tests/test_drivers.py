# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host drivers: the host's note chooses one, and a driver with threads is all that a new kind of host needs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

from ovirt_lab.engine import Engine, ManualClock, notes
from ovirt_lab.engine.context import Context
from ovirt_lab.engine.drivers.reports import Report
from ovirt_lab.engine.drivers.simulated import SimulatedDriver
from ovirt_lab.engine.errands import Errand
from ovirt_lab.engine.refusal import Refusal
from ovirt_lab.engine.resources import agents, runs

AGENT = agents.GuestReport(
    [agents.Interface("ens3", "56:6f:00:00:00:01", ["192.0.2.7", "2001:db8::7"])], "web.example", "Alpine", "3.20.1"
)


class Threads(SimulatedDriver):
    """VMs are reports that a test has a thread make; a power off is an errand, which may find no process."""

    name = "threads"
    pretends = False

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.reports: dict[str, Report] = {}
        self.asked: list[str] = []
        self.gone = ""
        self.fixed = False

    def refuse(self, vm: Any, verb: str) -> None:
        raise self.unable(verb)

    def refuse_change(self) -> None:
        if self.fixed:
            raise self.unable("change the devices of a VM that runs")

    def create(self, vm: Any, host: Any) -> None:
        self.asked.append(f"create {vm.name} on {host.name}")
        self.reports[vm.id] = Report(self.engine, vm)

    def shut_down(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        self.asked.append(f"shut down {vm.name}")
        runs.going_down(self.engine, vm, notes.Ending.SHUTDOWN)

    def power_off(self, ctx: Context, vm: Any, host: Any, event: str, about: dict[str, str]) -> None:
        def done(trouble: str) -> Refusal | None:
            if trouble:
                return Refusal(400, "Operation Failed", f"[{trouble}]")
            ctx.event(event, vm=vm, host=host, **about)
            runs.going_down(self.engine, vm, notes.Ending.STOP)
            return None

        self.engine.errands.add(Errand("kill", lambda: self.gone, done))


class Site(Lab):
    """host1 has the driver with threads, host2 is simulated."""

    def __init__(self) -> None:
        super().__init__("4.5")
        self.driver = Threads(self.engine)
        self.engine.drivers.add(self.driver)
        self.host = self.engine.store.named("hosts", "host1")
        notes.of_host(self.engine.store, self.host)["driver"] = "threads"

    def start(self) -> Any:
        """Start a VM that has to run on host1."""
        policy = types.VmPlacementPolicy(affinity=types.VmAffinity.MIGRATABLE, hosts=[types.Host(id=self.host.id)])
        vm = self.vm(placement_policy=policy)
        self.act(vm, "start")
        return vm

    def up(self) -> Any:
        """A VM that is up on host1."""
        vm = self.start()
        assert self.say(vm, lambda report: report.launched()) and self.say(vm, lambda report: report.up())
        return vm

    def say(self, vm: Any, what: Callable[[Report], bool]) -> bool:
        """Have a thread report something; what it returned."""
        heard: list[bool] = []
        thread = threading.Thread(target=lambda: heard.append(what(self.driver.reports[vm.id])))
        thread.start()
        thread.join(20)
        return heard == [True]


@pytest.fixture
def site() -> Iterator[Site]:
    yield Site()


def test_a_run_is_what_the_driver_reports(site: Site) -> None:
    vm = site.start()
    assert site.status(vm, 600) == "wait_for_launch", "nothing is pretended"
    assert site.say(vm, lambda report: report.launched())
    assert site.status(vm, 600) == "powering_up"
    assert site.say(vm, lambda report: report.up())
    assert site.status(vm) == "up" and site.get(vm).host.id == site.host.id
    assert site.say(vm, lambda report: report.agent(AGENT))
    (device,) = site.ask("GET", f"vms/{vm.id}/reporteddevices")
    assert (device.name, [ip.address for ip in device.ips]) == ("ens3", ["192.0.2.7", "2001:db8::7"])
    assert [ip.version.value for ip in device.ips] == ["v4", "v6"]
    shown = site.get(vm)
    assert (shown.fqdn, shown.guest_operating_system.version.minor) == ("web.example", 20)
    assert site.say(vm, lambda report: report.ended("the kernel has panicked", crashed=True))
    assert site.status(vm) == "down" and site.get(vm).host is None
    assert site.driver.asked == ["create web on host1"]
    assert site.codes("web") == [34, 153, 32, 119]
    (said,) = [event.description for event in site.engine.store.list("events") if event.code == 119]
    assert "the kernel has panicked" in said


def test_a_report_of_an_earlier_run_does_nothing(site: Site) -> None:
    vm = site.up()
    old = site.driver.reports[vm.id]
    assert site.say(vm, lambda report: report.ended("halted"))
    site.act(vm, "start")
    for late in (old.launched, old.up, lambda: old.failed("late"), lambda: old.agent(AGENT), old.ended):
        assert late() is False
    assert site.status(vm) == "wait_for_launch"


def test_a_failed_start_goes_to_the_next_host(site: Site) -> None:
    vm = site.start()
    assert site.say(vm, lambda report: report.failed("the disk is empty"))
    assert site.status(vm) == "down"
    assert not site.say(vm, lambda report: report.up()), "it failed already"
    assert site.status(vm, 60) == "up"
    assert site.engine.store.follow(site.engine.vm("web").host).name == "host2"
    assert site.codes("web") == [34, 153, 119, 151, 153, 32]


@pytest.mark.parametrize(("crashed", "codes"), [(True, [34, 153, 119, 151]), (False, [34, 153, 61])])
def test_a_vm_that_ends_before_it_is_up_has_failed_if_it_crashed(site: Site, crashed: bool, codes: list[int]) -> None:
    vm = site.start()
    assert site.say(vm, lambda report: report.launched())
    assert site.say(vm, lambda report: report.ended("init has died", crashed))
    assert site.status(vm) == "down" and site.codes("web") == codes
    assert site.status(vm, 60) == ("up" if crashed else "down"), "the other host has it"


def test_the_client_waits_for_an_errand(site: Site) -> None:
    vm = site.up()
    site.driver.gone = "There is no such process."
    with pytest.raises(Refused, match="There is no such process"):
        site.act(vm, "stop")
    assert site.status(vm) == "up"
    site.driver.gone = ""
    site.act(vm, "stop")
    assert site.status(vm, 600) == "powering_down"
    assert site.say(vm, lambda report: report.ended())
    assert site.status(vm) == "down"
    assert site.codes("web") == [34, 153, 32, 33]


def test_a_cold_reboot_starts_on_the_same_host(site: Site) -> None:
    vm = site.up()
    site.put(vm, custom_properties=[types.CustomProperty(name="containerImage", value="redis")])
    site.act(vm, "reboot")
    assert site.driver.asked[-1] == "shut down web" and site.status(vm, 60) == "powering_down"
    assert site.say(vm, lambda report: report.ended("user shut down"))
    assert site.status(vm, 60) == "wait_for_launch"
    assert site.driver.asked[-1] == "create web on host1"


def test_a_guest_may_reboot_and_may_ignore_a_shutdown(site: Site) -> None:
    vm = site.up()
    assert site.say(vm, lambda report: report.rebooting()) and site.status(vm) == "reboot_in_progress"
    assert site.say(vm, lambda report: report.up()) and site.status(vm) == "up"
    site.act(vm, "shutdown")
    assert site.status(vm) == "powering_down"
    assert site.say(vm, lambda report: report.up()) and site.status(vm) == "up"
    assert site.codes("web") == [34, 153, 32, 147]


@pytest.mark.parametrize("verb", ["suspend", "migrate"])
def test_what_a_host_cannot_do_is_refused_before_anything_changes(site: Site, verb: str) -> None:
    vm = site.up()
    before = site.engine.state()
    with pytest.raises(Refused, match=f"501.*This host does not know how to {verb}"):
        site.act(vm, verb)
    assert site.engine.state() == before


@pytest.mark.parametrize(("status", "verb"), [("suspended", "restore"), ("paused", "resume")])
def test_what_a_stand_in_vdsm_cannot_do_is_not_pretended(status: str, verb: str) -> None:
    host = {"name": "h1", "cluster": "Default", "vdsm_url": "http://127.0.0.1:9", "status": "up"}
    lab = Lab("4.1", {"hosts": [host], "vms": []})
    vm = lab.vm()
    stored = lab.engine.vm("web")
    stored.status = types.VmStatus(status)
    if status == "paused":
        stored.host = lab.engine.store.ref(lab.engine.store.named("hosts", "h1"))
    lab.engine.store.touch(stored)
    before = lab.engine.state()
    with pytest.raises(Refused, match=f"501.*This host does not know how to {verb}"):
        lab.act(vm, "start")
    assert lab.engine.state() == before


@pytest.mark.parametrize("fixed", [True, False])
def test_devices_of_a_vm_that_runs_change_only_where_the_host_can_do_that(site: Site, fixed: bool) -> None:
    site.driver.fixed = fixed
    vm = site.up()
    domains, mib = [types.StorageDomain(name="data")], 1 << 20
    disk = types.Disk(name="more", format=types.DiskFormat.COW, provisioned_size=mib, storage_domains=domains)
    path = f"vms/{vm.id}/diskattachments"
    unplugged = site.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="later", plugged=False))
    inactive = site.ask(
        "POST", path, types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, active=False)
    )
    site.clock.advance(60)
    changes = [  # whether they are refused
        (True, "POST", f"vms/{vm.id}/nics", types.Nic(name="now")),
        (True, "PUT", f"vms/{vm.id}/nics/{unplugged.id}", types.Nic(plugged=True)),
        (False, "PUT", f"vms/{vm.id}/nics/{unplugged.id}", types.Nic(name="another")),
        (True, "POST", path, types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO)),
        (False, "PUT", f"disks/{inactive.id}", types.Disk(provisioned_size=2 * mib)),
        (True, "PUT", f"{path}/{inactive.id}", types.DiskAttachment(active=True)),
        (True, "POST", f"vms/{vm.id}/nics/{unplugged.id}/activate", "<action/>"),
    ]
    for refused, method, where, body in changes:
        before = site.engine.state()
        if refused and fixed:
            with pytest.raises(Refused, match="501.*change the devices of a VM that runs"):
                site.ask(method, where, body)
            assert site.engine.state() == before
        else:
            site.ask(method, where, body)
        site.clock.advance(60)
    site.driver.fixed = True  # now the disk is plugged in, if it could be
    for method, where, growth in (
        ("PUT", f"disks/{inactive.id}", types.Disk(provisioned_size=4 * mib)),
        ("DELETE", f"{path}/{inactive.id}", None),
    ):
        with contextlib.nullcontext() if fixed else pytest.raises(Refused, match="501"):
            site.ask(method, where, growth)
        site.clock.advance(60)


def test_no_vm_migrates_to_another_kind_of_host(site: Site) -> None:
    (other,) = [host for host in site.engine.store.list("hosts") if host.name == "host2"]
    vm = site.vm("plain", placement_policy=types.VmPlacementPolicy(hosts=[types.Host(id=other.id)]))
    assert site.engine.store.follow(site.run(vm).host) is other
    with pytest.raises(Refused, match="no host"):
        site.act(vm, "migrate")


def test_the_note_of_a_host_chooses_its_driver(tmp_path: Path) -> None:
    hosts = [
        {"name": "h1", "cluster": "Default", "vdsm_url": "http://127.0.0.1:9"},
        {"name": "h2", "cluster": "Default"},
    ]
    engine = Engine("4.1", {"hosts": hosts, "vms": []}, ManualClock())
    engine.save(tmp_path / "state")
    for each in (engine, Engine.load(tmp_path / "state", ManualClock())):
        h1, h2 = each.store.list("hosts")
        assert each.drivers.of(h1) is each.drivers.vdsm
        assert each.drivers.of(h2) is each.drivers.of(None) is each.drivers.simulated
        del notes.of_host(each.store, h1)["driver"]  # a state that an older lab saved
        assert each.drivers.of(h1) is each.drivers.vdsm
        notes.of_host(each.store, h2)["driver"] = "unknown"
        with pytest.raises(ValueError, match="h2: there is no driver unknown; known are nspawn, qemu, simulated, vdsm"):
            each.drivers.of(h2)
