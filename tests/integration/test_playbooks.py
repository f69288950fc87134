# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks, run by ansible-playbook as a user would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.patience import patience_options
from ansible_collections.ovirt_contrib.containers.plugins.modules.container_fleet import fleet_options

from tests.contract.conftest import SETTLE, Site, start
from tests.support.plays import ROOT, Run, play

pytestmark = pytest.mark.timeout(300)
INVENTORY = ROOT / "inventories" / "lab"
# Its machines are there in `make demo` only.
LAB = ("-i", INVENTORY, "--limit", "engine")
DEPLOY = ROOT / "playbooks" / "deploy_containers.yml"
REPORT = ROOT / "playbooks" / "report.yml"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Site]:
    """An Engine as `python -m demo --simulated` starts it."""
    yield from start(tmp_path, "4.3", yaml.safe_load((ROOT / "lab" / "ovirt_lab" / "worlds" / "demo.yml").read_text()))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An Engine with the default world."""
    yield from start(tmp_path, "4.3")


def variables(site: Site) -> dict[str, Any]:
    return {"lab_engine": site.auth, "containers_settle": SETTLE}


def succeeded(run: Run) -> Run:
    assert run.code == 0, run.text
    return run


def test_deploy_containers_twice_and_report(lab: Site) -> None:
    first = succeeded(play(DEPLOY, *LAB, variables=variables(lab)))
    assert first.count("changed") == 1
    assert {vm.name for vm in lab.engine.vms()} == {"db1", "cache", "web", "queue"}
    lab.mark = lab.engine.mark()
    second = succeeded(play(DEPLOY, *LAB, variables=variables(lab)))
    assert second.count("changed") == 0
    assert lab.writes == []
    report = succeeded(play(REPORT, *LAB, variables=variables(lab)))
    assert re.search(r"NAME +IMAGE +RUNTIME +STATUS +HOST", report.text)
    assert re.search(r"queue +lab/pause +vdsm +\w+ +host2", report.text)


def test_check_and_diff_on_a_virgin_engine(lab: Site) -> None:
    before = lab.state()
    run = succeeded(play(DEPLOY, *LAB, "--check", "--diff", variables=variables(lab)))
    assert run.count("changed") == 1
    assert re.search(r'\+ +"?containerImage"?: "?lab/pause', run.text), run.text
    assert lab.state() == before


def test_no_secret_is_shown_at_vvv(lab: Site) -> None:
    secret = "S3cr3t-of-a-container"
    listed = [{"name": "web", "cluster": "Default", "image": "redis", "environment": {"KEY": secret}}]
    for more in ({}, {"containers": listed}, {"engine_auth": {**lab.auth, "ca_file": "/nonexistent"}}):
        run = play(DEPLOY, *LAB, "-vvv", variables={**variables(lab), **more})
        shown = re.sub(r"ansible-playbook .*|\{.*\"lab_engine\".*", "", run.text)
        assert lab.auth["password"] not in shown
        assert secret not in shown


def test_one_failing_container_does_not_hide_its_reason(lab: Site) -> None:
    lab.engine.world.images["missing"] = ["lab/*"]
    run = play(DEPLOY, *LAB, variables=variables(lab))
    assert run.code != 0
    assert "cache: it was started on host" in run.text
    assert lab.engine.vm("web") is not None


def test_without_the_lab_the_message_names_what_is_missing(tmp_path: Path) -> None:
    inventory = tmp_path / "inventories" / "lab"
    (inventory / "group_vars").mkdir(parents=True)
    for name in ("hosts.yml", "group_vars/all.yml"):
        (inventory / name).write_text((INVENTORY / name).read_text())
    run = play(DEPLOY, "-i", inventory, "--limit", "engine")
    assert run.code != 0
    assert "engine.json" in run.text


def test_the_fact_of_ovirt_auth_is_taken(lab: Site, tmp_path: Path) -> None:
    pytest.importorskip("ansible_collections.ovirt.ovirt.plugins.modules.ovirt_auth", reason="ovirt.ovirt is not there")
    playbook = tmp_path / "auth.yml"
    playbook.write_text(
        """
- hosts: localhost
  gather_facts: false
  tasks:
    - ovirt.ovirt.ovirt_auth: "{{ lab_engine }}"
    - ovirt_contrib.containers.container_vm:
        auth: "{{ ovirt_auth }}"
        name: web
        cluster: Default
        image: redis
        settle: "{{ containers_settle }}"
    - ovirt.ovirt.ovirt_auth:
        state: absent
        ovirt_auth: "{{ ovirt_auth }}"
"""
    )
    succeeded(play(playbook, variables=variables(lab)))
    assert lab.logins() == (1, 1)
    assert lab.engine.vm("web") is not None


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (
            [{"name": "web", "cluster": "Default", "image": "redis", "memroy": "2GiB"}],
            "web: it cannot have the option memroy. Options are: name, count, state,",
        ),
        ([{"cluster": "Default", "image": "redis"}], "entry 1 of containers: missing required arguments: name"),
        ([{"name": "web"}], "web: no container VM has this name. Correct name, or give image and cluster"),
    ],
)
def test_a_slip_in_the_list_is_told_and_nothing_is_changed(lab: Site, listed: list[dict[str, str]], told: str) -> None:
    before = lab.state()
    run = play(DEPLOY, *LAB, variables={**variables(lab), "containers": listed})
    assert run.code != 0
    assert told in " ".join(run.text.split())
    assert lab.state() == before


@pytest.mark.parametrize("listed", [None, []])
def test_an_empty_list_is_fine(lab: Site, listed: list[dict[str, str]] | None) -> None:
    succeeded(play(DEPLOY, *LAB, variables={**variables(lab), "containers": listed}))


def test_the_variables_are_the_options_of_the_module() -> None:
    task = yaml.safe_load(DEPLOY.read_text())[0]["tasks"][0]["ovirt_contrib.containers.container_fleet"]
    options = {*fleet_options(), *patience_options()} - {"progress", "wait", "poll_interval"}
    assert set(task) == options
    for option in options - {"containers", "defaults"}:
        assert f"containers_{option} " in task[option]
        assert f"containers_{option}" in DEPLOY.read_text().partition("- name:")[0]


def test_progress_is_told_on_standard_error_only(lab: Site) -> None:
    """What callback plugins write to standard output stays readable for machines."""
    run = play(DEPLOY, *LAB, variables=variables(lab), apart=True, ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
    run = succeeded(run)
    assert json.loads(run.text)["stats"]["lab"]["changed"] == 1
    lines = run.errors.splitlines()
    start = lines.index("container_fleet: looking at the Engine")
    screen = lines[start + 1 : start + 5]
    assert re.fullmatch(
        r"container VMs on 127\.0\.0\.1:\d+ \(4\.3\): 3 listed, 3 change, 0 as they should be", screen[0]
    )
    assert screen[1:] == [
        "+ create  cache  lab/pause on host1|host2",
        "+ create  queue  lab/pause on host2",
        "+ create  web    lab/pause on host1|host2, storage, 1GiB",
    ]
    assert "container_fleet: writing and starting: 3" in lines
    assert "container_fleet: waiting until all have settled: 3" in lines
    end = lines.index(screen[0], start + 2)
    assert lines[end : end + 4] == screen
    assert re.fullmatch(r"3 done, 0 failed, 0 left for another run, after \d+ s", lines[end + 4])


def test_check_mode_shows_the_plan_that_the_run_shows(lab: Site) -> None:
    foreseen = succeeded(play(DEPLOY, *LAB, "--check", variables=variables(lab), apart=True))
    assert "+ create  queue  lab/pause on host2" in foreseen.errors.splitlines()
    assert lab.writes == []


def test_the_plan_is_shown_where_the_file_cannot_be_followed(lab: Site, tmp_path: Path) -> None:
    """With a file of the user's own; and where a task must be silent it is."""
    playbook = tmp_path / "fleet.yml"
    task = {
        "auth": "{{ lab_engine }}",
        "containers": [{"name": "web", "cluster": "Default", "image": "redis"}],
        "settle": 0,
        "progress": str(tmp_path / "lines"),
    }
    for silent in (False, True):
        tasks = [{"ovirt_contrib.containers.container_fleet": task, "no_log": silent, "check_mode": True}]
        playbook.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        run = succeeded(play(playbook, variables=variables(lab), apart=True))
        assert ("+ create  web  redis on host1|host2" in run.errors) == (not silent)
    assert "+ create  web  redis on host1|host2" in (tmp_path / "lines").read_text()


def test_long_work_tells_every_few_seconds_who_is_the_slowest(lab: Site) -> None:
    lab.engine.faults.add("delay:seconds=6.5:match=POST .*/vms$:count=1")
    run = succeeded(play(DEPLOY, *LAB, variables=variables(lab), apart=True))
    told = re.search(
        r"container_fleet: writing and starting: 2/3 after 5 s, slowest (\w+), under way for 5 s", run.errors
    )
    assert told, run.errors
    assert "container_fleet:" not in run.text


def test_the_fleet_of_a_playbook_grows_and_shrinks(lab: Site) -> None:
    fleet = {
        "containers_fleet": "shop",
        "containers_prune": True,
        "containers_defaults": {"cluster": "Default", "image": "lab/pause"},
        "containers": [{"name": "web", "count": 3}, {"name": "cache"}],
    }
    succeeded(play(DEPLOY, *LAB, variables={**variables(lab), **fleet}))
    assert {vm.name for vm in lab.engine.vms()} == {"db1", "web-1", "web-2", "web-3", "cache"}
    fleet["containers"] = [{"name": "web", "count": 1}]
    succeeded(play(DEPLOY, *LAB, variables={**variables(lab), **fleet}))
    assert {vm.name for vm in lab.engine.vms()} == {"db1", "web-1"}


def test_the_inventory_of_the_readme(site: Site, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(engine:\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 1
    content = yaml.safe_load(blocks[0])
    content["engine"]["vars"]["engine_auth"].update(url=site.auth["url"], ca_file=site.auth["ca_file"])
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump(content))
    given = {"vault_engine_password": site.auth["password"], "containers_settle": SETTLE}
    succeeded(play(DEPLOY, "-i", inventory, variables=given))
    assert {vm.name for vm in site.engine.vms()} == {"db1", "cache", "web"}
