# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step of the test run: a command, its log, and how its tests are counted."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workshop.console import Stopwatch
from workshop.environments import ROOT, VENVS, WORK
from workshop.processes import Children
from workshop.sources import collection_path

LOGS = WORK / "test"
STEP_SECONDS = 900.0
# A user's own settings must not decide whether our tests pass.
FOREIGN = re.compile(
    r"(ANSIBLE|OVIRT_(?!API_XSD|SDK_SOURCE|LAB_POOL|LAB_MIRROR)|MOLECULE|PYTEST|PYTHON|VIRTUAL_ENV|LC_|LANG)"
)


@dataclass
class Outcome:
    """What a step brought: how many tests passed, failed and were skipped, and why they were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    left_out: list[str] = field(default_factory=list)


@dataclass
class Step:
    """One command in one environment; `telling` is what the lines worth showing after a failure look like."""

    name: str
    environment: str
    command: list[str | Path]
    count: Callable[[Step, int], Outcome]
    prepare: Callable[[], object] = lambda: None
    cwd: Path = ROOT
    telling: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the name that people read."""
        return f"{self.name} ({self.environment})"

    @property
    def log(self) -> Path:
        """Return the file that holds what the step printed."""
        return LOGS / f"{self.name.replace(' ', '-').replace('/', '-')}.{self.environment}.log"

    def run(self, children: Children) -> Outcome:
        """Run the command and count."""
        watch = Stopwatch()
        self.log.write_bytes(b"")
        try:
            self.prepare()
            env = {**variables(self.environment), **self.variables}
            code = children.run(self.command, log=self.log, env=env, cwd=self.cwd, timeout=STEP_SECONDS)
            outcome = self.count(self, code)
        except Exception as problem:  # a step that cannot even start is a failed step, and the others go on
            with self.log.open("a") as log:
                log.write(f"\nthe step itself failed: {type(problem).__name__}: {problem}\n")
            outcome = Outcome(failed=1)
        outcome.seconds = watch.seconds()
        return outcome


def variables(environment: str) -> dict[str, str]:
    """Return the process environment of a step: the machine's, less what would change Ansible's behaviour."""
    home = WORK / "ansible" / environment
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    return kept | {
        "PATH": os.pathsep.join([str(VENVS / environment / "bin"), real_path()]),
        "ANSIBLE_COLLECTIONS_PATH": collection_path(environment),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        # Keeps __pycache__ out of the tree; the SDK alone takes half a second to compile, so it must be kept somewhere.
        "PYTHONPYCACHEPREFIX": str(WORK / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }


def real_path() -> str:
    """Return PATH without pyenv's shims: they answer for versions that are not switched on, with status 127."""
    return os.pathsep.join(place for place in os.environ["PATH"].split(os.pathsep) if not place.endswith("/shims"))


def one(step: Step, code: int) -> Outcome:
    """Count a command as one test: its exit code says it."""
    return Outcome(failed=1) if code else Outcome(passed=1)


def pytest(step: Step, code: int) -> Outcome:
    """Count what pytest wrote down."""
    report = step.log.with_suffix(".xml")
    if not report.exists():
        return Outcome(failed=1)
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        return Outcome(failed=1)
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    passed = int(suite.get("tests", 0)) - failed - skipped
    reasons = sorted({mark.get("message", "") for mark in suite.iter("skipped")})
    # Code 5 is "no test collected", for instance because a whole selection does not apply.
    failed += 1 if code not in (0, 5) and not failed else 0
    # The lab's suite says so in its own words when there is no schema to hold answers against.
    reasons += re.findall(r"^ovirt-lab: (.* not .*)", step.log.read_text(errors="replace"), re.MULTILINE)
    return Outcome(passed, failed, skipped, left_out=[f"{step.title}: {reason}" for reason in reasons])


def molecule(step: Step, code: int) -> Outcome:
    """Count what molecule did: every action of the scenario, and every test of its verifiers."""
    text = step.log.read_text(errors="replace")
    recap = re.search(r"actions=\d+\s+successful=(\d+).*missing=(\d+).*failed=(\d+)", text)
    # An action without a playbook is one that somebody meant to have.
    done, failed = (int(recap[1]), int(recap[2]) + int(recap[3])) if recap else (0, 1)
    verified = sum(map(int, re.findall(r"^=+ (?:\d+ failed, )?(\d+) passed", text, re.MULTILINE)))
    return Outcome(done + verified, max(failed, int(bool(code))))


def pytest_command(step_name: str, environment: str, what: str) -> Step:
    """Return the step that runs one directory or file of tests."""
    step = Step(step_name, environment, [], pytest)
    report = step.log.with_suffix(".xml")
    scratch = LOGS / "tmp" / f"{step_name}.{environment}"
    step.command = [VENVS / environment / "bin" / "python", "-m", "pytest", what, "--junitxml", report]
    step.command += ["--basetemp", scratch, "-p", "no:cacheprovider", "--color=no"]

    def prepare() -> None:
        report.unlink(missing_ok=True)
        scratch.parent.mkdir(parents=True, exist_ok=True)

    step.prepare = prepare
    if what.startswith("lab"):
        # A package of its own, with settings of its own; it is tested without being installed.
        step.variables = {"PYTHONPATH": str(ROOT / "lab")}
    return step


def sanity(step: Step, code: int) -> Outcome:
    """Count the tests that ansible-test ran."""
    text = step.log.read_text(errors="replace")
    ran = len(set(re.findall(r'^Running sanity test "?([\w-]+)', text, re.MULTILINE)))
    listed = re.search(r"The (\d+) sanity test\(s\) listed below", text)
    # A run that tested nothing ends well, and must not count as one that found nothing.
    failed = int(listed[1]) if listed else int(bool(code) or not ran)
    missing = re.findall(
        r'^WARNING: Skipping sanity test "(.+)" on Python (\S+) because it could not', text, re.MULTILINE
    )
    left_out = []
    if missing:
        tests, interpreters = (", ".join(dict.fromkeys(column)) for column in zip(*missing, strict=True))
        left_out.append(f"{step.title}: {tests} under Python {interpreters}, which is not on this machine")
    return Outcome(max(ran - failed, 0), failed, 0, left_out=left_out)
