# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way back from a change: what is undone, in which order, and what is kept for others."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import settings
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import changes, kept_files, way_back

CONFIG = "/etc/docker/daemon.json"
DROPIN = "/etc/vdsm/vdsm.conf.d/90-containers.conf"
REMOVE_RULES = "remove docker's rules, chains and devices that were not there"
Picture = dict[str, Any]


def file(text: str) -> Picture:
    content = kept_files.encoded(text.encode())
    return {"content": content, "mode": 0o644, "uid": 0, "gid": 0, "attributes": {}}


@pytest.fixture
def before() -> Picture:
    """An oVirt host as it comes."""
    return {
        "files": {CONFIG: None, DROPIN: None},
        "folders": {"/etc/docker": False, "/etc/vdsm/vdsm.conf.d": True},
        "packages": {"vdsm.noarch": "4.19.20-1.el7", "selinux-policy.noarch": "3.13-1"},
        "transactions": {"vdsm.noarch": "100", "selinux-policy.noarch": "100"},
        "units": ["containerd.service", "docker.service", "vdsmd.service"],
        "services": {"vdsmd.service": {"enabled": "enabled", "active": True}},
        "since": {"docker.service": None, "vdsmd.service": "100"},
        "sysctls": {"net.ipv4.ip_forward": "0"},
        "policies": {"iptables FORWARD": "ACCEPT"},
        "rules": {"iptables": {}, "ip6tables": {}},
        "devices": ["eth0", "ovirtmgmt"],
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
    now["packages"].update({"docker.x86_64": "1.13.1-209.el7", "vdsm-containers.noarch": "4.19.20-1.el7"})
    now["transactions"].update({"docker.x86_64": "200", "vdsm-containers.noarch": "300"})
    now["since"] = {"docker.service": "200", "vdsmd.service": "300"}
    now["services"]["docker.service"] = {"enabled": "enabled", "active": True}
    now["policies"]["iptables FORWARD"] = "DROP"
    now["sysctls"]["net.ipv4.ip_forward"] = "1"
    now["rules"]["iptables"] = {"filter": [":FORWARD DROP", ":DOCKER -", "-A FORWARD -o docker0 -j DOCKER"]}
    now["links"], now["devices"] = ["docker0"], ["docker0", "eth0", "ovirtmgmt"]
    now["networks"] = {"bridge": "1", "host": "2", "none": "3", "containers": "4"}
    now["trees"]["/var/lib/docker"] = "used"
    return now


def words(steps: list[Picture]) -> list[str]:
    return [way_back.sentence(step) for step in steps]


def back(before: Picture, after: Picture, *, discard: bool = True) -> tuple[list[str], list[str]]:
    """The way back from everything that has changed, as a run goes that fails."""
    steps, kept = way_back.way_back(changes.change(before, after), after, {}, discard)
    return words(steps), kept


def owned(before: Picture, after: Picture) -> Picture:
    """What a role notes when it has succeeded."""
    return changes.together(changes.NOTHING, changes.change(before, after), before)


def test_everything_is_undone_in_the_order_of_undoing(before: Picture, after: Picture) -> None:
    before["networks"] = {"bridge": "1", "host": "2", "none": "3"}
    steps, kept = back(before, after)
    assert steps == [
        "remove docker network containers",
        "stop docker.service",
        "disable docker.service",
        # VMs wait for these two; what takes long comes after them.
        "set net.ipv4.ip_forward to 0",
        "set the policy of iptables FORWARD to ACCEPT",
        "remove docker-1.13.1-209.el7, vdsm-containers-4.19.20-1.el7",
        f"delete {CONFIG}",
        f"delete {DROPIN}",
        "remove the directory /etc/docker if it is empty",
        "delete the directory /var/lib/docker",
        REMOVE_RULES,
        "restart vdsmd.service",
    ]
    assert kept == []


def test_a_socket_is_stopped_before_what_it_starts(before: Picture, after: Picture) -> None:
    """Any client would start docker again; and docker needs containerd while it ends."""
    for unit in ("containerd.service", "docker.socket"):
        after["services"][unit] = {"enabled": "enabled", "active": True}
    stops = [step for step in back(before, after)[0] if step.startswith("stop")]
    assert stops == ["stop docker.socket", "stop docker.service", "stop containerd.service"]


class TestSwitches:
    """Who writes the switch of all devices writes those of each device too."""

    ALL, EACH = "net.ipv4.ip_forward", "net.ipv4.conf.eth0/10.forwarding"
    REDIRECTS = "net.ipv4.conf.all.accept_redirects"

    def test_the_one_of_all_comes_first_and_each_after_it(self, before: Picture) -> None:
        before["sysctls"] = {self.ALL: "0", self.EACH: "1", self.REDIRECTS: "0", "net.ipv6.conf.eth0.forwarding": "1"}
        now = copy.deepcopy(before)
        now["sysctls"][self.ALL] = "1"
        steps = [step for step in back(before, now)[0] if step.startswith("set")]
        # That of eth0.10 is as before till now, and is 0 after the first step.
        assert steps == [f"set {self.ALL} to 0", f"set {self.REDIRECTS} to 0", f"set {self.EACH} to 1"]

    def test_of_a_device_that_has_come_nothing_is_set(self, before: Picture) -> None:
        now = copy.deepcopy(before)
        now["sysctls"].update({self.ALL: "1", "net.ipv4.conf.docker0.forwarding": "1"})
        assert [step for step in back(before, now)[0] if "docker0" in step] == []

    def test_a_dot_in_the_name_of_a_device(self) -> None:
        assert settings.path(self.EACH) == "/proc/sys/net/ipv4/conf/eth0.10/forwarding"


def test_nothing_to_undo(before: Picture) -> None:
    assert back(before, copy.deepcopy(before)) == ([REMOVE_RULES], [])
    assert owned(before, copy.deepcopy(before)) == changes.NOTHING
    assert changes.differences(before, copy.deepcopy(before)) == []


def test_a_vdsm_that_has_not_been_restarted_is_left_alone(before: Picture, after: Picture) -> None:
    """It has read nothing of what is undone, and may be storage pool manager."""
    after["since"]["vdsmd.service"] = before["since"]["vdsmd.service"]
    assert not [step for step in back(before, after)[0] if "restart" in step]


def test_a_docker_that_ours_has_broken_runs_again(before: Picture, after: Picture) -> None:
    before["services"]["docker.service"] = {"enabled": "enabled", "active": True}
    before["since"]["docker.service"] = "50"
    broken = copy.deepcopy(before)
    broken["files"][CONFIG] = file('{"no-such-option": true}')
    broken["since"]["docker.service"] = None
    assert back(before, broken)[0] == [f"delete {CONFIG}", "restart docker.service"]


def test_a_docker_that_somebody_has_stopped_since_stays_so(before: Picture, after: Picture) -> None:
    before["since"]["docker.service"] = "50"
    now = copy.deepcopy(before)
    now["files"][CONFIG], now["since"]["docker.service"] = file("{}"), "60"
    own = owned(before, now)
    now["since"]["docker.service"] = None
    assert words(way_back.way_back(own, now, {}, discard=False)[0]) == [f"delete {CONFIG}"]


def test_a_repository_is_no_reason_to_restart_vdsm(before: Picture, after: Picture) -> None:
    repo = "/etc/yum.repos.d/ovirt-containers-vdsm.repo"
    changed = copy.deepcopy(before)
    before["files"][repo], changed["files"][repo] = None, file("[x]")
    changed["since"]["vdsmd.service"] = "300"
    assert back(before, changed)[0] == [f"delete {repo}", REMOVE_RULES]


def test_a_package_that_was_updated_stays_and_is_named(before: Picture, after: Picture) -> None:
    """Dependencies may be updated on the way; to remove them would take away what was there before."""
    after["packages"]["selinux-policy.noarch"] = "3.13-2"
    steps, kept = back(before, after)
    assert not [step for step in steps if "selinux" in step]
    assert kept == ["selinux-policy.noarch was 3.13-1 and is 3.13-2"]


def test_data_is_kept_unless_it_is_to_be_discarded(before: Picture, after: Picture) -> None:
    assert not [step for step in back(before, after, discard=False)[0] if "/var/lib" in step]


@pytest.mark.parametrize(
    ("was", "does"), [("missing", ["delete the directory"]), ("empty", ["delete all"]), ("used", [])]
)
def test_data_of_others_is_never_deleted(before: Picture, after: Picture, was: str, does: list[str]) -> None:
    before["trees"]["/var/lib/docker"] = was
    found = [step for step in back(before, after)[0] if "/var/lib/docker" in step]
    assert len(found) == len(does)
    assert all(step.startswith(word) for step, word in zip(found, does, strict=True))


def test_docker_that_was_there_stays_with_its_rules(before: Picture, after: Picture) -> None:
    before["services"]["docker.service"] = {"enabled": "enabled", "active": True}
    before["since"]["docker.service"] = "50"
    before["packages"]["docker.x86_64"] = "1.13.1-209.el7"
    before["files"][CONFIG] = file("{}")
    before["links"] = ["docker0"]
    steps, _kept = back(before, after)
    assert not [step for step in steps if step.startswith(("stop", "remove docker's", "remove the network"))]
    assert steps[2] == "remove vdsm-containers-4.19.20-1.el7"
    assert steps[-1] == "restart vdsmd.service and docker.service"


class TestOwned:
    """Months later: others have changed things as well."""

    def test_packages_of_others_stay(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        after["packages"]["tcpdump.x86_64"] = "4.9-1"
        steps, _kept = way_back.way_back(own, after, {}, discard=False)
        assert "remove docker-1.13.1-209.el7, vdsm-containers-4.19.20-1.el7" in words(steps)

    def test_a_package_of_ours_that_was_updated_is_still_ours(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        after["packages"]["docker.x86_64"] = "1.13.1-210.el7"
        steps, _kept = way_back.way_back(own, after, {}, discard=False)
        assert "remove docker-1.13.1-210.el7, vdsm-containers-4.19.20-1.el7" in words(steps)

    def test_what_came_between_two_of_our_runs_is_not_ours(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        between = copy.deepcopy(after)
        between["packages"]["tcpdump.x86_64"] = "4.9-1"
        between["sysctls"]["net.ipv4.ip_forward"] = "2"
        between["services"]["containerd.service"] = {"enabled": "enabled", "active": True}
        later = copy.deepcopy(between)
        later["packages"]["container-selinux.noarch"] = "2.1-1"
        own = changes.together(own, changes.change(between, later), between)
        assert own["packages"] == ["container-selinux.noarch", "docker.x86_64", "vdsm-containers.noarch"]
        assert "containerd.service" not in own["services"]
        assert not [step for step in way_back.way_back(own, later, {}, False)[0] if step["do"] == "sysctl"]

    def test_a_unit_that_somebody_has_enabled_since_stays(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        after["services"]["vdsmd.service"] = {"enabled": "enabled", "active": True}
        assert "stop vdsmd.service" not in words(way_back.way_back(own, after, {}, False)[0])

    def test_a_file_that_somebody_has_changed_is_kept(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        after["files"][DROPIN] = file("[containers]\nnetwork_name = theirs")
        steps, kept = way_back.way_back(own, after, {}, discard=False)
        assert f"delete {DROPIN}" not in words(steps)
        assert kept == [f"{DROPIN} is kept: somebody else has changed it since"]

    def test_of_a_json_file_only_our_keys_go(self, before: Picture, after: Picture) -> None:
        before["files"][CONFIG] = file('{"debug": true, "live-restore": false}')
        after["files"][CONFIG] = file('{"debug": true, "live-restore": true, "ip-forward": false}')
        own = owned(before, after)
        after["files"][CONFIG] = file('{"debug": true, "live-restore": true, "ip-forward": false, "mtu": 1400}')
        assert self.config(own, after) == {"debug": True, "mtu": 1400, "live-restore": False}

    def test_keys_of_others_survive_another_run_of_ours(self, before: Picture, after: Picture) -> None:
        """Ours, theirs, ours again: what is there now is ours as a whole no more."""
        own = owned(before, after)
        between = copy.deepcopy(after)
        between["files"][CONFIG] = file('{"ip-forward": false, "log-level": "warn"}')
        later = copy.deepcopy(between)
        later["files"][CONFIG] = file('{"ip-forward": false, "log-level": "warn", "live-restore": true}')
        own = changes.together(own, changes.change(between, later), between)
        assert self.config(own, later) == {"log-level": "warn"}

    def config(self, own: Picture, now: Picture) -> Any:
        steps, kept = way_back.way_back(own, now, {CONFIG: ["live-restore", "ip-forward"]}, discard=False)
        assert kept == []
        return json.loads(kept_files.decoded(next(step["file"] for step in steps if step.get("path") == CONFIG)))

    def test_an_untouched_file_comes_back_byte_by_byte(self, before: Picture, after: Picture) -> None:
        before["files"][CONFIG] = file('{ "debug":true }\n\n')
        steps, _kept = way_back.way_back(owned(before, after), after, {CONFIG: ["ip-forward"]}, discard=False)
        assert next(step["file"] for step in steps if step.get("path") == CONFIG) == before["files"][CONFIG]

    def test_a_setting_that_somebody_has_changed_is_kept(self, before: Picture, after: Picture) -> None:
        own = owned(before, after)
        after["sysctls"]["net.ipv4.ip_forward"] = "2"
        steps, _kept = way_back.way_back(own, after, {}, discard=False)
        assert not [step for step in steps if step["do"] in ("sysctl", "policy")]


def test_differences_name_what_was_and_what_is(before: Picture, after: Picture) -> None:
    found = changes.differences(before, after)
    assert "sysctls: net.ipv4.ip_forward was 0 and is 1" in found
    assert "policies: iptables FORWARD was not there and is DROP" in found
    assert f"files: {CONFIG} was not there and is a file of 21 bytes, mode 644, owner 0:0" in found
    assert "packages: docker.x86_64 was not there and is 1.13.1-209.el7" in found


def test_an_empty_table_that_was_only_looked_at_is_no_difference(before: Picture) -> None:
    now = copy.deepcopy(before)
    now["rules"]["iptables"] = {"nat": [":PREROUTING ACCEPT", ":POSTROUTING ACCEPT"]}
    now["policies"]["iptables INPUT"] = "ACCEPT"
    assert changes.differences(before, now) == []


class TestBridgeFilter:
    """br_netfilter stays loaded; what it does to VMs' packets has to end."""

    KEY = "net.bridge.bridge-nf-call-iptables"

    def test_a_switch_that_was_not_there_is_put_to_0(self, before: Picture) -> None:
        before["sysctls"][self.KEY] = None
        now = copy.deepcopy(before)
        now["sysctls"][self.KEY] = "1"
        assert f"set {self.KEY} to 0" in back(before, now)[0]

    def test_one_that_is_off_is_as_good_as_not_there(self, before: Picture) -> None:
        before["sysctls"][self.KEY] = None
        now = copy.deepcopy(before)
        now["sysctls"][self.KEY] = "0"
        assert not [step for step in back(before, now)[0] if step.startswith("set ")]
        assert changes.differences(before, now) == []

    def test_one_that_somebody_has_put_to_1_stays(self, before: Picture) -> None:
        before["sysctls"][self.KEY] = "1"
        assert not [step for step in back(before, copy.deepcopy(before))[0] if step.startswith("set ")]


class TestDying:
    """What a docker that does not live leaves; seen on a loaded machine with a full disk."""

    def test_it_is_stopped_although_it_does_not_run_this_moment(self, before: Picture, after: Picture) -> None:
        after["services"]["docker.service"] = {"enabled": "enabled", "active": False}
        assert "stop docker.service" in back(before, after)[0]

    def test_its_rules_go_although_it_has_made_no_device_yet(self, before: Picture, after: Picture) -> None:
        after["services"]["docker.service"] = {"enabled": "enabled", "active": False}
        after["links"] = []
        assert REMOVE_RULES in back(before, after)[0]

    def test_later_that_is_nobodys_any_more(self, before: Picture, after: Picture) -> None:
        after["services"].pop("docker.service")
        after["links"] = []
        assert owned(before, after)["docker"] is None

    def test_who_does_not_care_for_docker_has_no_part_in_its_rules(self, before: Picture, after: Picture) -> None:
        """As the role vdsm_containers."""
        before["units"] = after["units"] = []
        assert changes.change(before, after)["docker"] is None
