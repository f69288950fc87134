# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the tools that compute something."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop import console, environments, metadata, showing, sources, steps, suite


def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> steps.Step:
    """A step whose log says something."""
    monkeypatch.setattr(steps, "LOGS", tmp_path)
    made = steps.Step("some tests", "core-2.19", [], steps.one)
    made.log.write_text(text)
    return made


def test_sanity_tests_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passed, failed, and what could not run."""
    log = (
        'Running sanity test "compile"\nRunning sanity test "pep8"\nRunning sanity test "pylint"\n'
        'WARNING: Skipping sanity test "import" on Python 3.14 because it could not be found.\n'
        "FATAL: The 1 sanity test(s) listed below (out of 3) failed. See error output above for details.\npep8\n"
    )
    outcome = steps.sanity(step(tmp_path, monkeypatch, log), 1)
    assert (outcome.passed, outcome.failed) == (2, 1)
    assert outcome.left_out == ["some tests (core-2.19): import under Python 3.14, which is not on this machine"]


def test_a_sanity_run_that_breaks_off_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when no list of failures was printed, or nothing ran at all."""
    assert steps.sanity(step(tmp_path, monkeypatch, "FATAL: no"), 1).failed == 1
    assert steps.sanity(step(tmp_path, monkeypatch, "WARNING: All targets skipped.\n"), 0).failed == 1


def test_pytest_reports_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are failures; the reason of a skip is told."""
    made = step(tmp_path, monkeypatch, "")
    made.log.with_suffix(".xml").write_text(
        '<testsuites><testsuite tests="6" failures="1" errors="1" skipped="1">'
        '<testcase><skipped message="no docker here"/></testcase></testsuite></testsuites>'
    )
    outcome = steps.pytest(made, 1)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (3, 2, 1)
    assert outcome.left_out == ["some tests (core-2.19): no docker here"]


def test_pytest_that_breaks_off_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No report, or a report without failures but a bad exit code."""
    made = step(tmp_path, monkeypatch, "")
    assert steps.pytest(made, 4).failed == 1
    made.log.with_suffix(".xml").write_text('<testsuites><testsuite tests="1"/></testsuites>')
    assert steps.pytest(made, 2).failed == 1


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
def test_actions_of_a_scenario_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str, code: int, passed: int, failed: int
) -> None:
    """What the verifiers passed counts too; an action without a playbook is a failure, whatever molecule thinks."""
    outcome = steps.molecule(step(tmp_path, monkeypatch, log), code)
    assert (outcome.passed, outcome.failed) == (passed, failed)


def test_sanity_is_tested_at_both_ends() -> None:
    assert suite.ends(suite.cores()) == ["core-2.16", "core-newest"]
    assert suite.ends(["core-2.19"]) == ["core-2.19"]


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


def test_every_environment_can_be_made_somewhere() -> None:
    """Each section names requirements, a reason and interpreters that tools/setup looks for."""
    stated = environments.versions()
    searched = stated["python"]["search"].split()
    sections = [name for name in stated.sections() if stated.has_option(name, "requirements")]
    assert {"demo", "lint", "core-2.16", "core-2.19", "core-newest"} <= set(sections)
    for name in sections:
        assert stated[name]["why"]
        assert set(stated[name]["python"].split()) <= set(searched)
        assert "ansible" in stated[name]["requirements"]


def test_an_environment_is_made_anew_when_its_requirements_change() -> None:
    """The stamp depends on what is installed and with which interpreter."""
    one = environments.Environment("x", "", ("3.11",), ("a==1",), "/usr/bin/python3")
    two = environments.Environment("x", "", ("3.11",), ("a==2",), "/usr/bin/python3")
    assert one.stamp() != two.stamp()
    assert not one.ready()


def test_a_copy_loses_what_the_project_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second copy into the same place removes what is gone, but keeps ansible-test's cache."""
    project = tmp_path / "project"
    (project / "lab").mkdir(parents=True)
    for name in ("galaxy.yml", "gone.txt", "lab/engine.py"):
        (project / name).write_text(name)
    monkeypatch.setattr(sources, "ROOT", project)
    copy = sources.copy_collection(tmp_path / "copy", without=["lab"])
    (copy / "tests" / "output").mkdir(parents=True)
    (copy / "tests" / "output" / "cache").write_text("x")
    (project / "gone.txt").unlink()
    sources.copy_collection(tmp_path / "copy", without=["lab"])
    there = sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file())
    assert there == ["galaxy.yml", "tests/output/cache"]


def test_metadata_agrees() -> None:
    """meta/runtime.yml lists every module; galaxy.yml repeats no other version than environments.ini."""
    assert metadata.disagreements() == []


def test_a_new_module_shows_as_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is not in the action group is found."""
    (tmp_path / "plugins" / "modules").mkdir(parents=True)
    (tmp_path / "plugins" / "modules" / "something_new.py").write_text("")
    (tmp_path / "galaxy.yml").write_text((metadata.ROOT / "galaxy.yml").read_text())
    monkeypatch.setattr(metadata, "ROOT", tmp_path)
    assert any("make runtime" in problem for problem in metadata.disagreements())


def test_a_table_has_columns_as_wide_as_needed() -> None:
    """Short and long cells line up."""
    rows = [{"name": "cache", "host": "host1"}, {"name": "a-long-name", "host": ""}]
    assert console.table(rows) == ["name         host", "-----------  -----", "cache        host1", "a-long-name"]
