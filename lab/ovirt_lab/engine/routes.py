# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address tree of the API, taken from the SDK's own service tree.

A *pattern* is an address with every id replaced by `*`: `vms`, `vms/*`, `vms/*/nics`. The SDK knows which
collections, entities and actions exist; this module asks it once per pattern and remembers the answer.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import ovirtsdk4.readers  # noqa: F401  (registers the readers)
import ovirtsdk4.writers  # noqa: F401  (registers the writers)
from ovirtsdk4 import services, types
from ovirtsdk4.reader import Reader

API = "/ovirt-engine/api"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_PLURALS = {tag.replace("_", ""): tag for tag, fn in Reader._readers.items() if fn.__name__ == "read_many"}

# Collections whose last address segment is not the plural tag without underscores, or is the wrong one.
# Tags as in the Engine's schema (ovirt-engine-api.xsd); longest matching end of the pattern wins.
_TAGS = {
    "affinitygroups/*/hostlabels": "affinity_labels",
    "affinitygroups/*/vmlabels": "affinity_labels",
    "clusters/*/enabledfeatures": "cluster_features",
    "clusters/*/externalnetworkproviders": "external_providers",
    "clusterlevels/*/clusterfeatures": "cluster_features",
    "glusterbricks": "bricks",
    "glustervolumes/*/glusterbricks": "bricks",
    "storageserverconnections": "storage_connections",
    "storageconnections": "storage_connections",
    "computeresources": "external_compute_resources",
    "discoveredhosts": "external_discovered_hosts",
    "hostgroups": "external_host_groups",
    "cpuunits": "host_cpu_units",
    "fenceagents": "agents",
    "virtualfunctionallowednetworks": "networks",
    "virtualfunctionallowedlabels": "network_labels",
    "hosts/*/numanodes": "host_numa_nodes",
    "hosts/*/nics": "host_nics",
    "hosts/*/devices": "host_devices",
    "vms/*/numanodes": "vm_numa_nodes",
    "vms/*/hostdevices": "host_devices",
    "storage": "host_storages",
    "networklabels": "network_labels",
    "openstacknetworkproviders/*/networks": "openstack_networks",
    "openstackimageproviders/*/images": "openstack_images",
    "subnets": "openstack_subnets",
    "authenticationkeys": "openstack_volume_authentication_keys",
    "volumetypes": "open_stack_volume_types",
    "operatingsystems": "operation_systems",
    "mediateddevices": "vm_mediated_devices",
    "options": "system_options",
    "users/*/options": "user_options",
}


class Node:
    """One address pattern: what is there, what is below, what can be done."""

    def __init__(self, service: Any, pattern: str) -> None:
        self.pattern = pattern
        self.name = pattern.rsplit("/", 1)[-1]
        cls = type(service)
        # as the model's documentation calls it: VmNicsService -> vm_nics
        self.document = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__.removesuffix("Service")).lower()
        methods = {n: getattr(service, n) for n in dir(cls) if not n.startswith("_")}
        self.is_collection = "list" in methods
        self.can_add = "add" in methods
        self.can_update = "update" in methods
        self.can_remove = "remove" in methods
        self.item: Node | None = None
        self.children: dict[str, Node] = {}
        self.attributes: dict[str, str] = {}
        for name, method in sorted(methods.items()):
            if name.endswith("_service"):
                self._link(name[: -len("_service")], method)
        self.is_entity = not self.is_collection and ("get" in methods or pattern.endswith("*"))
        self.actions = {} if self.is_collection else _actions(cls)
        self.allowed = self._methods()
        self.tag = collection_tag(pattern) if self.is_collection or self.item else ""

    def _methods(self) -> tuple[str, ...]:
        """The HTTP methods that it answers to, without HEAD and OPTIONS."""
        if self.is_collection:
            return ("GET", "POST") if self.can_add else ("GET",)
        changes = [name for name, can in (("PUT", self.can_update), ("DELETE", self.can_remove)) if can]
        return ("GET", *changes) if self.is_entity else ("POST",)

    def _link(self, attribute: str, locate: Any) -> None:
        takes_id = len(inspect.signature(locate).parameters) == 1
        child = locate("*") if takes_id else locate()
        if takes_id:
            self.item = node_for(child, (self.pattern + "/*").lstrip("/"))
            return
        segment = child._path.strip("/").rsplit("/", 1)[-1]
        self.children[segment] = node_for(child, f"{self.pattern}/{segment}".lstrip("/"))
        self.attributes[segment] = attribute

    @property
    def type(self) -> Any:
        """The SDK type of this collection's items, None where the SDK has no tag for them."""
        return collection_type(self.tag) if self.tag else None


class LazyNode:
    """A node that is looked at when it is first used; the whole tree would cost start-up time."""

    def __init__(self, service: Any, pattern: str) -> None:
        self._make = (service, pattern)
        self._node: Node | None = None

    def __getattr__(self, name: str) -> Any:
        if self._node is None:
            self._node = Node(*self._make)
        return getattr(self._node, name)


def node_for(service: Any, pattern: str) -> Any:
    """The node of a service, not built yet."""
    return LazyNode(service, pattern)


_NO_ACTIONS = frozenset(("add", "list", "get", "update", "remove", "service"))


def _actions(cls: Any) -> dict[str, str]:
    """The actions of a service by their addresses, with the SDK's method; `export` where several go to one address."""
    service, asked = cls(None, ""), []
    service._internal_action = lambda _action, name, *_rest: asked.append(name)
    service._internal_add = service._internal_update = lambda *_rest: None
    found: dict[str, str] = {}
    for method in sorted((n for n in dir(cls) if not n.startswith("_") and n not in _NO_ACTIONS), key=len):
        if not method.endswith("_service"):
            asked.clear()
            _call(getattr(service, method))
            found.update({name: method for name in asked if name not in found})
    return found


def _call(method: Any) -> None:
    """Call a method of the SDK with nothing; those that add or update need an object."""
    parameters = inspect.signature(method).parameters.values()
    method(*[None for each in parameters if each.default is each.empty and each.kind != each.VAR_KEYWORD])


def collection_tag(pattern: str) -> str:
    """The root tag of a collection's XML."""
    ends = [end for end in _TAGS if pattern == end or pattern.endswith("/" + end)]
    if ends:
        return _TAGS[max(ends, key=len)]
    return _PLURALS.get(pattern.rsplit("/", 1)[-1], "")


def collection_type(tag: str) -> Any:
    """The SDK type of the items below a plural tag."""
    if tag == "operation_systems":  # the schema's own spelling; the SDK has no reader for it
        return types.OperatingSystemInfo
    reader = Reader._readers.get(tag)
    if reader is None:
        return None
    return getattr(types, reader.__qualname__.split(".")[0][: -len("Reader")], None)


ROOT: Any = node_for(services.SystemService(None, ""), "")


def find(path: str) -> Any:
    """The node at an address below the API, None where the API has nothing."""
    node = ROOT
    for segment in path.split("/") if path else ():
        below = node.children.get(segment) or node.item
        if below is None:
            return None
        node = below
    return node


_patterns: dict[str, Any] = {}


def find_pattern(pattern: str) -> Any:
    """Like find, for a pattern, remembered."""
    if pattern not in _patterns:
        _patterns[pattern] = find(pattern)
    return _patterns[pattern]


VERSIONED = f"{API}/v4"  # the same API


def split(href: str) -> str:
    """An href as an address below the API."""
    prefix = VERSIONED if href.startswith(f"{VERSIONED}/") else API
    return href[len(prefix) + 1 :] if href.startswith(prefix) else href.strip("/")


def pattern_of(path: str) -> str:
    """The pattern of an address: every id becomes `*`."""
    node, parts = ROOT, []
    for segment in path.split("/") if path else ():
        child = node.children.get(segment)
        parts.append(segment if child is not None else "*")
        node = child or node.item
        if node is None:
            break
    return "/".join(parts)
