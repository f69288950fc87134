# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run was killed, somebody has worked on the host since, and then VMs are found to be worse off: nothing of theirs
is undone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import changes, firewall_back, late

from tests.host_tier.machine import Machine
from tests.unit.host import runs
from tests.unit.host.conftest import On
from tests.unit.host.runs import CONFIG, DATA, FIRST, SECOND, THIRD, deeds, docker_comes, names, record, run

OURS, THEIRS = '{"ip-forward": false}', '{"ip-forward": false, "log-driver": "journald"}'
KEYS = {CONFIG: ["ip-forward", "live-restore"]}
IMAGE = "image/overlay2/imagedb/content/sha256/118aaf42cfcd95633539062c8a492a8106a449447f9628de90a086e981927cf2"
CONTAINER = "f6bc05de517e"


@pytest.fixture
def machine(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(firewall_back, "DOCKER_SECONDS", 0.3)
    return runs.quiet(on, monkeypatch)


def killed_at_the_gate(machine: Machine) -> None:
    """The role docker has noted what it has done, the one around it has not come to its end."""
    run("taken", name="container_host")
    run("taken", name="docker")
    docker_comes(machine, config=OURS)
    run("sealed", name="docker")
    for path in ("containers", "image/overlay2/imagedb/content/sha256", "plugins/storage", "plugins/tmp", "swarm"):
        (machine.root / DATA[1:] / path).mkdir(parents=True)


def next_run(machine: Machine, **options: Any) -> Any:
    answer = run("recovered", SECOND, gone=FIRST, name="container_host", discard=True, **options)
    assert not answer.failed, answer.msg
    assert answer.data["problems"] == []
    assert ":FORWARD ACCEPT" in (machine.bin.parent / "tables").read_text()
    return answer.data


class TestNobodyWasThere:
    def test_all_is_undone(self, machine: Machine) -> None:
        killed_at_the_gate(machine)
        data = next_run(machine)
        assert data["kept"] == []
        assert not (machine.root / DATA[1:]).exists()
        assert not (machine.root / CONFIG[1:]).exists()
        assert names(machine) == []

    def test_also_what_was_not_noted_yet(self, machine: Machine) -> None:
        run("taken", name="container_host")
        docker_comes(machine, config=OURS)
        assert next_run(machine, json_keys=KEYS)["kept"] == []
        assert not (machine.root / CONFIG[1:]).exists()

    def test_the_killed_run_has_noted_its_keys(self, machine: Machine) -> None:
        """Whoever finishes it may have other options: what it wrote is known from its record."""
        run("taken", name="container_host", json_keys=KEYS)
        docker_comes(machine, config=OURS)
        machine.file(CONFIG, THEIRS)
        assert next_run(machine)["kept"] == []
        assert json.loads((machine.root / CONFIG[1:]).read_text()) == {"log-driver": "journald"}


class TestData:
    @pytest.mark.parametrize(
        "path",
        [
            "volumes/ledger/_data/ledger",
            f"containers/{CONTAINER}/config.v2.json",
            IMAGE,
            "swarm/docker-state.json",
            "plugins/storage/blobs/sha256/1",
            "notes-of-the-admin.txt",
            ".hidden",
        ],
    )
    def test_what_somebody_has_is_kept(self, machine: Machine, path: str) -> None:
        killed_at_the_gate(machine)
        machine.file(f"{DATA}/{path}", "x")
        data = next_run(machine)
        assert (machine.root / DATA[1:] / path).read_text() == "x"
        assert any(line.startswith(f"{DATA} is kept with what is in it") for line in data["kept"])
        assert not [line for line in data["differences"] if line.startswith("trees")]
        assert "rpm -e containerd.io-1.6-1 docker-ce-20.10.24-3" in machine.asked

    def test_what_comes_while_docker_is_stopped_is_kept(self, machine: Machine) -> None:
        killed_at_the_gate(machine)
        place = machine.root / DATA[1:] / "volumes/late"
        machine._script(
            "rpm", f"#!/bin/sh\ncase $1 in -e) /bin/mkdir {place};; *) exec {machine.bin}/rpm.before $*;; esac\n"
        )
        machine._script("rpm.before", f"#!/bin/sh\nprintf '{(runs.VDSM + runs.DOCKERS)!s}'\n")
        answer = run("recovered", SECOND, gone=FIRST, name="container_host", discard=True)
        (problem,) = answer.data["problems"]
        assert "others used it since (volumes); delete it by hand" in problem
        assert place.is_dir()

    def test_behind_a_link_that_led_nowhere_nothing_is_deleted(self, machine: Machine) -> None:
        """What it led to was not mounted then, maybe."""
        (machine.root / "var/lib").mkdir(parents=True, exist_ok=True)
        (machine.root / DATA[1:]).symlink_to(machine.root / "disk/docker")
        run("taken")
        (machine.root / "disk/docker").mkdir(parents=True)
        docker_comes(machine)
        machine.file("/disk/docker/precious", "x")
        answer = run("rolled_back", discard=True)
        assert answer.data["problems"] == []
        assert f"trees: {DATA} was a link that leads nowhere and is used" in answer.data["differences"]
        assert (machine.root / "disk/docker/precious").exists()

    def test_the_run_itself_still_discards_what_came(self, machine: Machine) -> None:
        run("taken")
        docker_comes(machine)
        machine.file(f"{DATA}/volumes/x", "")
        assert run("rolled_back", discard=True).data["kept"] == []
        assert not (machine.root / DATA[1:]).exists()


class TestUsed:
    """Containers run in the docker that the killed run has left."""

    @pytest.fixture(params=["answers", "silent", "volume"])
    def used(self, machine: Machine, request: pytest.FixtureRequest) -> Machine:
        killed_at_the_gate(machine)
        machine.says("docker *", "", 1, "Cannot connect to the Docker daemon")
        if request.param == "answers":
            machine.says("docker ps -a -q", f"{CONTAINER}\n")
        elif request.param == "silent":
            machine.process(800, "/usr/bin/containerd-shim-runc-v2", "-namespace", "moby")
        else:
            machine.says("docker volume ls -q", "ledger\n")
        return machine

    def test_docker_is_kept(self, used: Machine) -> None:
        data = next_run(used)
        assert [line for line in deeds(used) if "-P" not in line] == []
        assert (used.root / CONFIG[1:]).exists()
        assert any(line.startswith("docker is kept with 1 ") for line in data["kept"])
        assert data["harm"] == []

    def test_and_is_still_its_roles(self, used: Machine) -> None:
        next_run(used)
        assert names(used) == ["docker"]
        assert record(used, "docker")["stage"] == "sealed"
        steps = run("restored", SECOND, name="docker", check=True).data["steps"]
        assert "remove containerd.io-1.6-1, docker-ce-20.10.24-3" in steps


class TestFiles:
    def test_of_a_json_file_the_keys_of_others_stay(self, machine: Machine) -> None:
        killed_at_the_gate(machine)
        machine.file(CONFIG, THEIRS)
        assert next_run(machine, json_keys=KEYS)["kept"] == []
        assert json.loads((machine.root / CONFIG[1:]).read_text()) == {"log-driver": "journald"}

    def test_without_known_keys_it_is_kept(self, machine: Machine) -> None:
        killed_at_the_gate(machine)
        machine.file(CONFIG, THEIRS)
        assert next_run(machine)["kept"] == [f"{CONFIG} is kept: somebody else has changed it since"]
        assert (machine.root / CONFIG[1:]).read_text() == THEIRS

    def test_a_file_that_was_there_keeps_what_others_wrote(self, machine: Machine) -> None:
        """The run was killed before it noted anything."""
        machine.file(CONFIG, '{"mtu": 1400}')
        run("taken", name="container_host")
        docker_comes(machine, config='{"mtu": 9000, "ip-forward": false}')
        next_run(machine, json_keys=KEYS)
        assert json.loads((machine.root / CONFIG[1:]).read_text()) == {"mtu": 9000}

    def test_keys_of_others_survive_the_run_that_goes_on(self, machine: Machine) -> None:
        """Killed, edited, found harmless and finished, and months later undone."""
        run("taken", name="docker")
        machine.file(CONFIG, OURS)
        machine.file(CONFIG, THEIRS)
        run("recovered", SECOND, gone=FIRST, name="docker", json_keys=KEYS)
        run("sealed", SECOND, name="docker")
        run("restored", THIRD, name="docker", json_keys=KEYS)
        assert json.loads((machine.root / CONFIG[1:]).read_text()) == {"log-driver": "journald"}

    @pytest.mark.parametrize("keys", [{CONFIG: "ip-forward"}, {CONFIG: [1]}, {CONFIG: None}])
    def test_keys_are_a_list_of_texts(self, machine: Machine, keys: Any) -> None:
        answer = run("recovered", json_keys=keys)
        assert answer.failed
        assert "needs a list of keys" in answer.msg


class TestOtherRuns:
    """The killed run is dead, and somebody has run one of the roles alone since."""

    def test_what_another_run_has_noted_is_its_own(self, machine: Machine) -> None:
        run("taken", name="container_host")
        run("taken", SECOND, gone=FIRST, name="docker")
        docker_comes(machine, config=OURS)
        run("sealed", SECOND, gone=FIRST, name="docker")
        answer = run("recovered", THIRD, gone=FIRST, name="container_host", discard=True)
        assert f"{CONFIG} is kept: another run has changed it since" in answer.data["kept"]
        assert (machine.root / CONFIG[1:]).read_text() == OURS
        assert [line for line in deeds(machine) if "-P" not in line] == []
        assert names(machine) == ["docker"]

    def test_a_run_that_went_on_is_of_the_same_work(self, machine: Machine) -> None:
        run("taken", name="container_host")
        run("recovered", SECOND, gone=FIRST, name="container_host")
        run("taken", SECOND, name="docker")
        docker_comes(machine, config=OURS)
        run("sealed", SECOND, name="docker")
        answer = run("recovered", THIRD, gone=SECOND, name="container_host", discard=True)
        assert answer.data["kept"] == []
        assert names(machine) == []


def test_networks_of_a_docker_that_was_there_are_kept() -> None:
    """They may be anybody's."""
    change = {**changes.NOTHING, "networks": {"theirs": "1"}}
    own, kept = late.ours(change, {"files": {}}, {}, [], {})
    assert own["networks"] == {}
    assert kept == ["docker network theirs is kept: it came while a run was cut short, and may be somebody else's"]
