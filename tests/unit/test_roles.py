# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role says it takes is what it takes: argument specs, defaults and tasks agree."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = sorted(path for path in (Path(__file__).parents[2] / "roles").iterdir() if path.is_dir())


@cache
def _yaml(path: Path) -> Any:
    """The content of a file, which is read once: nobody changes it."""
    return yaml.safe_load(path.read_text())


def _options(role: Path, entry: str = "main") -> dict[str, Any]:
    options: dict[str, Any] = _yaml(role / "meta" / "argument_specs.yml")["argument_specs"][entry]["options"]
    return options


@pytest.fixture(params=ROLES, ids=[role.name for role in ROLES])
def role(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def _own(role: Path) -> dict[str, Any]:
    """The options that are the role's own, without those that it passes on to another role."""
    return {name: option for name, option in _options(role).items() if name.startswith(f"{role.name}_")}


def test_options_that_are_passed_on_are_those_of_their_role(role: Path) -> None:
    """`make docs` copies them; a link to an option that is decided here leads nowhere, so it is none any more."""
    passed = {name: option for name, option in _options(role).items() if name not in _own(role)}
    assert not passed or role.name == "container_host"
    for name, option in passed.items():
        origin = next(other for other in ROLES if name.startswith(f"{other.name}_"))
        assert str(option).replace("C(", "O(") == str(_options(origin)[name]).replace("C(", "O(")


def test_container_host_passes_on_whatever_it_does_not_decide() -> None:
    (host,) = (role for role in ROLES if role.name == "container_host")
    others = [role for role in ROLES if role.name in ("docker", "vdsm_containers", "container_networks")]
    left = {name for role in others for name in _options(role)} - set(_options(host))
    assert all(re.search("(_state|_drained|_goes_first)$", name) for name in left)


def test_spec_and_defaults_name_the_same(role: Path) -> None:
    assert set(_own(role)) == set(_yaml(role / "defaults" / "main.yml"))


def test_defaults_are_equal(role: Path) -> None:
    """A default that is worked out has none in the spec, and its description tells it."""
    defaults = _yaml(role / "defaults" / "main.yml")
    for name, option in _own(role).items():
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
    internal = _yaml(role / "vars" / "main.yml") if (role / "vars").exists() else {}
    assert all(name.startswith(f"__{role.name}_") for name in internal)
    assert all(name.startswith(f"{role.name}_") for name in _yaml(role / "defaults" / "main.yml"))


def test_every_variable_is_used(role: Path) -> None:
    texts = "\n".join(
        path.read_text() for part in ("tasks", "vars", "templates") for path in (role / part).rglob("*.*")
    )
    internal = _yaml(role / "vars" / "main.yml") if (role / "vars").exists() else {}
    for name in [*_own(role), *internal]:
        uses = len(re.findall(rf"(?<![\w]){name}(?!\w)", texts))
        assert uses > (1 if name in internal else 0), f"{name} is never used"


def test_every_default_has_a_comment(role: Path) -> None:
    lines = (role / "defaults" / "main.yml").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+:", line):
            assert lines[number - 1].startswith("#"), line
