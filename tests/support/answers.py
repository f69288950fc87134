# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an embedded Engine answers while the collection is tested is measured against oVirt's published schema, by the
lab's own yardstick (lab/tests/conformance/schema.py, which is no installed package)."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ovirt_lab.engine import Engine, Response

_YARDSTICK = Path(__file__).parents[2] / "lab" / "tests" / "conformance" / "schema.py"
#: What differs between two answers that the schema cannot tell apart: ids, numbers and times.
_VARYING = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ovirt_lab_schema", _YARDSTICK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


schema = _load()


class Tally:
    """How many answers there were, and the checksums of those that were looked at already."""

    def __init__(self) -> None:
        self.answers = 0
        self.shapes: set[int] = set()

    def is_new(self, body: bytes) -> bool:
        """Whether no answer like this one was looked at before."""
        self.answers += 1
        shape = zlib.crc32(_VARYING.sub(b"0", body))
        known = shape in self.shapes
        self.shapes.add(shape)
        return not known

    def tell(self, told: dict[str, Any]) -> None:
        """Write down what another process is to :meth:`add`."""
        told |= {"engine_answers": self.answers, "engine_shapes": sorted(self.shapes)}

    def add(self, told: dict[str, Any]) -> None:
        """Count what another process has counted; one that died has told nothing."""
        self.answers += told.get("engine_answers", 0)
        self.shapes |= set(told.get("engine_shapes", ()))


TALLY = Tally()


@contextlib.contextmanager
def validated(engine: Engine) -> Iterator[None]:
    """Keep what the Engine answers, look at it in the end, and fail the test that got something a real Engine would
    not send. Failures that a test asked for are no answers of the Engine."""
    if schema.missing():
        yield
        return
    kept: list[tuple[str, str, Response]] = []
    handle = engine.handle

    def observed(method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        response = handle(method, target, headers, body)
        if not response.injected:
            kept.append((method, target, response))
        return response

    vars(engine)["handle"] = observed
    try:
        yield
    finally:
        del vars(engine)["handle"]
    if problems := _problems(kept):
        pytest.fail("answers that are not as the schema says:\n  " + "\n  ".join(problems), pytrace=False)


def _problems(kept: list[tuple[str, str, Response]]) -> list[str]:
    auditor = schema.Auditor()
    for method, target, response in kept:
        kind = {name.lower(): value for name, value in response.headers.items()}.get("content-type", "")
        if response.body and target.startswith("/ovirt-engine/api") and TALLY.is_new(response.body):
            auditor.look(method, target, response.status, kind, response.body)
    return list(dict.fromkeys(auditor.problems))


def summarize(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: what was measured, or why nothing was."""
    reason = schema.missing()
    if reason:
        terminalreporter.write_line(f"Engine: {reason}")
    elif TALLY.answers:
        count = f"{TALLY.answers} answers of {len(TALLY.shapes)} shapes"
        terminalreporter.write_line(f"Engine: {count} validated against {schema.PLACE}")
