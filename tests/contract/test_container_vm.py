# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm against an Engine: what users ask of it, what goes wrong, and what Vdsm 4.19 hides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import SETTLE, SPEED, Site, start

NEW = {"name": "web", "cluster": "Default", "image": "redis:7.2"}


def properties(site: Site, name: str = "web") -> dict[str, str]:
    return {item.name: item.value for item in site.engine.vm(name).custom_properties or []}


def by_hand(site: Site, name: str = "web", **changes: Any) -> Any:
    """A container VM made as the blog of 2017 tells: two custom properties and nothing else."""
    pairs = {"containerType": "docker", "containerImage": "redis", **changes.pop("properties", {})}
    vm = types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        custom_properties=[types.CustomProperty(name=key, value=value) for key, value in pairs.items()],
        **changes,
    )
    return site.engine.add("vms", vm)


# --- what it is for


def test_create_and_run(site: Site) -> None:
    answer = site.container(**NEW)
    assert not answer.failed, answer.msg
    shown = answer.data["container_vm"]
    assert shown["status"] in ("powering_up", "up")
    assert shown["host"] in ("host1", "host2")
    assert {key: shown[key] for key in ("name", "image", "runtime", "cluster")} == {**NEW, "runtime": "vdsm"}
    vm = site.engine.vm("web")
    assert vm.id == shown["id"]
    assert vm.memory_policy.max > vm.memory >= vm.memory_policy.guaranteed
    assert [device.value for device in vm.os.boot.devices] == ["hd", "network"]
    assert vm.placement_policy.affinity == types.VmAffinity.PINNED
    assert len(site.budgeted) <= 8


def test_every_request_of_a_task_carries_one_correlation_id(site43: Site) -> None:
    answer = site43.container(**NEW)
    assert {request.correlation_id for request in site43.asked} == {answer.data["correlation_id"]}


def test_a_new_image_waits_for_the_next_run(site: Site) -> None:
    site.container(**NEW)
    changed = site.container(name="web", image="redis:7.4")
    assert changed.changed
    assert changed.data["restart_needed"]
    assert properties(site)["containerImage"] == "redis:7.2"
    again = site.container(name="web", image="redis:7.4")
    assert not again.changed
    assert again.data["restart_needed"]
    assert site.writes == []
    restarted = site.container(name="web", state="restarted")
    assert not restarted.failed, restarted.msg
    assert not restarted.data["restart_needed"]
    assert properties(site)["containerImage"] == "redis:7.4"


def test_a_new_memory_is_not_tried_on_the_running_container(site: Site) -> None:
    """Engine would hotplug it, which a container refuses, and lose the change behind an answer of 200."""
    site.container(**NEW)
    assert site.container(name="web", memory="1GiB").data["restart_needed"]
    assert site.container(name="web", memory="1GiB").changed is False
    site.container(name="web", state="restarted")
    assert site.engine.vm("web").memory == 1024**3


def test_changes_that_wait_add_up(site: Site) -> None:
    """Engine forgets what waits at every further update, and 4.1 does so whatever it is told."""
    site.container(**NEW)
    for change in ({"image": "redis:7.4"}, {"memory": "2GiB"}, {"description": "text"}, {"cpu_shares": 512}):
        answer = site.container(name="web", **change)
        assert not answer.failed, answer.msg
        assert answer.data["restart_needed"]
    assert not site.container(name="web", image="redis:7.4", memory="2GiB", cpu_shares=512).changed
    site.container(name="web", state="restarted")
    vm = site.engine.vm("web")
    assert (vm.memory, vm.cpu_shares, vm.description) == (2 * 1024**3, 512, "text")
    assert properties(site)["containerImage"] == "redis:7.4"


def test_stopped_and_absent(site: Site) -> None:
    site.container(**NEW)
    assert site.container(name="web", state="stopped").data["container_vm"]["status"] == "down"
    assert not site.container(name="web", state="stopped").changed
    site.container(name="web", state="running")
    gone = site.container(name="web", state="absent")
    assert not gone.failed, gone.msg
    assert gone.data["container_vm"]["status"] == "absent"
    assert site.engine.vm("web") is None


def test_a_vm_on_its_way_down_is_waited_for(site: Site) -> None:
    site.container(**NEW)
    site.engine.world.delays["stop"] = 5 * SPEED
    stopped = site.container(name="web", state="stopped", wait=False)
    assert stopped.data["container_vm"]["status"] == "powering_down"
    assert site.engine.vm("web").status == types.VmStatus.POWERING_DOWN
    answer = site.container(name="web")
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["start"]


def test_present_leaves_power_alone(site: Site) -> None:
    site.container(**NEW, state="present")
    assert site.engine.vm("web").status == types.VmStatus.DOWN
    site.container(name="web")
    site.container(**NEW, state="present")
    assert site.engine.vm("web").status != types.VmStatus.DOWN


def test_networks_are_compared_and_changed_while_down(site: Site) -> None:
    site.container(**NEW, networks=["backend"])
    refused = site.container(name="web", networks=["ovirtmgmt"])
    assert "those of a running container cannot be changed" in refused.msg
    assert site.writes == []
    moved = site.container(name="web", networks=["ovirtmgmt"], state="restarted")
    assert not moved.failed, moved.msg
    assert moved.data["container_vm"]["networks"] == ["ovirtmgmt/ovirtmgmt"]
    assert not site.container(name="web", networks=["ovirtmgmt"]).changed
    assert site.container(name="web").data["container_vm"]["networks"] == ["ovirtmgmt/ovirtmgmt"]


def test_unset_leaves_alone_and_empty_clears(site: Site) -> None:
    site.container(**NEW, state="present", description="text", networks=["backend"])
    site.container(name="web", state="present", memory="1GiB")
    vm = site.engine.vm("web")
    assert (vm.description, len(site.engine.store.list(f"vms/{vm.id}/nics"))) == ("text", 1)
    site.container(name="web", state="present", description="", networks=[])
    vm = site.engine.vm("web")
    assert (vm.description or "", len(site.engine.store.list(f"vms/{vm.id}/nics"))) == ("", 0)


def test_credentials_of_the_environment_and_of_ovirt_auth(site43: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, name in (("url", "URL"), ("username", "USERNAME"), ("password", "PASSWORD"), ("ca_file", "CAFILE")):
        monkeypatch.setenv(f"OVIRT_{name}", site43.auth[key])
    assert not site43.run("container_vm_info", {}, auth={}).failed


# --- do no harm


@pytest.mark.parametrize("state", ["present", "running", "stopped", "restarted", "absent"])
def test_an_ordinary_vm_is_never_touched(site: Site, state: str) -> None:
    before = site.state()
    answer = site.container(name="db1", cluster="Default", image="redis", state=state)
    assert "is no container VM" in answer.msg
    assert site.writes == []
    assert site.state() == before


def test_foreign_properties_and_fields_survive(site: Site) -> None:
    by_hand(site, properties={"sap_agent": "true"}, comment="do not touch")
    answer = site.container(name="web", image="redis:7.2")
    assert not answer.failed, answer.msg
    assert properties(site) == {"containerType": "docker", "containerImage": "redis:7.2", "sap_agent": "true"}
    assert site.engine.vm("web").comment == "do not touch"


def test_a_vm_made_by_hand_is_put_right_and_started(site: Site) -> None:
    by_hand(site)
    answer = site.container(name="web")
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["update", "start"]
    assert not site.container(name="web").changed


def test_disks_that_somebody_attached_are_kept(site: Site) -> None:
    vm = by_hand(site)
    disk = types.Disk(
        name="precious",
        provisioned_size=2**30,
        format=types.DiskFormat.COW,
        storage_domains=[types.StorageDomain(name="data")],
    )
    attachment = types.DiskAttachment(disk=disk, interface=types.DiskInterface.VIRTIO, bootable=False, active=True)
    site.engine.add(f"vms/{vm.id}/diskattachments", attachment)
    answer = site.container(name="web", state="absent")
    assert not answer.failed, answer.msg
    assert "precious" in [kept.name for kept in site.engine.store.list("disks")]


def test_a_vm_of_another_data_center_is_left_alone(tmp_path: Any) -> None:
    world = {
        "data_centers": [{"name": "Default"}, {"name": "Far"}],
        "clusters": [
            {"name": "Default", "version": "4.1", "data_center": "Default"},
            {"name": "Second", "version": "4.1", "data_center": "Far"},
        ],
        "hosts": [],
        "vms": [],
    }
    for site in start(tmp_path, "4.3", world):
        by_hand(site)
        gone = site.container(name="web", cluster="Second", state="absent")
        assert (gone.failed, gone.changed) == (False, False)
        assert "is not there" in site.container(name="web", cluster="Nope", state="absent").msg
        assert site.engine.vm("web") is not None


def test_twelve_nics_are_compared_in_their_order(site: Site) -> None:
    networks = ["backend", "ovirtmgmt"] * 6
    site.container(**NEW, state="present", networks=networks)
    assert not site.container(**NEW, state="present", networks=networks).changed


def test_names_that_the_search_finds_too_are_left_alone(site: Site) -> None:
    by_hand(site, "WEB")
    by_hand(site, "web2")
    before = [site.engine.vm(name).id for name in ("WEB", "web2")]
    site.container(**NEW)
    site.container(name="web", state="absent")
    assert [site.engine.vm(name).id for name in ("WEB", "web2")] == before


# --- what Vdsm hides


@pytest.mark.parametrize(("list_name", "watch"), [("missing", 1), ("exits", 2)])
def test_a_container_that_ends_is_a_failure(site: Site, list_name: str, watch: int) -> None:
    site.engine.world.images[list_name] = ["gone:*"]
    answer = site.container(**{**NEW, "image": "gone:1"}, settle=watch * SETTLE)
    assert answer.failed
    assert "web: it was started on host" in answer.msg
    assert "ended at once" in answer.msg
    assert answer.data["container_vm"]["status"] == "down"


def test_a_docker_network_that_is_missing_on_the_host_is_a_failure(site: Site) -> None:
    for host in site.engine.store.list("hosts"):
        site.engine.store.note(host)["docker_networks"] = ["bridge"]
    answer = site.container(**NEW, networks=["backend"])
    assert answer.failed
    assert "docker network is missing" in answer.msg


def test_a_second_run_does_not_believe_what_the_first_did_not_wait_for(site: Site) -> None:
    site.engine.world.images["missing"] = ["redis:*"]
    assert not site.container(**NEW, wait=False).failed
    again = site.container(**NEW)
    assert again.failed
    assert not again.changed
    assert "ended at once" in again.msg


@pytest.mark.parametrize("broken", ["host1", "host2"])
def test_a_start_that_engine_repeats_on_another_host_is_no_failure(site: Site, broken: str) -> None:
    """Between the two hosts the VM is down for a moment."""
    site.engine.store.note(site.engine.store.named("hosts", broken))["containers"] = False
    site.engine.world.delays["rerun"] = SPEED / 2
    answer = site.container(**NEW)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["host"] in {"host1", "host2"} - {broken}


def test_a_restart_runs_what_it_says(site: Site) -> None:
    """A VM is down for a moment before the configuration that waited is applied."""
    site.container(**NEW)
    site.container(name="web", image="redis:7.4")
    site.engine.world.delays["next_run"] = SPEED / 2
    answer = site.container(name="web", state="restarted")
    assert not answer.failed, answer.msg
    assert properties(site)["containerImage"] == answer.data["container_vm"]["image"] == "redis:7.4"
    assert not site.engine.vm("web").next_run_configuration_exists


def test_a_start_that_was_asked_twice_is_one_start(site43: Site) -> None:
    site43.engine.faults.add("cut:after:match=POST .*/start")
    answer = site43.container(**NEW)
    if answer.failed:  # where libcurl did not ask again by itself, the user does
        answer = site43.container(**NEW)
    assert not answer.failed, answer.msg


def test_a_container_that_is_not_waited_for_is_told_as_starting(site: Site) -> None:
    answer = site.container(**NEW, wait=False)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["status"] == "wait_for_launch"


# --- bad input: refused in a sentence, with nothing half-created

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({**NEW, "image": "Redis;rm"}, "is no image reference"),
    "volumes": ({**NEW, "volumes": ["data"]}, "volumes 'data' is malformed"),
    "volumes that vdsm ignores": (
        {**NEW, "volumes": ["data:/data"]},
        r"cannot honour volumes \(guest and microvm can\)",
    ),
    "memory": ({**NEW, "memory": "512MB"}, "memory '512MB' is not a size"),
    "name": ({**NEW, "name": "a b"}, "is no VM name"),
    "cluster": ({**NEW, "cluster": "Nope"}, "cluster 'Nope' is not there. Engine has: .*Default"),
    "network": ({**NEW, "networks": ["nope"]}, "vNIC profile 'nope/nope' is not there.*backend/backend"),
    "host": ({**NEW, "hosts": ["nope"]}, "host 'nope' is not there"),
    "no image": ({"name": "web", "cluster": "Default"}, "an image is needed"),
    "no cluster": ({"name": "web", "image": "redis"}, "a cluster is needed"),
    "guest": ({**NEW, "runtime": "guest"}, "which this release does not have yet"),
    "secrets": ({**NEW, "environment": {"KEY": "S3cr3t"}}, "cannot honour environment"),
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("check", [True, False])
def test_bad_input_is_refused_before_the_first_change(site43: Site, what: str, check: bool) -> None:
    args, told = BAD[what]
    before = site43.state()
    answer = site43.run("container_vm", args, check=check)
    assert answer.failed
    assert_one_sentence(answer.msg, told)
    assert "S3cr3t" not in answer.text
    assert site43.writes == []
    assert site43.state() == before


def assert_one_sentence(text: str, told: str) -> None:
    import re

    assert re.search(told, text), text
    assert "\n" not in text


@pytest.mark.parametrize("what", ["image", "volumes", "volumes that vdsm ignores", "guest", "secrets"])
def test_what_no_runtime_could_do_is_refused_before_any_request(site43: Site, what: str) -> None:
    site43.run("container_vm", BAD[what][0])
    assert site43.engine.requests_since(site43.mark) == []


def test_a_modern_cluster_is_refused(site43: Site) -> None:
    assert "level 4.3 needs runtime guest" in site43.container(**{**NEW, "cluster": "Modern"}).msg


def test_a_host_with_a_later_vdsm_is_refused(site43: Site) -> None:
    host = site43.engine.store.named("hosts", "host2")
    host.version = types.Version(major=4, minor=20)
    site43.engine.store.touch(host)
    assert "host 'host2' has Vdsm 4.20" in site43.container(**NEW, hosts=["host2"]).msg


ACCESS: dict[str, tuple[dict[str, Any], str]] = {
    "password": ({"password": "wrong"}, r"refused the login of admin@internal: .*auth\.password"),
    "plain http": ({"url": "http://127.0.0.1:1/ovirt-engine/api"}, "plain http"),
    "not there": ({"url": "https://127.0.0.1:1/ovirt-engine/api"}, "No Engine answers at .*auth.url"),
    "no address": ({"url": "engine"}, "is no address"),
    "half an address": ({"url": "https://[::1/ovirt-engine/api"}, "is no address"),
    "no such port": ({"url": "https://127.0.0.1:99999/ovirt-engine/api"}, "is no address"),
    "not ASCII": ({"url": "https://müller.example/ovirt-engine/api"}, "in ASCII"),
    "a line end": ({"url": "https://127.0.0.1\n/ovirt-engine/api"}, "is no address"),
    "user in the address": ({"url": "https://bob:S3cr3t-pass@127.0.0.1/ovirt-engine/api"}, "give it as auth.username"),
    "host name that is none": ({"url": None, "hostname": "https://x/"}, "is no (address|host name)"),
    "system CAs": ({"ca_file": None}, "cannot be verified with the system's CAs"),
    "no CA file": ({"ca_file": "/nonexistent.pem"}, "is no file"),
    "a directory": ({"ca_file": "/tmp"}, "is no file"),
    "negative timeout": ({"timeout": -1}, "auth.timeout is -1 s"),
    "odd headers": ({"headers": {"X-Key": "ключ"}}, "auth.headers holds characters"),
    "no credentials": ({"username": None}, "No credentials"),
    "no Engine named": ({"url": None}, "No Engine is named"),
    "wrong path": ({"url": "ADDRESS/nothing"}, "is no Engine's API; auth.url must end in /ovirt-engine/api"),
}


@pytest.mark.parametrize("what", ACCESS)
def test_an_engine_that_cannot_be_reached_is_told(site43: Site, what: str) -> None:
    changes, told = ACCESS[what]
    auth = {**site43.auth, **changes}
    auth["url"] = auth["url"] and auth["url"].replace("ADDRESS", site43.auth["url"])
    before = site43.state()
    answer = site43.run("container_vm", NEW, auth=auth)
    assert answer.failed
    assert_one_sentence(answer.msg, told)
    assert site43.auth["password"] not in answer.text.replace(json.dumps(auth["url"]), "")
    assert site43.state() == before


@pytest.mark.parametrize("reply", ["{}", "[]", "no json", '"text"'])
def test_what_answers_a_login_and_is_no_engine_is_told(
    site43: Site, monkeypatch: pytest.MonkeyPatch, reply: str
) -> None:
    def answered(self: Any, url: str, params: Any = "") -> Any:
        return json.loads(reply)

    monkeypatch.setattr("ovirtsdk4.Connection._get_sso_response", answered)
    answer = site43.run("container_vm", NEW)
    assert_one_sentence(answer.msg, "something that is no login.*auth.url is wrong")


def test_what_is_written_comes_before_the_environment(site43: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVIRT_URL", site43.auth["url"])
    auth = {**site43.auth, "url": None, "hostname": "127.0.0.1:1"}
    assert "No Engine answers at https://127.0.0.1:1/" in site43.run("container_vm_info", {}, auth=auth).msg


def test_headers_are_sent_and_not_shown(site43: Site) -> None:
    headers = {"X-Proxy-Key": "S3cr3t-of-a-proxy", "correlation-id": "mine-1"}
    answer = site43.run("container_vm", {**NEW, "state": "present"}, auth={**site43.auth, "headers": headers})
    assert not answer.failed, answer.msg
    assert "S3cr3t-of-a-proxy" not in answer.text
    assert {request.correlation_id for request in site43.asked} == {"mine-1"}


def test_a_wrong_ca_is_told(site43: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    from ovirt_lab.engine import Engine, serve

    with serve(Engine(), tmp_path_factory.mktemp("other")) as other:
        answer = site43.run("container_vm", NEW, auth={**site43.auth, "ca_file": other.ca_file})
    assert_one_sentence(answer.msg, "cannot be verified with the CA in .*pki-resource.*auth.ca_file")


# --- faults on the way


def test_a_locked_vm_is_tried_again_until_it_is_free(site43: Site) -> None:
    site43.container(**NEW, state="present")
    site43.engine.faults.add("lock:vm=web:seconds=40")
    answer = site43.container(name="web")
    assert not answer.failed, answer.msg


def test_a_vm_that_stays_locked_is_told_with_the_engines_words(site43: Site) -> None:
    site43.container(**NEW, state="present")
    site43.engine.faults.add("lock:vm=web:seconds=100000")
    answer = site43.container(name="web", timeout=1)
    assert answer.failed
    assert "correlation id containers-" in answer.msg


def test_a_refused_nic_loses_nothing_and_the_second_run_finishes(site43: Site) -> None:
    site43.engine.faults.add("status:500:match=POST .*/nics")
    broken = site43.container(**NEW, networks=["backend"])
    assert broken.failed
    assert "web: networks failed (create done): " in broken.msg
    assert broken.changed
    finished = site43.container(**NEW, networks=["backend"])
    assert not finished.failed, finished.msg
    assert finished.data["actions"] == ["networks", "start"]
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1


def test_no_host_that_fits_is_told_with_the_engines_words(site43: Site) -> None:
    for host in site43.engine.store.list("hosts"):
        host.status = types.HostStatus.MAINTENANCE
        site43.engine.store.touch(host)
    answer = site43.container(**NEW)
    assert answer.failed
    assert "Cannot run VM" in answer.msg
    assert "no host" in answer.msg.lower()


def test_a_lost_host_is_told(site43: Site) -> None:
    site43.container(**NEW, hosts=["host1"])
    site43.engine.faults.add("host_gone:host=host1")
    answer = site43.container(name="web")
    assert "Engine does not reach host host1" in answer.msg


def test_an_engine_that_is_away_for_a_while_is_waited_for(site43: Site) -> None:
    site43.engine.faults.add("status:503:match=GET /ovirt-engine/api/vms.search:nth=2:count=3")
    answer = site43.container(**NEW)
    assert not answer.failed, answer.msg


def test_an_engine_that_stays_away_is_told_and_nothing_is_forgotten(site43: Site) -> None:
    site43.engine.faults.add("status:503:match=GET /ovirt-engine/api/vms.search:nth=2:count=0")
    answer = site43.container(**NEW, timeout=2)
    assert answer.failed
    assert answer.changed
    assert answer.data["actions"] == ["create", "start"]
    assert "web: up was wanted, it was " in answer.msg
    assert "Run the task again" in answer.msg


def test_a_refusal_of_the_host_is_told_with_its_reason(site43: Site) -> None:
    """The host's own word comes before Engine's general one, and what an earlier start said does not count."""
    by_hand(site43)
    site43.container(name="web", state="present")
    vm = site43.engine.vm("web")
    site43.engine.store.note(vm)["no_cdrom"] = True
    answer = site43.container(name="web")
    assert "Exit message: image path not found" in answer.msg
    assert "CD-ROM device was removed" in answer.msg
    site43.engine.store.note(vm)["no_cdrom"] = False
    site43.engine.world.images["missing"] = ["redis"]
    answer = site43.container(name="web")
    assert "image path not found" not in answer.msg
    assert "ended at once" in answer.msg


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"timeout": 10, "settle": 20}, "timeout is 10 s and settle 20 s"),
        ({"poll_interval": 0}, "poll_interval is 0 s; 1 or more is needed"),
        ({"timeout": 0}, "timeout is 0 s"),
        ({"settle": -1}, "settle is -1 s"),
    ],
)
def test_waiting_that_cannot_be_is_refused(site43: Site, args: dict[str, Any], told: str) -> None:
    assert_one_sentence(site43.container(**{**NEW, **args}).msg, told)
    assert site43.asked == []
    assert not site43.container(name="web", state="absent", timeout=10, settle=20).failed


def test_time_out_says_what_was_seen(site43: Site) -> None:
    site43.engine.world.delays["boot"] = 100000
    answer = site43.container(**NEW, timeout=1)
    assert answer.failed
    assert "up was wanted, it is wait_for_launch after 1 s" in answer.msg
    assert "Engine says: " in answer.msg


@pytest.mark.parametrize("number", range(1, 10))
def test_a_login_that_expires_anywhere_is_renewed_unseen(site43: Site, number: int) -> None:
    site43.engine.faults.add(f"expire_tokens:match=/ovirt-engine/api/:nth={number}")
    answer = site43.container(**NEW, networks=["backend"])
    assert not answer.failed, answer.msg
    assert [vm.name for vm in site43.engine.vms()].count("web") == 1
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1
    assert site43.engine.sessions.tokens == {}, "a login that was renewed was not ended"


def test_a_token_that_expires_before_the_first_write_changes_nothing(site43: Site) -> None:
    import ovirtsdk4

    token = ovirtsdk4.Connection(**site43.auth).authenticate()
    site43.engine.faults.add("expire_tokens:match=GET .*/networks")
    before = site43.state()
    auth = {"url": site43.auth["url"], "ca_file": site43.auth["ca_file"], "token": token}
    answer = site43.run("container_vm", {**NEW, "networks": ["backend"]}, auth=auth)
    assert_one_sentence(answer.msg, "does not accept the token.*log in again with ovirt.ovirt.ovirt_auth")
    assert site43.state() == before


def test_todays_ovirt_has_no_container_hosts_yet(tmp_path: Any) -> None:
    for site in start(tmp_path, "4.5"):
        answer = site.container(**NEW)
        assert_one_sentence(answer.msg, r"level 4\.2 needs runtime guest, which this release does not have yet")
        assert site.writes == []


@pytest.mark.parametrize(
    ("specification", "told"),
    [
        ("", "not configured by the system. The keys are: .*container.*README, Prepare the Engine"),
        ("containerImage=^[a-z]+$;containerType=^docker$", "illegal values. The keys are: containerImage.*README"),
    ],
)
def test_an_engine_without_our_properties_is_told_what_to_do(tmp_path: Any, specification: str, told: str) -> None:
    for site in start(tmp_path, "4.3"):
        site.engine.world.properties["4.1"] = specification
        answer = site.container(**NEW)
        assert_one_sentence(answer.msg, told)
        assert site.engine.vm("web") is None
