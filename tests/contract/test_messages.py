# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages say what was found, what is needed and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import Site, start
from tests.support.containers import NEW, assert_one_sentence, by_hand


@pytest.mark.parametrize("state", ["running", "present", "stopped", "restarted"])
def test_a_name_that_is_not_there_is_told_with_names_near_it(site43: Site, state: str) -> None:
    for name in ("webshop-1", "webshop-2", "queue"):
        by_hand(site43, name)
    answer = site43.run("container_vm", {"name": "webshop1", "state": state})
    assert_one_sentence(
        answer.msg,
        r"webshop1: no container VM has this name; similar names: webshop-1, webshop-2. Correct name, or give image "
        "and cluster",
    )
    far = site43.run("container_vm", {"name": "else", "state": state, "cluster": "Default"})
    assert_one_sentence(far.msg, r"else: no container VM has this name. Correct name, or give image: to create it an")
    assert site43.writes == []


def test_an_unknown_host_is_told_with_the_hosts_there_are(site43: Site) -> None:
    answer = site43.run("container_vm", {**NEW, "hosts": ["hots1"]})
    assert_one_sentence(
        answer.msg, "host 'hots1' does not exist; hosts of cluster 'Default' are needed, which are host1, host2"
    )


IMAGES = {
    "docker://redis": "leave 'docker://' out",
    "https://registry.example.com/redis": "leave 'https://' out",
    "redis:": "its tag is empty",
    "registry.example.com:5000/Shop/front": "'Shop/front' has upper-case letters",
    "Redis": "'Redis' has upper-case letters",
    "redis@sha256:abc": "its digest has 3 digits, and sha256 has 64",
    "redis@md5:abc": "its digest is of kind 'md5'",
    "redis:7.2 ": "it holds ' '",
    "redis;rm": "it holds ';'",
    "": "it is empty",
    "a//b": "a part of its path is empty",
    "a" * 600: "it is 600 characters long, 512 are the most",
}


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_refused_with_what_is_wrong_in_it(site43: Site, image: str) -> None:
    answer = site43.run("container_vm", {**NEW, "image": image})
    assert_one_sentence(answer.msg, r"web: image '.*' is not an image reference: ")
    assert IMAGES[image] in answer.msg
    assert site43.asked == []


FLEETS: dict[str, tuple[dict[str, Any], str]] = {
    "an option of a task": (
        {"containers": [{**NEW, "name": "cache", "wait": False}]},
        "cache: it cannot have the option wait. Options are: name, count, state, ",
    ),
    "several": (
        {"containers": [{"name": "a", "auth": {}}, {"name": "b", "update": "now"}]},
        r"a: it cannot have the option auth\. .*; b: it cannot have the option update\.",
    ),
    "a slip in the defaults": ({"defaults": {"imgae": "x"}, "containers": []}, "defaults: it cannot have the option"),
    "a number that is none": ({"containers": [{"name": "web", "count": "many"}]}, "web: .*count"),
    "no name": ({"containers": [{"image": "redis"}]}, "entry 1 of containers: missing required arguments: name"),
    "no dictionary": ({"containers": ["web"]}, "dictionary requested"),
    "a state that is none": ({"containers": [{"name": "web", "state": "up"}]}, "web: value of state must be one of"),
}


@pytest.mark.parametrize("what", FLEETS)
def test_an_entry_is_refused_by_its_name(site43: Site, what: str) -> None:
    args, told = FLEETS[what]
    answer = site43.run("container_fleet", args)
    assert answer.failed
    assert_one_sentence(answer.msg, told)
    assert site43.asked == []


@pytest.mark.parametrize("runtime", ["rkt", "runc", "docker", "podman", "systemd-nspawn", "libvirt-lxc"])
@pytest.mark.parametrize("module", ["container_vm", "container_fleet"])
def test_a_runtime_of_old_is_refused_with_the_reason(site43: Site, module: str, runtime: str) -> None:
    args: dict[str, Any] = {**NEW, "runtime": runtime}
    answer = site43.run(module, args if module == "container_vm" else {"containers": [args]})
    assert_one_sentence(answer.msg, rf"^web: runtime {runtime} is not supported: .*Take vdsm")
    assert site43.asked == []


def test_any_other_runtime_is_refused_with_those_there_are(site43: Site) -> None:
    answer = site43.run("container_vm", {**NEW, "runtime": "warp"})
    assert_one_sentence(answer.msg, "value of runtime must be one of: auto, vdsm, guest, microvm, got: warp")


def test_todays_engine_is_told_by_its_version_and_without_a_level_it_cannot_have(tmp_path: Path) -> None:
    for site in start(tmp_path, "4.5"):
        new = {**NEW, "runtime": "vdsm"}
        for module, args in (("container_vm", new), ("container_fleet", {"containers": [new, {**new, "name": "b"}]})):
            message = site.run(module, args).msg
            assert_one_sentence(message, r"This is Engine 4\.5\.3, whose clusters cannot have")
            assert "Use a cluster of level 4.1" not in message


def test_an_older_engine_is_advised_another_cluster(site43: Site) -> None:
    answer = site43.container(**{**NEW, "cluster": "Modern", "runtime": "vdsm"})
    assert_one_sentence(answer.msg, r"4\.1 or lower, 4\.3 was found.*Use a cluster of level 4\.1 or lower")


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (
            {"cluster": "Nope"},
            "cluster 'Nope' does not exist, so no container VM is found; Engine has: Default, Modern",
        ),
        (
            {"host": "nope*"},
            "host 'nope*' does not exist, so no container VM is found; Engine has: host1, host2, host3",
        ),
        ({"tag": "nope"}, "tag 'nope' does not exist, so no container VM is found; Engine has: container-host, root"),
        ({"name": "nope"}, None),
        ({"cluster": "default"}, None),
        ({"host": "HOST*"}, None),
        ({"tag": "container-*"}, None),
        ({"status": "up"}, None),
    ],
)
def test_no_hit_is_told_apart_from_nothing_to_hit(site43: Site, filters: dict[str, str], told: str | None) -> None:
    answer = site43.run("container_vm_info", filters)
    assert not answer.failed, answer.msg
    assert answer.data["container_vms"] == []
    assert answer.warnings == ([told] if told else [])


def test_an_underscore_that_the_engine_cannot_find_is_told(tmp_path: Path) -> None:
    from ovirt_lab.engine.populate import assign_tag

    for site in start(tmp_path, "4.1.2.0"):
        by_hand(site)
        assign_tag(site.engine, site.engine.vm("web"), "my_tag")
        answer = site.run("container_vm_info", {"tag": "my_tag"})
        assert answer.data["container_vms"] == []
        assert answer.warnings == ["Engine 4.1.2.0 finds nothing by a tag with '_' in its name, such as 'my_tag'"]
