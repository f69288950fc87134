# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role says it takes is what it takes: argument specs, defaults and tasks agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = sorted(path for path in (Path(__file__).parents[2] / "roles").iterdir() if path.is_dir())


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def _options(role: Path, entry: str = "main") -> dict[str, Any]:
    options: dict[str, Any] = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"][entry]["options"]
    return options


@pytest.fixture(params=ROLES, ids=[role.name for role in ROLES])
def role(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_spec_and_defaults_name_the_same(role: Path) -> None:
    assert set(_options(role)) == set(_yaml(role / "defaults" / "main.yml"))


def test_defaults_are_equal(role: Path) -> None:
    """A default that is worked out has none in the spec, and its description tells it."""
    defaults = _yaml(role / "defaults" / "main.yml")
    for name, option in _options(role).items():
        if "default" in option:
            assert option["default"] == defaults[name], name
        else:
            assert "{{" in str(defaults[name]), name
            assert "default is" in " ".join(option["description"]), name


def test_every_entry_point_takes_the_same(role: Path) -> None:
    for entry in _yaml(role / "meta" / "argument_specs.yml")["argument_specs"]:
        assert _options(role, entry) == _options(role)
        assert (role / "tasks" / f"{entry}.yml").exists()


def test_public_names_carry_the_name_of_the_role(role: Path) -> None:
    assert all(name.startswith(f"{role.name}_") for name in _options(role))


def test_every_variable_is_used(role: Path) -> None:
    texts = "\n".join(
        path.read_text() for part in ("tasks", "vars", "templates") for path in (role / part).rglob("*.*")
    )
    internal = _yaml(role / "vars" / "main.yml") if (role / "vars").exists() else {}
    for name in [*_options(role), *internal]:
        uses = len(re.findall(rf"(?<![\w]){name}(?!\w)", texts))
        assert uses > (1 if name in internal else 0), f"{name} is never used"


def test_every_default_has_a_comment(role: Path) -> None:
    lines = (role / "defaults" / "main.yml").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+:", line):
            assert lines[number - 1].startswith("#"), line
