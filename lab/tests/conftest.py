# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests of the lab: every answer of every Engine is validated against the published schema."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ovirt_lab.engine import Engine

sys.path.insert(0, str(Path(__file__).parent))
# Processes that tests start find the lab too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))

from conformance import schema  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests that take minutes run only where they are asked for."""
    parser.addoption("--qemu", action="store_true", help="boot guests under qemu too, which takes minutes")


_TOTAL = {"answers": 0, "tests": 0}


@pytest.fixture(autouse=True)
def answers_follow_the_schema(monkeypatch: pytest.MonkeyPatch) -> Iterator[schema.Auditor | None]:
    """Look at all answers of this test; fail it at its end when one is not as the schema says."""
    if schema.missing():
        yield None
        return
    auditor = schema.Auditor()
    handle = Engine.handle

    def observed(self, method, target, headers, body):  # type: ignore[no-untyped-def]
        response = handle(self, method, target, headers, body)
        kind = {name.lower(): value for name, value in response.headers.items()}.get("content-type", "")
        if response.injected:  # a failure that the test asked for
            return response
        auditor.look(method, target, response.status, kind, response.body)
        return response

    monkeypatch.setattr(Engine, "handle", observed)
    yield auditor
    _TOTAL["answers"] += auditor.seen
    _TOTAL["tests"] += auditor.seen > 0
    if auditor.problems:
        shown = "\n  ".join(dict.fromkeys(auditor.problems))
        pytest.fail(f"answers that are not as the schema says:\n  {shown}", pytrace=False)


@pytest.fixture(autouse=True)
def transitions_do_not_fail(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the Engine logged an error, which no request shows; caplog.clear() says it was meant."""
    yield
    found = [record.getMessage() for record in caplog.get_records("call") if record.name.startswith("ovirt_lab.engine")]
    if found:
        pytest.fail("the Engine logged:\n  " + "\n  ".join(found), pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands in what it counted."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["answers"] = _TOTAL


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Its controller adds it up."""
    for name, number in getattr(node, "workeroutput", {}).get("answers", {}).items():
        _TOTAL[name] += number


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many answers were measured, or why none."""
    reason = schema.missing()
    if reason:
        terminalreporter.write_line(f"ovirt-lab: {reason}")
    else:
        terminalreporter.write_line(
            f"ovirt-lab: {_TOTAL['answers']} answers of {_TOTAL['tests']} tests validated against {schema.PLACE}"
        )
