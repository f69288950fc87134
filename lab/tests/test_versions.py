# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Engine of a full version: what it shows of itself, and what only some releases of a version do."""

from __future__ import annotations

from pathlib import Path

import pytest
from client import Lab
from ovirtsdk4 import types
from test_searches import found

from ovirt_lab.engine import Engine, ManualClock
from ovirt_lab.engine.populate import assign_tag


@pytest.mark.parametrize(
    ("asked", "full", "numbers", "behaves"),
    [
        ("4.1", "4.1.9.1-1.el7.centos", (4, 1, 9), "4.1"),
        ("4.1.2.0", "4.1.2.0-1.el7.centos", (4, 1, 2), "4.1"),
        ("4.1.3", "4.1.3-1.el7.centos", (4, 1, 3), "4.1"),
        ("4.3.6.7-1.el7", "4.3.6.7-1.el7", (4, 3, 6), "4.3"),
        ("4.5.4", "4.5.4-1.el8", (4, 5, 4), "4.5"),
    ],
)
def test_product_info(asked: str, full: str, numbers: tuple[int, int, int], behaves: str) -> None:
    lab = Lab(asked)
    version = lab.ask("GET", "").product_info.version
    assert (version.full_version, (version.major, version.minor, version.build)) == (full, numbers)
    assert (lab.engine.version_text, lab.engine.version) == (behaves, numbers[:2])
    lab.run(lab.vm())


@pytest.mark.parametrize("text", ["4", "4.2", "4.2.8.2", "4.4.10", "4.1.x", "4.1.2.3.4", "", "4.1."])
def test_versions_that_the_lab_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="or a full one of these such as 4.1.2.0"):
        Engine(text)


def test_a_saved_state_keeps_the_full_version(tmp_path: Path) -> None:
    Lab("4.1.2.0").engine.save(tmp_path / "state")
    loaded = Engine.load(tmp_path / "state", ManualClock())
    assert loaded.release.full == "4.1.2.0-1.el7.centos"


@pytest.mark.parametrize(
    ("version", "finds"),
    [("4.1.1.8", True), ("4.1.2", False), ("4.1.2.3", False), ("4.1.3", False), ("4.1.3.0", False), ("4.1.3.1", True),
     ("4.1", True), ("4.3", True)],
)  # fmt: skip
def test_tags_with_an_underscore(version: str, finds: bool) -> None:
    """The names are escaped for ILIKE, but stand behind IN: commit 2328ebb6f1b."""
    lab = Lab(version)
    for host in lab.engine.store.list("hosts")[:2]:
        assign_tag(lab.engine, host, "my_tag")
    wanted = ["host1", "host2"] if finds else []
    for text in ("tag=my_tag", "tag=my_tag and name=*", "tag=my*"):
        assert found(lab, text, "hosts") == wanted
    assert found(lab, "tag=container-host", "hosts") == ["host1", "host2"]
    outer = lab.ask("POST", "tags", types.Tag(name="outer"))
    for name in ("in_ner", "inner"):
        tag = lab.ask("POST", "tags", types.Tag(name=name, parent=outer))
        lab.ask("POST", f"vms/{lab.vm(f'vm-{name}').id}/tags", types.Tag(id=tag.id))
    assert found(lab, "tag=outer") == (["vm-in_ner", "vm-inner"] if finds else ["vm-inner"])
    assert found(lab, "name=vm-in_ner") == ["vm-in_ner"]


@pytest.mark.parametrize(("version", "last"), [("4.5.3.7", "4.7"), ("4.5.7.0", "4.8"), ("4.3", "4.3")])
def test_the_highest_cluster_level(version: str, last: str) -> None:
    levels = Lab(version).ask("GET", "clusterlevels")
    assert levels[-1].id == last
