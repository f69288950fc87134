# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A result says what was seen: states of VMs that failed, removals, changes, and answers that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site, start
from tests.fleet.conftest import WORLD, Harbour, result_of
from tests.support.containers import NEW, assert_one_sentence

REFUSED = "refuse:USER_NOT_AUTHORIZED_TO_PERFORM_ACTION:match="


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    """A site that fleets run on."""
    for site in start(tmp_path, "4.3", WORLD):
        yield Harbour(site.engine, site.endpoint)


# --- what failed has the state that it has


@pytest.mark.parametrize(
    ("spec", "where", "status"),
    [
        ({"state": "stopped"}, "POST .*/stop", "up"),
        ({"state": "absent"}, "POST .*/stop", "up"),
        ({"state": "restarted"}, "POST .*/stop", "up"),
        ({"state": "restarted"}, "POST .*/start", "down"),
        ({"state": "absent"}, "DELETE", "down"),
    ],
)
def test_a_vm_that_failed_has_the_state_that_it_has(
    site43: Site, spec: dict[str, Any], where: str, status: str
) -> None:
    site43.container(**NEW)
    site43.state()
    host = site43.container(name="web").data["container_vm"]["host"]
    site43.engine.faults.add(f"{REFUSED}{where}:count=0")
    answer = site43.container(name="web", **spec)
    assert answer.failed
    shown = answer.data["container_vm"]
    assert shown["status"] == status == site43.engine.vm("web").status.value
    if spec["state"] == "absent":
        assert (shown["host"], shown["hosts"], shown["networks"]) == (None, None, None)
    else:
        assert shown["host"] == (host if status == "up" else None)


def test_what_was_made_and_could_not_be_started_is_down(site43: Site) -> None:
    site43.engine.faults.add(f"{REFUSED}POST .*/start:count=0")
    assert site43.container(**NEW).data["container_vm"]["status"] == "down"
    site43.engine.faults.clear()
    site43.engine.faults.add(f"{REFUSED}POST .*/vms$:count=0")
    assert site43.container(**{**NEW, "name": "b"}).data["container_vm"]["status"] == "absent"


# --- what was removed is gone


@pytest.mark.parametrize("prune", [True, False])
def test_a_removal_that_had_no_effect_is_none(harbour: Harbour, prune: bool) -> None:
    harbour.fleet({"name": "web", "count": 3}, fleet="shop")
    harbour.engine.faults.add("answer:empty:before:match=DELETE .*/vms/.*:count=0")
    listed = [] if prune else [{"name": "web-1", "state": "absent"}]
    answer = harbour.fleet(*listed, fleet="shop", prune=prune, timeout=8)
    assert answer.failed
    assert answer.data["totals"].get("remove", 0) == 0
    assert "it is still there" in answer.msg
    assert len(harbour.names()) == 3
    harbour.engine.faults.clear()
    assert not harbour.fleet(*listed, fleet="shop", prune=prune).failed


def test_a_removal_that_is_answered_once_by_somebody_else_is_made_again(site43: Site) -> None:
    site43.container(**NEW)
    site43.engine.faults.add("answer:empty:before:match=DELETE .*/vms/.*")
    answer = site43.container(name="web", state="absent")
    assert not answer.failed, answer.msg
    assert site43.engine.vm("web") is None


def test_what_cannot_be_read_is_not_passed_over_by_prune(harbour: Harbour) -> None:
    harbour.fleet({"name": "web", "count": 3}, fleet="shop")
    spoiled = r"from=(<name>web-3</name>.*?)<memory>[0-9]+</memory>:to=\1<memory>abc</memory>"
    harbour.engine.faults.add(f"rewrite:{spoiled}:match=GET .*/vms:count=0")
    for listed in ([], [{"name": "web", "count": 1}]):
        answer = harbour.fleet(*listed, fleet="shop", prune=not listed, check=True)
        assert answer.failed
        assert "web-3: Engine's answer about it cannot be read" in answer.msg
        assert answer.data["plan"][-1].split()[:5] == ["!", "cannot", "web-3", "Engine's", "answer"]


# --- what was written is a change


def test_one_nic_of_two_is_a_change(site43: Site) -> None:
    site43.container(**NEW, state="stopped")
    site43.engine.faults.add(f"{REFUSED}POST .*/nics:nth=2:count=0")
    answer = site43.container(name="web", state="stopped", networks=["ovirtmgmt", "backend"])
    assert answer.failed
    assert answer.changed
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1


def test_the_tag_of_a_fleet_is_a_change(harbour: Harbour) -> None:
    harbour.engine.faults.add(f"{REFUSED}POST .*/vms$:count=0")
    answer = harbour.fleet("one", fleet="shop")
    assert answer.failed
    assert answer.changed


# --- what cannot be read is an error of its VM


def test_a_value_that_nobody_knows_is_told_of_its_vm(harbour: Harbour) -> None:
    harbour.fleet("a1", "odd", "z1")
    spoiled = r"from=(<name>odd</name>.*?)<device>hd</device>:to=\1<device>floppy</device>"
    harbour.engine.faults.add(f"rewrite:{spoiled}:match=GET .*/vms.follow:count=0")
    answer = harbour.fleet("a1", "odd", "z1", defaults={"image": "redis:7.4"}, update="now")
    assert "Traceback" not in answer.text
    assert answer.msg.startswith("1 of 3 container VMs failed: odd: Engine's answer about it cannot be read")
    assert harbour.images() == {"a1": "redis:7.4", "odd": "redis:7.2", "z1": "redis:7.4"}


def test_nonsense_about_the_next_run_of_one_vm(harbour: Harbour) -> None:
    names = ["a1", "odd", "z1"]
    harbour.fleet(*names)
    harbour.fleet(*names, defaults={"image": "redis:7.4"})
    odd = harbour.engine.vm("odd").id
    for spoiled in ("from=<cluster [^>]*/>:to=", "from=<memory>[0-9]+<:to=<memory>abc<"):
        harbour.engine.faults.clear()
        harbour.engine.faults.add(f"rewrite:{spoiled}:match=GET .*/vms/{odd}.next_run:count=0")
        answer = harbour.fleet(*names, defaults={"image": "redis:7.4"}, check=True)
        assert answer.msg.startswith("1 of 3 container VMs failed: odd: Engine's answer about it cannot be read")
    listed = harbour.run("container_vm_info", {})
    assert len(listed.data["container_vms"]) == 3


def test_an_answer_without_id_is_looked_into(site43: Site) -> None:
    site43.engine.faults.add(r'rewrite:from=(<vm [^>]*)id="[^"]*":to=\1:match=POST .*/vms$')
    answer = site43.container(**NEW)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["id"] == site43.engine.vm("web").id


@pytest.mark.timeout(20)
def test_comments_before_the_answer_take_no_time(site43: Site) -> None:
    site43.engine.faults.add(f"rewrite:from=<vms:to={'<!-- a -->' * 60}<?pi?><vms:match=GET .*/vms:count=0")
    assert_one_sentence(site43.run("container_vm_info", {}).msg, "answered with no XML document")


# --- a VM that is on its way


def test_a_stop_that_is_under_way_is_waited_for(site43: Site) -> None:
    site43.container(**NEW)
    site43.engine.vm("web").status = types.VmStatus.POWERING_DOWN
    site43.engine.store.touch(site43.engine.vm("web"))
    answer = site43.container(name="web", state="stopped", timeout=2, settle=1)
    assert answer.failed
    assert "powering_down" in answer.msg
    assert not site43.container(name="web", state="stopped", wait=False).failed


# --- input


def test_a_pipe_that_nobody_reads_is_refused(harbour: Harbour, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert_one_sentence(harbour.fleet("one", progress=str(tmp_path / "pipe")).msg, "is neither a file nor a terminal")


def test_a_fleet_takes_no_correlation_id(harbour: Harbour) -> None:
    args = {"fleet": "shop", "containers": [], "auth": {**harbour.auth, "headers": {"correlation-id": "mine"}}}
    assert_one_sentence(harbour.run("container_fleet", args).msg, "auth.headers has a Correlation-Id, and fleet")


@pytest.mark.parametrize(
    "auth",
    [
        {"url": "https://admin:S3cr3t/0f@127.0.0.1/ovirt-engine/api"},
        {"url": "admin:S3cr3t/0f@127.0.0.1/ovirt-engine/api"},
        {"url": None, "hostname": "admin:S3cr3t/0f@127.0.0.1"},
    ],
)
def test_a_password_in_an_address_of_any_form_is_not_shown(site43: Site, auth: dict[str, Any]) -> None:
    answer = site43.run("container_vm_info", {}, auth={**site43.auth, **auth})
    assert answer.failed
    assert "S3cr3t" not in answer.text


def test_a_ca_file_may_have_any_name(site43: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = tmp_path_factory.mktemp("ü") / "cä.pem"
    copy.write_text(Path(site43.auth["ca_file"]).read_text())
    answer = site43.run("container_vm_info", {}, auth={**site43.auth, "ca_file": str(copy)})
    assert not answer.failed, answer.msg


@pytest.mark.parametrize(
    ("auth", "args", "told"),
    [
        ({"password": "p\udcffss"}, NEW, "auth.password holds bytes that are not UTF-8 text"),
        ({}, {**NEW, "hosts": ["h\udc00"]}, "hosts holds bytes that are not UTF-8 text"),
        ({"token": "abc\n", "password": None}, NEW, "auth.token holds characters that HTTP does not take"),
        ({"token": "tök", "password": None}, NEW, "auth.token holds characters that HTTP does not take"),
        ({"timeout": 10**25}, NEW, "auth.timeout is"),
        ({}, {**NEW, "timeout": 10**25}, "timeout is"),
        ({}, {**NEW, "settle": float("nan")}, "settle is nan s"),
        ({}, {**NEW, "memory": "9" * 5000 + "MiB"}, "is not a size"),
    ],
)
def test_what_cannot_be_sent_is_refused(site43: Site, auth: dict[str, Any], args: dict[str, Any], told: str) -> None:
    answer = site43.run("container_vm", args, auth={**site43.auth, **auth})
    assert_one_sentence(answer.msg, told)
    assert site43.writes == []


@pytest.mark.parametrize("filters", [{"name": ""}, {"name": 'x"n'}, {"tag": " "}, {"cluster": '"'}])
def test_a_search_for_nothing_is_refused(site43: Site, filters: dict[str, str]) -> None:
    """A play that removes what it finds would remove everything."""
    answer = site43.run("container_vm_info", filters)
    assert_one_sentence(answer.msg, "cannot be searched for: a text without quotes is needed")


def test_a_password_is_no_other_word_of_a_message(tmp_path: Path) -> None:
    for site in start(tmp_path, "4.3"):
        answer = site.run("container_vm", NEW, auth={**site.auth, "password": "engine"})
        assert f"{site.auth['url']} refused the login" in answer.msg


def test_the_states_of_several_are_told_each(harbour: Harbour) -> None:
    harbour.fleet("one", "two")
    harbour.state()
    ident = harbour.engine.vm("one").id
    harbour.engine.faults.add(f"{REFUSED}POST .*/vms/{ident}/stop:count=0")
    answer = harbour.fleet("one", "two", defaults={"state": "stopped"})
    assert (result_of(answer, "one")["status"], result_of(answer, "two")["status"]) == ("up", "down")
