# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a run makes its changes: the options it is made of, and those that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.manner import (
    Manner,
    check_headers,
    manner_from,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError

USUAL: dict[str, Any] = {"parallel": 10, "batch": 1, "update": "next_run", "fail_fast": False}


def test_options_become_a_manner() -> None:
    assert manner_from(USUAL) == Manner()
    assert manner_from({**USUAL, "update": "now", "batch": 5, "fail_fast": True}) == Manner(True, 5, True)


@pytest.mark.parametrize("value", [0, 101])
def test_parallel_has_a_range(value: int) -> None:
    with pytest.raises(SpecError, match=f"^parallel is {value}; 1 to 100 is needed"):
        manner_from({**USUAL, "parallel": value})


def test_a_batch_has_one_container_or_more() -> None:
    with pytest.raises(SpecError, match=r"^batch is 0; 1 or more is needed"):
        manner_from({**USUAL, "batch": 0})
    assert manner_from({**USUAL, "batch": 1000}).batch == 1000


def test_a_fleet_has_correlation_ids_of_its_own() -> None:
    auth = {"headers": {"correlation-ID": "x"}}
    with pytest.raises(SpecError, match="Correlation-Id"):
        check_headers("shop", auth)
    check_headers(None, auth)
    check_headers("shop", {"headers": {"Accept-Language": "de"}})
