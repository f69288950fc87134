# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arithmetic with networks, held against Python's own."""

from __future__ import annotations

import ipaddress

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.net import arithmetic
from hypothesis import given
from hypothesis import strategies as st

FOUR = st.builds(
    lambda first, prefix: f"{ipaddress.IPv4Address(first)}/{prefix}", st.integers(0, 2**32 - 1), st.integers(0, 32)
)
SIX = st.builds(
    lambda first, prefix: f"{ipaddress.IPv6Address(first)}/{prefix}", st.integers(0, 2**128 - 1), st.integers(0, 128)
)
ANY = st.one_of(FOUR, SIX)


@given(ANY)
def test_a_network_is_shown_as_python_shows_it(written: str) -> None:
    shown = ipaddress.ip_network(arithmetic.show(arithmetic.network(written)))
    assert shown == ipaddress.ip_network(written, strict=False)


@given(ANY, ANY)
def test_overlap_and_containment(one: str, other: str) -> None:
    mine, other_mine = arithmetic.network(one), arithmetic.network(other)
    real, other_real = ipaddress.ip_network(one, strict=False), ipaddress.ip_network(other, strict=False)
    assert arithmetic.overlap(mine, other_mine) == real.overlaps(other_real)
    same = real.version == other_real.version
    assert arithmetic.contains(mine, other_mine) == (same and other_real.subnet_of(real))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    ["", None, "x", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/²", "é", "::1/129", "1.2.3.4.5"],
)
def test_what_is_no_network(written: str | None) -> None:
    assert arithmetic.network(written) is None


def test_an_address_is_a_small_network() -> None:
    assert arithmetic.contains(arithmetic.network("10.0.0.0/24"), arithmetic.network("10.0.0.255"))
    assert not arithmetic.contains(arithmetic.network("10.0.0.0/24"), arithmetic.network("10.0.1.0"))
    assert not arithmetic.contains(None, arithmetic.network("10.0.1.0"))
    assert not arithmetic.overlap(arithmetic.network("0.0.0.0/0"), arithmetic.network("::1"))
