# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The yardstick notices a wrong answer, at the end of the test that got it."""

from __future__ import annotations

import base64

import pytest
from ovirt_lab.engine import Engine

from tests.support import answers

API = "/ovirt-engine/api"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"admin@internal:secret").decode()}
pytestmark = pytest.mark.skipif(answers.schema.missing() is not None, reason=str(answers.schema.missing()))


def test_right_answers_pass() -> None:
    engine = Engine()
    before = answers.TALLY.answers
    with answers.validated(engine):
        assert engine.handle("GET", f"{API}/vms", LOGIN).status == 200
        assert engine.handle("GET", f"{API}/vms", LOGIN).status == 200
    assert answers.TALLY.answers == before + 2
    assert "handle" not in vars(engine)


def test_a_wrong_answer_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    answered = engine.handle("GET", f"{API}/vms", LOGIN)
    answered.body = answered.body.replace(b"<cpu_shares>0<", b"<cpu_shares>some<")
    monkeypatch.setattr(Engine, "handle", lambda *arguments: answered)
    with pytest.raises(pytest.fail.Exception, match="cpu_shares"), answers.validated(engine):
        engine.handle("GET", f"{API}/vms", LOGIN)


def test_a_failure_that_was_asked_for_is_not_measured() -> None:
    engine = Engine()
    engine.faults.add("status:503")
    with answers.validated(engine):
        assert engine.handle("GET", f"{API}/vms", LOGIN).status == 503
