# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm with runtime guest: what is refused, what is left alone, and what goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site, start
from tests.support.containers import assert_one_sentence
from tests.support.guests import NEW, WORLD, assert_applied, assert_done, images, record_of, told, write_script


@pytest.fixture
def modern(tmp_path: Path) -> Iterator[Site]:
    """A site without any preparation but a template."""
    yield from start(tmp_path, "4.5", WORLD)


ADDRESS = {"network": "backend", "address": "192.0.2.10/24"}
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "template": ({"template": "nope"}, "template 'nope' does not exist for cluster 'Modern'. Engine has: .*windows"),
    "windows": ({"template": "windows"}, "operating system windows_2019x64, to whose VMs Engine gives no cloud-init"),
    "host": ({"hosts": ["nope"]}, "host 'nope' does not exist; hosts of cluster 'Modern' are needed.*host1"),
    "host of another cluster": ({"hosts": ["far"]}, "host 'far' is in another cluster"),
    "address": ({"networks": ["ovirtmgmt"], "addresses": [ADDRESS]}, "addresses names backend/backend, and its netw"),
    "address without network": ({"addresses": [ADDRESS]}, "addresses names backend/backend"),
    "too much": ({"environment": {f"KEY{n}": "a" * 40 for n in range(2000)}}, "bytes; 65536 at most"),
    "too many secrets": ({"secrets": {f"KEY{n}": f"{n**9:x}" for n in range(20000)}}, "bytes; 65536 at most"),
    "NUL": ({"command": ["a\0b"]}, "command holds a NUL, which no process can be given"),
    "reserved": ({"secrets": {"LD_PRELOAD": "S3cr3t"}}, "secrets cannot have LD_PRELOAD"),
    "volumes": ({"volumes": ["data:/data"]}, "cannot honour volumes"),
    "two problems": ({"secrets": {"HOME": "a"}, "command": ["\0"]}, "secrets cannot have HOME|holds a NUL"),
}  # fmt: skip


def test_what_cannot_be_is_refused_before_the_first_change(modern: Site) -> None:
    """In one site for all, since none of them changes it."""
    template = modern.engine.store.named("templates", "windows")
    template.os = types.OperatingSystem(type="windows_2019x64")
    modern.engine.store.touch(template)
    before = modern.state()
    for args, text in BAD.values():
        for check in (True, False):
            answer = modern.run("container_vm", {**NEW, **args}, check=check)
            assert answer.failed, args
            assert_one_sentence(answer.msg, text)
            assert "S3cr3t" not in answer.text.replace(modern.auth["password"], "")
            assert modern.writes == []
    assert modern.state() == before


def test_a_vm_without_a_record_is_left_alone(modern: Site) -> None:
    """An ordinary one, one that got another script, and one whose record somebody has damaged."""
    modern.container(**NEW)
    record = record_of(modern.engine)
    assert record is not None
    damaged = [
        "#cloud-config\nruncmd: []\n",
        record.script().replace('"wish"', '"wash"'),
        record.script().replace('"image": "redis:7.2"', '"image": 5'),
        record.script().replace('"v": 1', '"v": 999'),
        record.script().replace("{", "", 1),
    ]
    for script in damaged:
        write_script(modern.engine, script)
        before = modern.state()
        for state in ("running", "restarted", "absent"):
            answer = modern.container(**{**NEW, "state": state, "image": "redis:7.4"})
            assert_one_sentence(answer.msg, "is not a container VM.*nor a record that can be read.*not touched")
            assert modern.writes == []
        assert modern.state() == before
    assert "is not a container VM" in modern.container(**{**NEW, "name": "db1", "state": "absent"}).msg
    assert modern.writes == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [("missing", r"exit code 125 \(the image cannot be pulled, or an option is wrong\)"), ("exits", "exit code 0 ")],
)
def test_a_container_that_does_not_stay_is_told_with_its_exit_code(modern: Site, kind: str, text: str) -> None:
    modern.engine.world.images[kind] = ["redis:7.2"]
    answer = modern.container(**NEW)
    assert answer.failed
    assert answer.changed
    assert_one_sentence(answer.msg, f"web: it was started on host[12] and is down again.*Its guest says: {text}")
    record = record_of(modern.engine)
    assert record is not None
    assert not record.is_applied
    # What is wrong is mended, and the next run sets the guest up with the same image.
    modern.engine.world.images[kind] = []
    finished = modern.container(**NEW)
    assert_done(finished, "start")
    assert images(modern.engine) == ["redis:7.2", "redis:7.2"]
    assert_done(modern.container(**NEW))


def test_an_update_that_does_not_stay_is_told(modern: Site) -> None:
    modern.container(**NEW)
    modern.engine.world.images["exits"] = ["broken"]
    answer = modern.container(name="web", image="broken", state="restarted")
    assert "Its guest says: exit code 0 " in answer.msg
    # The guest has the broken one since that start, so the former one has to be brought anew.
    assert_done(modern.container(name="web", image="redis:7.2"), "update", "start")
    assert images(modern.engine) == ["redis:7.2", "broken", "redis:7.2"]


FAULTS = [
    "cut:after:match=POST .*/vms",
    "status:503:match=POST .*/vms",
    "cut:after:match=POST .*/nics",
    "cut:after:match=POST .*/start",
    "status:503:match=POST .*/start",
    "cut:after:match=PUT .*/vms/",
    "restart:after:seconds=30:match=POST .*/start",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_trouble_ends_with_one_vm_that_runs(modern: Site, fault: str) -> None:
    args = {**NEW, "networks": ["backend"], "secrets": {"PASSWORD": "new"}}
    modern.engine.faults.add(fault)
    answer = modern.container(**args)
    assert not answer.failed, answer.msg
    assert [planned.hits for planned in modern.engine.faults] == [1]
    assert [vm.name for vm in modern.engine.vms()].count("web") == 1
    vm = modern.engine.vm("web")
    assert vm.status == types.VmStatus.UP
    assert len(modern.engine.store.list(f"vms/{vm.id}/nics")) == 1
    assert images(modern.engine) == ["redis:7.2"]
    assert told(modern.engine)[0]["/etc/ovirt-container/secrets"] == "export PASSWORD='new'\n"
    # A note that got lost is made up for by the next run.
    again = modern.container(**args)
    assert_done(again)
    assert not again.data["restart_needed"]
    assert_applied(modern.engine)


def test_a_vm_whose_disks_are_made_is_waited_for(modern: Site) -> None:
    """An earlier run made it and was ended: meanwhile everything but looking is refused with 409."""
    modern.engine.world.delays["disk"] = 60
    modern.engine.faults.add("cut:after:match=POST .*/vms:count=3")
    answer = modern.container(**NEW)
    assert not answer.failed, answer.msg
    assert [vm.name for vm in modern.engine.vms()].count("web") == 1
    assert images(modern.engine) == ["redis:7.2"]


def test_a_vm_that_is_locked_when_it_is_to_start(modern: Site) -> None:
    assert not modern.container(**NEW, state="present").failed
    modern.state()
    modern.engine.faults.add("lock:vm=web:seconds=40")
    answer = modern.container(**NEW)
    assert_done(answer, "start")


def test_an_agent_that_never_shows_the_container(modern: Site) -> None:
    """A guest without an agent does not prove anything: no success, and no note."""
    template = modern.engine.store.named("templates", "container-guest")
    modern.engine.store.note(template)["agent"] = False
    answer = modern.container(**NEW, timeout=3)
    assert answer.failed
    assert answer.data["container_vm"]["status"] == "up"
    assert_one_sentence(
        answer.msg, "web: up was wanted, it is up after 3 s .timeout., but no agent in its guest has rep"
    )
    record = record_of(modern.engine)
    assert record is not None
    assert not record.is_applied


def test_what_is_shown_of_a_wish_is_json(modern: Site) -> None:
    """Odd texts come through the comment line of the record, and are no difference the next time."""
    odd = {"environment": {"A": "\u2028\x85\n# ovirt_contrib.containers {}", "B": "'\"\\$(x)"}, "command": ["", "\n"]}
    assert not modern.container(**NEW, **odd, state="present").failed
    record = record_of(modern.engine)
    assert record is not None
    assert record.wish == {"image": "redis:7.2", **json.loads(json.dumps(odd))}
    assert_done(modern.container(**NEW, **odd, state="present"))
