# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table: what a new one holds, what an Engine reads, and many writers at once."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from ovirt_lab.engine_config import store


@pytest.mark.parametrize("version", store.LEVELS)
def test_a_new_table(tmp_path: Path, version: str) -> None:
    path = tmp_path / "below" / "options.json"
    made = store.create(path, version, {"4.1": "a=1"} if version != "4.5" else None)
    assert made == store.load(path) == json.loads(path.read_text())
    assert made["version"] == version
    assert set(made["options"]["UserDefinedVMProperties"]) == set(store.LEVELS[version])
    assert made["options"]["MaxRerunVmOnVdsCount"] == {"general": "3"}
    assert store.running_values(path).get("4.1") == ("a=1" if version != "4.5" else None)


def test_a_level_that_this_engine_does_not_store(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Engine 4\.3 stores no level 3\.6"):
        store.create(tmp_path / "options.json", "4.3", {"3.6": "a=1"})
    assert not (tmp_path / "options.json").exists()


def test_what_runs_is_what_was_stored_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    store.create(path, "4.3")
    running = store.running_values(path)
    assert store.update(path, "UserDefinedVMProperties", "4.1", "a=1")
    assert running == {"4.1": "", "4.2": "", "4.3": ""}
    assert store.running_values(path)["4.1"] == "a=1"


def test_an_update_is_no_insert(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    before = store.create(path, "4.3")
    assert not store.update(path, "UserDefinedVMProperties", "3.6", "a=1")
    assert not store.update(path, "Unknown", "general", "a=1")
    with pytest.raises(store.TooLong):
        store.update(path, "UserDefinedVMProperties", "4.1", "x" * 4001)
    assert store.load(path) == before
    assert store.update(path, "UserDefinedVMProperties", "4.1", "x" * 4000)


def _writer(path: Path, level: str) -> None:
    for number in range(50):
        assert store.update(path, "UserDefinedVMProperties", level, f"a={number}")


def test_writers_at_once_do_not_undo_each_other(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    store.create(path, "4.3")
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_writer, args=(path, level)) for level in store.LEVELS["4.3"]]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert len(store.running_values(path)) == 3
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert store.running_values(path) == dict.fromkeys(store.LEVELS["4.3"], "a=49")
