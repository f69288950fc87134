# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One set of `module_defaults` serves all modules of an action group."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.plays import PLAYBOOK, ROOT, clean_environment

COLLECTION = "ovirt_contrib.containers"
GROUPS: dict[str, list[str]] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} - {"__init__"}
#: The documentation fragment that the modules of a group share, as its options are what people set for a group.
SHARED = {"containers": "engine", "hosts": "host"}


@cache
def documentation() -> dict[str, Any]:
    """What ansible-doc says of all modules, in a process of its own: Ansible's loader takes over imports."""
    names = [f"{COLLECTION}.{module}" for module in sorted(MODULES)]
    command: list[str | Path] = [PLAYBOOK.with_name("ansible-doc"), "--json", *names]
    answer = subprocess.run(command, env=clean_environment(), check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(answer)
    return found


def options_of(module: str) -> dict[str, Any]:
    """The options of a module, those of its fragments included."""
    options: dict[str, Any] = documentation()[f"{COLLECTION}.{module}"]["doc"]["options"]
    return options


def options_of_fragment(name: str) -> set[str]:
    """The options of a documentation fragment."""
    source = (ROOT / "plugins" / "doc_fragments" / f"{name}.py").read_text()
    found = re.search(r'DOCUMENTATION = r"""\n(.*?)"""', source, re.DOTALL)
    assert found
    return set(yaml.safe_load(found[1])["options"])


def groups_in(text: str) -> set[str]:
    """The action groups of this collection that a text sets defaults for."""
    return set(re.findall(r"group/ovirt_contrib\.containers\.(\w+)", text))


def test_each_module_is_in_one_group() -> None:
    members = [module for group in GROUPS.values() for module in group]
    assert sorted(members) == sorted(MODULES)
    assert set(GROUPS) == set(SHARED)


@pytest.mark.parametrize(("group", "module"), [(group, module) for group in GROUPS for module in GROUPS[group]])
def test_a_member_takes_each_option_of_the_fragment_of_its_group(group: str, module: str) -> None:
    """A default that one member does not know makes each of its tasks fail."""
    assert options_of_fragment(SHARED[group]) <= set(options_of(module))


def test_those_that_take_auth_are_the_group_containers() -> None:
    assert {module for module in MODULES if "auth" in options_of(module)} == set(GROUPS["containers"])


def test_module_defaults_that_are_taught_name_options_that_each_member_takes() -> None:
    """README, docs and playbooks: what stands below a group there is known to each member of it."""
    places = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("playbooks/*.yml")]
    taught = {path: path.read_text() for path in places if groups_in(path.read_text())}
    assert ROOT / "README.md" in taught
    for path, text in taught.items():
        for found in re.finditer(r"^( *)group/ovirt_contrib\.containers\.(\w+):\n((?:\1 +.*\n)+)", text, re.MULTILINE):
            given = set(yaml.safe_load(found[3]))
            for module in GROUPS[found[2]]:
                assert given <= set(options_of(module)), f"{path.name}: {module} does not take all of {given}"
