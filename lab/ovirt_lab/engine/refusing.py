# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`refuse:NAME` of faults.py: a refusal by its name, in the words, status and form in which this request gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import api, routes, texts
from .messages import Response
from .refusal import Refusal
from .versions import FULL

if TYPE_CHECKING:
    from .context import Context

_VERBS = {"POST": "add", "PUT": "update", "DELETE": "remove"}
# VAR__TYPE__* by the last collection of an address
_TYPES = {
    "vms": "vm",
    "hosts": "host",
    "nics": "nic",
    "tags": "tag",
    "disks": "disk",
    "diskattachments": "disk",
    "clusters": "cluster",
    "datacenters": "data_center",
    "networks": "network",
    "vnicprofiles": "vnic_profile",
    "templates": "template",
    "snapshots": "snapshot",
}
# Default values of the slots of a message.
_VALUES = {
    **dict.fromkeys(("vmStatus", "hostStatus"), "Up"),
    **dict.fromkeys(("VmName", "vmName", "vmNames", "VmsList"), "web"),
    **dict.fromkeys(("diskAliases", "DiskName", "DiskAlias", "diskAlias", "disksInfo"), "web_Disk1"),
    **dict.fromkeys(("TemplateName", "templateName"), "Blank"),
    **dict.fromkeys(("host", "HostsList", "hostName"), "host1"),
    **dict.fromkeys(("clusterName", "ClustersList"), "Default"),
    "jobs": "Launching VM web",
    "seconds": "30",
    "status": "Locked",
}


def missing(name: str, about: Mapping[str, str]) -> str:
    """What is wrong with the specification; an empty text if nothing is."""
    if not any(texts.known(name, version) for version in FULL):
        return f"texts.py has no refusal {name!r}"
    wrong = [pair for pair in filter(None, about.get("values", "").split(",")) if "=" not in pair]
    return f"values are SLOT=TEXT, and {wrong[0]!r} is not" if wrong else ""


def answer(ctx: Context, name: str, about: Mapping[str, str]) -> Response:
    """The refusal of this request: a fault, or an action that failed with it."""
    path = routes.split(ctx.target)
    named = api.action_of(path) if ctx.method == "POST" else None
    verb = named[1] if named is not None else _VERBS.get(ctx.method, "")
    kinds = [segment for segment in routes.pattern_of(path).split("/") if segment in _TYPES]
    given = dict(pair.split("=", 1) for pair in filter(None, about.get("values", "").split(",")))
    words = {**_VALUES, **given}
    kind = about.get("type", _TYPES[kinds[-1]] if kinds else "vm")
    fault = texts.refusal(name, about.get("action", verb), kind, ctx.engine.version_text, **words)
    return (api.failed if named is not None else api.refused)(ctx, Refusal(*fault))
