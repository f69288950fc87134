# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services, actions and links each Engine has, from the API model that it was built with (api_model.json).

The SDK has the service tree of the newest Engine; this says what of it an Engine of another version knows.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

Version = tuple[int, int]

_FILE = Path(__file__).with_suffix(".json")
_ROOT = "SystemService"


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[dict[str, Any]]]:
    """All services; of each, what is known of it and in which versions."""
    found: dict[str, list[dict[str, Any]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=2048)
def _service(version: Version, name: str) -> dict[str, Any]:
    """A service with what it has from its base: `actions`, and `links` to the names of other services."""
    text = ".".join(map(str, version))
    forms = [form["service"] for form in _forms().get(name, ()) if text in form["versions"]]
    form: dict[str, Any] = forms[0] if forms else {}
    base = _service(version, form["base"]) if "base" in form else {}
    return {
        "actions": frozenset((*base.get("actions", ()), *form.get("actions", ()))),
        "links": {**base.get("links", {}), **form.get("links", {})},
        "needs": form.get("needs", ()),
        "signatures": form.get("signatures", ()),
    }


@lru_cache(maxsize=4096)
def service_at(version: Version, pattern: str) -> str | None:
    """The name of the service at a pattern such as `vms/*/nics`; None where this Engine has none."""
    name: str | None = _ROOT
    for segment in pattern.split("/") if pattern else ():
        name = _service(version, name)["links"].get(segment) if name else None
    return name


def actions(version: Version, pattern: str) -> frozenset[str]:
    """The actions of what is at a pattern, as they stand in addresses."""
    name = service_at(version, pattern)
    return _service(version, name)["actions"] if name else frozenset()


def links(version: Version, pattern: str) -> frozenset[str]:
    """The addresses of the sub-services of what is at a pattern; not that of its items."""
    name = service_at(version, pattern)
    return frozenset(_service(version, name)["links"]) - {"*"} if name else frozenset()


def has(version: Version, pattern: str) -> bool:
    """Whether this Engine knows an address: of a service, or of an action."""
    owner, _, last = pattern.rpartition("/")
    return service_at(version, pattern) is not None or last in actions(version, owner)


def needs(version: Version, pattern: str) -> tuple[list[str], list[list[str]]]:
    """What has to be in something that is added to a collection, and the sets of which one has to be whole besides.

    Attributes stand there with their parameter, alternatives with a `|` between them: "vm.cluster.id|vm.cluster.name".
    """
    name = service_at(version, pattern)
    found = _service(version, name) if name else {"needs": (), "signatures": ()}
    return list(found["needs"]), list(found["signatures"])
