# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.addresses import outward


def test_addresses_by_which_a_vm_is_reached() -> None:
    found = [
        ("lo", ["127.0.0.1", "::1", "192.0.2.99"]),
        ("enp1s0", ["192.0.2.10", "fe80::1", "2001:db8::10", "169.254.7.7"]),
        ("container-1a2b3", ["192.0.2.98"]),
        ("podman0", ["10.88.0.1"]),
        ("docker0", ["172.17.0.1"]),
        ("br-0123456789ab", ["172.18.0.1"]),
        ("br-lan", ["192.0.2.11", "192.0.2.10", "nonsense", "::", ""]),
        ("eth1", []),
    ]
    assert outward(found) == ("192.0.2.10", "2001:db8::10", "192.0.2.11")
    assert outward([]) == ()
