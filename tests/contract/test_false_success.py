# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What once was told as a success and was none. Each answer is held against what the Engine has in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ovirt_lab.engine.populate import assign_tag

from tests.contract.conftest import Site, start
from tests.fleet.conftest import WORLD, Harbour, result_of
from tests.support.containers import NEW, assert_one_sentence, by_hand

HOST = {"cluster": "Default", "vdsm": "4.19.20", "containers": True, "memory": 64}
#: One host that is known to run containers, and one that is not.
ONE_PROVEN = {"hosts": [{"name": "host1", **HOST, "tags": ["container-host"]}, {"name": "plain", **HOST}]}


def sites(place: Path, version: str, world: dict[str, Any]) -> Iterator[Harbour]:
    for site in start(place, version, world):
        yield Harbour(site.engine, site.endpoint)


# --- 1. The Engine keeps translated searches for a day (SearchQuery.java)


@pytest.mark.parametrize("version", ["4.1", "4.3"])
def test_a_fleet_is_found_by_its_tag_though_the_tag_is_new(tmp_path: Path, version: str) -> None:
    web = {"name": "web", "count": 3}
    for harbour in sites(tmp_path, version, WORLD):
        assert harbour.fleet(web, "cache", fleet="shop").changed
        for _run in range(2):
            again = harbour.fleet(web, "cache", fleet="shop")
            assert not again.changed, again.data["totals"]
            assert harbour.writes == []
        pruned = harbour.fleet({"name": "web", "count": 1}, fleet="shop", prune=True)
        assert not pruned.failed, pruned.msg
        assert pruned.data["totals"]["remove"] == 3
        assert harbour.names() == ["web-1"]


def test_a_host_is_found_by_its_tag_though_it_was_looked_for_before(site: Site) -> None:
    for host in site.engine.store.list("hosts"):
        site.engine.store.remove(f"hosts/{host.id}/tags", site.engine.store.named("tags", "container-host").id)
    site.engine.store.remove("tags", site.engine.store.named("tags", "container-host").id)
    assert_one_sentence(site.container(**NEW).msg, "no host of cluster 'Default' carries the tag 'container-host'")
    assign_tag(site.engine, site.engine.store.named("hosts", "host1"), "container-host")
    answer = site.container(**NEW)
    assert not answer.failed, answer.msg
    assert answer.data["container_vm"]["hosts"] == ["host1"]


def test_container_vms_are_listed_by_a_tag_that_is_new(site43: Site) -> None:
    by_hand(site43)
    first = site43.run("container_vm_info", {"tag": "web"})
    assert first.data["container_vms"] == []
    assert "tag 'web' does not exist" in first.warnings[0]
    assign_tag(site43.engine, site43.engine.vm("web"), "web")
    second = site43.run("container_vm_info", {"tag": "web"})
    assert [vm["name"] for vm in second.data["container_vms"]] == ["web"]
    assert second.warnings == []


# --- 2. Engine 4.1.2.0 to 4.1.3.0 find no tag with "_" in its name


@pytest.mark.parametrize("version", ["4.1.2.0", "4.1.3.0", "4.1.3.1"])
def test_our_tags_are_found_by_every_engine(tmp_path: Path, version: str) -> None:
    for harbour in sites(tmp_path, version, WORLD):
        assert harbour.fleet({"name": "web", "count": 3}, fleet="shop").changed
        assert not harbour.fleet({"name": "web", "count": 3}, fleet="shop").changed
        assert harbour.fleet(fleet="shop", prune=True).data["totals"]["remove"] == 3


@pytest.mark.parametrize(("version", "refused"), [("4.1.2.0", True), ("4.1.3.0", True), ("4.1.3.1", False)])
def test_a_fleet_that_the_engine_could_not_find_again_is_refused(tmp_path: Path, version: str, refused: bool) -> None:
    for harbour in sites(tmp_path, version, WORLD):
        answer = harbour.fleet("one", fleet="my_shop")
        assert answer.failed == refused
        if refused:
            assert_one_sentence(answer.msg, rf"'my_shop' has '_' in its name, and this is Engine {version}")
            assert harbour.writes == []


# --- 3. The user-level view


def filters_of(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What the requests from now on say about the view that they want."""
    said: list[str | None] = []
    handle = site.engine.handle

    def noted(method: str, target: str, headers: dict[str, str], body: bytes) -> Any:
        if "/sso" not in target:
            said.append({key.lower(): value for key, value in headers.items()}.get("filter"))
        return handle(method, target, headers, body)

    monkeypatch.setattr(site.engine, "handle", noted)
    return said


@pytest.mark.parametrize("header", [{}, {"Filter": "true"}, {"filter": True}])
def test_every_request_asks_for_the_administrators_view(
    tmp_path: Path, header: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for site in sites(tmp_path, "4.3", ONE_PROVEN):
        said = filters_of(site, monkeypatch)
        auth = {**site.auth, "headers": header}
        answer = site.run("container_vm", {**NEW, "settle": 1, "poll_interval": 1}, auth=auth)
        assert not answer.failed, answer.msg
        assert answer.data["container_vm"]["hosts"] == ["host1"]
        assert set(said) == {"false"}
        assert bool(answer.warnings) == bool(header)
        again = site.run("container_vm", {**NEW, "settle": 1}, auth=auth)
        assert not again.changed


@pytest.mark.parametrize("version", ["4.1", "4.3"])
@pytest.mark.parametrize("by_default", [True, False])
def test_a_user_who_is_no_administrator_is_told_so(tmp_path: Path, version: str, by_default: bool) -> None:
    world = {**ONE_PROVEN, "administrator": False, "filter_by_default": by_default}
    for site in sites(tmp_path, version, world):
        for module, args in (("container_vm", NEW), ("container_vm_info", {}), ("container_fleet", FLEET)):
            answer = site.run(module, args)
            assert_one_sentence(answer.msg, "admin@internal may not see .* administrator's role is needed")
            assert site.writes == []
        assert site.engine.vm("web") is None


FLEET = {"containers": [{"name": "web"}], "defaults": {"cluster": "Default", "image": "redis"}}


# --- 4. What answers is no Engine


@pytest.mark.parametrize("name", ["html", "other_root", "empty", "json", "fault", "text", "cut", "entities", "huge"])
def test_a_page_is_no_list_of_vms(site43: Site, name: str) -> None:
    """Absent, stopped, listed and foreseen: none of it may be believed of what is no list."""
    site43.container(**NEW)
    state = site43.state()
    site43.engine.faults.add(f"answer:{name}:match=GET /ovirt-engine/api/vms:count=0")
    for args in ({"name": "web", "state": "absent"}, {"name": "web", "state": "stopped"}, NEW):
        for check in (True, False):
            answer = site43.run("container_vm", {**args, "timeout": 25}, check=check)
            assert answer.failed
            assert not answer.changed
            assert "Traceback" not in answer.text
    listed = site43.run("container_vm_info", {})
    assert listed.failed
    assert_one_sentence(listed.msg, "answered with")
    site43.engine.faults.clear()
    assert site43.state() == state


def test_a_page_while_a_stop_is_waited_for_is_trouble_that_passes(site43: Site) -> None:
    site43.container(**NEW)
    site43.engine.faults.add("answer:html:match=GET /ovirt-engine/api/vms.search=name:count=3:nth=2")
    site43.engine.world.delays["stop"] = 60
    answer = site43.container(name="web", state="stopped")
    assert not answer.failed, answer.msg
    assert site43.engine.vm("web").status.value == "down"


def test_a_stop_is_not_believed_of_a_page_that_stays(site43: Site) -> None:
    site43.container(**NEW)
    site43.engine.faults.add("answer:html:match=GET /ovirt-engine/api/vms.search=name:count=0")
    answer = site43.container(name="web", state="stopped", timeout=2, settle=1)
    assert answer.failed
    assert answer.changed
    assert_one_sentence(answer.msg, "web: down was wanted, it was unknown when it was last seen.*text/html")


@pytest.mark.parametrize("where", ["POST .*/vms$", "POST .*/nics", "POST .*/start"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_page_in_answer_to_a_change_is_looked_into(site43: Site, where: str, when: str) -> None:
    site43.engine.faults.add(f"answer:html:{when}:match={where}")
    answer = site43.container(**NEW, networks=["backend"])
    assert not answer.failed, answer.msg
    assert [vm.name for vm in site43.engine.vms()].count("web") == 1
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1
    assert site43.engine.vm("web").status.value in ("up", "powering_up")


def test_a_page_in_answer_to_a_removal(site43: Site) -> None:
    site43.container(**NEW, state="present")
    site43.engine.faults.add("answer:html:before:match=DELETE")
    answer = site43.container(name="web", state="absent")
    assert not answer.failed, answer.msg
    assert site43.engine.vm("web") is None


# --- 5. Values are hidden where they stand, and nowhere else


def test_a_header_that_is_no_secret_eats_no_words(site43: Site) -> None:
    headers = {"Version": "4", "X-Trace": "e", "Cookie": "S3cr3t-cookie", "X-Api-Key": "k3y-0f-a-pr0xy"}
    auth = {**site43.auth, "headers": headers}
    args = {**NEW, "name": "web-4", "image": "redis:4.4", "settle": 1}
    answer = site43.run("container_vm", args, auth=auth)
    assert not answer.failed, answer.msg
    vm = answer.data["container_vm"]
    assert (vm["name"], vm["image"], vm["id"]) == ("web-4", "redis:4.4", site43.engine.vm("web-4").id)
    assert "****" not in answer.text
    shown = answer.data["invocation"]["module_args"]["auth"]["headers"] if "invocation" in answer.data else headers
    assert (shown["Version"], shown["X-Trace"]) == ("4", "e")
    assert "S3cr3t-cookie" not in answer.text
    assert "k3y-0f-a-pr0xy" not in answer.text


@pytest.mark.parametrize("module", ["container_vm", "container_fleet"])
def test_an_environment_eats_no_words(site43: Site, module: str) -> None:
    """Also where it is refused, which is all that this release can do with it."""
    secret = {"DEBUG": "1", "A": "b", "EMPTY": "", "TOKEN": "t0p-s3cr3t"}
    args: dict[str, Any] = {**NEW, "name": "web-1", "environment": secret}
    if module == "container_fleet":
        args = {"containers": [args], "defaults": {"environment": {**secret, "C": "container"}}}
    answer = site43.run(module, args)
    assert answer.failed
    assert answer.msg.startswith("web-1: runtime vdsm cannot honour environment")
    assert "****" not in answer.msg
    assert "t0p-s3cr3t" not in answer.text
    assert '"DEBUG": "1"' not in answer.text


def test_a_short_password_eats_no_words(tmp_path: Path) -> None:
    for site in start(tmp_path, "4.3"):
        site.engine.sessions.password = "e"
        answer = site.run("container_vm", {**NEW, "settle": 1}, auth={**site.auth, "password": "e"})
        assert not answer.failed, answer.msg
        assert answer.data["container_vm"]["image"] == "redis:7.2"
        assert "****" not in answer.text


# --- 6. Two data centers, each with ovirtmgmt/ovirtmgmt

TWO: dict[str, Any] = {
    "data_centers": [{"name": "One"}, {"name": "Two"}],
    "clusters": [
        {"name": "C1", "version": "4.1", "data_center": "One"},
        {"name": "C2", "version": "4.1", "data_center": "Two"},
    ],
    "hosts": [
        {"name": f"host{n}", **HOST, "cluster": f"C{n}", "docker_networks": ["ovirtmgmt"], "tags": ["container-host"]}
        for n in (1, 2)
    ],
    "networks": [{"name": "ovirtmgmt", "data_center": center} for center in ("One", "Two")],
    "storage_domains": [],
    "vms": [],
}


def test_the_network_of_each_data_center_has_its_name(tmp_path: Path) -> None:
    for site in sites(tmp_path, "4.3", TWO):
        for number in (1, 2):
            spec = {"name": f"web{number}", "cluster": f"C{number}", "image": "redis", "networks": ["ovirtmgmt"]}
            made = site.container(**spec)
            assert not made.failed, made.msg
            assert made.data["container_vm"]["networks"] == ["ovirtmgmt/ovirtmgmt"]
            assert not site.container(**spec).changed
        listed = site.run("container_vm_info", {}).data["container_vms"]
        assert [vm["networks"] for vm in listed] == [["ovirtmgmt/ovirtmgmt"]] * 2
        used = {site.engine.store.list(f"vms/{vm.id}/nics")[0].vnic_profile.id for vm in site.engine.vms()}
        assert len(used) == 2


# --- 7. What is known is in every result


def test_a_refused_change_does_not_hide_that_a_restart_is_needed(site43: Site) -> None:
    site43.container(**NEW, networks=["backend"])
    assert site43.container(name="web", image="redis:7.4").data["restart_needed"]
    refused = site43.container(name="web", networks=[])
    assert refused.failed
    assert refused.data["restart_needed"]
    fleet = {"containers": [{"name": "web", "networks": []}], "settle": 1}
    answer = site43.run("container_fleet", fleet)
    assert result_of(answer, "web")["restart_needed"]


def test_a_change_that_was_not_made_needs_no_restart(site43: Site) -> None:
    site43.container(**NEW)
    site43.engine.faults.add("refuse:INVALID_CUSTOM_PROPERTIES_INVALID_VALUES:match=PUT:count=0")
    answer = site43.container(name="web", image="redis:7.4")
    assert answer.failed
    assert not answer.data["restart_needed"]
    assert answer.data["container_vm"]["image"] == "redis:7.2"


# --- 8. Refusals that pass

PASSING = [
    ("4.1", "VM_IS_DURING_SNAPSHOT", "POST .*/start"),
    ("4.3", "VM_IS_DURING_SNAPSHOT", "DELETE"),
    ("4.3", "VM_IS_DURING_BACKUP", "POST .*/stop"),
    ("4.3", "VM_IS_SAVING_RESTORING", "POST .*/stop"),
    ("4.3", "CLUSTER_IS_BEING_UPDATED", "POST .*/vms$"),
    ("4.1", "CLUSTER_IS_BEING_UPDATED", "PUT"),
    ("4.3", "VM_IS_BEING_UPDATED", "POST .*/start"),
    ("4.1", "SNAPSHOT_IS_BEING_TAKEN_FOR_VM", "POST .*/start"),
    ("4.3", "TEMPLATE_IS_BEING_CREATED_FROM_VM", "DELETE"),
    ("4.3", "ENGINE_IS_RUNNING_IN_PREPARE_MODE", "POST .*/vms$"),
]


@pytest.mark.parametrize(("version", "name", "where"), PASSING)
def test_a_refusal_that_passes_is_waited_for(tmp_path: Path, version: str, name: str, where: str) -> None:
    for site in start(tmp_path, version):
        site.engine.faults.add(f"refuse:{name}:match={where}:count=2")
        for args in (NEW, {"name": "web", "state": "stopped"}, {**NEW, "memory": "1GiB"}):
            answer = site.container(**args)
            assert not answer.failed, answer.msg
        assert not site.container(name="web", state="absent").failed
        assert site.engine.vm("web") is None
        hit = [request for request in site.engine.requests if request.status in (400, 409)]
        assert len(hit) == 2


@pytest.mark.parametrize("name", ["VM_IN_PREVIEW", "VM_RUNNING_STATELESS", "TEMPLATE_IS_DISABLED"])
def test_a_refusal_that_stays_is_told_at_once(site43: Site, name: str) -> None:
    site43.engine.faults.add(f"refuse:{name}:match=POST .*/start:count=0")
    answer = site43.container(**NEW)
    assert answer.failed
    tried = [request for request in site43.asked if request.path.endswith("/start")]
    assert len(tried) <= 2
