# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that no Engine gives, none at all, changed ones, and refusals by name."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

from ovirt_lab.engine import Response, hostile, texts
from ovirt_lab.engine.routes import API

NEW = b"<vm><name>a</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"
TOKEN, LOGOUT = "/ovirt-engine/sso/oauth/token", "/ovirt-engine/services/sso-logout"


def answered(spec: str, path: str = "vms") -> Response:
    lab = Lab()
    lab.engine.faults.add(spec)
    return lab.raw("GET", path)


def log_in(lab: Lab) -> Response:
    form = b"grant_type=password&username=admin%40internal&password=secret"
    return lab.engine.handle("POST", TOKEN, {}, form)


class TestAnswer:
    """`answer:NAME`."""

    @pytest.mark.parametrize("name", sorted(hostile.ANSWERS))
    def test_every_one_can_be_had_and_is_marked_as_planned(self, name: str) -> None:
        response = answered(f"answer:{name}")
        assert response.injected
        assert response.status == {"redirect": 302, "no_content": 204, "controls": 409, "echo": 400}.get(name, 200)

    def test_the_engine_is_not_asked_unless_that_is_said(self) -> None:
        lab = Lab()
        lab.engine.faults.add("answer:html:match=POST .*/vms")
        page = lab.raw("POST", "vms", NEW)
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
        assert lab.engine.vm("a") is None
        lab.engine.faults.add("answer:html:after:match=POST .*/vms")
        assert b"Maintenance" in lab.raw("POST", "vms", NEW).body and lab.engine.vm("a") is not None
        assert lab.raw("GET", "vms").headers["Content-Type"].startswith("application/xml")

    def test_which_requests_it_hits(self) -> None:
        lab = Lab()
        lab.engine.faults.add("answer:empty:match=GET .*/vms:nth=2:count=2")
        assert [len(lab.raw("GET", "vms").body) > 0 for _ in range(4)] == [True, False, False, True]
        lab.engine.faults.add("answer:empty:match=GET .*/vms:seconds=5")
        assert [len(lab.raw("GET", "vms").body) > 0 for _ in range(2)] == [False, False]
        lab.clock.advance(6)
        assert lab.raw("GET", "vms").body

    @pytest.mark.parametrize("name", [name for name in hostile.ANSWERS if name.startswith("json")])
    def test_sso_answers_in_json(self, name: str) -> None:
        lab = Lab()
        lab.engine.faults.add(f"answer:{name}:match=POST {TOKEN}")
        lab.engine.faults.add(f"answer:{name}:match=POST {LOGOUT}")
        for response in (log_in(lab), lab.engine.handle("POST", LOGOUT, {}, b"token=x")):
            assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
            if name == "json_broken":
                with pytest.raises(ValueError, match="Expecting"):
                    json.loads(response.body)
            else:
                assert "access_token" not in (json.loads(response.body) or ()) or name == "json_no_token"
        assert b"access_token" in log_in(lab).body

    def test_a_logout_that_is_answered_with_nonsense_may_have_happened(self) -> None:
        for when, left in (("before", 1), ("after", 0)):
            lab = Lab()
            token = json.loads(log_in(lab).body)["access_token"]
            lab.engine.faults.add(f"answer:json_array:{when}:match={LOGOUT}")
            lab.engine.handle("POST", LOGOUT, {}, f"token={token}".encode())
            assert len(lab.engine.sessions.tokens) == left

    def test_bomb(self) -> None:
        response = answered("answer:bomb")
        assert response.headers["Content-Encoding"] == "gzip" and len(response.body) < 1 << 20
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16)
        head = unpacked.decompress(response.body, 1000)
        assert b"<vms>" in head
        size = len(head)
        while unpacked.unconsumed_tail:
            last = unpacked.decompress(unpacked.unconsumed_tail, 16 << 20)
            size += len(last)
        assert size > 300 << 20 and last.endswith(b"</vms>") and unpacked.eof
        assert gzip.compress(b"")[:2] == response.body[:2]

    def test_huge_is_made_while_it_is_sent(self) -> None:
        response = answered("answer:huge", "hosts")
        assert response.pieces is not None
        sizes = [len(piece) for piece in response.pieces()]
        assert sum(sizes) > 300 << 20 and max(sizes) == 1 << 20

    def test_of_the_right_root_unless_that_is_the_point(self) -> None:
        assert b"<hosts>" in answered("answer:entities", "hosts").body
        assert b"<vms><name>a\0b" in answered("answer:nul").body
        assert b"<hosts/>" in answered("answer:other_root").body
        assert b"<vms/>" in answered("answer:other_root", "hosts").body
        with pytest.raises(UnicodeDecodeError):
            answered("answer:bytes").body.decode()

    def test_what_is_made_of_the_engines_own(self) -> None:
        own = Lab().raw("GET", "hosts")
        cut, short = answered("answer:cut", "hosts"), answered("answer:short", "hosts")
        assert 0 < len(cut.body) < len(own.body) and "Content-Length" not in cut.headers
        assert int(short.headers["Content-Length"]) > len(short.body) and short.last
        wrong = answered("answer:wrong_type", "hosts")
        assert wrong.headers["Content-Type"].startswith("text/html") and b"<hosts>" in wrong.body
        assert "Content-Type" not in answered("answer:no_type", "hosts").headers
        lab = Lab()
        lab.engine.faults.add("answer:cut:match=POST")
        assert b"</vm>" not in lab.raw("POST", "vms", NEW).body and lab.engine.vm("a") is not None

    def test_what_is_said_in_it(self) -> None:
        assert b"\xc2\x9b" in answered("answer:controls").body and "\u202e".encode() in answered("answer:controls").body
        assert b"Basic " in answered("answer:echo").body


class TestRewrite:
    """`rewrite:from=REGEX:to=TEXT`."""

    def test_a_value(self) -> None:
        response = answered("rewrite:from=<memory>[0-9]+</memory>:to=<memory>abc</memory>:match=GET .*/vms")
        assert b"<memory>abc</memory>" in response.body and response.injected

    def test_an_element_is_taken_away(self) -> None:
        assert b"<cluster " in Lab().raw("GET", "vms").body
        assert b"<cluster " not in answered(r"rewrite:from=<cluster [^>]*/>").body

    def test_groups_and_lines(self) -> None:
        response = answered(r"rewrite:from=<vm (.*?)>.*</vm>:to=<vm \1><name>x:y</name></vm>")
        assert b"<name>x:y</name></vm>" in response.body and b"db1" not in response.body

    def test_the_engine_did_what_it_was_asked(self) -> None:
        lab = Lab()
        lab.engine.faults.add("rewrite:from=<name>a</name>:to=<name>b</name>:match=POST .*/vms")
        assert b"<name>b</name>" in lab.raw("POST", "vms", NEW).body and lab.engine.vm("a") is not None
        lab.engine.faults.add(f"rewrite:from=access_token:to=excess_token:match=POST {TOKEN}")
        assert b"excess_token" in log_in(lab).body


class TestRefuse:
    """`refuse:NAME`."""

    @pytest.mark.parametrize("name", sorted(texts.REFUSALS))
    @pytest.mark.parametrize("version", ["4.1", "4.5"])
    def test_by_name(self, name: str, version: str) -> None:
        lab = Lab(version)
        if not texts.known(name, version):
            with pytest.raises(ValueError, match=f"an Engine {version} has no refusal"):
                lab.engine.faults.add(f"refuse:{name}")
            return
        lab.engine.faults.add(f"refuse:{name}")
        with pytest.raises(Refused) as caught:
            lab.vm()
        assert caught.value.status in (400, 403, 409, 500) and caught.value.reason == "Operation Failed"
        assert lab.engine.vm("web") is None

    @pytest.mark.parametrize(
        ("call", "text"),
        [
            (lambda lab, vm: lab.vm("new"), "[Cannot add VM: VM is locked. Please try again in a few minutes.]"),
            (lambda lab, vm: lab.put(vm, description="x"), "[Cannot edit VM: VM is locked."),
            (lambda lab, vm: lab.ask("DELETE", f"vms/{vm.id}"), "[Cannot remove VM: VM is locked."),
            (lambda lab, vm: lab.act(vm, "start"), "[Cannot run VM: VM is locked."),
            (lambda lab, vm: lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="n")), "[Cannot add Interface: VM is"),
        ],
    )
    def test_in_the_words_of_the_request(self, call: Callable[..., object], text: str) -> None:
        lab = Lab()
        vm = lab.vm()
        lab.engine.faults.add("refuse:VM_IS_LOCKED:match=^(POST|PUT|DELETE)")
        before = lab.engine.state()
        with pytest.raises(Refused) as caught:
            call(lab, vm)
        assert caught.value.detail.startswith(text) and caught.value.status == 409
        assert lab.engine.state() == before
        lab.put(vm, description="once only")

    def test_an_action_fails_as_an_action(self) -> None:
        lab = Lab()
        lab.engine.faults.add("refuse:VM_IS_LOCKED:match=POST .*/stop")
        response = lab.raw("POST", f"vms/{lab.engine.vm('db1').id}/stop", b"<action/>")
        assert b"<action>" in response.body and b"<status>failed</status>" in response.body

    def test_other_words(self) -> None:
        lab = Lab()
        lab.engine.faults.add(
            "refuse:VM_STATUS_ILLEGAL:action=migrate:type=host:values=vmStatus=Migrating:match=DELETE"
        )
        with pytest.raises(Refused) as caught:
            lab.ask("DELETE", f"vms/{lab.engine.vm('db1').id}")
        assert caught.value.detail == "[Cannot migrate Host because the VM is in Migrating status.]"


def test_hang_without_a_socket_is_an_answer_that_says_so() -> None:
    lab = Lab()
    lab.engine.faults.add("hang:match=POST .*/vms")
    assert lab.raw("POST", "vms", NEW).hang and lab.engine.vm("a") is not None
    lab.engine.faults.add("hang:before:match=POST .*/vms")
    assert lab.raw("POST", "vms", NEW.replace(b">a<", b">b<")).hang and lab.engine.vm("b") is None
    started = time.monotonic()
    lab.engine.faults.add("hang:count=0")
    assert lab.raw("GET", "vms").hang and log_in(lab).hang and time.monotonic() - started < 5
    assert API == "/ovirt-engine/api"


@pytest.mark.parametrize(
    "spec",
    ["answer", "answer:none", "answer:html:middle", "answer:cut:before", "rewrite", "rewrite:to=x", "rewrite:from=(",
     "refuse", "refuse:NO_SUCH_NAME", "refuse:VM_IS_LOCKED:values=vmStatus", "hang:5"],
)  # fmt: skip
def test_nonsense_is_refused_and_named(spec: str) -> None:
    with pytest.raises(ValueError, match="fault '"):
        Lab().engine.faults.add(spec)
