# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of the Engine, as exceptions."""

from __future__ import annotations


class Refusal(Exception):
    """A refused request, as the fault tuples of texts.py: `raise Refusal(*texts.incomplete("Vm", ["name"], "add"))`.

    Refusals that belong to a command are shorter by `raise ctx.refuse("VM_IS_RUNNING", "remove", "vm")`.
    """

    def __init__(self, status: int, reason: str = "", detail: str = "") -> None:
        super().__init__(detail or f"HTTP {status}")
        self.status = status
        self.reason = reason
        self.detail = detail


class NotFound(Refusal):
    """404 with an empty body, as for ids in the address that do not exist (BaseBackendResource, all versions)."""

    def __init__(self) -> None:
        super().__init__(404)
