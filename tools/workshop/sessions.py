# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a session of nox, read from its log and its report: numbers of tests, and what was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

# Lines to show after a failure, as a pattern by the beginning of a session's name; the last lines for others.
TELLING = {"molecule": r".*(fatal|FAILED|ERROR|^E |CRITICAL|failed=[1-9])", "sanity": "ERROR|FATAL"}
LINES_OF_A_FAILURE = 60


@dataclass
class Outcome:
    """How many tests passed, failed and were skipped, and why they were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}
        return ", ".join(f"{number} {word}" for word, number in parts.items() if number) or "nothing to run"


def file_name(session: str) -> str:
    """Return the name of a session's files, as noxfile.py has it."""
    return re.sub(r"[^\w.]+", "-", session).strip("-")


def outcome(session: str, status: str, logs: Path) -> Outcome:
    """Count the tests of a session; `status` is nox's word for how it ended."""
    if status == "skipped":
        return Outcome()
    good = status == "success"
    path = logs / f"{file_name(session)}.log"
    log = path.read_text(errors="replace") if path.exists() else ""
    if session.startswith("tests"):
        return pytest(session, good, log, logs / f"{file_name(session)}.xml")
    if session.startswith("molecule"):
        return molecule(good, log)
    return sanity(session, good, log) if session.startswith("sanity") else one(good)


def one(good: bool) -> Outcome:
    """Count a command as one test."""
    return Outcome(passed=1) if good else Outcome(failed=1)


def pytest(session: str, good: bool, log: str, report: Path) -> Outcome:
    """Count the tests in pytest's report."""
    suite = ElementTree.parse(report).getroot().find("testsuite") if report.exists() else None
    if suite is None:
        return Outcome(failed=1)
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    passed = int(suite.get("tests", 0)) - failed - skipped
    reasons = sorted({mark.get("message", "") for mark in suite.iter("skipped")})
    # The lab's suite says so in its own words when there is no schema to hold answers against.
    reasons += re.findall(r"^ovirt-lab: (.* not .*)", log, re.MULTILINE)
    return Outcome(passed, failed or int(not good), skipped, [f"{session}: {reason}" for reason in reasons])


def molecule(good: bool, log: str) -> Outcome:
    """Count every action of a molecule scenario, and every test of its verifiers."""
    recap = re.search(r"actions=\d+\s+successful=(\d+).*missing=(\d+).*failed=(\d+)", log)
    # A missing action has no playbook although the scenario names it.
    done, failed = (int(recap[1]), int(recap[2]) + int(recap[3])) if recap else (0, 1)
    verified = sum(map(int, re.findall(r"^=+ (?:\d+ failed, )?(\d+) passed", log, re.MULTILINE)))
    return Outcome(done + verified, max(failed, int(not good)))


def sanity(session: str, good: bool, log: str) -> Outcome:
    """Count the tests that ansible-test ran. A run without any test counts as failed, though its exit code is 0."""
    ran = len(set(re.findall(r'^Running sanity test "?([\w-]+)', log, re.MULTILINE)))
    listed = re.search(r"The (\d+) sanity test\(s\) listed below", log)
    failed = int(listed[1]) if listed else int(not good or not ran)
    missing = re.findall(
        r'^WARNING: Skipping sanity test "(.+)" on Python (\S+) because it could not', log, re.MULTILINE
    )
    left_out = []
    if missing:
        names, versions = (", ".join(dict.fromkeys(column)) for column in zip(*missing, strict=True))
        left_out.append(f"{session}: {names} under Python {versions}, which is not on this machine")
    return Outcome(max(ran - failed, 0), failed, 0, left_out)


def telling_lines(session: str, log: list[str]) -> list[str]:
    """Return the lines of a failed session's log that are worth showing."""
    pattern = next((words for name, words in TELLING.items() if session.startswith(name)), "")
    return ([line for line in log if re.match(pattern, line)] or log)[-LINES_OF_A_FAILURE:]
