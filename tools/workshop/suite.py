# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` consists of: the steps, the one that takes longest first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workshop.environments import ROOT, VENVS, WORK, versions
from workshop.sources import NAME, collection_path, copy_collection, project_files
from workshop.steps import Step, molecule, one, pytest_command

# Directories of tests, and what of each is worth running again under every other ansible-core.
DIRECTORIES = {
    "lab/tests": "lab/tests/conformance/test_ovirt_ovirt.py",
    "tests/tools": None,
    "tests/contract": "tests/contract/test_contract.py",
    # Processes, faults and waits, which no ansible-core has a part in; contract, integration and docs run the module.
    "tests/fleet": None,
    "tests/host_tier": "tests/host_tier",
    "tests/integration": "tests/integration",
    "tests/docs": "tests/docs",
    # Text in, text out, and processes that get in each other's way; host_tier and contract run the module under all.
    "tests/properties": None,
    "tests/unit": "tests/unit",
}
MOLECULE = ("molecule", "molecule-2.16")
#: Scenarios of ten minutes and more, which only `make test-all` runs.
SLOW = ("container_host_killed",)
QUICK = ("tests/unit", "tests/contract")


def cores() -> list[str]:
    """Return the environments that tests run in, the everyday one first."""
    names = [name for name in versions().sections() if name.startswith("core-")]
    return sorted(names, key=lambda name: name != "core-2.19")


def ends(environments: list[str]) -> list[str]:
    """Return the oldest and the newest: between them, ansible-test finds nothing that neither of them finds."""
    in_order = sorted(environments)
    return list(dict.fromkeys([in_order[0], in_order[-1]]))


def pytest_steps(environments: list[str], directories: Iterable[str]) -> list[Step]:
    """Return the pytest steps for those directories that are there."""
    steps = []
    for directory in directories:
        if not any((ROOT / directory).rglob("test_*.py")):
            continue
        steps.append(pytest_command(directory, environments[0], directory))
        if again := DIRECTORIES[directory]:
            steps += [pytest_command(directory, name, again) for name in environments[1:]]
    return steps


def molecule_steps(slow: bool = False) -> list[Step]:
    """Return one step per scenario; they share no host, so they may run side by side. The `slow` ones come first."""
    names = [path.parent.name for path in sorted(ROOT.glob("molecule/*/molecule.yml"))]
    chosen = [name for name in names if slow or name not in SLOW]
    return [molecule_step(name) for name in sorted(chosen, key=lambda name: name not in SLOW)]


def molecule_step(name: str) -> Step:
    """Return the step of a scenario; one whose name ends so runs under the oldest ansible-core."""
    environment = "molecule-2.16" if name.endswith("_core_2_16") else "molecule"
    return Step(
        f"molecule {name}",
        environment,
        [VENVS / environment / "bin" / "molecule", "test", "--scenario-name", name],
        molecule,
        telling=r".*(fatal|FAILED|ERROR|^E |CRITICAL|failed=[1-9])",
        # Molecule itself would rather look in extensions/.
        variables={"MOLECULE_GLOB": "molecule/*/molecule.yml"},
    )


def lint_steps() -> list[Step]:
    """Return the linters, type checks and document checks."""
    tools = VENVS / "lint" / "bin"
    place = WORK / "lint"
    copy = place / NAME
    copy_collection(place)
    # Found before ours: the copy, so that documentation is read from what is linted.
    found = {"ANSIBLE_COLLECTIONS_PATH": collection_path("lint", place)}

    def lint(name: str, *command: str | Path, **more: object) -> Step:
        return Step(name, "lint", [tools / command[0], *command[1:]], one, **more)  # type: ignore[arg-type]

    def on_copy(name: str, *command: str | Path) -> Step:
        return lint(name, *command, cwd=copy, variables=found)

    shell = [path for path in project_files() if is_shell(ROOT / path)]
    steps = [
        on_copy("ansible-lint", "ansible-lint", "--profile", "production", "--offline", "--strict", "--nocolor"),
        on_copy("antsibull-docs", "antsibull-docs", "lint-collection-docs", "--plugin-docs", "."),
        on_copy("antsibull-changelog", "antsibull-changelog", "lint"),
        on_copy("reuse", "reuse", "--root", ".", "lint"),
        lint("mypy plugins", *mypy("-p", "ansible_collections.ovirt_contrib.containers.plugins")),
        lint("mypy lab", *mypy("lab/ovirt_lab")),
        lint("mypy tools", *mypy("-p", "workshop")),
        lint("mypy tests", *mypy("tests")),
        lint("ruff check", "ruff", "check", "--no-cache", "."),
        lint("ruff format", "ruff", "format", "--no-cache", "--check", "--diff", "."),
        lint("yamllint", "yamllint", "--strict", "."),
        lint("versions agree", "python", "-B", "-m", "workshop", "metadata", "--check"),
    ]
    if shell:
        steps.append(lint("shellcheck", "shellcheck", *shell))
    for step in steps:
        step.variables = {**step.variables, "PYTHONPATH": str(ROOT / "tools"), "MYPYPATH": mypy_path()}
    return steps


def mypy(*what: str) -> list[str]:
    """Return the type check of one of the three code bases; each has its cache, as they run side by side."""
    return [
        "mypy",
        "--config-file",
        "pyproject.toml",
        "--cache-dir",
        str(WORK / "mypy" / what[-1].replace("/", ".")),
        *what,
    ]


def mypy_path() -> str:
    """Return where mypy finds modules by name."""
    return f"{WORK / 'collections'}:{ROOT / 'lab'}:{ROOT / 'tools'}"


def is_shell(path: Path) -> bool:
    """Tell a shell script by its first line."""
    with path.open("rb") as file:
        return file.readline(64).rstrip() in (b"#!/bin/sh", b"#!/bin/bash", b"#!/usr/bin/env bash")


def build_step(environment: str) -> Step:
    """Return the step that builds the collection and installs it, without any network, where nothing was."""
    place = WORK / "build"
    return Step(
        "build and install",
        environment,
        [VENVS / environment / "bin" / "python", "-B", "-m", "workshop", "build", place],
        one,
        variables={
            "PYTHONPATH": str(ROOT / "tools"),
            # Without the checkout, or there would be nothing to install.
            "ANSIBLE_COLLECTIONS_PATH": collection_path(environment, place / "installed"),
        },
    )
