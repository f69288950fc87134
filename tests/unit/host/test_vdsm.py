# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Vdsm's two clients print, and what Vdsm reads."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import systemd, vdsm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, Outcome

from tests.host_tier import machines
from tests.host_tier import recordings as said
from tests.unit.host.conftest import On


def outcome(out: str, code: int = 0, err: str = "") -> Outcome:
    return Outcome(["vdsm-client"], code, out, err)


@pytest.mark.parametrize(
    ("answer", "capability"),
    [
        (outcome(said.CAPABILITIES), "true"),
        (outcome(said.CAPABILITIES.replace("true", "false")), "false"),
        (outcome('{"software_version": "4.40"}'), "absent"),
        (outcome('{"containers": null}'), "absent"),
        (outcome(said.CAPABILITIES_TEXT), "true"),
        (outcome(said.CAPABILITIES_TEXT.replace("True", "true")), "true"),
        (outcome(said.CAPABILITIES_TEXT.replace("True", "False")), "false"),
        (outcome(said.CAPABILITIES_418), "true"),
        (outcome(said.CAPABILITIES_418.replace("['rkt', 'docker']", "[]")), "false"),
        (outcome("\tsoftware_version = '4.18'\n"), "absent"),
        (outcome("\tother_containers = True\n"), "absent"),
        (outcome("", 1, said.CAPABILITIES_RAISE), "failed"),
        (outcome(said.CAPABILITIES, 1), "failed"),
        (outcome("nonsense"), "failed"),
        (outcome(""), "failed"),
        (Outcome(["vdsm-client"], None, "", "no end after 30 s"), "failed"),
    ],
)
def test_capability(answer: Outcome, capability: str) -> None:
    """Both clients in every spelling; failed, absent and false are three results (trap 10)."""
    found, message = vdsm.capability(answer)
    assert found == capability
    assert (message is not None) == (capability == "failed")


def test_a_failure_is_told_in_vdsm_s_words_on_one_line() -> None:
    message = vdsm.capability(outcome("", 1, said.CAPABILITIES_RAISE))[1]
    assert "Internal error" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("version", "supported"),
    [("4.19.1", True), ("4.19.51", True), ("4.20.49", False), ("4.18.15.1", False), ("4.30.17", False), (None, False)],
)
def test_only_4_19_runs_containers(version: str | None, supported: bool) -> None:
    assert vdsm.supported(version) is supported


def test_pools() -> None:
    assert vdsm.pools(outcome(f'["{machines.POOL}"]')) == [machines.POOL]
    assert vdsm.pools(outcome(f"{machines.POOL}\n\n")) == [machines.POOL]
    assert vdsm.pools(outcome("[]")) == vdsm.pools(outcome("")) == []
    assert vdsm.pools(outcome("[]", 1)) is None


@pytest.mark.parametrize(
    ("answers", "spm"),
    [
        ([], False),
        ([outcome('{"spmId": 1, "spmStatus": "SPM"}')], True),
        ([outcome('{"spmStatus": "Free"}')], False),
        ([outcome("\tspmStatus = SPM\n")], True),
        ([outcome("\tspmStatus = Contend\n\tspmId = -1\n")], False),
        ([outcome("", 1)], None),
        ([outcome('{"spmStatus": "SPM"}'), outcome("nonsense")], None),
    ],
)
def test_spm(answers: list[Outcome], spm: bool | None) -> None:
    assert vdsm.is_spm(answers) is spm


def test_configuration_as_vdsm_reads_it(on: On) -> None:
    on(machines.el7)
    effective, files, problem = vdsm.configuration(Host())
    assert effective == {"cgroup_slice": "machine", "network_name": "storage"}
    assert [path.rpartition("/")[2] for path in files] == ["vdsm.conf", "90-vendor.conf", "99-site.conf"]
    assert problem is None


def test_drop_ins_are_read_by_file_name_wherever_they_are(on: On) -> None:
    machine = on(machines.empty)
    for path, value in (
        ("/etc/vdsm/vdsm.conf", "zero"),
        ("/etc/vdsm/vdsm.conf.d/10-a.conf", "etc"),
        ("/run/vdsm/vdsm.conf.d/20-b.conf", "run"),
        ("/usr/lib/vdsm/vdsm.conf.d/15-c.conf", "lib"),
        ("/etc/vdsm/vdsm.conf.d/30-d.txt", "text"),
    ):
        machine.file(path, f"[containers]\ncgroup_slice = {value}\n")
    effective, files, _problem = vdsm.configuration(Host())
    assert effective["cgroup_slice"] == "run"
    assert [path.rpartition("/")[2] for path in files] == ["vdsm.conf", "10-a.conf", "15-c.conf", "20-b.conf"]


def test_a_file_that_python_2_would_read_is_read(on: On) -> None:
    content = "# comment\n[containers]\nnetwork_name: one\nnetwork_name = two ; the later one\n; comment\n%s = 100%\n"
    on(machines.empty).file("/etc/vdsm/vdsm.conf", content)
    assert vdsm.configuration(Host())[0]["network_name"] == "two"


def test_a_broken_file_is_told_and_the_others_count(on: On) -> None:
    machine = on(machines.empty).file("/etc/vdsm/vdsm.conf", "network_name = x\n")
    machine.file("/etc/vdsm/vdsm.conf.d/1.conf", "[containers]\nnetwork_name = y\n")
    effective, _files, problem = vdsm.configuration(Host())
    assert effective["network_name"] == "y"
    assert problem.startswith("/etc/vdsm/vdsm.conf: ")
    assert "\n" not in problem


def test_state_files(on: On) -> None:
    machine = on(machines.el7)
    machine.file("/var/run/vdsm/containers/00000000-0000-4000-8000-000000000000.xml", "<domain")
    found = vdsm.state_files(Host())
    assert found[machines.RUNNING]["vm_name"] == "vm1"
    assert found[machines.RUNNING]["image"] == "registry.example:5000/shop/redis:7.2"
    broken = found["vdsm-00000000-0000-4000-8000-000000000000"]
    assert (broken["vm_id"], broken["vm_name"], broken["image"]) == (None, None, None)
    assert not [name for name in found if "notes" in name]


def test_units() -> None:
    found = systemd.units(said.UNITS + said.unit("vdsm-x", "failed", "failed"))
    assert found["vdsmd.service"]["ActiveState"] == "active"
    assert found["docker.socket"]["LoadState"] == "not-found"
    assert found["vdsm-x.service"]["SubState"] == "failed"
    assert systemd.units("") == {}
