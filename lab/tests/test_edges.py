# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges of the API, as recorded from real Engines: addresses, methods, headers, links (facts engine-wire.md 11)."""

from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from client import AUTHORIZATION, Lab
from ovirtsdk4 import types

from ovirt_lab.engine import Response, api_model, routes

VERSIONS = ["4.1", "4.3", "4.5"]
V4 = "/ovirt-engine/api/v4"


def at(lab: Lab, method: str, address: str, body: bytes = b"", **headers: str) -> Response:
    """A request to any address of the Engine."""
    sent = {"Authorization": AUTHORIZATION, "Content-Type": "application/xml", **headers}
    return lab.engine.handle(method, address, sent, body)


def hrefs(response: Response) -> set[str]:
    """All addresses in an answer."""
    return set(re.findall(r'href"?[=:] ?"([^"]+)"', response.body.decode()))


class TestVersionInTheAddress:
    """/ovirt-engine/api/v4 is the same API (VersionFilter)."""

    @pytest.mark.parametrize("accept", ["application/xml", "application/json"])
    def test_hrefs_keep_it(self, accept: str) -> None:
        lab = Lab()
        for path in ("", "/vms", f"/vms/{lab.engine.vm('db1').id}", "/hosts?search=name%3Dhost1"):
            response = at(lab, "GET", V4 + path, Accept=accept)
            assert response.status == 200
            assert hrefs(response) and all(href.startswith(f"{V4}/") for href in hrefs(response))
            plain = at(lab, "GET", routes.API + path, Accept=accept)
            assert response.body.replace(b"/api/v4/", b"/api/") == plain.body

    def test_what_a_user_wrote_stays(self) -> None:
        lab = Lab()
        text = f'see href="{routes.API}/vms"'
        vm = lab.vm(description=text)
        assert json.loads(at(lab, "GET", f"{V4}/vms/{vm.id}", Accept="application/json").body)["description"] == text

    def test_it_is_taken_in_requests(self) -> None:
        lab = Lab()
        body = b"<vm><name>x</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"
        response = at(lab, "POST", f"{V4}/vms", body)
        assert response.status == 201
        assert response.headers["Location"].startswith(f"{V4}/vms/")
        assert at(lab, "POST", f"{response.headers['Location']}/start", b"<action/>").status != 404
        assert at(lab, "DELETE", response.headers["Location"]).status == 200

    @pytest.mark.parametrize(
        ("address", "headers"),
        [("/ovirt-engine/api/v3/vms", {}), ("/ovirt-engine/api/v5", {}), ("/ovirt-engine/api/vms", {"Version": "5"})],
    )
    def test_other_versions(self, address: str, headers: dict[str, str]) -> None:
        assert at(Lab(), "GET", address, **headers).status == 400
        assert at(Lab(), "GET", "/ovirt-engine/api/vms", Version="4").status == 200


class TestMethods:
    """HEAD and OPTIONS, and what is not allowed."""

    @pytest.mark.parametrize("path", ["", "/vms", "/hosts", "/nothing"])
    def test_head_is_get_without_its_body(self, path: str) -> None:
        lab = Lab()
        head, get = (at(lab, method, routes.API + path) for method in ("HEAD", "GET"))
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["Content-Length"] == str(len(get.body))
        assert head.headers.get("Content-Type") == get.headers.get("Content-Type")

    @pytest.mark.parametrize(
        ("path", "allow"),
        [
            ("", "HEAD, GET, OPTIONS"),
            ("/vms", "HEAD, GET, POST, OPTIONS"),
            ("/vms/{vm}", "HEAD, GET, PUT, DELETE, OPTIONS"),
            ("/vms/{vm}/start", "POST, OPTIONS"),
            ("/events", "HEAD, GET, POST, OPTIONS"),
        ],
    )
    def test_options(self, path: str, allow: str) -> None:
        lab = Lab()
        address = routes.API + path.format(vm=lab.engine.vm("db1").id)
        response = at(lab, "OPTIONS", address)
        assert (response.status, response.headers["Allow"]) == (200, allow)
        refused = at(lab, "PATCH", address)
        assert (refused.status, refused.headers["Allow"]) == (405, allow)

    def test_neither_is_a_write(self) -> None:
        lab = Lab()
        for method in ("HEAD", "OPTIONS", "GET"):
            at(lab, method, "/ovirt-engine/api/vms")
        assert [request.writes for request in lab.engine.requests] == [False, False, False]
        assert [request.method for request in lab.engine.requests] == ["HEAD", "OPTIONS", "GET"]


@pytest.mark.parametrize("address", ["/ovirt-engine/api", "/ovirt-engine/api/nothing", "/ovirt-engine/services/health"])
def test_every_answer_has_the_engines_date(address: str) -> None:
    lab = Lab()
    found = parsedate_to_datetime(at(lab, "GET", address).headers["Date"])
    assert found.timestamp() == int(lab.clock.now())


@pytest.mark.parametrize("version", VERSIONS)
def test_texts_that_are_not_set(version: str) -> None:
    lab = Lab(version)
    lab.ask("POST", "templates", types.Template(name="t", vm=types.Vm(id=lab.vm("source").id)))
    lab.clock.advance(60)
    for path in ("vms", "clusters", "templates", "storagedomains", "hosts", "networks"):
        text = lab.raw("GET", path).body.decode()
        sent = "<description></description>" in text and "<comment></comment>" in text
        assert sent is (version != "4.1"), path
    vm = lab.vm(description="a", comment="b")
    lab.put(vm, description="", comment="")
    assert ("<description></description>" in lab.raw("GET", f"vms/{vm.id}").body.decode()) is (version != "4.1")


def relations(lab: Lab, path: str) -> tuple[set[str], set[str]]:
    """Names of the links and of the actions of an object."""
    value: dict[str, Any] = json.loads(lab.raw("GET", path, Accept="application/json").body)
    links = {link["rel"] for link in value.get("link", [])}
    return links, {link["rel"] for link in value.get("actions", {}).get("link", [])}


@pytest.mark.parametrize("version", VERSIONS)
def test_links_and_actions_are_those_of_the_model(version: str) -> None:
    lab = Lab(version)
    vm, host, disk = (lab.ask("GET", path)[0].id for path in ("vms", "hosts", "disks"))
    links, actions = relations(lab, f"vms/{vm}")
    assert {"nics", "diskattachments", "tags", "statistics"} <= links
    assert {"start", "export", "clone"} <= actions
    assert not {name for name in actions if name.startswith("exportto")}
    assert ("backups" in links, "checkpoints" in links) == (version != "4.1", version == "4.5")
    _, actions = relations(lab, f"hosts/{host}")
    assert {"approve", "install", "upgrade"} <= actions
    assert not {name for name in actions if "using" in name}
    assert ("copyhostnetworks" in actions) is (version == "4.5")
    links, actions = relations(lab, f"disks/{disk}")
    assert ("convert" in actions, "disksnapshots" in links) == (version == "4.5", version == "4.5")
    center = lab.ask("GET", "datacenters")[0].id
    assert ("setmaster" in relations(lab, f"datacenters/{center}")[1]) is (version == "4.5")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_root(version: str) -> None:
    lab = Lab(version)
    root = json.loads(lab.raw("GET", "", Accept="application/json").body)
    links = {link["rel"]: link["href"] for link in root["link"]}
    assert links["instancetypes/search"] == "/ovirt-engine/api/instancetypes?search={query}"
    assert "options" not in links and "vendor" not in root["product_info"]
    assert ("instance_id" in root["product_info"]) is (version == "4.5")
    assert ("authenticated_user" in root) is (version != "4.1")
    if version != "4.1":
        user = lab.raw("GET", root["authenticated_user"]["href"].removeprefix("/ovirt-engine/api/"))
        assert b"<principal>admin</principal>" in user.body


@pytest.mark.parametrize("version", VERSIONS)
def test_an_action_that_the_model_has_not_is_not_there(version: str) -> None:
    lab = Lab(version)
    vm = lab.engine.vm("db1").id
    assert lab.raw("POST", f"vms/{vm}/exporttopathonhost", b"<action/>").status in (404, 405)
    assert lab.raw("POST", f"vms/{vm}/screenshot", b"<action/>").status == (501 if version == "4.5" else 404)


def test_the_model_is_that_of_the_sdk_in_the_newest_engine() -> None:
    """Every service of the SDK is there, and none that it lacks, apart from actions of lists."""
    waiting, seen = [""], set()
    while waiting:
        pattern = waiting.pop()
        service, node = api_model.service_at((4, 5), pattern), routes.find_pattern(pattern)
        if service in seen:
            continue
        seen.add(service)
        assert service is not None, pattern
        assert api_model.links((4, 5), pattern) == node.children.keys(), pattern
        assert node.is_collection or api_model.actions((4, 5), pattern) == node.actions.keys(), pattern
        waiting += [f"{pattern}/{name}".lstrip("/") for name in node.children]
        waiting += [f"{pattern}/*"] if node.item is not None else []
    assert len(seen) > 200
