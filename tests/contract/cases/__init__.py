# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per module, named like it, with a ``CASE``: the contract suite is made from these.

A module without a case fails the suite.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Args = dict[str, Any]


@dataclass(frozen=True)
class Writing:
    """A module that changes things: arguments for each step, and the most requests a step may take.

    Logins, logouts and polls do not count.
    """

    create: Args
    modify: Args
    remove: Args
    budget: dict[str, int]


@dataclass(frozen=True)
class Reading:
    """A module that only reads: arguments, the result's key, and how to make N objects for it to find."""

    args: Args
    key: str
    requests: int
    populate: Callable[[Any, int], None]
    finds: Callable[[Any], int]
    others: tuple[Args, ...] = field(default=())


def case_of(module: str) -> Writing | Reading:
    """The case of a module. Raises ModuleNotFoundError where there is none."""
    case: Writing | Reading = importlib.import_module(f"{__name__}.{module}").CASE
    return case
