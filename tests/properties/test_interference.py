# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Others at the same time, processes that are killed, and an engine-config that does not do what it says.

The calls for one level are: 1 all levels, 2 the level again, 3 the write, 4 the level once more.
"""

from __future__ import annotations

import fcntl
import itertools
import multiprocessing
import signal
from typing import Any

import pytest
from hypothesis import settings

from tests.properties.engine_machine import EngineMachine

KEY = "UserDefinedVMProperties"
MERGE = f"$real -m {KEY}=other$number=x --cver=4.1 > /dev/null"
#: Each starts engine-config five times, and `make test-all` has the time for many.
RUNS = 100 if settings.get_current_profile_name() == "thorough" else 30


def _admin(engine: EngineMachine, name: str, failures: Any) -> None:
    for number in range(RUNS):
        # What was set two runs ago is taken out again, all but every tenth.
        gone = {f"{name}{number - 2}": None} if number >= 2 and number % 10 else {}
        answer = engine({f"{name}{number}": "x", **gone})
        if answer.failed or not answer.changed:
            failures.put(answer.text)


@pytest.mark.timeout(400)
def test_two_admins_at_once(engine: EngineMachine) -> None:
    """Their runs come interleaved as it happens: no key of anybody is lost, and none comes back."""
    context = multiprocessing.get_context("fork")
    failures = context.Queue()
    admins = [context.Process(target=_admin, args=(engine, name, failures)) for name in ("ours", "theirs")]
    for admin in admins:
        admin.start()
    for admin in admins:
        admin.join(380)
    assert failures.empty(), failures.get()
    assert [admin.exitcode for admin in admins] == [0, 0]
    stay = [number for number in range(RUNS) if number >= RUNS - 2 or (number + 2) % 10 == 0]
    pieces = engine.values()["4.1"].removesuffix(";").split(";")
    assert pieces[0] == "sap=^.*$"
    assert sorted(pieces[1:]) == sorted(f"{name}{number}=x" for name in ("ours", "theirs") for number in stay)
    assert len(engine.writes) == 2 * RUNS
    # New keys come last, so the last one tells whose write it was.
    whose = ["ours" in write.rpartition(";")[0].rpartition(";")[2] for write in engine.writes]
    turns = sum(one != other for one, other in itertools.pairwise(whose))
    assert turns > RUNS // 5, "they have hardly met"


@pytest.mark.parametrize("call", [2, 4])
def test_a_change_by_hand_is_seen_and_kept(engine: EngineMachine, call: int) -> None:
    engine.interfere(f"[ $number = {call} ] && {MERGE}")
    answer = engine({"a": "1"})
    assert answer.changed, answer.msg
    assert answer.data["levels"]["4.1"]["after"] == {"sap": "^.*$", f"other{call}": "x", "a": "1"}
    assert sorted(engine.values()["4.1"].strip(";").split(";")) == sorted(["sap=^.*$", f"other{call}=x", "a=1"])


def test_a_value_overwritten_by_hand_is_merged_into(engine: EngineMachine) -> None:
    """Somebody else's -s after our write: theirs stays, and ours comes back."""
    engine.interfere(f"[ $number = 4 ] && $real -s {KEY}=b=2 --cver=4.1")
    answer = engine({"a": "1"})
    assert answer.changed, answer.msg
    assert engine.values()["4.1"] == "b=2;a=1"
    assert "b=2" in engine.kept[-1].read_text()


def test_what_somebody_else_did_meanwhile_is_not_written_again(engine: EngineMachine) -> None:
    engine.interfere(f"[ $number = 2 ] && $real -m {KEY}=a=1 --cver=4.1")
    answer = engine({"a": "1"})
    assert not answer.failed, answer.msg
    assert not answer.changed
    assert engine.writes == []
    assert engine.kept == []


def test_a_value_that_never_rests(engine: EngineMachine) -> None:
    """Given up after some rounds; nothing of the other is lost."""
    engine.interfere(f'case "$2" in -g|{KEY}) case "$*" in *cver*) {MERGE} ;; esac ;; esac')
    answer = engine({"a": "1"})
    assert "have changed 5 times" in answer.msg
    assert engine.writes == []
    assert engine.kept == []
    found = engine.values()["4.1"].strip(";").split(";")
    assert len(found) == 1 + 5
    assert not answer.data["changed"]


def test_a_list_that_says_other_than_the_level_alone(engine: EngineMachine) -> None:
    engine.interfere(f'[ "$#" = 2 ] && echo "{KEY}: b=2 version: 4.1" && exit 0')
    answer = engine({"a": "1"})
    assert "differently with --cver and without" in answer.msg
    assert engine.values()["4.1"] == "sap=^.*$;"


@pytest.mark.parametrize(
    "script", ['$real "$@"; exit 1', "$real \"$@\"; echo 'NullPointerException'; exit 7", '$real "$@"; sleep 30']
)
def test_done_though_it_says_otherwise(engine: EngineMachine, script: str) -> None:
    engine.interfere(f"[ $number = 3 ] && {{ {script}; }}")
    answer = engine({"a": "1"}, timeout=2)
    assert answer.changed, answer.msg
    assert engine.values()["4.1"] == "sap=^.*$;a=1;"


@pytest.mark.parametrize("code", [0, 1])
def test_not_done_whatever_it_says(engine: EngineMachine, code: int) -> None:
    engine.interfere(f"[ $number = 3 ] && echo 'Cannot set it today.' && exit {code}")
    answer = engine({"a": "1"})
    assert "level 4.1: engine-config did not write the value: Cannot set it today. (levels written before: none)" in (
        answer.msg
    )
    assert answer.data["changed"] is False
    assert answer.data["backup"] is None
    assert engine.kept == []
    assert answer.data["restart_pending"] is False


def test_a_failure_at_the_second_of_three_levels(engine: EngineMachine) -> None:
    engine.interfere('case "$*" in "-s "*--cver=4.2) echo "ERROR: deadlock detected"; exit 1 ;; esac')
    answer = engine({"a": "1"}, "4.1", "4.2", "4.3")
    assert "level 4.2: engine-config did not write the value: ERROR: deadlock detected" in answer.msg
    assert "(levels written before: 4.1)" in answer.msg
    assert {level: part["changed"] for level, part in answer.data["levels"].items()} == {
        "4.1": True,
        "4.2": False,
        "4.3": False,
    }
    assert answer.data["restart_pending"] is True
    assert engine.values() == {"4.1": "sap=^.*$;a=1;", "4.2": "", "4.3": ""}
    assert "--cver=4.2" not in engine.kept[0].read_text()
    engine.leave()
    answer = engine({"a": "1"}, "4.1", "4.2", "4.3")
    assert {level: part["changed"] for level, part in answer.data["levels"].items()} == {
        "4.1": False,
        "4.2": True,
        "4.3": True,
    }
    assert set(engine.values().values()) == {"sap=^.*$;a=1;", "a=1"}


@pytest.mark.parametrize(("call", "written"), [(2, False), (3, False), (4, True)])
def test_killed_and_run_again(engine: EngineMachine, call: int, written: bool) -> None:
    engine.interfere(f"[ $number = {call} ] && kill -9 $PPID && exit 9")
    assert engine.killed({"a": "1"}) == -signal.SIGKILL
    assert engine.values()["4.1"] == ("sap=^.*$;a=1;" if written else "sap=^.*$;")
    engine.leave()
    answer = engine({"a": "1"})
    assert answer.changed is not written, answer.msg
    assert answer.data["restart_pending"] is True
    assert engine.values()["4.1"] == "sap=^.*$;a=1;"
    assert not engine({"a": "1"}).changed
    assert "sap=^.*$;' --cver=4.1" in engine.kept[0].read_text()


def test_another_run_that_does_not_end(engine: EngineMachine) -> None:
    assert engine({"a": "1"}).changed
    with open(engine.backups / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = engine({"a": "2"}, timeout=1)
        assert "is locked: another run has been changing the properties for 1 s" in answer.msg
        assert not engine({"a": "1"}, timeout=1).failed
    assert engine({"a": "2"}).changed
