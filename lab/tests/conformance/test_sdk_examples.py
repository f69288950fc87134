# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SDK's own examples run against the embedded Engine, unmodified but for address and credentials."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from transfers import images_missing

from ovirt_lab.engine import Engine, SystemClock, serve

from . import example_cases, sdk_examples
from .example_cases import LEFT_OUT, RUN


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One CA for all."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(autouse=True)
def source() -> None:
    """Skip with one line when the examples cannot be had."""
    found = sdk_examples.examples_dir()
    if isinstance(found, str):
        pytest.skip(found)


@pytest.mark.parametrize("name", sorted(RUN))
def test_example(name: str, tls: Path, tmp_path: Path) -> None:
    """It ends with 0, without a word about errors, and has done what it says."""
    case = RUN[name]
    if case.images and images_missing():
        pytest.skip(images_missing())
    # A ticket ends after a minute without a request, which a busy machine may not notice to have passed.
    clock = SystemClock(speed=sdk_examples.SPEED / 10 if case.images else sdk_examples.SPEED)
    engine = Engine("4.3", case.world(), clock, password=sdk_examples.PASSWORD)
    case.prepare(engine)
    with serve(engine, tls) as endpoint:
        enough = (lambda output: case.check(engine, output)) if case.endless else None
        base = endpoint.url.removesuffix("/ovirt-engine/api")
        arguments = [argument.format(base=base, ca_file=endpoint.ca_file) for argument in case.arguments]
        code, output = sdk_examples.run(name, endpoint.url, endpoint.ca_file, tmp_path, arguments, enough)
    asked = "\n".join(f"{r.method} {r.path} {r.status}" for r in engine.requests)
    assert code == (-signal.SIGTERM if case.endless else 0), f"{output}\n{asked}"
    assert "Traceback" not in output
    assert case.check(engine, output), f"{output}\n{asked}"


def test_every_example_is_accounted_for() -> None:
    """Each script is either run or left out with a reason; none twice, none that does not exist."""
    assert not set(RUN) & set(LEFT_OUT)
    assert sorted({*RUN, *LEFT_OUT}) == sdk_examples.names()


def test_readme_says_the_same() -> None:
    """The table in lab/README.md is the one of example_cases."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)\.py` \| (.*?) \|$", text, re.MULTILINE))
    assert rows == {**dict.fromkeys(RUN, "runs"), **LEFT_OUT}
    assert f"{len(RUN)} of {len(RUN) + len(LEFT_OUT)}" in text


__all__ = ["example_cases"]
