# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VMs that are no containers: a process called qemu-kvm in a unit of its own, libvirt's file, the counts."""

from __future__ import annotations

from pathlib import Path

from .host_kit import Machine, Vdsm, wait_until


def _argv(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def test_it_looks_like_qemu(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(vmName="db1", custom={})
    pid = vdsm.stats(vm_id)["pid"]
    wait_until(lambda: "-uuid" in _argv(pid))
    argv = _argv(pid)
    assert Path(argv[0]).name == "qemu-kvm"
    assert argv[argv.index("-name") + 1] == "guest=db1,debug-threads=on"
    assert argv[argv.index("-uuid") + 1] == vm_id
    assert Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == "qemu-kvm"
    assert (machine.root / "run/libvirt/qemu/db1.xml").exists()
    assert machine.calls("systemd-run")[0][1:3] == ["--unit=qemu-db1", "--slice=machine"]


def test_it_is_counted(vdsm: Vdsm) -> None:
    vdsm.create(vmName="db1", custom={})
    vdsm.create(vmName="web")
    vdsm.create(vmName="broken", maxMemSize=None)
    stats = vdsm.ask("Host.getStats")
    assert (stats["vmCount"], stats["vmActive"]) == (3, 2)
    assert len(vdsm.ask("Host.getVMList")) == 3


def test_destroy_ends_it(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={})
    assert vdsm.ask("VM.destroy", vmID=vm_id) is True
    assert vdsm.ask("Host.getVMList") == []
    assert not (machine.root / "run/libvirt/qemu/web.xml").exists()


def test_the_power_button_works(vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={})
    pid = vdsm.stats(vm_id)["pid"]
    wait_until(lambda: "-uuid" in _argv(pid))
    vdsm.ask("VM.shutdown", vmID=vm_id)
    wait_until(lambda: vdsm.manager.watch_libvirt() or vdsm.status(vm_id) == "Down")
    assert vdsm.stats(vm_id)["exitReason"] == 6


def test_a_killed_one_is_down(machine: Machine, vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={})
    machine.kill("qemu-web")
    vdsm.manager.watch_libvirt()
    assert vdsm.stats(vm_id)["exitReason"] == 7


def test_a_reboot_leaves_its_process(vdsm: Vdsm) -> None:
    vm_id = vdsm.create(custom={})
    pid = vdsm.stats(vm_id)["pid"]
    vdsm.ask("VM.shutdown", vmID=vm_id, reboot=True)
    assert vdsm.status(vm_id) == "RebootInProgress"
    assert vdsm.stats(vm_id)["pid"] == pid
