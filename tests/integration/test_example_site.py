# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The production site to copy: playbooks take it, and every variable in it means something."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.plays import PLAYBOOK, ROOT, play

SITE = ROOT / "inventories" / "example"
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
#: What is no role's: variables of the playbooks, which tell them in their first lines, and Ansible's own.
OTHERS = {"engine_auth", "containers", "container_serial", "ansible_user"}


def inventory(*words: str) -> dict[str, Any]:
    """What ansible-inventory makes of it."""
    command: list[str | Path] = [PLAYBOOK.parent / "ansible-inventory", "-i", SITE, *words]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def role_variables() -> set[str]:
    """Every variable that a role takes."""
    specs = [yaml.safe_load(path.read_text()) for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")]
    return {name for spec in specs for name in spec["argument_specs"]["main"]["options"]}


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_playbook_takes_it(playbook: Path) -> None:
    run = play(playbook, "-i", SITE, "--syntax-check")
    assert run.code == 0, run.text


def test_the_groups_are_those_that_the_playbooks_run_on() -> None:
    groups = {
        name for name, group in inventory("--list").items() if name not in ("_meta", "all") and group.get("hosts")
    }
    hosts = {play["hosts"] for path in PLAYBOOKS for play in yaml.safe_load(path.read_text()) if "hosts" in play}
    assert groups == {re.search(r"default\('(\w+)'\)", text)[1] for text in hosts}  # type: ignore[index]


def test_every_variable_is_known_or_used() -> None:
    """A misspelt one would be passed over in silence."""
    text = "\n".join(path.read_text() for path in SITE.rglob("*.yml"))
    for path in [*(SITE / "group_vars").rglob("*.yml"), *(SITE / "host_vars").rglob("*.yml")]:
        for name in yaml.safe_load(path.read_text()) or {}:
            known = name in role_variables() | OTHERS
            assert known or len(re.findall(rf"\b{name}\b", text)) > 1, f"{path.name}: {name}"


def test_hosts_give_out_addresses_of_their_own() -> None:
    ranges = [inventory("--host", f"host{n}.example.com")["containers_range"] for n in (1, 2, 3)]
    assert len(set(ranges)) == 3
