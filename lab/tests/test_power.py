# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting and stopping ordinary VMs: statuses in order, refusals, events."""

from __future__ import annotations

import pytest
from client import MIB, Lab, Refused
from ovirtsdk4 import types
from ovirtsdk4.reader import Reader
from test_vms import refused


def boot(*devices: str) -> types.OperatingSystem:
    return types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice(name) for name in devices]))


def test_an_ordinary_vm_goes_up_and_down() -> None:
    lab = Lab()
    vm = lab.vm()
    reply = lab.act(vm, "start")
    assert reply.status == "complete" and reply.job.id
    assert lab.ask("GET", f"jobs/{reply.job.id}").description == "Launching VM web"
    assert lab.status(vm) == "wait_for_launch"
    assert lab.status(vm, 1.5) == "powering_up"
    assert lab.status(vm, 1) == "up"
    assert lab.get(vm).host.id and lab.get(vm).start_time
    lab.act(vm, "stop")
    assert lab.status(vm) == "powering_down"
    assert lab.status(vm, 2) == "down"
    assert lab.get(vm).host is None
    assert lab.codes("web") == [34, 153, 32, 33]


def test_many_transitions_in_one_step_come_in_order_and_at_their_own_time() -> None:
    lab = Lab()
    vm = lab.vm()
    start = lab.clock.now()
    lab.act(vm, "start")
    lab.clock.advance(1000)
    lab.get(vm)
    event = next(e for e in lab.engine.store.list("events") if e.code == 32)
    assert event.time.timestamp() == pytest.approx(start + 2)


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_start_refusals(version: str) -> None:
    lab = Lab(version)
    hd = lab.vm("hd", os=boot("hd"))
    refused(lab, 409, "[Cannot run VM without at least one bootable disk.", lambda: lab.act(hd, "start"))
    net = lab.vm("net", os=boot("network"))
    refused(lab, 409, "no Network Interface is configured", lambda: lab.act(net, "start"))
    db1 = lab.engine.vm("db1")
    refused(lab, 409, "[Cannot run VM because the VM is in Up status.]", lambda: lab.act(db1, "start"))
    lab.run(lab.vm("both", os=boot("hd", "network")))


@pytest.mark.parametrize(("version", "fails"), [("4.1", True), ("4.3", False)])
def test_disk_and_cdrom_need_an_iso_domain_in_4_1(version: str, fails: bool) -> None:
    lab = Lab(version)
    vm = lab.vm(os=boot("hd", "cdrom"))
    if fails:
        refused(lab, 409, "without an active ISO domain", lambda: lab.act(vm, "start"))
    else:
        lab.run(vm)


def test_no_host_fits_says_why() -> None:
    lab = Lab()
    big = lab.vm(memory=1 << 40, memory_policy=types.MemoryPolicy(guaranteed=1 << 40, max=1 << 41))
    refused(lab, 409, "There is no host that satisfies current scheduling constraints", lambda: lab.act(big, "start"))


@pytest.mark.parametrize(("version", "figure"), [("4.1", "768.000000"), ("4.3", "768"), ("4.5", "768")])
def test_a_host_without_memory_says_how_much_it_has(version: str, figure: str) -> None:
    """MemoryPolicyUnit: the whole memory of a VM is asked for, and the figure is what the host shows."""
    lab = Lab(version, {"hosts": [{"name": "h1", "cluster": "Default", "memory": 1}], "vms": []})
    small = types.MemoryPolicy(guaranteed=256 * MIB, max=4096 * MIB)
    vm = lab.vm(memory=1024 * MIB, memory_policy=small)
    with pytest.raises(Refused) as caught:
        lab.act(vm, "start")
    assert f"because its available memory is too low ({figure} MB) to run the VM" in caught.value.detail
    (host,) = lab.ask("GET", "hosts")
    assert host.max_scheduling_memory == 768 * MIB
    lab.run(lab.put(vm, memory=768 * MIB) or vm)


def test_stop_of_a_stopped_vm_is_fine_reboot_is_not() -> None:
    lab = Lab()
    vm = lab.vm()
    assert lab.act(vm, "stop").status == "complete"
    assert lab.act(vm, "shutdown").status == "complete"
    refused(lab, 409, "because the VM is in Down status", lambda: lab.act(vm, "reboot"))
    refused(lab, 409, "VM is not up", lambda: lab.act(vm, "suspend"))
    assert lab.codes("web") == [34, 254, 254]


def test_a_refused_action_is_an_action_with_a_fault_in_it() -> None:
    lab = Lab()
    response = lab.raw("POST", f"vms/{lab.engine.vm('db1').id}/start", b"<action/>")
    assert response.status == 409 and b"<action>" in response.body
    assert b"<status>failed</status>" in response.body and b"<reason>Operation Failed</reason>" in response.body


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
@pytest.mark.parametrize(
    ("action", "verb"),
    [("start", "run"), ("stop", "stop"), ("shutdown", "shutdown"), ("reboot", "reboot"), ("suspend", "hibernate"),
     ("migrate", "migrate")],
)  # fmt: skip
def test_an_action_of_a_vm_that_is_not_there_is_refused_by_the_command(version: str, action: str, verb: str) -> None:
    lab = Lab(version)
    before = lab.engine.state()
    response = lab.raw("POST", "vms/00000000-0000-0000-0000-00000000dead/" + action, b"<action/>")
    assert response.status == 400 and b"<status>failed</status>" in response.body
    fault = Reader.read(response.body).fault
    assert (fault.reason, fault.detail) == ("Operation Failed", f"[Cannot {verb} VM. VM is not found.]")
    assert lab.engine.state() == before


def test_a_run_once_reads_the_vm_first() -> None:
    response = Lab().raw("POST", "vms/00000000-0000-0000-0000-00000000dead/start", b"<action><vm/></action>")
    assert (response.status, response.body) == (404, b"")


def test_shutdown_reboot_suspend() -> None:
    lab = Lab()
    vm = lab.engine.vm("db1")
    lab.act(vm, "reboot")
    assert lab.status(vm) == "reboot_in_progress"
    assert lab.status(vm, 2) == "up"
    lab.act(vm, "suspend")
    assert lab.status(vm) == "saving_state"
    refused(lab, 409, "saving/restoring state", lambda: lab.act(vm, "stop"))
    assert lab.status(vm, 4) == "suspended"
    lab.act(vm, "start")
    assert lab.status(vm) == "restoring_state"
    assert lab.status(vm, 4) == "up"
    lab.act(vm, "shutdown")
    assert lab.status(vm) == "powering_down"
    assert lab.status(vm, 10) == "down"


def test_reboot_with_a_waiting_configuration_is_a_cold_one() -> None:
    lab = Lab()
    vm = lab.engine.vm("db1")
    lab.put(vm, cpu_shares=512)
    lab.act(vm, "reboot")
    assert lab.status(vm) == "powering_down"
    assert lab.status(vm, 10) == "up"
    assert lab.get(vm).cpu_shares == 512


def test_run_once_lasts_for_one_run() -> None:
    lab = Lab()
    vm = lab.vm(os=boot("hd"))
    body = (
        "<action><vm><os><boot><devices><device>network</device><device>hd</device></devices></boot></os></vm></action>"
    )
    lab.act(vm, "start", body)
    assert lab.status(vm, 5) == "up" and lab.get(vm).run_once
    lab.act(vm, "stop")
    assert lab.status(vm, 5) == "down" and not lab.get(vm).run_once
    assert [d.value for d in lab.get(vm).os.boot.devices] == ["hd"]


def test_correlation_id_is_echoed_kept_and_searchable() -> None:
    lab = Lab()
    vm = lab.vm()
    response = lab.raw("POST", f"vms/{vm.id}/start", b"<action/>", **{"Correlation-Id": "my run/1" + "x" * 40})
    given = response.headers["Correlation-Id"]
    assert given == "myrun1" + "x" * 30
    lab.clock.advance(5)
    events = lab.ask("GET", f"events?search=correlation_id%3D{given}")
    assert sorted(e.code for e in events) == [32, 153]


def test_host_gone() -> None:
    lab = Lab()
    lab.engine.faults.add("host_gone:host=host1")
    assert lab.status(lab.engine.vm("db1")) == "unknown"
    assert lab.ask("GET", "hosts?search=name%3Dhost1")[0].status == types.HostStatus.NON_RESPONSIVE
    with pytest.raises(Refused):
        lab.act(lab.engine.vm("db1"), "stop")
