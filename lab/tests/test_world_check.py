# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mistake in a world is one sentence that names the entry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from client import Lab

from ovirt_lab.engine import __main__ as command
from ovirt_lab.engine import populate, world, world_check

HOST = {"name": "h1", "cluster": "Default"}


@pytest.mark.parametrize(
    ("mistake", "text"),
    [({"hosts": [{"name": "h1", "clutser": "X"}]}, "world: hosts: h1: unknown key clutser; known are name, cluster"),
     ({"vms": [{"nme": "x"}]}, "world: vms: entry 1: unknown key nme; known are name"),
     ({"vms": [{"name": "a"}, {"cluster": "Default"}]}, "world: vms: entry 2 has no name"),
     ({"vms": [{"name": ""}]}, "name is '', but a text is needed"),
     ({"vms": [{"name": 5}]}, "world: vms: 5: name is 5, but a text is needed"),
     ({"vms": ["web"]}, "world: vms: entry 1 is 'web', but a mapping with a name is needed"),
     ({"vms": {"name": "web"}}, "world: vms is {'name': 'web'}, but a list of entries is needed"),
     ({"vms": [{"name": "web", "disk": "large"}]}, "world: vms: web: disk is 'large', but a number is needed"),
     ({"vms": [{"name": "web", "tags": "shop"}]}, "web: tags is 'shop', but a list of texts is needed"),
     ({"vms": [{"name": "web", "nics": [1]}]}, "web: nics is [1], but a list of texts is needed"),
     ({"vms": [{"name": "web", "status": "upp"}]}, "web: status is 'upp', but one of up, down is needed"),
     ({"vms": [{"name": "web", "properties": ["a=b"]}]}, "but a mapping of names to texts is needed"),
     ({"vms": [{"name": "web", "host": "h9", "status": "up"}]}, "VM web is to run on host h9, but there is none"),
     ({"hosts": [{**HOST, "containers": "yes"}]}, "h1: containers is 'yes', but true or false is needed"),
     ({"hosts": [{**HOST, "vdsm": "new"}]}, 'h1: vdsm is \'new\', but a version such as "4.19.20" is needed'),
     ({"hosts": [{**HOST, "status": "fine"}]}, "h1: status is 'fine', but one of up, down, maintenance"),
     ({"hosts": [HOST, HOST]}, "world: hosts: h1: [Cannot add Host. The Host name is already in use"),
     ({"clusters": [{"name": "c", "version": "new"}]}, "world: clusters: c: version is 'new', but a level such as"),
     ({"clusters": [{"name": "c", "data_center": "x"}]}, "world: clusters: c: Entity not found: DataCenter: name=x"),
     ({"networks": [{"name": "n", "profiles": []}]}, "world: networks: n: unknown key profiles; known are name"),
     ({"templates": [{"name": "t", "disks": 1, "clust": 2}]}, "world: templates: t: unknown keys disks, clust; known"),
     ({"templates": ["t", "t"]}, "world: templates: t: "),
     ({"storage_domains": [{"name": "s", "type": "nfs"}]}, "s: type is 'nfs', but one of data, iso"),
     ({"data_centers": []}, "world: data_centers is empty, but at least one is needed"),
     ({"delays": {"boot": "long"}}, "world: delays: boot is 'long', but a number is needed"),
     ({"delays": 3}, "world: delays is 3, but a mapping is needed"),
     ({"images": {"missing": "a"}}, "world: images: missing is 'a', but a list of texts is needed"),
     ({"images": {"absent": ["a"]}}, "world: unknown images absent; known are exits, missing"),
     ({"properties": {"4.1": 1}}, "world: properties: 4.1 is 1, but a text is needed"),
     ({"latency": "slow"}, "world: latency is 'slow', but a number is needed"),
     ({"administrator": "no"}, "world: administrator is 'no', but true or false is needed"),
     ({"hosted_engine": True}, "world: hosted_engine is True, but a mapping is needed"),
     ({"hosted_engine": {}, "clusters": []}, "world: a hosted_engine needs a cluster")],
)  # fmt: skip
def test_a_mistake_is_one_sentence(mistake: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        Lab(world=mistake)
    assert "\n" not in str(caught.value)


def test_a_key_without_a_value_is_as_if_it_was_not_there() -> None:
    made = Lab(world={"vms": [{"name": "web", "cluster": None, "disk": None}], "templates": None, "delays": None})
    assert [vm.name for vm in made.engine.vms()] == ["web"]


def test_every_key_that_is_read_is_a_known_one() -> None:
    """What populate.py asks of an entry is in the table, and the other way round."""
    source = Path(populate.__file__).read_text(encoding="utf-8")
    asked = set(re.findall(r'(?:entry|wanted)(?:\.get\(|\[)"(\w+)"', source))
    assert asked == {key for known in world_check.ENTRIES.values() for key in known}
    keys = {*world_check.ENTRIES, *world_check.MAPPINGS, *world_check.SINGLE, "hosted_engine"}
    assert keys == set(world.default_world((4, 3)))


@pytest.mark.parametrize(
    ("text", "said"),
    [("vms: [{nme: x}]", "ovirt-lab: world: vms: entry 1: unknown key nme; known are name"),
     ("vms: [", "world.yml: it is not YAML: while parsing a flow node"),
     ("[]\n- a", "it is not YAML"),
     ("- a", "a world is a mapping with keys such as hosts and clusters")],
)  # fmt: skip
def test_the_command_says_it_in_one_line(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "world.yml"
    file.write_text(text, encoding="utf-8")
    assert command.main(["--dir", str(tmp_path / "lab"), "--world", str(file)]) == 2
    printed = capsys.readouterr().err
    assert said in printed and printed.count("\n") == 1
