# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduling policies. Their ids are the same in every Engine (00350_insert_cluster_policies.sql)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import Kind

if TYPE_CHECKING:
    from ..context import Context

NONE = "b4ed2332-a7ac-4d5f-9596-99a439cb2812"

# id -> (name, properties)
POLICIES: dict[str, tuple[str, dict[str, str]]] = {
    "20d25257-b4bd-4589-92a6-c4c5c5d3fd1a": (
        "evenly_distributed",
        {"CpuOverCommitDurationMinutes": "2", "HighUtilization": "80"},
    ),
    "5a2b0939-7d46-4b73-a469-e9c2c7fc6a53": (
        "power_saving",
        {"CpuOverCommitDurationMinutes": "2", "HighUtilization": "80", "LowUtilization": "20"},
    ),
    NONE: ("none", {}),
    "8d5d7bec-68de-4a67-b53e-0ac54686d579": (
        "vm_evenly_distributed",
        {"HighVmCount": "10", "MigrationThreshold": "5", "SpmVmGrace": "5"},
    ),
}


class SchedulingPolicies(Kind):
    """The policies of a new Engine. They have no effect on where a VM runs here."""

    path = "schedulingpolicies"
    required = ("name",)

    def seeds(self) -> list[Any]:
        """Those that are locked; a cluster has `none` unless another one is said."""
        return [
            types.SchedulingPolicy(
                id=ident,
                name=name,
                locked=True,
                default_policy=ident == NONE,
                properties=[types.Property(name=key, value=value) for key, value in properties.items()] or None,
            )
            for ident, (name, properties) in POLICIES.items()
        ]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Names are unique; one that is added can be changed."""
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "cluster_policy")
        if not ctx.world:
            obj.locked = obj.default_policy = False

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """A locked one stays as it is."""
        if old.locked:
            raise ctx.refuse("CLUSTER_POLICY_LOCKED", "update", "cluster_policy")
        new.locked = new.default_policy = False
