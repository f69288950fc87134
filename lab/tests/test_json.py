# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON in and out, as recorded from real Engines (facts engine-wire.md 11.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from client import Lab
from conformance import schema
from ovirtsdk4 import types

from ovirt_lab.engine import forms, json_wire, media

WANTS = {"Accept": "application/json"}
SENDS = {**WANTS, "Content-Type": "application/json"}
VERSIONS = ["4.1", "4.3", "4.5"]


def answer(lab: Lab, method: str, path: str, value: Any = None, status: int = 200) -> Any:
    """The parsed answer to a request in JSON."""
    body = json.dumps(value).encode() if value is not None else b""
    response = lab.raw(method, path, body, **(SENDS if body else WANTS))
    assert response.status == status, response.body
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.body)


def test_scalars_are_texts_and_dates_are_milliseconds() -> None:
    lab = Lab()
    vm = answer(lab, "GET", f"vms/{lab.engine.vm('db1').id}")
    assert (vm["delete_protected"], vm["memory"]) == ("false", str(1 << 30))
    assert vm["creation_time"] == round(lab.engine.vm("db1").creation_time.timestamp() * 1000)
    assert vm["cluster"].keys() == {"href", "id"}
    host = answer(lab, "GET", "hosts")["host"][0]
    assert isinstance(host["cpu"]["speed"], int)
    assert host["cpu"]["topology"]["cores"] == str(int(host["cpu"]["topology"]["cores"]))


def test_lists_links_and_actions() -> None:
    lab = Lab()
    vm = lab.container()
    found = answer(lab, "GET", f"vms/{vm.id}")
    assert {"href": f"{vm.href}/nics", "rel": "nics"} in found["link"]
    assert {"href": f"{vm.href}/start", "rel": "start"} in found["actions"]["link"]
    assert found["os"]["boot"]["devices"] == {"device": ["hd", "network"]}
    names = [each["name"] for each in found["custom_properties"]["custom_property"]]
    assert sorted(names) == ["containerImage", "containerType"]
    assert answer(lab, "GET", f"vms/{vm.id}/nics") == {}
    assert [each["name"] for each in answer(lab, "GET", "vms?search=name%3Dweb")["vm"]] == ["web"]


def test_refusals() -> None:
    lab = Lab()
    running = lab.engine.vm("db1").id
    nowhere = {"name": "x", "cluster": {"name": "nowhere"}, "template": {"name": "Blank"}}
    fault = answer(lab, "POST", "vms", nowhere, 404)
    assert fault == {"reason": "Operation Failed", "detail": "Entity not found: Cluster: name=nowhere"}
    failed = answer(lab, "POST", f"vms/{running}/start", {"async": "false"}, 409)
    assert (failed["status"], failed["async"], failed["fault"].keys()) == ("failed", "false", {"reason", "detail"})


def test_what_is_added_in_json_is_what_is_added_in_xml() -> None:
    lab = Lab()
    xml = lab.container("first")
    sent = {
        "name": "second",
        "memory": 256 << 20,
        "memory_policy": {"guaranteed": str(256 << 20), "max": 512 << 20},
        "cluster": {"name": "Default"},
        "template": {"id": "00000000-0000-0000-0000-000000000000"},
        "os": {"boot": {"devices": {"device": ["hd", "network"]}}},
        "delete_protected": False,
        "custom_properties": {
            "custom_property": [
                {"name": "containerType", "value": "docker"},
                {"name": "containerImage", "value": "redis"},
            ]
        },
        "comment": None,
    }
    added = answer(lab, "POST", "vms", sent, 201)
    first, second = (answer(lab, "GET", f"vms/{ident}") for ident in (xml.id, added["id"]))
    for name in ("id", "href", "name", "link", "actions", "original_template", "creation_time"):
        first.pop(name), second.pop(name)
    assert first == second
    changed = answer(lab, "PUT", f"vms/{added['id']}", {"description": 'a\u00e9"<&', "creation_time": 1500000000000})
    assert changed["description"] == 'a\u00e9"<&'
    assert answer(lab, "POST", f"vms/{added['id']}/start", {})["status"] == "complete"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        '"vm"',
        '{"name": "x", "nmae": "y"}',
        '{"os": {"boot": {"device": 1}}}',
        '{"<a>": 1}',
        "[" * 9999,
    ],
)
def test_a_malformed_body(body: str) -> None:
    """Jackson refuses properties that it does not know; XML's reader skips them."""
    response = Lab().raw("POST", "vms", body.encode(), **SENDS)
    assert (response.status, json.loads(response.body)["reason"]) == (400, "Request syntactically incorrect.")


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("", media.XML),
        ("*/*", media.XML),
        ("application/xml", media.XML),
        ("application/json;charset=utf-8", media.JSON),
        ("application/json, application/xml;q=0.9", media.JSON),
        ("application/xml;q=0.5, application/json;q=0.4", media.XML),
        ("text/html, application/json;q=0.9, */*;q=0.8", media.JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.1", media.XML),
    ],
)
def test_the_client_chooses(accept: str, found: media.Media) -> None:
    response = Lab().raw("GET", "vms", Accept=accept)
    assert response.headers["Content-Type"] == found.content_type


def test_other_forms_are_refused() -> None:
    assert Lab().raw("GET", "vms", Accept="text/html").status == 406
    assert Lab().raw("POST", "vms", b"name=x", **{"Content-Type": "application/x-www-form-urlencoded"}).status == 415


def addresses(lab: Lab) -> Iterator[str]:
    """Every list of the root, and every object in it."""
    for found in re.findall(r'href="/ovirt-engine/api/(\w+)"', lab.raw("GET", "").body.decode()):
        response = lab.raw("GET", found)
        if response.status == 200:
            yield found
            yield from re.findall(rf'<\w+ href="/ovirt-engine/api/({found}/[^/"]+)"', response.body.decode())


@cache
def lists() -> frozenset[tuple[str, str]]:
    """Elements that are lists and the names of their items, as the schema has them."""
    known = schema.schema()
    elements = [(element.get("name"), element) for kind in known.types.values() for element in named(kind)]
    types_of = {(name, element.get("type")) for name, element in elements} | set(known.roots.items())
    within = [(name, known.types[kind]) for name, kind in types_of if kind in known.types]
    within += [(name, element) for name, element in elements if not element.get("type")]
    return frozenset(
        (name, item.get("name") or item.get("ref"))
        for name, node in within
        for item in node.iter(f"{schema.XS}element")
        if item.get("maxOccurs") == "unbounded"
    )


def named(kind: Any) -> list[Any]:
    """The elements with a name within a type of the schema."""
    return [element for element in kind.iter(f"{schema.XS}element") if element.get("name")]


def plain(node: ElementTree.Element) -> Any:
    """An XML element as JSON has it, but for numbers."""
    links = {"link": [{"href": each.get("href"), "rel": each.get("rel")} for each in node.findall("link")]}
    below = [each for each in node if each.tag != "link"]
    if not below and not node.attrib and not links["link"]:
        return (node.text or "").strip()
    value: dict[str, Any] = {**node.attrib, **(links if links["link"] else {})}
    for each in below:
        if (node.tag, each.tag) in lists():
            value.setdefault(each.tag, []).append(plain(each))
        else:
            value[each.tag] = plain(each)
    return value


def same(value: Any, expected: Any) -> bool:
    """Whether JSON says what XML says."""
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(same(value[key], expected[key]) for key in value)
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, int | float):
        return value == number(expected)
    return (value or "") == (expected or "")


def number(text: str) -> float:
    """The number that a decimal or a date of XML is in JSON."""
    if "T" not in text:
        return float(text)
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_is_the_same_in_both_forms(version: str) -> None:
    if schema.missing():
        pytest.skip(schema.missing() or "")
    lab = Lab(version)
    lab.run(lab.container())
    count = 0
    for path in ["", *addresses(lab)]:
        xml = ElementTree.fromstring(lab.raw("GET", path).body)
        value = answer(lab, "GET", path)
        assert same(value, plain(xml) or {}), path
        count += 1
    assert count > 90


@pytest.mark.parametrize(
    ("obj", "name", "found"),
    [
        (
            types.DataCenter(supported_versions=[types.Version(major=4, minor=1), types.Version(major=4, minor=2)]),
            "supported_versions",
            {"version": [{"major": "4", "minor": "1"}, {"major": "4", "minor": "2"}]},
        ),
        (
            types.Cluster(custom_scheduling_policy_properties=[types.Property(name=name) for name in "ab"]),
            "custom_scheduling_policy_properties",
            {"property": [{"name": "a"}, {"name": "b"}]},
        ),
        (types.Bonding(slaves=[types.HostNic(id="1")]), "slaves", {"host_nic": [{"id": "1"}]}),
        (types.Network(usages=[types.NetworkUsage.VM]), "usages", {"usage": ["vm"]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_whose_name_is_not_the_plural_of_its_items(obj: Any, name: str, found: Any) -> None:
    assert json.loads(json_wire.render(obj, lambda href: ([], [])))[name] == found


def test_names_of_dates_and_numbers_are_those_of_the_schema() -> None:
    if schema.missing():
        pytest.skip(schema.missing() or "")
    known = schema.schema()
    numbers, dates, others = set(), set(), set()
    for node in known.types.values():
        around = re.sub(r"(?<!^)(?=[A-Z])", "_", node.get("name")).lower()
        for element in node.iter(f"{schema.XS}element"):
            name, kind = element.get("name"), element.get("type")
            if kind in ("xs:decimal", "xs:double"):
                numbers.add((around, name))
            elif kind == "xs:dateTime":
                dates.add(name)
            elif kind == "xs:string":
                others.add(name)
    assert numbers == json_wire._NUMBERS
    assert dates == set(forms.DATES)
    assert not others & dates


def test_an_object_has_the_name_of_its_type() -> None:
    assert media.tag_of("HostNic") == "host_nic"
    assert media.tag_of(types.OperatingSystemInfo.__name__) == "operating_system"
