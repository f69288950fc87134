# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals that pass by themselves, by the Engine's own texts of 4.1, 4.3 and 4.5, and those that sound alike."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.refusals import PASSING, passes
from ovirt_lab.engine import passing_texts, texts

VERSIONS = ("4.1", "4.3", "4.5")
#: They pass, but no request of this collection meets them: disks, export domains, hosts and power management.
NOT_OURS = {
    "ACTION_TYPE_FAILED_VM_BACKUP_LOCKED",
    "ACTION_TYPE_FAILED_DISK_IS_USED_FOR_CREATE_VM",
    "ACTION_TYPE_FAILED_MEMORY_DEVICE_IS_BEING_HOT_UNPLUGGED",
    "ACTION_TYPE_FAILED_TEMPLATE_IS_USED_FOR_CREATE_VM",
    "ACTION_TYPE_FAILED_SUBVERSION_BEING_CONCURRENTLY_REMOVED",
    "VM_CANNOT_REMOVE_HAS_RUNNING_TASKS",
    "VM_CANNOT_SUSPENDE_HAS_RUNNING_TASKS",
    "ACTION_TYPE_FAILED_NETWORK_IS_USED",
    "ACTION_TYPE_FAILED_STORAGE_POOL_HAS_RUNNING_TASKS",
    "CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS",
    "ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS",
    "ACTION_TYPE_FAILED_VDS_INTERMITENT_CONNECTIVITY",
    "POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS",
}


def ours(name: str) -> bool:
    return name not in NOT_OURS and not name.startswith("VDS_")


def words(name: str, version: str, **values: str) -> str:
    """The text as a client shows it."""
    _status, _reason, detail = texts.refusal(name, "start", "vm", version, **values)
    return " ".join(detail.split())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", sorted(filter(ours, passing_texts.PASSING)))
def test_what_passes_is_waited_for(name: str, version: str) -> None:
    if texts.known(name, version):
        assert passes(words(name, version))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", sorted(passing_texts.STAYING))
def test_what_sounds_alike_is_not(name: str, version: str) -> None:
    if texts.known(name, version):
        assert not passes(words(name, version))


@pytest.mark.parametrize("name", sorted(texts.REFUSALS.keys() - passing_texts.PASSING.keys() - PASSING.keys()))
def test_no_other_refusal_of_the_engine_is_waited_for(name: str) -> None:
    for version in VERSIONS:
        if texts.known(name, version):
            assert not passes(words(name, version, vmStatus="Up"))


@pytest.mark.parametrize("name", sorted(PASSING))
def test_every_entry_is_a_message_that_some_engine_has(name: str) -> None:
    known = [version for version in VERSIONS if texts.known(name, version)]
    assert known
    assert all(passes(words(name, version, vmStatus="Powering Down")) for version in known)


@pytest.mark.parametrize("status", ["Up", "Down", "Paused", "Suspended", "Not Responding", "Unknown"])
def test_a_status_that_stays_is_not_waited_for(status: str) -> None:
    assert not passes(words("ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL", "4.3", vmStatus=status))
