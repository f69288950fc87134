# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals that pass by themselves, and such as only sound like it: more of texts.py, in the same form.

Most of the first are not what a command finds out itself: they are what the holder of a lock says to everybody else
(`LockMessagesMatchUtil.makeLockingPair` in getExclusiveLocks and getSharedLocks). Read at tags ovirt-engine-4.1.9,
4.3.10 and 4.5.3.7. A name without an ErrorType in EngineMessage.java is a 400: ErrorMessageHelper.getStatus(null)
throws, which getErrorStatus takes for "no status", and 400 is what is left.
"""

from __future__ import annotations

_A = "Cannot ${action} ${type}."

# NAME of EngineMessage.java -> (message, HTTP status)
PASSING: dict[str, tuple[str, int]] = {
    "ACTION_TYPE_FAILED_VM_IS_HIBERNATING": (f"{_A} VM is hibernating.", 409),
    "ACTION_TYPE_FAILED_VM_IS_BEING_MIGRATED": (f"{_A} VM ${{VmName}} is being migrated.", 409),
    "ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS": (f"{_A} VM migration is in progress", 409),
    "ACTION_TYPE_FAILED_VM_IS_BEING_UPDATED": (f"{_A} VM is being updated.", 409),
    "ACTION_TYPE_FAILED_VM_IS_BEING_CLONED": (f"{_A} VM is being cloned.", 409),
    "ACTION_TYPE_FAILED_VM_IS_BEING_IMPORTED": (f"{_A} VM ${{VmName}} is being imported.", 409),
    "ACTION_TYPE_FAILED_VM_IS_BEING_EXPORTED": (f"{_A} VM ${{VmName}} is being exported.", 409),
    "ACTION_TYPE_FAILED_VM_DURING_EXPORT": (
        "Cannot ${action} ${type}: VM is being exported now. Please try again in a few minutes.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_IS_BEING_REMOVED_FROM_EXPORT_DOMAIN": (
        f"{_A} VM ${{VmName}} is being removed from export domain.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT": (
        f"{_A} The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and "
        "try again.",
        409,
    ),
    "ACTION_TYPE_FAILED_SNAPSHOT_IS_BEING_TAKEN_FOR_VM": (
        f"{_A} Snapshot is currently being created for VM ${{VmName}}.",
        409,
    ),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_CREATED_FROM_VM": (f"{_A} Template is being created from this VM.", 409),
    "ACTION_TYPE_FAILED_CLUSTER_IS_BEING_UPDATED": (f"{_A} Cluster ${{clusterName}} is being updated.", 400),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_MIGRATED": (f"{_A} Disk ${{DiskName}} is being moved or copied.", 409),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_REMOVED": (f"{_A} Disk ${{DiskName}} is being removed.", 409),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_EXPORTED": (f"{_A} Disk ${{DiskAlias}} is being exported.", 409),
    "ACTION_TYPE_FAILED_DISK_IS_USED_FOR_CREATE_VM": (
        f"{_A} This disk is currently in use to create VM ${{VmName}}.",
        409,
    ),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED": (f"{_A} Disk ${{DiskName}} is being transferred.", 409),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_CONVERTED": (f"{_A} Disk ${{DiskAlias}} is being converted.", 409),
    "ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP": (f"{_A} The VM is during a backup operation.", 409),
    "ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL": (
        f"{_A} The VM is during a checkpoint removal operation.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_BACKUP_LOCKED": (
        f"{_A} The VM backup operation is currently in progress. Please try again later.",
        409,
    ),
    "ACTION_TYPE_FAILED_MEMORY_DEVICE_IS_BEING_HOT_UNPLUGGED": (
        f"{_A} Memory device (${{deviceId}}) of VM '${{vmName}}' is being hot unplugged.",
        409,
    ),
    "ACTION_TYPE_FAILED_INVALID_VM_LEASE": (
        f"{_A} Invalid VM lease. Please note that it may take few minutes to create the lease.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_LEASE_IS_NOT_READY_FOR_HOST": ("$detailMessage VM lease is not ready yet", 409),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_CREATED": (f"{_A} Template ${{TemplateName}} is being created.", 409),
    "ACTION_TYPE_FAILED_TEMPLATE_VERSION_IS_BEING_CREATED": (
        f"{_A} Version of Template ${{TemplateName}} is being created.",
        409,
    ),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_EXPORTED": (f"{_A} Template ${{TemplateName}} is being exported.", 409),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_REMOVED": (
        f"{_A} Template ${{templateName}} (${{templateId}}) is being removed.",
        409,
    ),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_BEING_SET_AS_BASE_TEMPLATE": (
        f"{_A} Template ${{templateName}} (${{templateId}}) is being set as base template.",
        400,
    ),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_USED_FOR_CREATE_VM": (
        f"{_A} This template is currently in use to create VM ${{VmName}}.",
        409,
    ),
    "ACTION_TYPE_FAILED_SUBVERSION_BEING_CONCURRENTLY_REMOVED": (
        f"{_A} Sub-version of selected template (${{subVersionId}}) is being concurrently removed. Please "
        "wait and try again later.",
        400,
    ),
    "VM_TEMPLATE_IMAGE_IS_LOCKED": ("Template's Image is locked (temporarily).", 409),
    "VM_TEMPLATE_IS_LOCKED": ("Template is currently locked (temporarily).", 409),
    "VM_CANNOT_REMOVE_HAS_RUNNING_TASKS": ("Cannot force remove VM when there are running tasks.", 409),
    "VM_CANNOT_SUSPENDE_HAS_RUNNING_TASKS": (
        "Cannot suspend VM. VM has asynchronous running tasks, please retry later.",
        409,
    ),
    "ACTION_TYPE_FAILED_NETWORK_IS_USED": (
        f"{_A} The network is currently in use. Please wait and try again later.",
        409,
    ),
    "ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS": (
        f"{_A} Another Setup Networks or Host Refresh process in progress on the host. Please try later.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_SPM_WITH_RUNNING_TASKS": (
        "Cannot switch Host to Maintenance mode. Host has asynchronous running tasks,\nwait for operation to "
        "complete and retry.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_HOST_WITH_RUNNING_OPERATIONS": (
        "Cannot switch Host ${host} to Maintenance mode. The following operations are running on the Host: "
        "\n\n ${jobs} \n\nPlease wait for the operations to complete and try again.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_HOST_WITH_RUNNING_IMAGE_TRANSFERS": (
        "Cannot switch Host ${host} to Maintenance mode. Image transfer is in progress for the following "
        "(${disks_COUNTER}) disks: \n\n ${disks} \n\nPlease wait for the operations to complete and try "
        "again.",
        409,
    ),
    "VDS_FENCE_DISABLED_AT_QUIET_TIME": (
        "Another Power Management operation is still running, please retry in ${seconds} Sec.",
        409,
    ),
    "ACTION_TYPE_FAILED_VDS_INTERMITENT_CONNECTIVITY": (
        "Due to intermittent connectivity to this Host, fence operations are not allowed at this time. The "
        "system is trying to reconnect, please try again in 30 seconds.",
        409,
    ),
    "POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS": (
        "Cannot perform ${action}. Another power management action is already in progress.",
        409,
    ),
    "ACTION_TYPE_FAILED_STORAGE_POOL_HAS_RUNNING_TASKS": (f"{_A} The storage pool has running tasks.", 409),
    "CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS": (f"{_A} The Storage Pool has running tasks.", 409),
    "ENGINE_IS_RUNNING_IN_PREPARE_MODE": ("This action is not allowed when Engine is preparing for maintenance.", 409),
    "ENGINE_IS_RUNNING_IN_MAINTENANCE_MODE": (
        "Engine is running in Maintenance mode and is not accepting commands.",
        409,
    ),
}

# A client that waits for these waits for a person.
STAYING: dict[str, tuple[str, int]] = {
    "ACTION_TYPE_FAILED_VM_IN_PREVIEW": (f"{_A} VM is previewing a Snapshot.", 409),
    "ACTION_TYPE_FAILED_STORAGE_DELETE_VMS_IN_PREVIEW": (
        f"{_A} The following VMs are previewing a snapshot: ${{vms}}.",
        409,
    ),
    "VM_CANNOT_RUN_STATELESS_WHILE_IN_PREVIEW": (
        f"{_A} Stateless flag on VM conflicts with running the VM in Preview mode. Either remove the "
        "Stateless flag from the VM or run the VM not in Preview mode.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_RUNNING_STATELESS": (
        f"{_A} The VM is running as Stateless. Please try again when VM is not running as Stateless.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_HAS_STATELESS_SNAPSHOT_LEFTOVER": (
        f"{_A} The VM was running as Stateless and didn't clean up successfully. Please try to run the VM "
        "which should clean up the VM, and then try again when VM is not running.",
        500,
    ),
    "VM_TEMPLATE_IMAGE_IS_ILLEGAL": ("Template's Image is invalid (temporarily).", 409),
    "ACTION_TYPE_FAILED_DISKS_ILLEGAL": (
        f"{_A} The following attached disks are in ILLEGAL status: ${{diskAliases}} - please remove them and "
        "try again.",
        500,
    ),
    "ACTION_TYPE_FAILED_VM_HAS_PLUGGED_DISK_SNAPSHOT": (
        f"{_A} The following VM's activated disks are disk snapshots (VM/Disk Snapshots):\n\n${{disksInfo}}. "
        "\n\nPlease deactivate them and try again.",
        409,
    ),
    "ACTION_TYPE_FAILED_CLUSTER_POLICY_LOCKED": (f"{_A} Scheduling Policy is locked, and cannot be editable.", 400),
    "VM_CANNOT_UPDATE_HOSTED_ENGINE_FIELD": (
        "There was an attempt to change Hosted Engine VM values that are locked.",
        400,
    ),
    "ACTION_TYPE_FAILED_CANNOT_RUN_ACTION_ON_NON_MANAGED_VM": (f"{_A} This VM is not managed by the engine.", 400),
    "ACTION_TYPE_FAILED_MEMORY_DISK_SNAPSHOT_IN_PREVIEW": (
        f"{_A} The memory disk is a part of a snapshot currently in preview.",
        409,
    ),
    "ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL": (
        f"{_A} The relevant Storage Domain is inaccessible.\n-Please handle Storage Domain issues and retry "
        "the operation.",
        409,
    ),
    "ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2": (
        f"{_A} The relevant Storage Domain's status is ${{status}}.",
        409,
    ),
    "MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES": (f"{_A} Not enough MAC addresses left in MAC Address Pool.", 409),
}

# What older Engines say otherwise: (name, version) -> message.
OLD_TEXTS: dict[tuple[str, str], str] = {
    (
        "ACTION_TYPE_FAILED_SUBVERSION_BEING_CONCURRENTLY_REMOVED",
        "4.1",
    ): (
        f"{_A} Sub Version of selected template (${{subVersionId}}) is being concurrently removed. Please "
        "wait and try again later."
    ),
    (
        "VDS_CANNOT_MAINTENANCE_HOST_WITH_RUNNING_OPERATIONS",
        "4.1",
    ): (
        "Cannot switch Host ${host} to Maintenance mode. The following operations are running on the Host: "
        "\n\n${jobs} \n\nPlease wait for the operations to complete and try again."
    ),
    (
        "ACTION_TYPE_FAILED_VM_HAS_PLUGGED_DISK_SNAPSHOT",
        "4.1",
    ): (
        f"{_A} The following VM's activated disks are disk snapshots (VM/Disk Snapshots):\n\n${{disksInfo}}. "
        "\n\n Please deactivate them and try again."
    ),
}

# Names that not all versions have: those that do.
ONLY: dict[str, tuple[str, ...]] = {
    "VALIDATION_CLOUD_INIT_START_ON_BOOT_INVALID": ("4.3", "4.5"),
    "VALIDATION_CLOUD_INIT_IPV6_AUTOCONF_UNSUPPORTED": ("4.3", "4.5"),
    "VALIDATION_CLOUD_INIT_STATIC_IPV4_ADDRESS_MISSING": ("4.3", "4.5"),
    "VALIDATION_CLOUD_INIT_STATIC_IPV6_ADDRESS_MISSING": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_VM_IS_BEING_EXPORTED": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED": ("4.5",),
    "ACTION_TYPE_FAILED_DISK_IS_BEING_CONVERTED": ("4.5",),
    "ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL": ("4.5",),
    "ACTION_TYPE_FAILED_VM_BACKUP_LOCKED": ("4.5",),
    "ACTION_TYPE_FAILED_MEMORY_DEVICE_IS_BEING_HOT_UNPLUGGED": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_INVALID_VM_LEASE": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_VM_LEASE_IS_NOT_READY_FOR_HOST": ("4.3", "4.5"),
    "VDS_CANNOT_MAINTENANCE_HOST_WITH_RUNNING_IMAGE_TRANSFERS": ("4.3",),
    "ACTION_TYPE_FAILED_STORAGE_POOL_HAS_RUNNING_TASKS": ("4.5",),
    "ACTION_TYPE_FAILED_MEMORY_DISK_SNAPSHOT_IN_PREVIEW": ("4.3", "4.5"),
    "ACTION_TYPE_FAILED_DISK_IS_LOCKED": ("4.3", "4.5"),
}
