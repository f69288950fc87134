# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure answers of the Engine against the schema that oVirt publishes (ovirt-engine-api.xsd).

The schema is not part of this package: its place is `OVIRT_API_XSD` or `../shared/schema/` next to the repository.

What is checked: every element is one the schema knows at that place, not repeated where it may not be, and of the
right type. What is not: the order of elements. A real Engine writes the fields of a base type before those of the
derived one, the SDK's writer, which the lab uses, alphabetically; no client looks at it, so answers are put into the
schema's order first. Links need no such help: `<link rel= href=>` and `<actions>` are in the schema
as BaseResource and ActionableResource; a sub-collection written as an *element with a href* (the SDK writer's form) is
reported here, because a real Engine does not send it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

XS = "{http://www.w3.org/2001/XMLSchema}"
PLACE = "shared/schema/ovirt-engine-api.xsd"


def schema_path() -> Path | None:
    """Where the schema is, or None."""
    repository = Path(__file__).resolve().parents[3]
    candidate = Path(os.environ.get("OVIRT_API_XSD") or repository.parent / PLACE)
    return candidate if candidate.is_file() else None


def missing() -> str | None:
    """One line that says why nothing can be validated, or None."""
    try:
        import lxml.etree  # noqa: F401
    except ImportError:
        return "answers are not validated: the Python package lxml is not installed"
    if schema_path() is None:
        return f"answers are not validated: no schema at $OVIRT_API_XSD or ../{PLACE}"
    return None


class Schema:
    """The published schema, with what it says about the order of elements."""

    def __init__(self, path: Path) -> None:
        from lxml import etree

        self.etree = etree
        tree = etree.parse(str(path))
        self.schema = etree.XMLSchema(tree)
        root = tree.getroot()
        self.types = {node.get("name"): node for node in root.findall(f"{XS}complexType")}
        self.roots = {node.get("name"): node.get("type") for node in root.findall(f"{XS}element")}
        self._fields: dict[str, dict[str, tuple[int, str]]] = {}

    def problems(self, body: bytes) -> list[str]:
        """What is wrong with one answer; an empty list when it is as the schema says."""
        try:
            root = self.etree.fromstring(body)
        except self.etree.XMLSyntaxError as error:
            return [f"not XML: {error}"]
        if root.tag not in self.roots:
            return [f"<{root.tag}> is not an element of the schema"]
        found = [f"<{node.tag} href> instead of <link rel>" for node in root.iter() if self._is_sdk_link(node)]
        self._sort(root, self.roots[root.tag])
        if not self.schema.validate(root):
            found += [f"line {entry.line}: {entry.message}" for entry in self.schema.error_log]
        return found

    def fields(self, type_name: str) -> dict[str, tuple[int, str]]:
        """Name -> (place, type) of every element of a complex type, those of its bases first."""
        if type_name not in self._fields:
            names: dict[str, tuple[int, str]] = {}
            self._collect(type_name, names)
            self._fields[type_name] = names
        return self._fields[type_name]

    def _collect(self, type_name: str, names: dict[str, tuple[int, str]]) -> None:
        node = self.types.get(type_name)
        if node is None:
            return
        extension = node.find(f"{XS}complexContent/{XS}extension")
        if extension is not None:
            self._collect(extension.get("base"), names)
            node = extension
        for element in node.iterfind(f"{XS}sequence/{XS}element"):
            name = element.get("name") or element.get("ref")
            names[name] = (len(names), element.get("type") or self.roots.get(name, ""))

    def _sort(self, element: Any, type_name: str) -> None:
        fields = self.fields(type_name)
        if not fields:
            return
        element[:] = sorted(element, key=lambda child: fields.get(child.tag, (len(fields), ""))[0])
        for child in element:
            if child.tag in fields:
                self._sort(child, fields[child.tag][1])

    @staticmethod
    def _is_sdk_link(node: Any) -> bool:
        return len(node) == 0 and node.tag != "link" and node.get("href") is not None and node.get("id") is None


@cache
def schema() -> Schema:
    """The schema, read once (about 0.1 s)."""
    path = schema_path()
    assert path is not None, missing()
    return Schema(path)


class Auditor:
    """Looks at every answer and remembers what was wrong."""

    def __init__(self) -> None:
        self.seen = 0
        self.problems: list[str] = []

    def look(self, method: str, target: str, status: int, content_type: str, body: bytes) -> None:
        """One answer of the API (SSO, certificates and the lab's own addresses speak no API XML)."""
        if not target.startswith("/ovirt-engine/api") or not body or method in ("HEAD", "OPTIONS"):
            return
        if status == 401 or "json" in content_type:  # a page of the web server's; test_json.py looks at JSON
            return
        self.seen += 1
        if "xml" not in content_type:
            found = [f"Content-Type {content_type!r} where XML is expected"]
        else:
            found = schema().problems(body)
        self.problems += [f"{method} {target} -> {status}: {problem}" for problem in found]
