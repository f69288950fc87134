# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module against the stand-in engine-config: what it writes, tells, keeps and refuses."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import Any

import pytest

from tests.properties.engine_machine import EngineMachine

SET = {"containerType": "docker", "containerImage": "[a-z]+"}


def test_a_level_is_written_once(engine: EngineMachine) -> None:
    answer = engine(SET)
    assert answer.changed, answer.msg
    assert engine.values() == {"4.1": "sap=^.*$;containerImage=[a-z]+;containerType=docker;", "4.2": "", "4.3": ""}
    assert engine.writes == [
        "engine-config -s UserDefinedVMProperties=sap=^.*$;containerImage=[a-z]+;containerType=docker; --cver=4.1"
    ]
    assert answer.data["levels"] == {
        "4.1": {
            "before": {"sap": "^.*$"},
            "after": {"sap": "^.*$", **SET},
            "stored": "sap=^.*$;containerImage=[a-z]+;containerType=docker;",
            "changed": True,
        },
    }
    assert answer.data["diff"] == {
        "before": "4.1 sap=^.*$\n",
        "after": "4.1 sap=^.*$\n4.1 containerImage=[a-z]+\n4.1 containerType=docker\n",
    }
    assert answer.data["restart_pending"] is True


def test_every_call_that_could_ask_names_a_version(engine: EngineMachine) -> None:
    engine(SET)
    calls = [line for line in engine.machine.asked if line.startswith("engine-config")]
    assert calls[0] == "engine-config -g UserDefinedVMProperties"
    assert all(line.endswith(" --cver=4.1") for line in calls[1:])
    assert len(calls) == 4


def test_all_levels_without_any_named(engine: EngineMachine) -> None:
    answer = engine({"containerType": "docker"}, cluster_levels=None)
    assert list(answer.data["levels"]) == ["4.1", "4.2", "4.3"]
    assert set(engine.values().values()) == {"sap=^.*$;containerType=docker;", "containerType=docker"}


def test_levels_that_are_as_they_should_be_are_not_written(engine: EngineMachine) -> None:
    engine(SET, "4.2")
    answer = engine(SET, "4.1", "4.2")
    assert {level: part["changed"] for level, part in answer.data["levels"].items()} == {"4.1": True, "4.2": False}
    assert len(engine.writes) == 2


def test_null_and_absent_take_out(engine: EngineMachine) -> None:
    engine(SET)
    answer = engine({"containerType": None, "sap": "x"})
    assert answer.data["levels"]["4.1"]["after"] == {"sap": "x", "containerImage": "[a-z]+"}
    answer = engine({"containerImage": "whatever", "sap": None}, state="absent")
    assert answer.data["levels"]["4.1"]["after"] == {}
    assert engine.values()["4.1"] == ""


def test_a_double_that_merging_left_is_made_one(engine: EngineMachine) -> None:
    engine.put("4.1", "sap=1;containerType=old;sap=2;containerType=docker")
    answer = engine({"containerType": "docker"})
    assert answer.changed
    assert engine.values()["4.1"] == "sap=1;containerType=docker;sap=2"
    assert answer.data["levels"]["4.1"]["before"] == {"sap": "2", "containerType": "docker"}


@pytest.mark.parametrize("value", ["sap=é€𝒳", "sap=a\nb=c\n", "sap=' \"$HOME\\", "sap= x version: 4.2", "sap=?"])
def test_foreign_bytes_stay(engine: EngineMachine, value: str) -> None:
    engine.put("4.1", value)
    answer = engine({"containerType": "docker"})
    assert answer.changed, answer.msg
    assert engine.values() == {"4.1": value + ";containerType=docker", "4.2": "", "4.3": ""}
    assert not engine({"containerType": "docker"}).changed


def test_without_a_utf8_locale_only_what_is_surely_ascii_is_written(engine: EngineMachine) -> None:
    engine.machine.says("locale -a", "C\nPOSIX\n")
    assert engine({"containerType": "docker"}).changed
    for value, properties in [("sap=é", {"a": "1"}), ("sap=?", {"a": "1"}), ("", {"a": "é"})]:
        engine.put("4.2", value)
        answer = engine(properties, "4.2")
        assert "no UTF-8 locale" in answer.msg
        assert engine.values()["4.2"] == value
        assert not engine({"b": None}, "4.2").changed


def test_the_backup_leads_back(engine: EngineMachine) -> None:
    before = "sap='é' $x"
    engine.put("4.1", before)
    answer = engine(SET, "4.1", "4.2")
    (backup,) = engine.kept
    assert answer.data["backup"] == f"/var/lib/ovirt-containers/engine-config/{backup.name}"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert stat.S_IMODE((engine.backups / "lock").stat().st_mode) == 0o600
    assert stat.S_IMODE(engine.backups.stat().st_mode) == 0o700
    path = f"{engine.machine.bin}:{os.defpath}"
    subprocess.run(["/bin/sh", backup], check=True, env={"PATH": path}, stdin=subprocess.DEVNULL)
    assert engine.values() == {"4.1": before, "4.2": "", "4.3": ""}


def test_every_run_keeps_a_backup_of_its_own(engine: EngineMachine) -> None:
    for number in range(4):
        engine({"a": str(number)})
    assert len(engine.kept) == 4
    texts = [path.read_text() for path in engine.kept]
    assert len(set(texts)) == 4


def test_a_restart_is_pending_until_there_was_one(engine: EngineMachine) -> None:
    assert engine({}).data["restart_pending"] is False
    assert engine(SET, check=True).data["restart_pending"] is True
    assert engine.kept == []
    assert engine(SET).data["restart_pending"] is True
    assert engine(SET).data["restart_pending"] is True
    engine.machine.engine_runs(0)
    assert engine(SET).data["restart_pending"] is False
    engine.machine.engine_runs(50, "inactive")
    assert engine(SET).data["restart_pending"] is False
    engine.machine.says("systemctl show *", code=1)
    assert engine(SET).data["restart_pending"] is None
    engine.machine.says("systemctl show *", "Id=ovirt-engine.service\nLoadState=not-found\nActiveState=inactive\n")
    assert engine(SET).data["restart_pending"] is None


def test_notes_tell_what_is_read_differently(engine: EngineMachine) -> None:
    answer = engine({"a": "\\d+", "b": "[0-9]+"})
    assert answer.data["notes"] == ["a: \\d is 0 to 9 in Java; Python takes other digits too"]


@pytest.mark.parametrize(
    ("properties", "args", "told"),
    [
        (SET, {"cluster_levels": ["4.9"]}, "no level 4.9; name some of 4.1, 4.2, 4.3"),
        (SET, {"cluster_levels": []}, "no level without a name"),
        ({"a-b": "x"}, {}, 'properties: "a-b" cannot be the name'),
        ({"a": 1}, {}, "pattern of a is not a text"),
        ({"a": True}, {}, "pattern of a is not a text"),
        ({"a": "x;y"}, {}, "cannot be escaped"),
        ({"a": "(x"}, {}, "not closed"),
        ({"a": ""}, {}, "is empty"),
        ({"vhost": "x"}, {}, "itself defines vhost at level 4.1"),
        ({"hugepages": "x"}, {"cluster_levels": None}, "itself defines hugepages at level 4.2"),
        ({"a": "x" * 4000}, {}, "would have 4012 characters"),
    ],
)
def test_bad_input(engine: EngineMachine, properties: Any, args: dict[str, Any], told: str) -> None:
    before = engine.values()
    for check in (True, False):
        answer = engine(properties, check=check, **args)
        assert answer.failed
        assert told in answer.msg
        assert "\n" not in answer.msg
    assert engine.values() == before
    assert engine.writes == engine.kept == []


@pytest.mark.parametrize("value", ["sap", "a=1;;b=2", "a-b=1", ";"])
def test_a_malformed_value_is_left_alone(engine: EngineMachine, value: str) -> None:
    engine.put("4.2", value)
    answer = engine(SET, "4.1", "4.2")
    assert "level 4.2: the stored value is malformed" in answer.msg
    assert engine.values() == {"4.1": "sap=^.*$;", "4.2": value, "4.3": ""}
    assert not engine(SET, "4.1").failed


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "echo Connection to the Database failed.; exit 1",
            "does not print UserDefinedVMProperties: Connection to the",
        ),
        ("echo warning >&2; echo broken; exit 1", "broken warning"),
        ("exit 3", "exit code 3"),
        ("exit 0", 'printed ""'),
        ("echo Hello; exit 0", 'printed "Hello"'),
        ("echo 'UserDefinedVMProperties: a=1 version: general'; exit 0", 'printed "a=1 version: general"'),
        ("printf 'UserDefinedVMProperties: a=1 version: 4.1'; exit 0", "printed"),
        ("printf 'UserDefinedVMProperties: a=\\377 version: 4.1\\n'; exit 0", "not UTF-8"),
        ("exec sleep 30", "no end after 1 s"),
        ("yes; exit 0", "no end after 1 s"),
    ],
)
def test_an_engine_config_that_fails(engine: EngineMachine, script: str, told: str) -> None:
    before = engine.values()
    engine.interfere(script)
    answer = engine(SET, timeout=1)
    assert told in answer.msg
    assert engine.values() == before
    assert engine.writes == engine.kept == []


def test_without_engine_config(engine: EngineMachine) -> None:
    (engine.machine.bin / "engine-config").unlink()
    answer = engine(SET)
    assert "engine-config: command not found" in answer.msg
    assert "the Engine's own machine" in answer.msg


def test_a_directory_that_cannot_be_made(engine: EngineMachine) -> None:
    engine.machine.file("/var/lib/ovirt-containers", "a file")
    answer = engine(SET)
    assert "so nothing is changed" in answer.msg
    assert engine.writes == []
