# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input is refused in a sentence, with nothing half-created."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site
from tests.support.containers import NEW, assert_one_sentence

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({**NEW, "image": "Redis;rm"}, "is not an image reference"),
    "volumes": ({**NEW, "volumes": ["data"]}, "volumes 'data' is malformed"),
    "volumes that vdsm ignores": (
        {**NEW, "volumes": ["data:/data"]},
        r"cannot honour volumes \(microvm can\)",
    ),
    "memory": ({**NEW, "memory": "512MB"}, "memory '512MB' is not a size"),
    "name": ({**NEW, "name": "a b"}, "is not a VM name"),
    "cluster": ({**NEW, "cluster": "Nope"}, "cluster 'Nope' does not exist. Engine has: .*Default"),
    "network": ({**NEW, "networks": ["nope"]}, "has no vNIC profile 'nope/nope'.*backend/backend"),
    "host": ({**NEW, "hosts": ["nope"]}, "host 'nope' does not exist"),
    "no image": ({"name": "web", "cluster": "Default"}, "an image is needed"),
    "no cluster": ({"name": "web", "image": "redis"}, "a cluster is needed"),
    "microvm": ({**NEW, "runtime": "microvm"}, "which this release does not have yet"),
    "no template": ({**NEW, "runtime": "guest"}, "template 'container-guest' does not exist for cluster 'Default'"),
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


@pytest.mark.parametrize("what", ["image", "volumes", "volumes that vdsm ignores", "microvm"])
def test_what_no_runtime_could_do_is_refused_before_any_request(site43: Site, what: str) -> None:
    site43.run("container_vm", BAD[what][0])
    assert site43.engine.requests_since(site43.mark) == []


def test_a_modern_cluster_needs_a_template(site43: Site) -> None:
    told = r"template 'container-guest' does not exist for cluster 'Modern'. Engine has: Blank. Give template"
    assert_one_sentence(site43.container(**{**NEW, "cluster": "Modern"}).msg, told)


def test_a_host_with_a_later_vdsm_is_refused(site43: Site) -> None:
    host = site43.engine.store.named("hosts", "host2")
    host.version = types.Version(major=4, minor=20)
    site43.engine.store.touch(host)
    assert "host 'host2' has Vdsm 4.20" in site43.container(**NEW, hosts=["host2"]).msg


ACCESS: dict[str, tuple[dict[str, Any], str]] = {
    "password": ({"password": "wrong"}, r"refused the login of admin@internal: .*auth\.password"),
    "plain http": ({"url": "http://127.0.0.1:1/ovirt-engine/api"}, "plain http"),
    "not there": ({"url": "https://127.0.0.1:1/ovirt-engine/api"}, "No Engine answers at .*auth.url"),
    "no address": ({"url": "engine"}, "is not an address"),
    "half an address": ({"url": "https://[::1/ovirt-engine/api"}, "is not an address"),
    "no such port": ({"url": "https://127.0.0.1:99999/ovirt-engine/api"}, "is not an address"),
    "not ASCII": ({"url": "https://müller.example/ovirt-engine/api"}, "in ASCII"),
    "a line end": ({"url": "https://127.0.0.1\n/ovirt-engine/api"}, "is not an address"),
    "user in half an address": ({"url": "https://bob:S3cr3t-pass@[::1"}, "give it as auth.username"),
    "user in the address": ({"url": "https://bob:S3cr3t-pass@127.0.0.1/ovirt-engine/api"}, "give it as auth.username"),
    "host name that is none": ({"url": None, "hostname": "https://x/"}, "is not (an address|a host name)"),
    "system CAs": ({"ca_file": None}, "cannot be verified with the system's CAs"),
    "no CA file": ({"ca_file": "/nonexistent.pem"}, "is not a file"),
    "a directory": ({"ca_file": "/tmp"}, "is not a file"),
    "negative timeout": ({"timeout": -1}, "auth.timeout is -1 s"),
    "odd headers": ({"headers": {"X-Key": "ключ"}}, "auth.headers holds characters"),
    "no credentials": ({"username": None}, "No credentials"),
    "no Engine named": ({"url": None}, "No Engine is named"),
    "wrong path": ({"url": "ADDRESS/nothing"}, "is not the API of an Engine; auth.url must end in /ovirt-engine/api"),
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
    assert site43.auth["password"] not in answer.msg
    # What was written as auth.url is shown back by Ansible itself, under invocation.
    assert site43.auth["password"] not in answer.text.replace(json.dumps(auth["url"]), "")
    assert site43.state() == before


@pytest.mark.parametrize(
    "name",
    [
        "html",
        "redirect",
        "empty",
        "json_object",
        "json_array",
        "json_null",
        "json_text",
        "json_broken",
        "json_no_token",
    ],
)
def test_what_answers_a_login_and_is_no_engine_is_told(site43: Site, name: str) -> None:
    site43.engine.faults.add(f"answer:{name}:match=oauth/token:count=0")
    answer = site43.run("container_vm", NEW)
    assert_one_sentence(answer.msg, "answered with .* where an Engine's answer is needed.*auth.url is wrong")
    assert "Traceback" not in answer.text


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
