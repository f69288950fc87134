# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request for an image fails, and the checks of its numbers."""

from __future__ import annotations

from typing import Any

from .tickets import Ticket


class Cut(Exception):
    """The connection ends without an answer."""


class Wrong(Exception):
    """An answer that is no success: the code, the text, and more headers."""

    def __init__(self, status: int, text: str, **headers: str) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers


def allowed(ticket: Ticket, offset: int, size: int) -> None:
    """Raise 416 for bytes behind what a ticket gives access to (validate.allowed_range@imageio 2.5.1)."""
    if offset + size > ticket.size:
        raise Wrong(416, "Requested range out of allowed range", **{"Content-Range": f"bytes */{ticket.size}"})


def number(wanted: dict[str, Any], name: str, default: int | None) -> int:
    """A number of a JSON request; 400 if it is missing and has no default, or is none (validate.integer)."""
    value = wanted.get(name, default)
    if value is None:
        raise Wrong(400, f"Missing required value for '{name}'")
    if not isinstance(value, int):
        raise Wrong(400, f"Integer required {value!r}")
    if value < 0:
        raise Wrong(400, f"Invalid value {value} < 0")
    return value
