# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large tables of cases: all of them in a thorough run, some of them in others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

_Case = TypeVar("_Case")


def sample(cases: Sequence[_Case]) -> list[_Case]:
    """Return all cases under hypothesis' profile `thorough`, otherwise as many as an example-based test would have."""
    wanted = settings().max_examples
    if settings.get_current_profile_name() == "thorough" or len(cases) <= wanted:
        return list(cases)
    # Spread over the whole table, and not in step with the length of its rows.
    return [cases[number * len(cases) // wanted] for number in range(wanted)]
