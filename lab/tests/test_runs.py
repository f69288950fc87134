# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a VM: what of it is state, is saved, and goes on after it was loaded."""

from __future__ import annotations

import json
from pathlib import Path

from client import Lab
from ovirtsdk4 import types

from ovirt_lab.engine import Engine, ManualClock
from ovirt_lab.engine.notes import Ending, Run


def test_a_run_is_plain_values_and_comes_back() -> None:
    run = Run(3, "<vm/>", "nothing", True, ["h1", "h2"], True, "id", "admin", Ending.SHUTDOWN, True, 7.5)
    saved = json.loads(json.dumps(run.plain()))
    assert (saved["run"], saved["wishes"], saved["tried"]) == (3, "shutdown", ["h1", "h2"])
    assert not [name for name in vars(Run()) if getattr(run, name) == getattr(Run(), name)], "all of it is tried"
    note = {"agent": True, **saved}
    assert Run.take(note) == run and note == {"agent": True}
    assert Run.take(note) == Run() and Run().plain() == {}
    assert run.over() == Run(4)


def test_a_run_once_goes_on_after_it_was_loaded(tmp_path: Path) -> None:
    lab = Lab()
    vm = lab.vm()
    body = "<action><vm><memory>1073741824</memory><memory_policy><max>2147483648</max></memory_policy></vm></action>"
    lab.act(vm, "start", body)
    before = lab.engine.state()
    (note,) = [note for key, note in before["notes"].items() if key == f"vms/{vm.id}"]
    assert note["user"] == "admin@internal" and "1073741824" in note["config"]
    assert note["tried"] == [lab.engine.vm("web").host.id]
    assert json.loads(json.dumps(before)) == before, "plain data"
    lab.engine.save(tmp_path / "state")
    lab.engine = Engine.load(tmp_path / "state", lab.clock)
    assert lab.engine.state() == before
    assert lab.status(vm, 60) == "up" and lab.get(vm).run_once
    lab.act(vm, "shutdown")
    lab.engine.save(tmp_path / "state")
    lab.engine = Engine.load(tmp_path / "state", lab.clock)
    assert lab.engine.store.run(lab.engine.vm("web")).wishes is Ending.SHUTDOWN
    assert lab.status(vm, 60) == "down" and not lab.engine.store.run(lab.engine.vm("web")).config
    said = [event.description for event in lab.engine.store.list("events") if event.code == 61]
    assert said and "User shut down from within the guest" not in said[-1] and "Exit message" in said[-1]


def test_a_run_is_saved_in_the_note_of_its_vm(tmp_path: Path) -> None:
    """As every lab has saved it, by the same names, so that each reads what another one wrote."""
    lab = Lab()
    vm = lab.run(lab.container())
    lab.engine.save(tmp_path / "state")
    note = json.loads((tmp_path / "state").read_text(encoding="utf-8"))["notes"][f"vms/{vm.id}"]
    of_the_run = {"run", "container", "tried", "user", "correlation", "initialize"}
    assert set(note) == of_the_run | {"initialized", "starts"} and note["container"] is True
    again = Engine.load(tmp_path / "state", ManualClock())
    assert again.store.run(again.vm("web")).container
    assert set(again.store.note(again.vm("web"))) == {"initialized", "starts"}


def test_nothing_is_left_of_a_vm_that_is_gone() -> None:
    lab = Lab()
    vm = lab.vm("gone", os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.NETWORK])))
    lab.engine.store.run(lab.engine.vm("gone")).user = "somebody"
    lab.ask("DELETE", f"vms/{vm.id}")
    assert f"vms/{vm.id}" not in lab.engine.store.runs
