# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs sessions of noxfile.py side by side, with a docker daemon for the time of the run, and reports on them.

nox does the work. This adds the daemon, a log per session, and the table at the end.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until INTERRUPTIONS watches, there is nothing to clean up: end at once on Ctrl-C, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from workshop import ROOT, WORK, daemon, sessions
from workshop.console import GREEN, RED, Stopwatch, coloured, heading, say, table
from workshop.processes import INTERRUPTIONS, Children

LOGS = WORK / "test"
# Twice the cores of a small machine: much of the time scenarios wait for their hosts, and tests for their Engines.
AT_A_TIME = 4
QUICK = ("tests(unit)", "tests(contract)")
LINT = ["ansible-lint", "docs-check", "license-check", "extra-checks", "mypy", "yamllint", "ruff", "shellcheck"]
LINT += ["changelog", "role-docs", "docs-site", "ci-files", "galaxy-importer", "execution-environment"]
SLOW = ("molecule-slow", "guests-qemu")
# The variable that tells noxfile.py to run slower variants of its sessions.
WHOLE = "TEST_ALL"
BEGIN = re.compile(r"=+ \S+ (.+): (success|skipped|failed|aborted)(?:, (.+))? =+$")
END = re.compile(r"Starting session .+\.\.\.$|nox > Ran \d+ sessions? in .+:$")


def options_of(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make test", description="Test the project.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--all", action="store_true", help="slower variants too, and what is slowest: half an hour more"
    )
    choice.add_argument("--quick", action="store_true", help="unit and contract tests under one ansible-core")
    choice.add_argument("--lint", action="store_true", help="linters and type checks only")
    choice.add_argument("sessions", nargs="*", default=[], help="sessions of noxfile.py")
    return parser.parse_args(words)


def chosen(options: argparse.Namespace) -> list[str]:
    """Return the sessions to run; none means those that noxfile.py runs by default."""
    if options.all:
        os.environ[WHOLE] = "1"
        return [*SLOW, *default_sessions()]
    if options.quick or options.lint:
        return [*(QUICK if options.quick else LINT)]
    return list(options.sessions)


def default_sessions() -> list[str]:
    """Return the names of the sessions that nox runs by default."""
    listing = subprocess.run([*nox(), "--list", "--json"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [entry["session"] for entry in json.loads(listing)]


def nox(*words: str) -> list[str]:
    """Return a command of nox. It skips sessions whose Python is not on this machine, also in CI."""
    return [sys.executable, "-m", "nox", "--no-error-on-missing-interpreters", *words]


def run(names: list[str], children: Children) -> list[dict[str, Any]]:
    """Run the sessions, print a line as each ends, and return nox's report: one dictionary per session."""
    report = LOGS / "report.json"
    command = nox("--parallel", str(AT_A_TIME), "--allow-parallel", "--report", str(report))
    log: list[str] = []
    try:
        for line in children.stream([*command, *(["-s", *names] if names else [])], env=os.environ, cwd=ROOT):
            if log and (END.match(line) or BEGIN.match(line)):
                ended(log)
                log = []
            if log or BEGIN.match(line):
                log.append(line)
            elif not END.match(line):
                say(line)
    except subprocess.CalledProcessError:
        pass  # the report tells which session failed
    ended(log)
    if not report.exists():
        return [{"name": "nox", "signatures": [], "result": "failed", "duration": 0.0}]
    entries: list[dict[str, Any]] = json.loads(report.read_text())["sessions"]
    return entries


def ended(lines: list[str]) -> None:
    """Write the log of a session that has ended, and print one line about it; after a failure also what it printed."""
    found = BEGIN.match(lines[0]) if lines else None
    if found is None:
        return
    name, status, took = found[1], found[2], found[3]
    path = LOGS / f"{sessions.file_name(name)}.log"
    path.write_text("\n".join(lines[1:]) + "\n")
    outcome = sessions.outcome(name, status, LOGS)
    word = coloured("FAILED", RED) if outcome.failed else coloured("left out" if status == "skipped" else "ok", GREEN)
    say(f"  {name}: {word}, {outcome}{f' in {took}' if took else ''}")
    if outcome.failed:
        say("\n".join(f"    | {line}" for line in sessions.telling_lines(name, lines[1:])))
        say(f"    | all {len(lines) - 1} lines: {path.relative_to(ROOT)}")


def title(entry: dict[str, Any]) -> str:
    """Return a session's name as nox shows it while it runs: the first of its signatures."""
    return str([*entry["signatures"], entry["name"]][0])


def summarise(entries: list[dict[str, Any]], left_out: list[str], watch: Stopwatch) -> int:
    """Print what ran, how long it took and what was left out, totals last. Return the exit code."""
    outcomes = {title(entry): sessions.outcome(title(entry), entry["result"], LOGS) for entry in entries}
    rows = [
        {
            "session": title(entry),
            "result": "FAILED" if outcomes[title(entry)].failed else entry["result"].replace("success", "ok"),
            "tests": str(outcomes[title(entry)].passed + outcomes[title(entry)].failed),
            "skipped": str(outcomes[title(entry)].skipped or ""),
            "seconds": f"{entry['duration']:.1f}",
        }
        for entry in entries
    ]
    heading("What ran")
    say("\n".join(table(rows)))
    heading("What was left out, and why")
    say("\n".join(f"  {line}" for line in [*left_out, *reasons(entries, outcomes.values())]) or "  nothing")
    passed, failed, skipped = (
        sum(getattr(outcome, name) for outcome in outcomes.values()) for name in ("passed", "failed", "skipped")
    )
    say(f"\nTook {watch}. Logs of every session are in {LOGS.relative_to(ROOT)}/.")
    say(coloured(f"{passed} passed, {failed} failed, {skipped} skipped", RED if failed or not passed else GREEN))
    return 1 if failed or not passed else 0


def reasons(entries: list[dict[str, Any]], outcomes: Iterable[sessions.Outcome]) -> list[str]:
    """Return why sessions and tests were left out, one line per reason."""
    whole: dict[str, list[str]] = {}
    for entry in entries:
        if entry["result"] == "skipped":
            whole.setdefault(entry.get("reason") or "skipped", []).append(title(entry))
    found = [f"{', '.join(names)}: {reason}" for reason, names in whole.items()]
    return list(dict.fromkeys([*found, *(reason for outcome in outcomes for reason in outcome.left_out)]))


def test(options: argparse.Namespace, no_docker: str | None, children: Children, watch: Stopwatch) -> int:
    """Run the chosen sessions, and return the exit code."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    names = chosen(options)
    left_out = [f"container hosts: {no_docker}"] if no_docker else []
    if not names:
        left_out.append(f"{', '.join(SLOW)}, and slower variants of what ran: make test-all runs what takes that long")
    heading(f"Sessions of noxfile.py, {AT_A_TIME} at a time")
    return summarise(run(names, children), left_out, watch)


def main(words: list[str]) -> int:
    """Run the command line with a docker daemon where one is needed, and return the exit code."""
    options = options_of(words)
    watch = Stopwatch()
    children = Children()
    part = options.quick or options.lint
    try:
        INTERRUPTIONS.watch()
        with nullcontext(None) if part else daemon.docker(children) as no_docker:
            return test(options, no_docker, children, watch)
    except KeyboardInterrupt:
        say("test: interrupted")
        return 130
    finally:
        INTERRUPTIONS.ignore()
        children.end_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
