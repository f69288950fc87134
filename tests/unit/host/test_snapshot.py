# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way back from a change: what is undone, in which order, and what is kept for others."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils import _host_snapshot as snapshot

CONFIG = "/etc/docker/daemon.json"
DROPIN = "/etc/vdsm/vdsm.conf.d/90-containers.conf"
Picture = dict[str, Any]


def file(text: str) -> Picture:
    return {"content": snapshot.encoded(text.encode()), "mode": 0o644, "uid": 0, "gid": 0}


@pytest.fixture
def before() -> Picture:
    """An oVirt host as it comes."""
    return {
        "files": {CONFIG: None, DROPIN: None},
        "folders": {"/etc/docker": False, "/etc/vdsm/vdsm.conf.d": True},
        "packages": ["vdsm-4.19.20-1.el7.noarch"],
        "services": {"vdsmd.service": {"enabled": "enabled", "active": True}},
        "sysctls": {"net.ipv4.ip_forward": "0"},
        "policies": {"iptables FORWARD": "ACCEPT"},
        "rules": {"iptables": {}, "ip6tables": {}},
        "links": [],
        "networks": None,
        "trees": {"/var/lib/docker": "missing"},
    }


@pytest.fixture
def after(before: Picture) -> Picture:
    """The same host when docker and vdsm-containers have come."""
    now = copy.deepcopy(before)
    now["files"] = {CONFIG: file('{"ip-forward": false}'), DROPIN: file("[containers]")}
    now["folders"]["/etc/docker"] = True
    now["packages"] += ["docker-1.13.1-209.el7.x86_64", "vdsm-containers-4.19.20-1.el7.noarch"]
    now["services"]["docker.service"] = {"enabled": "enabled", "active": True}
    now["policies"]["iptables FORWARD"] = "DROP"
    now["sysctls"]["net.ipv4.ip_forward"] = "1"
    now["rules"]["iptables"] = {"filter": [":FORWARD DROP", ":DOCKER -", "-A FORWARD -o docker0 -j DOCKER"]}
    now["links"] = ["docker0"]
    now["networks"] = ["bridge", "host", "none", "containers"]
    now["trees"]["/var/lib/docker"] = "used"
    return now


def record(before: Picture) -> Picture:
    return {"before": before, "baseline": before["packages"], "own": None}


def words(steps: list[Picture]) -> list[str]:
    return [snapshot.sentence(step) for step in steps]


def test_everything_is_undone_in_the_order_of_undoing(before: Picture, after: Picture) -> None:
    before["networks"] = ["bridge", "host", "none"]
    steps, kept = snapshot.way_back(record(before), after, {}, discard=True)
    assert words(steps) == [
        "remove docker network containers",
        "stop docker.service",
        "disable docker.service",
        "remove docker-1.13.1-209.el7.x86_64, vdsm-containers-4.19.20-1.el7.noarch",
        f"delete {CONFIG}",
        f"delete {DROPIN}",
        "remove the directory /etc/docker if it is empty",
        "delete the directory /var/lib/docker",
        "set net.ipv4.ip_forward to 0",
        "set the policy of iptables FORWARD to ACCEPT",
        "remove docker's rule from iptables -t filter: -A FORWARD -o docker0 -j DOCKER",
        "remove docker's chain DOCKER from iptables -t filter",
        "remove the network device docker0",
        "restart vdsmd.service",
    ]
    assert kept == []


def test_nothing_to_undo(before: Picture) -> None:
    assert snapshot.way_back(record(before), copy.deepcopy(before), {}, discard=True) == ([], [])
    assert snapshot.differences(before, copy.deepcopy(before)) == []


def test_data_is_kept_unless_it_is_to_be_discarded(before: Picture, after: Picture) -> None:
    steps, _kept = snapshot.way_back(record(before), after, {}, discard=False)
    assert not [step for step in steps if "tree" in step["do"]]


@pytest.mark.parametrize(("was", "does"), [("missing", ["remove tree"]), ("empty", ["empty tree"]), ("used", [])])
def test_data_of_others_is_never_deleted(before: Picture, after: Picture, was: str, does: list[str]) -> None:
    before["trees"]["/var/lib/docker"] = was
    steps, _kept = snapshot.way_back(record(before), after, {}, discard=True)
    assert [step["do"] for step in steps if "tree" in step["do"]] == does


def test_docker_that_was_there_stays_with_its_rules(before: Picture, after: Picture) -> None:
    before["services"]["docker.service"] = {"enabled": "enabled", "active": True}
    before["packages"].append("docker-1.13.1-209.el7.x86_64")
    before["files"][CONFIG] = file("{}")
    steps, _kept = snapshot.way_back(record(before), after, {}, discard=True)
    assert not [step for step in steps if step["do"] in ("stop", "remove rule", "remove link", "remove chain")]
    assert words(steps)[0] == "remove vdsm-containers-4.19.20-1.el7.noarch"
    assert words(steps)[-1] == "restart vdsmd.service and docker.service"


class TestSealed:
    """Months later: others have changed things as well."""

    def test_packages_of_others_stay(self, before: Picture, after: Picture) -> None:
        sealed = snapshot.sealed(record(before), after)
        after["packages"].append("tcpdump-4.9-1.el7.x86_64")
        steps, _kept = snapshot.way_back(sealed, after, {}, discard=False)
        removed = next(step["packages"] for step in steps if step["do"] == "remove packages")
        assert removed == ["docker-1.13.1-209.el7.x86_64", "vdsm-containers-4.19.20-1.el7.noarch"]

    def test_packages_that_came_between_two_of_our_runs_stay(self, before: Picture, after: Picture) -> None:
        first = copy.deepcopy(after)
        first["packages"].remove("vdsm-containers-4.19.20-1.el7.noarch")
        sealed = snapshot.sealed(record(before), first)
        opened = dict(sealed, baseline=[*first["packages"], "tcpdump-4.9-1.el7.x86_64"])
        after["packages"].append("tcpdump-4.9-1.el7.x86_64")
        own = snapshot.sealed(opened, after)["own"]
        assert own["packages"] == ["docker-1.13.1-209.el7.x86_64", "vdsm-containers-4.19.20-1.el7.noarch"]

    def test_sealing_twice_adds_nothing(self, before: Picture, after: Picture) -> None:
        once = snapshot.sealed(record(before), after)
        later = dict(after, packages=[*after["packages"], "tcpdump-4.9-1.el7.x86_64"])
        assert snapshot.sealed(once, later) == once

    def test_a_file_that_somebody_has_changed_is_kept(self, before: Picture, after: Picture) -> None:
        sealed = snapshot.sealed(record(before), after)
        after["files"][DROPIN] = file("[containers]\nnetwork_name = theirs")
        steps, kept = snapshot.way_back(sealed, after, {}, discard=False)
        assert f"delete {DROPIN}" not in words(steps)
        assert kept == [f"{DROPIN} is kept: somebody else has changed it since"]

    def test_of_a_json_file_only_our_keys_go(self, before: Picture, after: Picture) -> None:
        before["files"][CONFIG] = file('{"debug": true, "live-restore": false}')
        after["files"][CONFIG] = file('{"debug": true, "live-restore": true, "ip-forward": false}')
        sealed = snapshot.sealed(record(before), after)
        theirs = '{"debug": true, "live-restore": true, "ip-forward": false, "mtu": 1400}'
        after["files"][CONFIG] = file(theirs)
        steps, kept = snapshot.way_back(sealed, after, {CONFIG: ["live-restore", "ip-forward"]}, discard=False)
        written = next(step["file"] for step in steps if step.get("path") == CONFIG)
        assert json.loads(snapshot.decoded(written)) == {"debug": True, "mtu": 1400, "live-restore": False}
        assert kept == []

    def test_an_untouched_file_comes_back_byte_by_byte(self, before: Picture, after: Picture) -> None:
        before["files"][CONFIG] = file('{ "debug":true }\n\n')
        sealed = snapshot.sealed(record(before), after)
        steps, _kept = snapshot.way_back(sealed, after, {CONFIG: ["ip-forward"]}, discard=False)
        written = next(step["file"] for step in steps if step.get("path") == CONFIG)
        assert written == before["files"][CONFIG]

    def test_a_setting_that_somebody_has_changed_is_kept(self, before: Picture, after: Picture) -> None:
        sealed = snapshot.sealed(record(before), after)
        after["sysctls"]["net.ipv4.ip_forward"] = "2"
        after["policies"]["iptables FORWARD"] = "DROP"
        steps, _kept = snapshot.way_back(sealed, after, {}, discard=False)
        assert not [step for step in steps if step["do"] in ("sysctl", "policy")]


def test_differences_name_what_was_and_what_is(before: Picture, after: Picture) -> None:
    found = snapshot.differences(before, after)
    assert "sysctls: net.ipv4.ip_forward was 0 and is 1" in found
    assert "policies: iptables FORWARD was not there and is DROP" in found
    assert f"files: {CONFIG} was not there and is a file of 21 bytes, mode 644" in found
    assert any("docker-1.13.1" in line for line in found)


def test_an_empty_table_that_was_only_looked_at_is_no_difference(before: Picture) -> None:
    now = copy.deepcopy(before)
    now["rules"]["iptables"] = {"nat": [":PREROUTING ACCEPT", ":POSTROUTING ACCEPT"]}
    now["policies"]["iptables INPUT"] = "ACCEPT"
    assert snapshot.differences(before, now) == []
