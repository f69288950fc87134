# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What enable_hosts says before it does anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.plays import ROOT, play

ENABLE = ROOT / "playbooks" / "enable_hosts.yml"
HANGS = re.compile(r"one storage call that hangs makes Vdsm report (ALL|all) VMs of that host as not\s+(# )?responding")
#: Where an admin reads it.
TOLD = (
    "playbooks/enable_hosts.yml",
    "roles/vdsm_containers/meta/argument_specs.yml",
    "roles/container_host/meta/argument_specs.yml",
)


@pytest.mark.timeout(300)
def test_check_mode_says_once_what_a_container_vm_means_for_the_others(tmp_path: Path) -> None:
    """In check mode only: this machine plays the hosts, and nothing else may be done to it."""
    inventory = tmp_path / "hosts.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory.write_text(yaml.safe_dump({"container_hosts": {"hosts": {"h1": local, "h2": local}}}))
    run = play(ENABLE, "-i", inventory, "--check", variables={"containers_become": False})
    text = " ".join(run.text.split())
    assert text.count("report ALL VMs of that host as not responding until it ends") == 1, run.text
    assert "give container VMs hosts of their own" in text


@pytest.mark.parametrize("name", TOLD)
def test_it_is_said(name: str) -> None:
    text = (ROOT / name).read_text()
    assert HANGS.search(" ".join(text.split()).replace("# ", "")), name
    assert "hosts of their own" in text


def test_the_readme_says_it_and_how_vdsm_is_updated() -> None:
    text = " ".join((ROOT / "README.md").read_text().replace("> ", "").split())
    assert "a storage call that hangs shows all VMs of its host as not responding" in text
    assert "give container VMs hosts of their own" in text
    assert "every update of Vdsm alone is refused" in text
    assert "update both in one transaction" in text
