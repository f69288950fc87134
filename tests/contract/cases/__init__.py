# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per module, named like it, with a ``CASE``: the contract suite is made from these.

A module without a case fails the suite.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.host_tier.machine import Machine

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


@dataclass(frozen=True)
class OnHost:
    """A module that runs on a container host and knows no Engine: the host that it meets, and arguments to give it.

    ``steps`` change something, in this order, and ``reads`` do not. A run takes at most ``commands`` commands of the
    host.
    """

    host: Callable[[Path], Machine]
    commands: int
    steps: tuple[Args, ...] = ()
    reads: tuple[Args, ...] = ()


Case = Writing | Reading | OnHost


def cases(modules: list[str], *kinds: type) -> list[Any]:
    """The modules that have a case of these kinds, with it, to parametrize a test with."""
    found = [(module, case_of(module)) for module in modules if importlib.util.find_spec(f"{__name__}.{module}")]
    return [pytest.param(module, case, id=module) for module, case in found if isinstance(case, kinds)]


def case_of(module: str) -> Case:
    """The case of a module. Raises ModuleNotFoundError where there is none."""
    case: Case = importlib.import_module(f"{__name__}.{module}").CASE
    return case
