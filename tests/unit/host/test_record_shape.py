# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that somebody has edited or a disk has damaged: whatever is in them, the answer is a sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import (
    actions,
    changes,
    late,
    records,
    way_back,
)
from hypothesis import settings

from tests.host_tier.machine import Machine
from tests.support.modules import run_module
from tests.support.samples import sample
from tests.unit.host import runs
from tests.unit.host.conftest import On
from tests.unit.host.runs import CONFIG, RECORDS, docker_comes, record, run

WRONG: list[Any] = [None, 7, -1.5, "x", "\0", True, [], {}, ["x"], [None], {"a": 1}, float("nan"), 10**400]


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = runs.quiet(on, monkeypatch)
    run("begun", drained=True, stopped_vms=["c1"])
    run("taken", name="docker")
    docker_comes(machine)
    run("sealed", name="docker")
    run("taken", probe=True)
    return machine


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in it, of lists the first entries."""
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*place, key))


def damaged(record: Any) -> Iterator[Any]:
    """The record with each place in turn replaced, or gone; every day with some of its places."""
    worth = [place for place in places(record) if place and not (place[1:2] == ("rules",) and len(place) > 4)]
    for place in sample(worth):
        for new in [*WRONG, "gone"]:
            wrong = copy.deepcopy(record)
            part = wrong
            for key in place[:-1]:
                part = part[key]
            if new == "gone":
                del part[place[-1]]
            else:
                part[place[-1]] = new
            yield wrong


def used(record: Any) -> None:
    """What is done with a record that was read, apart from what the host answers."""
    now = copy.deepcopy(record["baseline"]) if record["baseline"] else None
    if now is None:
        return
    for own in (changes.change(record["baseline"], now, late=True), record["own"]):
        both = changes.together(record["own"], own, now)
        steps, _kept = way_back.way_back(both, dict(now, held={}, in_use="", unseen={}), {CONFIG: ["a"]}, discard=True)
        assert all(way_back.sentence(step) for step in steps)
        late.ours(both, now, {}, [own], {})
    changes.differences(record["baseline"], now)


def test_whatever_is_in_it(machine: Machine) -> None:
    good = record(machine)
    good["own"] = record(machine, "docker")["own"]
    path = machine.root / RECORDS / "x.json"
    refused = []
    for wrong in damaged(good):
        path.write_text(json.dumps(wrong))
        try:
            used(records.read(str(path)))
        except HostError as problem:
            refused.append(str(problem))
    assert len(refused) > 5 * settings().max_examples
    assert [sentence for sentence in refused if "x.json is damaged (" not in sentence] == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda r: r["own"].update(files=7), "own.files is not an object"),
        (lambda r: r["safety"].pop("vms"), "safety lacks vms"),
        (
            lambda r: r["own"]["services"].update({"docker.service": "x"}),
            "own.services.docker.service is not an object",
        ),
        (lambda r: r["engine"].pop("drained"), "engine lacks drained"),
        (lambda r: r["about"][0].append("etc"), "about.0.1 is not a path"),
        (lambda r: r["baseline"]["trees"].update({"\ud800": "x"}), "baseline.trees is not a path"),
        (lambda r: r["others"]["/a"].update(own=[]), "others./a.own is not an object"),
    ],
)
@pytest.mark.parametrize("state", ["recovered", "rolled_back", "restored", "begun"])
def test_the_place_is_named(machine: Machine, state: str, wrong: Any, why: str) -> None:
    content = record(machine)
    content["others"] = {"/a": record(machine, "docker")}
    wrong(content)
    runs.noted(machine, content)
    answer = run(state)
    assert answer.failed
    assert f"x.json is damaged ({why})" in answer.msg
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("text", ["[" * 100000, '{"a":' * 100000])
def test_a_deep_one(machine: Machine, text: str) -> None:
    machine.file(f"/{RECORDS}/x.json", text)
    assert "x.json is damaged (deeper than Python can follow)" in run("recovered").msg
    under_way = run_module("container_host_info", {}).data["container_host"]["under_way"]
    assert "x.json is damaged" in under_way["x"]["problem"]


def test_a_deep_file_of_json_is_kept(machine: Machine) -> None:
    machine.file(CONFIG, "[" * 100000)
    answer = run("restored", name="docker", json_keys={CONFIG: ["ip-forward"]})
    assert f"{CONFIG} is kept: somebody else has changed it since" in answer.data["kept"]


def test_a_copy_is_named_with_its_file(machine: Machine) -> None:
    copied = machine.root / RECORDS / "x (copy).json"
    copied.write_text((machine.root / RECORDS / "x.json").read_text())
    under_way = run_module("container_host_info", {}).data["container_host"]["under_way"]
    assert under_way["x (copy)"]["problem"].endswith(
        "x (copy).json cannot be a record of a run, by its name; move it away"
    )
    assert "x" in under_way


def test_records_of_the_version_before_are_read(machine: Machine) -> None:
    older = record(machine)
    for key in ("boot", "uptime", "runs", "json_keys"):
        older.pop(key, None)
    older["own"].pop("rules")
    runs.noted(machine, older)
    assert records.read(str(machine.root / RECORDS / "x.json"))["runs"] == [runs.FIRST]
    assert not run("rolled_back").failed


def test_a_step_that_no_command_line_carries_is_a_problem(machine: Machine) -> None:
    problems = actions.undo_all(Host(), [{"do": "stop", "unit": "a\0b"}, {"do": "remove tree", "path": "/nowhere"}])
    assert [problem.partition(":")[0] for problem in problems] == [
        "Could not stop a\0b",
        "Could not delete the directory /nowhere",
    ]
