# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How a run makes its changes: the options ``update``, ``batch``, ``fail_fast`` and ``parallel``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._engine.credentials import headers_of
from .._vm.errors import SpecError


@dataclass(frozen=True)
class Manner:
    """How changes are made.

    ``now`` replaces running containers whose configuration differs, ``batch`` at a time, in place of leaving that to
    their next start; ``fail_fast`` begins nothing more after a failure.
    """

    now: bool = False
    batch: int = 1
    fail_fast: bool = False


def manner_from(params: dict[str, Any]) -> Manner:
    """Module parameters as a :class:`Manner`. Raises :class:`SpecError` for a number that is out of range."""
    for name, most in (("parallel", 100), ("batch", None)):
        if params[name] < 1 or (most and params[name] > most):
            needed = f"1 to {most}" if most else "1 or more"
            raise SpecError(f"{name} is {params[name]}; {needed} is needed. Correct {name}")
    return Manner(params["update"] == "now", params["batch"], params["fail_fast"])


def check_headers(fleet: str | None, auth: dict[str, Any]) -> None:
    """Refuse a correlation id of the user's for a fleet. Raises :class:`SpecError`."""
    if fleet and any(key.lower() == "correlation-id" for key in headers_of(auth)):
        raise SpecError(
            "auth.headers has a Correlation-Id, and fleet knows VMs that it could not tag yet by ids of its own. Leave "
            "the header out, or fleet"
        )
