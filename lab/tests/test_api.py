# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API as such: addresses, XML, logging in, search, follow, versions, state."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

from ovirt_lab.engine import Engine, ManualClock, routes

VERSIONS = ("4.1", "4.3", "4.5")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_collection_of_the_service_tree_answers(version: str) -> None:
    lab = Lab(version)
    for name, node in routes.ROOT.children.items():
        if node.is_collection:
            assert lab.raw("GET", name).status == 200, name
    for kind in ("vms", "clusters", "hosts", "datacenters", "templates", "networks", "disks"):
        owner = lab.engine.store.list(kind)[0]
        answers = {
            name: lab.raw("GET", f"{kind}/{owner.id}/{name}").status for name in routes.find(f"{kind}/x").children
        }
        assert set(answers.values()) <= {200, 404}
        assert answers.get("permissions", 200) == 200 and answers.get("nics", 200) == 200


def test_root() -> None:
    response = Lab("4.5").raw("GET", "")
    assert b"<major>4</major>" in response.body and b"<minor>5</minor>" in response.body
    assert b'<link href="/ovirt-engine/api/vms" rel="vms"/>' in response.body
    assert b'href="/ovirt-engine/api/vms?search={query}" rel="vms/search"' in response.body


def test_shape_of_an_object() -> None:
    lab = Lab()
    vm = lab.vm(description="<&>")
    text = lab.raw("GET", f"vms/{vm.id}").body.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<vm href=')
    places = [text.index(part) for part in ("<actions>", "<name>", "<description>", 'rel="nics"', "<cpu_shares>")]
    assert places == sorted(places)
    assert f'<link href="/ovirt-engine/api/vms/{vm.id}/start" rel="start"/>' in text
    assert "&lt;&amp;&gt;" in text and lab.get(vm).description == "<&>"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing", b"", 404),
        ("GET", "vms/no-such-id", b"", 404),
        ("GET", "vms/no-such-id/nics", b"", 404),
        ("POST", "vms/no-such-id/start", b"<action/>", 404),
        ("DELETE", "vms/no-such-id", b"", 404),
        ("POST", "vms", b"<vm><name>x</name>", 400),
        ("POST", "vms", b"", 400),
        ("POST", "vms", b"<host/>", 400),
        ("POST", "vms", b"<nonsense/>", 400),
        ("POST", "vms", b"<vm><memory>much</memory></vm>", 400),
        ("DELETE", "vms", b"", 405),
        ("PATCH", "vms", b"", 405),
    ],
)
def test_errors(method: str, path: str, body: bytes, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    response = Lab().raw(method, path, body)
    assert response.status == status
    assert status != 404 or response.body == b""
    assert capfd.readouterr() == ("", "")  # the parser has nothing to say on stderr


@pytest.mark.parametrize(
    ("version", "place", "add", "freeze"),
    [
        ("4.1", "/ovirt-engine/api/v4/model#services/", "vm-nics/methods/add", "vm/methods/freeze-filesystems"),
        ("4.3", "/ovirt-engine/apidoc#services/", "vm_nics/methods/add", "vm/methods/freeze_filesystems"),
        ("4.5", "/ovirt-engine/apidoc#services/", "vm_nics/methods/add", "vm/methods/freeze_filesystems"),
    ],
)
def test_a_malformed_body_is_told_where_to_read_on(version: str, place: str, add: str, freeze: str) -> None:
    lab = Lab(version)
    detail = f"For correct usage, see: https://engine.example{place}"
    vm = lab.engine.vm("db1").id
    response = lab.raw("POST", f"vms/{vm}/nics", b"<nic", Host="engine.example")
    assert b"<reason>Request syntactically incorrect.</reason>" in response.body
    assert f"<detail>{detail}{add}</detail>" in response.body.decode()
    response = lab.raw("POST", f"vms/{vm}/freezefilesystems", b"<", Host="engine.example")
    assert f"{detail}{freeze}</detail>" in response.body.decode()
    assert b"<reason>Invalid value</reason>" in lab.raw("POST", "vms", b"<vm><memory>x</memory></vm>").body


def test_entities_are_not_expanded() -> None:
    body = b'<!DOCTYPE vm [<!ENTITY e SYSTEM "file:///etc/passwd">]><vm><name>&e;</name></vm>'
    response = Lab().raw("POST", "vms", body)
    assert response.status == 400 and b"root:" not in response.body


class TestLogin:
    """SSO and Basic."""

    def token(self, lab: Lab, password: str) -> tuple[int, dict]:
        form = f"grant_type=password&scope=ovirt-app-api&username=admin%40internal&password={password}".encode()
        response = lab.engine.handle("POST", "/ovirt-engine/sso/oauth/token", {"Accept": "application/json"}, form)
        assert response.headers["Content-Type"] == "application/json"
        return response.status, json.loads(response.body)

    def test_token_works_until_logout(self) -> None:
        lab = Lab()
        _, reply = self.token(lab, "secret")
        bearer = {"Authorization": f"Bearer {reply['access_token']}"}
        assert lab.raw("GET", "vms", **bearer).status == 200
        form = f"scope=ovirt-app-api&token={reply['access_token']}".encode()
        lab.engine.handle("POST", "/ovirt-engine/services/sso-logout", {}, form)
        response = lab.raw("GET", "vms", **bearer)
        assert response.status == 401
        assert b"<body>Unauthorized</body>" in response.body
        assert response.headers["Content-Type"].startswith("text/html")

    def test_token_ends_when_idle(self) -> None:
        lab = Lab()
        _, reply = self.token(lab, "secret")
        bearer = {"Authorization": f"Bearer {reply['access_token']}"}
        lab.clock.advance(1000)
        assert lab.raw("GET", "", **bearer).status == 200
        lab.clock.advance(1801)
        assert lab.raw("GET", "", **bearer).status == 401

    @pytest.mark.parametrize(("version", "status"), [("4.1", 200), ("4.3", 400), ("4.5", 400)])
    def test_wrong_password(self, version: str, status: int) -> None:
        code, reply = self.token(Lab(version), "wrong")
        assert code == status and reply["error_code"] == "access_denied"
        assert reply["error"].startswith("Cannot authenticate user 'admin@internal': ")

    @pytest.mark.parametrize(
        ("name", "shown", "why"),
        [
            ("admin", "admin@N/A", "No valid profile found in credentials."),
            ("a@b@nowhere", "a@b@nowhere", "No valid profile found in credentials."),
            ("admin@", "admin@N/A", "No valid profile found in credentials."),
            ("@internal", "@internal", "No user name found in credentials."),
            ("", "@N/A", "No user name found in credentials."),
        ],
    )
    def test_a_name_without_a_known_profile(self, name: str, shown: str, why: str) -> None:
        """translateUser and areCredentialsValid; AppMessages puts one more full stop behind the reason."""
        form = urlencode(
            {"grant_type": "password", "scope": "ovirt-app-api", "username": name, "password": "secret"}
        ).encode()
        response = Lab().engine.handle("POST", "/ovirt-engine/sso/oauth/token", {}, form)
        assert json.loads(response.body)["error"] == f"Cannot authenticate user '{shown}': {why}."

    def test_clients_of_other_scopes_get_the_words_of_oauth(self) -> None:
        form = b"grant_type=password&scope=openid&username=x&password=y"
        response = Lab("4.5").engine.handle("POST", "/ovirt-engine/sso/oauth/token", {}, form)
        assert response.status == 400 and set(json.loads(response.body)) == {"error", "error_description"}

    def test_basic_and_nothing(self) -> None:
        lab = Lab()
        assert lab.raw("GET", "", Authorization="Basic Zm9vOmJhcg==").status == 401
        assert lab.raw("GET", "", Authorization="Basic !").status == 401
        assert lab.raw("GET", "", Authorization="").status == 401

    def test_no_secret_in_the_log(self) -> None:
        lab = Lab()
        self.token(lab, "secret")
        assert "secret" not in repr(lab.engine.requests)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("name=web1", ["web1"]),
        ('name="web*"', ["web1", "web2"]),
        ("name=WEB1", ["web1"]),
        ("name=web1 or name=db1", ["db1", "web1"]),
        ("name=web* and status=up", []),
        ("status=up", ["db1"]),
        ("status!=up", ["web1", "web2"]),
        ("cluster=Default and name=web*", ["web1", "web2"]),
        ("cluster=Modern", []),
        ("tag=blue", ["web2"]),
        ("host=host1", ["db1"]),
        ("web", ["web1", "web2"]),
        ("sortby name desc", ["web2", "web1", "db1"]),
        ("name=* sortby name asc page 2", ["web1", "web2"]),
        ("Vms: name=web1", ["web1"]),
        ("", ["db1", "web1", "web2"]),
        ("custom=1", []),
    ],
)
def test_search(search: str, names: list[str]) -> None:
    lab = Lab()
    lab.vm("web1")
    second = lab.vm("web2")
    lab.ask("POST", "tags", types.Tag(name="blue"))
    lab.ask("POST", f"vms/{second.id}/tags", types.Tag(name="blue"))
    limit = "&max=1" if "page" in search else ""
    found = [vm.name for vm in lab.ask("GET", f"vms?search={search.replace(' ', '%20')}{limit}")]
    if "page" in search:
        assert found == names[:1]
    else:
        assert found == names if "sortby" in search else sorted(found) == names


def test_case_sensitive_and_max_and_unknown_parameters() -> None:
    lab = Lab()
    lab.vm("web")
    assert lab.ask("GET", "vms?search=name%3DWEB&case_sensitive=true") == []
    assert len(lab.ask("GET", "vms?max=1&nonsense=1")) == 1
    assert len(lab.ask("GET", "vms?max=0")) == 0
    assert len(lab.ask("GET", "vms;max=1")) == 1


@pytest.mark.parametrize(("version", "followed"), [("4.1", False), ("4.3", True)])
def test_follow(version: str, followed: bool) -> None:
    lab = Lab(version)
    vm = lab.vm()
    lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="nic1"))
    shown = lab.get(vm, "?follow=nics,cluster,disk_attachments.disk")
    assert [nic.name for nic in shown.nics or []] == (["nic1"] if followed else [])
    assert shown.cluster.name == ("Default" if followed else None)
    assert shown.nics.href.endswith("/nics")


def test_options_begin_with_4_2() -> None:
    assert Lab("4.1").raw("GET", "options/UserDefinedVMProperties").status == 404
    assert Lab("4.3").raw("GET", "options/UserDefinedVMProperties").status == 200


def test_log_of_requests() -> None:
    lab = Lab()
    mark = lab.engine.mark()
    vm = lab.vm()
    lab.get(vm)
    first, second = lab.engine.requests_since(mark)
    assert (first.method, first.path, first.status, first.writes) == ("POST", "/ovirt-engine/api/vms", 201, True)
    assert (second.status, second.writes, second.user) == (200, False, "admin@internal")


def test_save_and_load_go_on_where_it_was(tmp_path: Path) -> None:
    lab = Lab("4.1", {"images": {"missing": ["broken"]}})
    vm = lab.container(image="broken")
    lab.act(vm, "start")
    lab.clock.advance(5)
    before = lab.engine.state()
    lab.engine.save(tmp_path / "state.json")
    clock = ManualClock(5_000_000_000)
    lab.engine = Engine.load(tmp_path / "state.json", clock)
    lab.clock = clock
    assert lab.engine.state() == before and lab.engine.version_text == "4.1"
    assert lab.status(vm) == "powering_up"
    assert lab.status(vm, 20) == "down"
    assert lab.codes("web") == [34, 153, 61]


def test_reading_changes_nothing() -> None:
    lab = Lab()
    before = lab.engine.state()
    for path in ("", "vms", "hosts", "events", "disks?follow=vms", "vms?follow=nics,cluster"):
        lab.ask("GET", path)
    assert lab.engine.state() == before


def test_unknown_world_keys_and_versions_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown keys hsots"):
        Lab(world={"hsots": []})
    with pytest.raises(ValueError, match="version is one of"):
        Lab("3.6")


def test_faults_have_no_body_only_for_404_and_401() -> None:
    with pytest.raises(Refused) as caught:
        Lab().vm(cluster=types.Cluster(name="x"))
    assert caught.value.status == 404 and caught.value.detail
