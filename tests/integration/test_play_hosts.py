# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook that finds no hosts, or lacks what it needs, is refused before its first change, with an exit code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.lookup import play_hosts

from tests.support.plays import PLAYBOOK, ROOT, Run, clean_environment, play

pytestmark = pytest.mark.timeout(300)
PLAYBOOKS = ROOT / "playbooks"
GROUPS = {"engine": "controller", "engine_machine": "manager", "container_hosts": "host1"}
#: The group that a playbook cannot do without; site needs all three.
NEEDED = {
    "configure_engine": "engine_machine",
    "deploy_containers": "engine",
    "disable_hosts": "container_hosts",
    "enable_hosts": "container_hosts",
    "report": "engine",
}
CASES = [*NEEDED.items(), *(("site", group) for group in GROUPS)]


def inventory(place: Path, *without: str) -> Path:
    """A site of three machines, which are this one and must never be reached."""
    children = {group: {"hosts": {host: None}} for group, host in GROUPS.items() if group not in without}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "/nonexistent"}
    path = place / "inventory.yml"
    path.write_text(
        yaml.safe_dump({"all": {"children": {"others": {"hosts": {"else": None}}, **children}, "vars": local}})
    )
    return path


def refusal(run: Run) -> str:
    """The message of a run that ended before its first task, on one line. ansible-core 2.19 and later exit with 4."""
    assert run.code in (1, 4), run.text
    assert "TASK [" not in run.text
    return " ".join(run.text.split())


@pytest.mark.parametrize(("playbook", "group"), CASES)
def test_without_a_group(tmp_path: Path, playbook: str, group: str) -> None:
    said = refusal(play(PLAYBOOKS / f"{playbook}.yml", "-i", inventory(tmp_path, group)))
    assert f"no host in the group `{group}`: {play_hosts.GROUPS[group]}. Add the group" in said
    variable = "containers_hosts" if group == "container_hosts" else f"containers_{group}"
    assert f"-e {variable}=PATTERN" in said
    for other in GROUPS.keys() - {group}:
        assert f"group `{other}`" not in said


@pytest.mark.parametrize(("playbook", "group"), CASES[-4:])
def test_a_limit_that_leaves_it_out(tmp_path: Path, playbook: str, group: str) -> None:
    limit = ",".join(["else", *(other for other in GROUPS if other != group)])
    said = refusal(play(PLAYBOOKS / f"{playbook}.yml", "-i", inventory(tmp_path), "--limit", limit))
    assert f"`--limit {limit}` leaves out all hosts of `{group}`" in said
    assert f"--limit '{limit},{group}'" in said


@pytest.mark.parametrize("words", [(), ("--limit", "all:!else")])
def test_what_is_there_is_no_trouble(tmp_path: Path, words: tuple[str, ...]) -> None:
    run = play(PLAYBOOKS / "deploy_containers.yml", "-i", inventory(tmp_path), *words)
    assert "TASK [Make container VMs agree with the list]" in run.text


def test_other_hosts_by_a_variable(tmp_path: Path) -> None:
    run = play(
        PLAYBOOKS / "deploy_containers.yml",
        "-i",
        inventory(tmp_path, "engine"),
        variables={"containers_engine": "else"},
    )
    assert "TASK [Make container VMs agree with the list]" in run.text
    said = refusal(play(PLAYBOOKS / "report.yml", "-i", inventory(tmp_path), variables={"containers_engine": "nobody"}))
    assert "The inventory has no host for `nobody`." in said


def test_syntax_needs_no_inventory(tmp_path: Path) -> None:
    run = play(PLAYBOOKS / "site.yml", "-i", inventory(tmp_path, *GROUPS), "--syntax-check")
    assert run.code == 0, run.text


def test_the_tags_of_the_site(tmp_path: Path) -> None:
    """What checks the site goes along with each part of it."""
    run = play(PLAYBOOKS / "site.yml", "-i", inventory(tmp_path), "--tags", "containers", "--list-tasks")
    assert run.code == 0, run.text
    tasks = dict(re.findall(r"^ {6}(\S.*)\tTAGS: \[(.*)\]$", run.text, re.MULTILINE))
    assert tasks == {
        "List the container VMs of the Engine": "always",
        "Make container VMs agree with the list": "containers",
    }


def test_an_encrypted_vault_without_its_password(tmp_path: Path) -> None:
    """Ansible's own message: a play that reads no vault cannot know that a password is missing."""
    shutil.copytree(ROOT / "inventories" / "example", tmp_path / "production")
    vault, password = tmp_path / "production" / "group_vars" / "all" / "vault.yml", tmp_path / "password"
    password.write_text("secret")
    program = PLAYBOOK.with_name("ansible-vault")
    command: list[str | Path] = [program, "encrypt", vault, "--vault-password-file", password]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True)
    for playbook in ("site", "deploy_containers"):
        said = refusal(play(PLAYBOOKS / f"{playbook}.yml", "-i", tmp_path / "production", "--check"))
        assert "Attempting to decrypt but no vault secrets found" in said


class TestDependencies:
    """A collection that is missing would be noticed in the middle of a run."""

    @pytest.fixture
    def own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(play_hosts, "OWN", tmp_path)
        return tmp_path

    def test_of_the_checkout_are_those_of_the_built_collection(self, own: Path) -> None:
        wanted = yaml.safe_load((ROOT / "galaxy.yml").read_text())["dependencies"]
        assert wanted
        assert play_hosts._dependencies(ROOT) == wanted
        (own / "MANIFEST.json").write_text(json.dumps({"collection_info": {"dependencies": wanted}}))
        assert play_hosts._dependencies(own) == wanted

    @pytest.mark.parametrize(
        ("name", "wanted", "said"),
        [
            ("ovirt_contrib.containers", ">=0.1.0", None),
            ("ovirt_contrib.containers", ">=9.0.0", "is there in version 0.1.0, and >=9.0.0 is needed"),
            ("nobody.nothing", ">=1.0.0", "nobody.nothing is not installed, and >=1.0.0 is needed"),
        ],
    )
    def test_each(self, name: str, wanted: str, said: str | None) -> None:
        problem: Any = play_hosts._trouble(name, wanted)
        if said is None:
            assert problem is None
        else:
            assert said in problem
            assert f"ansible-galaxy collection install --upgrade '{name}:{wanted}'" in problem
