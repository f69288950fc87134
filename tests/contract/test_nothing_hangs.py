# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing hangs, and nothing that was done gets lost: silent Engines, nonsense for answers, odd certificates."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine import connection, login
from ovirt_lab.engine import Engine, serve

from tests.contract.conftest import SETTLE, Site, start
from tests.fleet.conftest import WORLD, Harbour, result_of
from tests.support.containers import NEW, assert_one_sentence

HANG = pytest.mark.timeout(30)
QUICK = {"settle": SETTLE, "poll_interval": 1}


@pytest.fixture
def harbour(tmp_path: Path) -> Any:
    """A site that fleets run on."""
    for site in start(tmp_path, "4.3", WORLD):
        yield Harbour(site.engine, site.endpoint)


# --- silence


@HANG
def test_a_login_that_is_not_answered_ends_by_the_limit_of_requests(site43: Site) -> None:
    site43.engine.faults.add("hang:before:match=oauth/token:count=0")
    answer = site43.run("container_vm", NEW, auth={**site43.auth, "timeout": 1})
    assert_one_sentence(answer.msg, r"did not answer the login within 1 s \(auth\.timeout\)")


@HANG
def test_a_login_has_a_limit_of_its_own(site43: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "LOGIN_SECONDS", 1)
    site43.engine.faults.add("hang:before:match=oauth/token:count=0")
    assert_one_sentence(site43.run("container_vm_info", {}).msg, "did not answer the login within 1 s")


@HANG
def test_a_list_that_is_not_answered_ends_by_the_timeout(site43: Site) -> None:
    site43.engine.faults.add("hang:before:match=GET .*/vms:count=0")
    answer = site43.run("container_vm", {**NEW, "settle": 1, "timeout": 2})
    assert_one_sentence(answer.msg, r"did not answer within 2 s \(timeout\)")
    assert site43.writes == []


@HANG
def test_a_look_that_is_not_answered_ends_by_the_timeout(site43: Site) -> None:
    site43.engine.faults.add("hang:before:match=GET .*/vms.search:count=0")
    answer = site43.run("container_vm", {**NEW, "settle": 1, "timeout": 3})
    assert answer.failed
    assert answer.changed
    assert_one_sentence(answer.msg, "web: up was wanted, .*did not answer within [123]")


@HANG
@pytest.mark.parametrize("name", ["hang", "answer:json_broken", "answer:json_array", "answer:json_null", "answer:html"])
def test_a_logout_that_is_not_answered_costs_no_result(
    site43: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "LOGOUT_SECONDS", 1)
    site43.engine.faults.add(f"{name}:before:match=sso-logout:count=0")
    answer = site43.container(**NEW)
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["create", "start"]


@HANG
def test_one_request_that_is_not_answered_holds_up_its_vm_alone(harbour: Harbour) -> None:
    """The start was carried out, only its answer got lost: the next look sees that."""
    harbour.engine.faults.add("hang:after:match=POST .*/start:nth=2")
    answer = harbour.fleet(*[f"web-{n}" for n in range(1, 6)], timeout=2, settle=0.5)
    assert not answer.failed, answer.msg
    assert len(harbour.running()) == 5


# --- nonsense

NONSENSE = ["cut", "other_root", "json", "fault", "empty", "entities", "external", "bytes", "nul", "deep", "no_type"]
#: Made of what the Engine really answered, so that it has done what was asked.
OF_THE_REAL_ANSWER = ("cut", "no_type")


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_about_one_vm_is_an_error_of_that_vm(harbour: Harbour, name: str) -> None:
    names, broken = [f"web-{n}" for n in range(1, 5)], "web-3"
    assert not harbour.fleet(*names, defaults={"state": "present"}).failed
    harbour.engine.faults.add(f"answer:{name}:match=POST .*/vms/{harbour.engine.vm(broken).id}/start:count=0")
    answer = harbour.fleet(*names, timeout=2, settle=0.5)
    assert "Traceback" not in answer.text
    assert {result_of(answer, name)["result"] for name in names if name != broken} == {"changed"}
    assert set(harbour.running()) >= set(names) - {broken}
    if name in OF_THE_REAL_ANSWER:  # the Engine has started it, which the next look sees
        assert not answer.failed, answer.msg
        assert harbour.running() == names
    else:
        assert answer.msg.startswith(f"1 of 4 container VMs failed: {broken}: start failed"), answer.msg
        assert result_of(answer, broken)["result"] == "failed"


@pytest.mark.parametrize("memory", ["<memory>abc</memory>", None], ids=["memory", "cluster"])
def test_a_vm_that_cannot_be_read_is_left_alone(
    harbour: Harbour, memory: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with a memory that is none, or without a cluster."""
    names = ["web-1", "odd", "web-2"]
    assert not harbour.fleet(*names).failed
    odd = harbour.engine.vm("odd")
    monkeypatch.setattr(harbour.engine, "handle", spoiled(harbour, odd.id, memory))
    answer = harbour.fleet(*names, defaults={"description": "new"})
    assert answer.failed
    assert answer.msg.startswith("1 of 3 container VMs failed: odd: Engine's answer about it cannot be read")
    assert "Traceback" not in answer.text
    assert harbour.engine.vm("web-2").description == "new"
    assert not odd.description
    removed = harbour.fleet({"name": "odd", "state": "absent"})
    assert removed.failed
    assert harbour.engine.vm("odd") is not None
    listed = harbour.run("container_vm_info", {})
    assert [vm["name"] for vm in listed.data["container_vms"]] == ["web-1", "web-2"]
    assert any("VM odd is left out" in warning for warning in listed.warnings)


def spoiled(harbour: Harbour, ident: str, memory: str | None) -> Any:
    """The Engine's way to answer, with one VM shown with a memory that is none, or without a cluster."""
    handle = harbour.engine.handle

    def answer(method: str, target: str, headers: Any, body: bytes) -> Any:
        response = handle(method, target, headers, body)
        text = response.body.decode()
        match = re.search(rf'<vm [^>]*id="{ident}".*?</vm>', text, re.DOTALL)
        if method == "GET" and match:
            worse = re.sub(r"<memory>\d+</memory>", memory, match[0]) if memory else match[0]
            worse = worse if memory else re.sub(r"<cluster [^>]*/>", "", worse)
            return replace(response, body=text.replace(match[0], worse).encode(), injected=True)
        return response

    return answer


def test_what_may_have_been_done_is_a_change(site43: Site) -> None:
    """The Engine did it, every answer about it is nonsense, and afterwards nobody can look."""
    site43.engine.faults.add("answer:html:after:match=POST .*/vms$:count=0")
    site43.engine.faults.add("status:500:match=GET:nth=4:count=0")
    answer = site43.container(**NEW, timeout=1)
    assert answer.failed
    assert answer.changed
    assert "create was done all the same is not known" in answer.msg


def test_an_answer_without_end_is_cut_off(site43: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST", 1024**2)
    site43.engine.faults.add("answer:bomb:match=GET .*/vms:count=0")
    answer = site43.run("container_vm_info", {})
    assert_one_sentence(answer.msg, "answered with more than [0-9]+ MiB")


def test_what_the_engine_says_is_shown_without_control_characters(site43: Site) -> None:
    site43.engine.faults.add("answer:controls:match=POST .*/vms$:count=0")
    answer = site43.container(**NEW)
    assert answer.failed
    assert "\u009b" not in answer.msg
    assert "\u202e" not in answer.msg
    assert "\\u009b" not in answer.text.lower()
    assert "\\u202e" not in answer.text.lower()
    assert "\n" not in answer.msg


def test_a_token_that_the_engine_repeats_is_not_shown(site43: Site) -> None:
    site43.engine.faults.add("answer:echo:match=POST .*/vms$:count=0")
    answer = site43.container(**NEW)
    assert answer.failed
    assert "********" in answer.msg
    assert not [token for token in site43.engine.sessions.tokens if token in answer.text]


# --- progress


def test_a_file_of_progress_that_is_full_ends_no_run(harbour: Harbour) -> None:
    answer = harbour.fleet("one", "two", progress="/dev/full")
    assert not answer.failed, answer.msg
    assert harbour.running() == ["one", "two"]
    assert any("No space left" in warning for warning in answer.warnings)


# --- logins


def test_a_password_that_is_changed_in_the_middle_is_tried_at_most_twice(
    harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each thread: that would lock the account."""
    lock = threading.Lock()
    logins: list[str] = []
    check = harbour.engine.sessions.check

    def counted(username: str, password: str) -> bool:
        with lock:
            logins.append(username)
        return check(username, password)

    monkeypatch.setattr(harbour.engine.sessions, "check", counted)
    handle = harbour.engine.handle

    def changing(method: str, target: str, headers: Any, body: bytes) -> Any:
        if method == "POST" and target.endswith("/vms") and harbour.engine.sessions.password != "another":
            with lock:
                harbour.engine.sessions.password = "another"
                harbour.engine.sessions.expire()
        return handle(method, target, headers, body)

    monkeypatch.setattr(harbour.engine, "handle", changing)
    answer = harbour.fleet(*[f"web-{n}" for n in range(20)], parallel=10)
    assert answer.failed
    assert "20 of 20 container VMs failed: web-0 .. web-19: " in answer.msg
    assert "refused the login of admin@internal" in answer.msg
    assert 2 <= len(logins) <= 3, "the first login, and at most two that fail"


# --- headers


@pytest.mark.parametrize(
    "headers", [{"X-A": "a\r\nX-B: b"}, {"X-A\nB": "c"}, {"X-A": "a\x00"}, {"X A": "b"}, {"": "b"}]
)
def test_a_header_that_would_be_two_is_refused(site43: Site, headers: dict[str, str]) -> None:
    answer = site43.run("container_vm", NEW, auth={**site43.auth, "headers": headers})
    assert_one_sentence(answer.msg, "auth.headers holds characters that HTTP does not take")
    assert site43.engine.requests_since(site43.mark) == []


@pytest.mark.parametrize("args", [NEW, {**NEW, "nonsense": 1}])
def test_a_password_in_the_address_is_not_shown(site43: Site, args: dict[str, Any]) -> None:
    url = site43.auth["url"].replace("https://", "https://bob:S3cr3t-0f-b0b@")
    answer = site43.run("container_vm", args, auth={**site43.auth, "url": url})
    assert answer.failed
    assert "S3cr3t-0f-b0b" not in answer.text


# --- certificates

CERTIFICATES = {
    "expired": "has expired; renew it on the Engine machine",
    "future": "is not valid yet; compare the clocks",
    "elsewhere": "is for another name; give the Engine's own name",
}


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_certificate_that_cannot_be_accepted_is_told_with_its_remedy(tmp_path: Path, kind: str) -> None:
    with serve(Engine(), tmp_path, certificate=kind) as endpoint:
        auth = {"url": endpoint.url, "username": "admin@internal", "password": "secret", "ca_file": endpoint.ca_file}
        site = Site(endpoint.engine, endpoint)
        answer = site.run("container_vm_info", {}, auth={**auth, "ca_file": str(endpoint.ca_file)})
    assert_one_sentence(answer.msg, CERTIFICATES[kind])


def test_a_ca_file_that_is_none_is_told(site43: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = tmp_path_factory.mktemp("ca") / "ca.pem"
    broken.write_text("no certificate\n")
    answer = site43.run("container_vm_info", {}, auth={**site43.auth, "ca_file": str(broken)})
    assert_one_sentence(answer.msg, "auth.ca_file '.*' cannot be read as certificates")
