# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module promises that runs on a container host. Made from ``cases/``, on hosts that are directories."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.cases import OnHost, cases
from tests.host_tier import machines
from tests.support.modules import MODULES as FOLDER
from tests.support.modules import PACKAGE, Answer, all_modules, run_module

CASES = cases(all_modules(), OnHost)


@pytest.mark.parametrize(("module", "case"), CASES)
def test_life(module: str, case: OnHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step in check mode, done, and again in both ways."""
    machine = case.host(tmp_path / "host").enter(monkeypatch)

    def run(args: dict[str, Any], *, check: bool) -> Answer:
        before = len(machine.asked)
        answer = run_module(module, args, check=check, diff=True)
        assert not answer.failed, answer.msg
        assert len(machine.asked) - before <= case.commands, machine.asked[before:]
        return answer

    for args in case.steps:
        before = machine.contents()
        foreseen = run(args, check=True)
        assert foreseen.changed
        assert machine.contents() == before
        done = run(args, check=False)
        assert done.changed
        assert machine.contents() != before
        assert foreseen.data["diff"] == done.data["diff"]
        assert foreseen.data.keys() == done.data.keys()
        after = machine.contents()
        for check in (True, False):
            again = run(args, check=check)
            assert not again.changed
            assert again.data["diff"]["before"] == again.data["diff"]["after"]
        assert machine.contents() == after
    for args in case.reads:
        before = machine.contents()
        for check in (True, False):
            assert not run(args, check=check).changed
        assert machine.contents() == before


@pytest.mark.parametrize(("module", "case"), CASES)
def test_a_result_is_as_documented(module: str, case: OnHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case.host(tmp_path / "host").enter(monkeypatch)
    documented = set(yaml.safe_load(texts(module)["RETURN"]))
    for args in case.steps + case.reads:
        answer = run_module(module, args, diff=True)
        assert set(answer.data) - {"changed", "diff", "invocation"} == documented


@pytest.mark.parametrize(("module", "case"), CASES)
def test_a_host_that_has_nothing_is_told_or_refused_in_one_line(
    module: str, case: OnHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command at all: what only reads says so, and what should change something fails."""
    machine = machines.empty(tmp_path / "host").enter(monkeypatch)
    before = machine.contents()
    for args in case.steps[:1] or case.reads[:1]:
        answer = run_module(module, args)
        assert answer.failed == bool(case.steps)
        assert "Traceback" not in answer.text
        assert "\n" not in answer.msg
    assert machine.contents() == before


@pytest.mark.parametrize(("module", "case"), CASES)
def test_a_host_where_every_command_fails(
    module: str, case: OnHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = case.host(tmp_path / "host").enter(monkeypatch)
    for command in machine.bin.iterdir():
        command.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    before = machine.contents()
    # To find nothing that could be restored takes no command.
    steps = [step for step in case.steps if step.get("state") != "restored"]
    for args in steps or case.reads:
        answer = run_module(module, args)
        assert answer.failed == bool(case.steps), answer.text
        assert "Traceback" not in answer.text
    assert machine.contents() == before


@pytest.mark.parametrize(("module", "case"), CASES)
def test_what_is_shipped_needs_the_standard_library_only(module: str, case: OnHost) -> None:
    """And Ansible's own module_utils, which come along; and nothing of the Engine tier."""
    assert case.commands > 0
    seen: set[Path] = set()
    waiting = [FOLDER / f"{module}.py"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not [name.name for name in node.names if name.name.split(".")[0] not in STANDARD], path
            if isinstance(node, ast.ImportFrom):
                waiting += ours(node, path)


#: What host-tier files may import by absolute name. ConfigParser is Python 2's.
STANDARD = {
    "ConfigParser", "base64", "binascii", "collections", "configparser", "contextlib", "copy", "errno", "fcntl",
    "fnmatch", "glob", "hashlib", "io", "json", "lzma", "os", "posixpath", "re", "select", "shlex", "shutil", "signal",
    "socket", "stat", "subprocess", "sys", "tarfile", "tempfile", "time", "xml", "zlib",
}  # fmt: skip


def ours(node: ast.ImportFrom, path: Path) -> list[Path]:
    """The collection's own files that an import brings; checks that nothing else is brought."""
    utils = FOLDER.parent / "module_utils"
    module = node.module or ""
    if node.level == 0:
        assert module.split(".")[0] in STANDARD | {"__future__"} or module.startswith("ansible.module_utils."), path
        return []
    place = path.parents[node.level - 1].joinpath(*module.split("."))
    files = [place.with_suffix(".py")] if module and place.with_suffix(".py").exists() else []
    files = files or [place / f"{name.name}.py" for name in node.names]
    for file in files:
        assert file.relative_to(utils).parts[0] in ("_host", "_properties", "_package"), f"{path.name} imports {file}"
    return files


@pytest.mark.parametrize(("module", "case"), CASES)
def test_the_examples_run(module: str, case: OnHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they stand, on one host; other modules' tasks in them only show something."""
    case.host(tmp_path / "host").enter(monkeypatch)
    name = f"{PACKAGE.removeprefix('ansible_collections.').removesuffix('.plugins.modules')}.{module}"
    tasks = [task for task in yaml.safe_load(texts(module)["EXAMPLES"]) if name in task]
    assert len(tasks) >= 2
    for task in tasks:
        answer = run_module(module, task[name] or {}, check=task.get("check_mode", False), diff=True)
        assert not answer.failed, f"{task['name']}: {answer.msg}"


def texts(module: str) -> dict[str, str]:
    """DOCUMENTATION, EXAMPLES and RETURN of a module."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text())
    found = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)]
    return {str(getattr(node.targets[0], "id", "")): str(ast.literal_eval(node.value)) for node in found}
