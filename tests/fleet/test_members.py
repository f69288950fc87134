# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose VMs a fleet may remove: those that it made, which its tag tells, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from ovirtsdk4 import types

from tests.fleet.conftest import Harbour, numbered, result_of
from tests.support.containers import assert_one_sentence, by_hand


def strangers(harbour: Harbour) -> list[str]:
    """Container VMs of a person and of another fleet, with names as if they were ours."""
    harbour.fleet({"name": "web-8"}, {"name": "other", "count": 2}, fleet="other")
    by_hand(harbour, "web-9")
    by_hand(harbour, "cache")
    return ["cache", "other-1", "other-2", "web-8", "web-9"]


def test_prune_removes_what_the_fleet_made_and_nothing_else(harbour: Harbour) -> None:
    there = strangers(harbour)
    harbour.fleet("one", "two", "three", fleet="shop")
    answer = harbour.fleet("two", fleet="shop", prune=True)
    assert not answer.failed, answer.msg
    assert harbour.names() == sorted([*there, "two"])
    assert result_of(answer, "one")["status"] == "absent"
    assert answer.data["totals"]["remove"] == 2
    emptied = harbour.fleet(fleet="shop", prune=True)
    assert not emptied.failed, emptied.msg
    assert harbour.names() == there


def test_without_prune_nothing_is_removed(harbour: Harbour) -> None:
    harbour.fleet("one", "two", fleet="shop")
    answer = harbour.fleet("two", fleet="shop")
    assert not answer.changed
    assert harbour.names() == ["one", "two"]


def test_count_down_takes_the_highest_numbers_that_the_fleet_made(harbour: Harbour) -> None:
    there = strangers(harbour)
    harbour.fleet({"name": "web", "count": 7}, {"name": "web2", "count": 1}, fleet="shop")
    answer = harbour.fleet({"name": "web", "count": 4}, fleet="shop")
    assert not answer.failed, answer.msg
    assert harbour.names() == sorted([*there, *numbered(4), "web2-1"])
    removed = [entry["name"] for entry in answer.data["container_vms"] if entry["actions"] == ["stop", "remove"]]
    assert removed == ["web-7", "web-6", "web-5"]
    assert not harbour.fleet({"name": "web", "count": 0}, fleet="shop").failed
    assert harbour.names() == sorted([*there, "web2-1"])


def test_what_a_person_made_is_managed_when_listed_and_never_removed(harbour: Harbour) -> None:
    by_hand(harbour, "web-2")
    answer = harbour.fleet({"name": "web", "count": 3}, fleet="shop")
    assert not answer.failed, answer.msg
    assert harbour.running() == numbered(3)
    assert harbour.images()["web-2"] == "redis:7.2"
    assert [harbour.tags(name) for name in numbered(3)] == [["container-fleet-shop"], [], ["container-fleet-shop"]]
    harbour.fleet(fleet="shop", prune=True)
    assert harbour.names() == ["web-2"]


def test_foreign_tags_and_an_ordinary_vm_with_our_tag_survive(harbour: Harbour) -> None:
    harbour.fleet("one", fleet="shop")
    ordinary, mine = harbour.engine.vm("db1"), harbour.engine.vm("one")
    harbour.engine.add("tags", types.Tag(name="billing"))
    harbour.engine.add(f"vms/{mine.id}/tags", types.Tag(name="billing"))
    harbour.engine.add(f"vms/{ordinary.id}/tags", types.Tag(name="container-fleet-shop"))
    harbour.fleet({"name": "one", "description": "changed"}, fleet="shop")
    assert harbour.tags("one") == ["billing", "container-fleet-shop"]
    harbour.fleet(fleet="shop", prune=True)
    assert [vm.name for vm in harbour.engine.vms()] == ["db1"]


def test_tags_below_ours_are_refused_before_anything_is_removed(harbour: Harbour) -> None:
    """The Engine's search finds VMs by tags below a tag (TagsDirector.java), and their VMs are not ours."""
    harbour.fleet("one", "two", fleet="shop")
    parent = harbour.engine.store.named("tags", "container-fleet-shop")
    harbour.engine.add("tags", types.Tag(name="favourites", parent=types.Tag(id=parent.id)))
    stranger = by_hand(harbour, "precious")
    harbour.engine.add(f"vms/{stranger.id}/tags", types.Tag(name="favourites"))
    answer = harbour.fleet("one", fleet="shop", prune=True)
    assert "its tag container-fleet-shop has tags below it (favourites)" in answer.msg
    assert harbour.names() == ["one", "precious", "two"]


def test_a_fleet_whose_name_begins_like_another_is_another(harbour: Harbour) -> None:
    harbour.fleet("one", fleet="a")
    harbour.fleet("two", fleet="a-b")
    harbour.fleet(fleet="a", prune=True)
    assert harbour.names() == ["two"]


def test_what_was_made_and_not_tagged_is_known_by_its_correlation_id(harbour: Harbour) -> None:
    """As after a run that was killed in between; a VM that another fleet made without coming to tag it is not ours."""
    harbour.fleet("one", "two", fleet="a-b")
    for name in ("one", "two"):
        for tag in list(harbour.engine.store.list(f"vms/{harbour.engine.vm(name).id}/tags")):
            harbour.engine.store.remove(f"vms/{harbour.engine.vm(name).id}/tags", tag.id)
    assert result_of(harbour.fleet("two", fleet="a"), "two")["actions"] == []
    answer = harbour.fleet("one", fleet="a-b")
    assert result_of(answer, "one")["actions"] == ["tag"]
    harbour.fleet(fleet="a-b", prune=True)
    assert harbour.names() == ["two"]


def test_a_protected_vm_is_refused_before_anything_is_removed(harbour: Harbour) -> None:
    harbour.fleet("one", "two", fleet="shop")
    harbour.engine.vm("two").delete_protected = True
    harbour.engine.store.touch(harbour.engine.vm("two"))
    answer = harbour.fleet(fleet="shop", prune=True)
    assert "two: it is protected against deletion" in answer.msg
    assert harbour.writes == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"prune": True}, "prune needs a fleet"),
        ({"containers": [{"name": "web", "count": 2}]}, "count of web needs a fleet"),
        ({"containers": [{"name": "web", "count": -1}], "fleet": "shop"}, "web: count is -1; 0 to 10000 is needed"),
        ({"containers": [{"name": "one"}, {"name": "one"}]}, "one: it is listed more than once"),
        (
            {"containers": [{"name": "web", "count": 2}, {"name": "web-2"}], "fleet": "shop"},
            "web-2: it is listed more than once",
        ),
        ({"fleet": "of ships"}, "fleet 'of ships' is not a fleet name"),
        ({"fleet": "x" * 21}, "1 to 20 ASCII letters"),
        ({"parallel": 0}, "parallel is 0; 1 to 100 is needed"),
        ({"batch": 0}, "batch is 0; 1 or more is needed"),
        (
            {"containers": [{"name": "a", "image": "UPPER"}, {"name": "b", "memory": "2"}]},
            "a: image 'UPPER'.*b: memory",
        ),
        ({"containers": [{"name": "w" * 63, "count": 10}], "fleet": "shop"}, "is not a VM name"),
        ({"containers": [{"name": "a", "ports": ["80:80"]}]}, "a: runtime vdsm cannot honour ports"),
        ({"containers": [{"name": "a", "cluster": "Nope"}, {"name": "b"}]}, "a: cluster 'Nope' does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_first_change(
    harbour: Harbour, args: dict[str, Any], told: str
) -> None:
    given = {"containers": [{"name": "fine"}], **args}
    containers = given.pop("containers")
    answer = harbour.fleet(*containers, **given)
    assert answer.failed
    assert_one_sentence(answer.msg, told)
    assert harbour.writes == []


def test_defaults_are_what_an_entry_does_not_say(harbour: Harbour) -> None:
    answer = harbour.fleet(
        {"name": "one"},
        {"name": "two", "state": "running", "networks": [], "memory": "128MiB"},
        defaults={"state": "present", "networks": ["backend"], "description": "of all"},
    )
    assert not answer.failed, answer.msg
    assert (result_of(answer, "one")["status"], result_of(answer, "one")["networks"]) == ("down", ["backend/backend"])
    assert (result_of(answer, "two")["memory"], result_of(answer, "two")["networks"]) == ("128MiB", [])
    assert result_of(answer, "two")["description"] == "of all"
    assert harbour.running() == ["two"]
