# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches are translated once, and a tag condition stands for a fixed list of names from then on (SearchQuery)."""

from __future__ import annotations

from typing import Any

import pytest
from client import AUTHORIZATION, Lab
from ovirtsdk4 import types

HOUR = 3600.0
VERSIONS = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])


def found(lab: Lab, search: str, kind: str = "vms", more: str = "") -> list[str]:
    """Names of what is found; `search` as a person writes it."""
    text = search.replace("%", "%25").replace(" ", "%20").replace("=", "%3D")
    return [obj.name for obj in lab.ask("GET", f"{kind}?search={text}{more}")]


def tagged(lab: Lab, vm: Any, name: str, **fields: Any) -> Any:
    """Make a tag and give it to a VM."""
    tag = lab.ask("POST", "tags", types.Tag(name=name, **fields))
    lab.ask("POST", f"vms/{vm.id}/tags", types.Tag(id=tag.id))
    return tag


@VERSIONS
def test_a_tag_that_was_not_there_is_not_found_for_a_day(version: str) -> None:
    lab = Lab(version)
    assert found(lab, "tag=shop") == []
    tagged(lab, lab.vm(), "shop")
    assert found(lab, "tag=shop") == []
    lab.clock.advance(24 * HOUR - 1)
    assert found(lab, "tag=shop") == []
    lab.clock.advance(1)
    assert found(lab, "tag=shop") == ["web"]


@VERSIONS
def test_nor_are_hosts(version: str) -> None:
    lab = Lab(version)
    assert found(lab, "tag=new", "hosts") == []
    lab.ask("POST", "tags", types.Tag(name="new"))
    host = lab.engine.store.named("hosts", "host1")
    lab.ask("POST", f"hosts/{host.id}/tags", types.Tag(name="new"))
    assert found(lab, "tag=new", "hosts") == []
    assert found(lab, "tag=new and name=*", "hosts") == ["host1"]


def test_every_difference_of_the_text_is_another_search() -> None:
    lab = Lab()
    assert found(lab, "tag=shop") == [] == found(lab, "tag=shop and name=web")
    tagged(lab, lab.vm(), "shop")
    assert found(lab, "tag=shop") == [] == found(lab, "tag=shop and name=web")
    assert found(lab, "tag=shop ") == ["web"]
    assert found(lab, "tag=shop", more="&max=7") == ["web"]
    assert found(lab, "tag=shop", more="&case_sensitive=true") == ["web"]
    assert found(lab, "tag=shop", more="&max=x") == []  # no number: the same as without


def test_a_star_anywhere_in_the_text_keeps_it_from_being_kept() -> None:
    lab = Lab()
    for text in ("tag=shop and name=*", "tag=sho*", "name=w* and tag=shop"):
        assert found(lab, text) == []
    tagged(lab, lab.vm(), "shop")
    for text in ("tag=shop and name=*", "tag=sho*", "name=w* and tag=shop"):
        assert found(lab, text) == ["web"]


def test_what_is_kept_are_names_not_the_vms() -> None:
    lab = Lab()
    one, two = lab.vm("one"), lab.vm("two")
    tag = tagged(lab, one, "shop")
    assert found(lab, "tag=shop") == ["one"]
    lab.ask("POST", f"vms/{two.id}/tags", types.Tag(id=tag.id))
    assert found(lab, "tag=shop") == ["one", "two"]
    lab.ask("DELETE", f"vms/{one.id}/tags/{tag.id}")
    assert found(lab, "tag=shop") == ["two"]
    lab.ask("PUT", f"tags/{tag.id}", types.Tag(name="store"))
    assert found(lab, "tag=shop") == [] and found(lab, "tag=store") == ["two"]


def test_a_child_tag_that_comes_later_is_not_among_the_names() -> None:
    lab = Lab()
    outer = lab.ask("POST", "tags", types.Tag(name="outer"))
    tagged(lab, lab.vm("old"), "inner", parent=outer)
    assert found(lab, "tag=outer") == ["old"]
    tagged(lab, lab.vm("new"), "later", parent=outer)
    assert found(lab, "tag=outer") == ["old"]
    assert found(lab, "tag=outer and name=*") == ["old", "new"]
    assert found(lab, "tag=inner") == ["old"]


def test_other_searches_are_always_up_to_date() -> None:
    lab = Lab()
    for text in ("name=web", "cluster=Default and name=web", "web"):
        assert found(lab, text) == []
    lab.vm()
    for text in ("name=web", "cluster=Default and name=web", "web"):
        assert found(lab, text) == ["web"]
    assert lab.ask("GET", "events?search=event_vm%3Dlater") == []
    lab.vm("later")
    assert len(lab.ask("GET", "events?search=event_vm%3Dlater")) == 1


def test_a_restarted_engine_has_forgotten_them() -> None:
    lab = Lab()
    assert found(lab, "tag=shop") == []
    tagged(lab, lab.vm(), "shop")
    assert found(lab, "tag=shop") == []
    lab.engine.faults.add("restart:seconds=1:match=GET .*/events")
    lab.engine.handle("GET", "/ovirt-engine/api/events", {"Authorization": AUTHORIZATION}, b"")
    lab.clock.advance(2)
    assert found(lab, "tag=shop") == ["web"]
