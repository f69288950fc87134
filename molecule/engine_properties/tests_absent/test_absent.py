# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ours are gone, others' are there."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ansible://engine"]


def test_only_foreign_properties_are_left(host: Host) -> None:
    stored = host.check_output("engine-config -g UserDefinedVMProperties --cver=4.1")
    assert stored == "site=^[a-z]+$;owner=[A-Z]*;site=^[a-z0-9]+$;"


def test_the_engine_was_restarted_for_it(host: Host) -> None:
    """Once for what somebody had done by hand, and once for this; what was refused before has restarted nothing."""
    started = host.check_output("journalctl -u ovirt-engine --no-pager | grep -c 'Started .*ovirt-engine'")
    assert int(started) == 4
