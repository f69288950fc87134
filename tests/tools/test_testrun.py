# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read from the logs of sessions, and what is told at the end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workshop import console, sessions, testrun

from demo import showing

ROOT = Path(__file__).parents[2]


def test_sanity_tests_are_counted() -> None:
    """Passed, failed, and what could not run."""
    log = (
        'Running sanity test "compile"\nRunning sanity test "pep8"\nRunning sanity test "pylint"\n'
        'WARNING: Skipping sanity test "import" on Python 3.14 because it could not be found.\n'
        "FATAL: The 1 sanity test(s) listed below (out of 3) failed. See error output above for details.\npep8\n"
    )
    outcome = sessions.sanity("sanity-2.16", False, log)
    assert (outcome.passed, outcome.failed) == (2, 1)
    assert outcome.left_out == ["sanity-2.16: import under Python 3.14, which is not on this machine"]


def test_a_sanity_run_that_breaks_off_is_a_failure() -> None:
    """Also when no list of failures was printed, or nothing ran at all."""
    assert sessions.sanity("sanity-2.16", False, "FATAL: no").failed == 1
    assert sessions.sanity("sanity-2.16", True, "WARNING: All targets skipped.\n").failed == 1


def test_pytest_reports_are_counted(tmp_path: Path) -> None:
    """Errors are failures; the reason of a skip is told."""
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="6" failures="1" errors="1" skipped="1">'
        '<testcase><skipped message="no docker here"/></testcase></testsuite></testsuites>'
    )
    outcome = sessions.pytest("tests(unit)", False, "", report)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (3, 2, 1)
    assert outcome.left_out == ["tests(unit): no docker here"]


def test_pytest_that_breaks_off_is_a_failure(tmp_path: Path) -> None:
    """No report, or a report without failures but a bad exit code."""
    report = tmp_path / "report.xml"
    assert sessions.pytest("tests(unit)", False, "", report).failed == 1
    report.write_text('<testsuites><testsuite tests="1"/></testsuites>')
    assert sessions.pytest("tests(unit)", False, "", report).failed == 1


RECAP = "SCENARIO RECAP\nsite : actions=4  successful={}  disabled=0  skipped=0  missing={}  failed={}\n"


@pytest.mark.parametrize(
    ("log", "code", "passed", "failed"),
    [
        ("=== 6 passed in 2.27s ===\n" + RECAP.format(4, 0, 0), 0, 10, 0),
        ("=== 1 failed, 5 passed in 2.27s ===\n" + RECAP.format(3, 0, 1), 1, 8, 1),
        (RECAP.format(3, 1, 0), 0, 3, 1),
        (RECAP.format(4, 0, 0), 2, 4, 1),
        ("broken off", 0, 0, 1),
    ],
)
def test_actions_of_a_scenario_are_counted(log: str, code: int, passed: int, failed: int) -> None:
    """What the verifiers passed counts too; an action without a playbook is a failure, whatever molecule thinks."""
    outcome = sessions.molecule(not code, log)
    assert (outcome.passed, outcome.failed) == (passed, failed)


NOXFILE = """
import os, sys
import nox

@nox.session(python=False)
def first(session):
    session.run(sys.executable, "-c", "print('good')")

@nox.session(python=False)
def bad(session):
    session.run(sys.executable, "-c", "print('the reason'); raise SystemExit(1)")

@nox.session(python=False)
def left(session):
    session.skip("no daemon here")

@nox.session(python=">=3.10,<3.99")
def ranged(session):
    session.run("python", "--version")

@nox.session(python="3.99")
def old(session):
    pass
"""


def run_there(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the sessions of another project, on a CI machine where a docker daemon answers."""
    program = """if True:
        import sys
        from pathlib import Path
        from workshop import daemon, testrun
        testrun.ROOT, testrun.LOGS = Path(sys.argv[1]), Path(sys.argv[1], "logs")
        daemon.answers = lambda: True
        sys.exit(testrun.main(sys.argv[2:]))
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tools"), "CI": "true", "NO_COLOR": "1"}
    command = [sys.executable, "-c", program, str(place), *words]
    return subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, timeout=100, check=False)


def test_sessions_run_to_their_end_though_one_fails(tmp_path: Path) -> None:
    """Each has its log; a session that is left out says why, also on a CI machine; the last line has the totals."""
    (tmp_path / "noxfile.py").write_text(NOXFILE)
    done = run_there(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "    | the reason" in lines
    assert "  left: no daemon here" in lines
    assert any(re.match(r"  old: .*3\.99", line) for line in lines), done.stdout
    assert any(re.match(r"first +ok +1 ", line) for line in lines)
    assert any(re.match(r"ranged +ok +1 ", line) for line in lines)
    assert any(re.match(r"bad +FAILED +1 ", line) for line in lines)
    assert lines[-1] == "2 passed, 1 failed, 0 skipped"
    assert "good\n" in (tmp_path / "logs" / "first.log").read_text()
    assert {path.stem for path in (tmp_path / "logs").glob("*.log")} == {"first", "bad", "left", "ranged", "old"}


def test_nox_that_does_not_start_is_a_failure(tmp_path: Path) -> None:
    """For instance because noxfile.py cannot be read; what nox said is shown."""
    (tmp_path / "noxfile.py").write_text("no python\n")
    done = run_there(tmp_path, "--lint")
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def test_every_session_that_make_lint_names_is_there() -> None:
    """And every scenario, and every directory of tests, has a session."""
    listing = subprocess.run(
        testrun.nox("--list", "--json"), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    entries = json.loads(listing)
    assert {*testrun.LINT, "sanity-2.16", "sanity-2.21"} <= {entry["name"].partition("-3")[0] for entry in entries}
    named = {entry["session"] for entry in entries}
    scenarios = {path.parent.name for path in ROOT.glob("molecule/*/molecule.yml")}
    assert scenarios - {"container_host_killed", "container_host_core_2_16", "site_whole"} == {
        name[len("molecule(") : -1] for name in named if name.startswith("molecule(")
    }
    suites = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert suites == {name[len("tests(") : -1] for name in named if name.startswith("tests(")} - {"lab/tests"}


def test_versions_agree() -> None:
    """galaxy.yml and requirements.yml name the same collections; the oldest ansible-core is tested."""
    asked = yaml.safe_load((ROOT / "requirements.yml").read_text())["collections"]
    wanted = {entry["name"]: entry["version"] for entry in asked}
    stated = yaml.safe_load((ROOT / "galaxy.yml").read_text())["dependencies"]
    assert stated == {name: version for name, version in wanted.items() if name in stated}
    requires = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"]
    assert requires == ">=2.16.0"
    assert '"2.16": ("ansible==9.' in (ROOT / "noxfile.py").read_text()


def test_a_brief_play_shows_what_changed() -> None:
    """Headings with nothing below them go, and what was included."""
    lines = [
        "PLAY [x] **",
        "",
        "TASK [looks] **",
        "included: y",
        "",
        "TASK [changes] **",
        "changed: [h]",
        "",
        "PLAY [z] **",
    ]
    lines += ["", "TASK [looks again] **", "", "PLAY RECAP **", "h : ok=3"]
    brief = ["PLAY [x] **", "", "TASK [changes] **", "changed: [h]", "", "PLAY [z] **", "", "PLAY RECAP **", "h : ok=3"]
    assert list(showing.shown(lines, brief=True)) == brief
    assert list(showing.shown(lines, brief=False)) == lines


def test_a_table_has_columns_as_wide_as_needed() -> None:
    """Short and long cells line up."""
    rows = [{"name": "cache", "host": "host1"}, {"name": "a-long-name", "host": ""}]
    assert console.table(rows) == ["name         host", "-----------  -----", "cache        host1", "a-long-name"]
