# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging custom properties while somebody else may write them too, with an engine-config that is a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._properties import merge
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._properties.grammar import PropertyError

OTHERS = "sap=^.*$;"
BOTH = "sap=^.*$;containerType=docker;"


class Config:
    """engine-config: values by level. ``before_value`` runs before each reading; ``takes`` is False for lost writes."""

    locale = "C"

    def __init__(self) -> None:
        self.stored = {"4.1": OTHERS, "4.2": ""}
        self.writes: list[str] = []
        self.before_value: Callable[[], None] = lambda: None
        self.takes = True

    def levels(self) -> list[tuple[str, str]]:
        """All levels, with their values."""
        return list(self.stored.items())

    def value(self, level: str) -> str:
        """The value of a level."""
        self.before_value()
        return self.stored[level]

    def may_write(self, *_step: str) -> None:
        """Everything may be written."""

    def write(self, level: str, value: str) -> Any:
        """Write, and answer like a command."""
        self.writes.append(level)
        if self.takes:
            self.stored[level] = value
        return SimpleNamespace(ok=self.takes, out="", err="disk full", code=1, said="disk full")


class Backups:
    """Notes which levels a backup has, and whether the lock was given back."""

    shown_path = "/backup.sh"

    def __init__(self) -> None:
        self.levels: dict[str, str] = {}
        self.locked: list[bool] = []

    def lock(self, _seconds: int) -> None:
        """Take the lock."""
        self.locked.append(True)

    def unlock(self) -> None:
        """Give it back."""
        self.locked.append(False)

    def keep(self, level: str, value: str) -> None:
        """Have a value in the backup."""
        self.levels.setdefault(level, value)

    def forget(self, level: str) -> None:
        """Have it there no more."""
        self.levels.pop(level, None)

    def touch(self) -> None:
        """A write has begun."""

    def outdated(self) -> bool:
        """The Engine knows what is stored."""
        return False


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A merge of one property into level 4.1, which has another property of somebody else."""
    params = {"properties": {"containerType": "docker"}, "state": "present", "cluster_levels": ["4.1"], "timeout": 5}
    monkeypatch.setattr(merge, "EngineConfig", lambda _host, _seconds: Config())
    monkeypatch.setattr(merge, "Backups", lambda _host, _directory, _locale: Backups())
    found = merge.Merge(Host(), {**params, "backup_directory": "/nowhere"})
    found.look()
    return found


def test_the_property_is_added_to_those_of_others(work: Any) -> None:
    work.apply()
    assert (work.config.stored["4.1"], work.config.writes) == (BOTH, ["4.1"])
    assert (work.backups.levels, work.backups.locked) == ({"4.1": OTHERS}, [True, False])
    result = work.result()
    assert (result["changed"], result["restart_pending"], list(result["levels"])) == (True, True, ["4.1"])
    assert result["diff"] == {"before": "4.1 sap=^.*$\n", "after": "4.1 sap=^.*$\n4.1 containerType=docker\n"}


def test_what_somebody_else_adds_meanwhile_stays(work: Any) -> None:
    def other() -> None:
        work.config.before_value = lambda: None
        work.config.stored["4.1"] = OTHERS + "new=1;"

    work.config.before_value = other
    work.apply()
    assert work.config.stored["4.1"] == OTHERS + "new=1;containerType=docker;"
    assert work.backups.levels == {"4.1": OTHERS + "new=1;"}


def test_it_gives_up_when_the_value_never_rests(work: Any) -> None:
    def other() -> None:
        work.config.stored["4.1"] += f"n{len(work.config.stored['4.1'])}=1;"

    work.config.before_value = other
    with pytest.raises(HostError, match=f"have changed {merge.ROUNDS} times"):
        work.apply()
    assert (work.config.writes, work.backups.levels, work.backups.locked) == ([], {}, [True, False])


def test_a_refused_write_is_in_no_backup_and_no_result(work: Any) -> None:
    work.config.takes = False
    with pytest.raises(HostError, match=r"level 4\.1: engine-config did not write the value: .*before: none"):
        work.apply()
    assert work.backups.levels == {}
    failure = work.failure()
    assert (failure["changed"], failure["levels"]["4.1"]["stored"]) == (False, OTHERS)


def test_levels_come_in_the_engines_order() -> None:
    stored = [("4.1", ""), ("4.2", ""), ("4.3", "")]
    assert merge.chosen(["4.3", "4.1"], stored) == ["4.1", "4.3"]
    assert merge.chosen(None, stored) == ["4.1", "4.2", "4.3"]


@pytest.mark.parametrize(("levels", "named"), [(["4.1", "9.9"], r"no level 9\.9"), ([], "no level without a name")])
def test_a_level_that_the_engine_does_not_store(levels: list[str], named: str) -> None:
    with pytest.raises(PropertyError, match=rf"{named}; name some of 4\.1"):
        merge.chosen(levels, [("4.1", "")])


def test_absent_takes_out_whatever_the_pattern() -> None:
    params = {"properties": {"b": "[a", "a": "x"}, "state": "absent"}
    assert merge.asked_for(params) == ([("a", None), ("b", None)], [])


def test_a_pattern_is_text() -> None:
    with pytest.raises(PropertyError, match="the pattern of a is not a text; put it in quotes"):
        merge.asked_for({"properties": {"a": 5}, "state": "present"})
