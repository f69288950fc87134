# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a guest that are of use to others."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm import addresses

CASES = [
    ([], ()),
    ([("lo", ["127.0.0.1", "::1"])], ()),
    ([("eth0", ["192.0.2.7", "fe80::1", "2001:db8::7"])], ("192.0.2.7", "2001:db8::7")),
    ([("container-1a2b3", ["192.0.2.8"]), ("podman0", ["10.88.0.1"]), ("veth1", ["192.0.2.9"])], ()),
    ([("eth0", ["192.0.2.7"]), ("eth1", ["192.0.2.7", "198.51.100.4"])], ("192.0.2.7", "198.51.100.4")),
    ([("eth0", ["", "no address", "0.0.0.0", "169.254.1.1"])], ()),  # noqa: S104 - an answer
]


@pytest.mark.parametrize(("reported", "wanted"), CASES)
def test_only_what_others_can_reach_is_kept(reported: list[tuple[str, list[str]]], wanted: tuple[str, ...]) -> None:
    assert addresses.outward(reported) == wanted
