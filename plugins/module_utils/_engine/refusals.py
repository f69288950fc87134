# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Refusals of the Engine that pass by themselves, so that waiting for them makes sense. Pure.

A fault has no code but HTTP's, so a refusal is known by its text. The table has one entry for each message of
EngineMessage.java that making, changing, starting, stopping and removing a VM, its NICs and its tags can meet in Engine
4.1.9, 4.3.10 and 4.5.3.7, by a part of its text in AppErrors.properties that no lasting refusal has. A command that
finds a lock taken answers with the message of the operation that holds it (LockMessagesMatchUtil.java).

Words that look alike and prove nothing: "try again" stands in refusals of names and templates too, "locked" in those of
policies, "in preview" and "Stateless" stay until somebody does something.
"""

from __future__ import annotations

import re

PASSING: dict[str, str] = {
    "ACTION_TYPE_FAILED_OBJECT_LOCKED": r"Related operation is currently in progress",
    "ACTION_TYPE_FAILED_VM_IS_LOCKED": r"VM is locked\. Please try again in a few minutes",
    "ACTION_TYPE_FAILED_DISKS_LOCKED": r"disks are locked: .* Please try again in a few minutes",
    "ACTION_TYPE_FAILED_DISK_IS_LOCKED": r"Disk is locked\. Please try again later",
    "ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING": r"is in saving/restoring state",
    "ACTION_TYPE_FAILED_VM_IS_HIBERNATING": r"VM is hibernating",
    "ACTION_TYPE_FAILED_VM_IS_BEING_MIGRATED": r"is being migrated",
    "ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS": r"migration is in progress",
    "ACTION_TYPE_FAILED_VM_IS_BEING_UPDATED": r"VM is being updated",
    "ACTION_TYPE_FAILED_VM_IS_BEING_CLONED": r"is being cloned",
    "ACTION_TYPE_FAILED_VM_IS_BEING_IMPORTED": r"is being imported",
    "ACTION_TYPE_FAILED_VM_IS_BEING_EXPORTED": r"is being exported",
    "ACTION_TYPE_FAILED_VM_IS_BEING_REMOVED_FROM_EXPORT_DOMAIN": r"is being removed",
    "ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT": r"is performing an operation on a Snapshot",
    "ACTION_TYPE_FAILED_SNAPSHOT_IS_BEING_TAKEN_FOR_VM": r"Snapshot is currently being created",
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_CREATED_FROM_VM": r"Template is being created from this VM",
    # HTTP code 400, since it has no type of error (ErrorMessageHelper.java); so has the base template.
    "ACTION_TYPE_FAILED_CLUSTER_IS_BEING_UPDATED": r"Cluster .* is being updated",
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_SET_AS_BASE_TEMPLATE": r"is being set as base template",
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_CREATED": r"Template .* is being created",
    "ACTION_TYPE_FAILED_DISK_IS_BEING_MIGRATED": r"is being moved or copied",
    "ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED": r"is being transferred",
    "ACTION_TYPE_FAILED_DISK_IS_BEING_CONVERTED": r"is being converted",
    "ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP": r"is during a backup operation",
    "ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL": r"is during a checkpoint removal operation",
    "ACTION_TYPE_FAILED_VM_LEASE_IS_NOT_READY_FOR_HOST": r"lease is not ready yet",
    "ACTION_TYPE_FAILED_INVALID_VM_LEASE": r"may take few minutes to create the lease",
    "VM_TEMPLATE_IMAGE_IS_LOCKED": r"locked \(temporarily\)",
    "ENGINE_IS_RUNNING_IN_PREPARE_MODE": r"Engine is preparing for maintenance",
    "ENGINE_IS_RUNNING_IN_MAINTENANCE_MODE": r"Engine is running in Maintenance mode",
    # It depends on the status: these are on their way to another one.
    "ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL": r"because the VM is in (?:Migrating|Powering Down|Powering Up|Reboot in "
    r"Progress|Wait for Launch|Saving State|Restoring State|Image Locked) status",
}
_PASSING = re.compile("|".join(PASSING.values()))


def passes(words: str) -> bool:
    """Whether the Engine will not refuse this for ever, going by its own words on one line."""
    return bool(_PASSING.search(words))
