# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events and jobs in the Engine's own words: NAME -> (code, severity, text).

Codes and severities from ``AuditLogType.java`` (no severity there = normal), texts from
``AuditLogMessages.properties``, job descriptions from ``ExecutionMessages.properties``; read at tag
ovirt-engine-4.3.10, compared with 4.1.9 and 4.5.3.7; the codes and severities of 4.4.10.7 are the same.
"""

from __future__ import annotations

from .texts import fill

EVENTS: dict[str, tuple[int, str, str]] = {
    "VDC_START": (1, "normal", "Starting oVirt Engine."),
    "USER_VDC_LOGIN": (
        30,
        "normal",
        "User ${UserName} connecting from '${SourceIP}' using session '${SessionID}' logged in.",
    ),
    "USER_VDC_LOGOUT": (
        31,
        "normal",
        "User ${UserName} connected from '${SourceIP}' using session '${SessionID}' logged out.",
    ),
    # --- hosts
    "VDS_FAILURE": (12, "error", "Host ${VdsName} is non responsive."),
    "VDS_DETECTED": (13, "normal", "Status of host ${VdsName} was set to ${HostStatus}."),
    "VDS_RECOVER_FAILED": (19, "error", "Host ${VdsName} failed to recover."),
    "VDS_CLUSTER_VERSION_NOT_SUPPORTED": (
        154,
        "error",
        "Host ${VdsName} is compatible with versions (${VdsSupportedVersions}) and cannot join Cluster ${ClusterName} "
        "which is set to version ${CompatibilityVersion}.",
    ),
    "VDS_INITIALIZING": (514, "warning", "Host ${VdsName} is initializing. Message: ${ErrorMessage}"),
    "VDS_HOST_NOT_RESPONDING": (
        9027,
        "warning",
        " Host ${VdsName} is not responding. Host cannot be fenced automatically because power management for the host "
        "is disabled.",
    ),
    "VDS_BROKER_COMMAND_FAILURE": (10802, "error", "VDSM ${VdsName} command ${CommandName} failed: ${message}"),
    "VDS_MAINTENANCE": (15, "normal", "Host ${VdsName} was switched to Maintenance Mode."),
    "VDS_ACTIVATE": (16, "normal", "Activation of host ${VdsName} initiated by ${UserName}."),
    "VDS_MAINTENANCE_FAILED": (17, "error", "Failed to switch Host ${VdsName} to Maintenance mode."),
    "VDS_ACTIVATE_FAILED": (18, "error", "Failed to activate Host ${VdsName}.(User: ${UserName})."),
    "USER_ADD_VDS": (42, "normal", "Host ${VdsName} was added by ${UserName}."),
    "USER_UPDATE_VDS": (43, "normal", "Host ${VdsName} configuration was updated by ${UserName}."),
    "USER_REMOVE_VDS": (44, "normal", "Host ${VdsName} was removed by ${UserName}."),
    "VDS_FAILED_TO_RUN_VMS": (
        500,
        "error",
        "Host ${VdsName} will be switched to Error status for ${Time} minutes because it failed to run a VM.",
    ),
    "USER_VDS_MAINTENANCE": (
        600,
        "normal",
        "Host ${VdsName} was switched to Maintenance mode by ${UserName} (Reason: ${Reason}).",
    ),
    "USER_VDS_MAINTENANCE_MIGRATION_FAILED": (
        602,
        "warning",
        "Host ${VdsName} cannot change into maintenance mode - not all Vms have been migrated successfully. Consider "
        "manual intervention: stopping/migrating Vms running on this host. (User: ${UserName}).",
    ),
    "HOST_REFRESH_CAPABILITIES_FAILED": (607, "error", "Failed to refresh the capabilities of host ${VdsName}."),
    "HOST_REFRESHED_CAPABILITIES": (606, "normal", "Successfully refreshed the capabilities of host ${VdsName}."),
    "USER_VDS_MAINTENANCE_WITHOUT_REASON": (
        620,
        "normal",
        "Host ${VdsName} was switched to Maintenance mode by ${UserName}.",
    ),
    "HOST_AVAILABLE_UPDATES_FINISHED": (
        885,
        "normal",
        "Check for available updates on host ${VdsName} was completed successfully with message '${Message}'.",
    ),
    # --- VMs
    "USER_RUN_VM": (32, "normal", "VM ${VmName} started on Host ${VdsName}"),
    "USER_STOP_VM": (33, "normal", "VM ${VmName} powered off by ${UserName} (Host: ${VdsName})${OptionalReason}."),
    "USER_ADD_VM": (34, "normal", "VM ${VmName} was created by ${UserName}."),
    "USER_UPDATE_VM": (35, "normal", "VM ${VmName} configuration was updated by ${UserName}."),
    "USER_ADD_VM_STARTED": (37, "normal", "VM ${VmName} creation was initiated by ${UserName}."),
    "USER_PAUSE_VM": (39, "normal", "VM ${VmName} was suspended by ${UserName} (Host: ${VdsName})."),
    "USER_CREATE_SNAPSHOT": (
        45,
        "normal",
        "Snapshot '${SnapshotName}' creation for VM '${VmName}' was initiated by ${UserName}.",
    ),
    "USER_ADD_VM_FINISHED_SUCCESS": (53, "normal", "VM ${VmName} creation has been completed."),
    "USER_FAILED_RUN_VM": (54, "error", "Failed to run VM ${VmName}${DueToError} (User: ${UserName})."),
    "USER_FAILED_STOP_VM": (56, "error", "Failed to power off VM ${VmName} (Host: ${VdsName}, User: ${UserName})."),
    "USER_FAILED_ADD_VM": (57, "error", "Failed to create VM ${VmName} (User: ${UserName})."),
    "USER_FAILED_UPDATE_VM": (58, "error", "Failed to update VM ${VmName} (User: ${UserName})."),
    "VM_DOWN": (61, "normal", "VM ${VmName} is down. ${ExitMessage}"),
    "VM_MIGRATION_DONE": (
        63,
        "normal",
        "Migration completed (VM: ${VmName}, Source: ${VdsName}, Destination: ${DestinationVdsName}, Duration: "
        "${Duration}, Total: ${TotalDuration}, Actual downtime: ${ActualDowntime})",
    ),
    "USER_CREATE_SNAPSHOT_FINISHED_SUCCESS": (
        68,
        "normal",
        "Snapshot '${SnapshotName}' creation for VM '${VmName}' has been completed.",
    ),
    "USER_INITIATED_SHUTDOWN_VM": (
        73,
        "normal",
        "VM shutdown initiated by ${UserName} on VM ${VmName} (Host: ${VdsName})${OptionalReason}.",
    ),
    "USER_STOPPED_VM_INSTEAD_OF_SHUTDOWN": (
        76,
        "normal",
        "VM ${VmName} was powered off ungracefully by ${UserName} (Host: ${VdsName})${OptionalReason}.",
    ),
    "USER_REMOVE_VM_FINISHED": (113, "normal", "VM ${VmName} was successfully removed by ${UserName}."),
    "USER_RESUME_VM": (40, "normal", "VM ${VmName} was resumed by ${UserName} (Host: ${VdsName})."),
    "VM_MIGRATION_START": (
        62,
        "normal",
        "Migration started (VM: ${VmName}, Source: ${VdsName}, Destination: ${DestinationVdsName}, User: ${UserName}). "
        "${OptionalReason}",
    ),
    "VM_MIGRATION_FAILED": (
        65,
        "error",
        "Migration failed${DueToMigrationError} (VM: ${VmName}, Source: ${VdsName}).",
    ),
    "USER_STOP_SUSPENDED_VM": (
        111,
        "normal",
        "Suspended VM ${VmName} has had its save state cleared by ${UserName}${OptionalReason}.",
    ),
    "VM_ALREADY_IN_REQUESTED_STATUS": (
        254,
        "normal",
        "VM ${VmName} is already ${VmStatus}, ${Action} was skipped. User: ${UserName}.",
    ),
    "USER_SUSPEND_VM": (
        501,
        "normal",
        "Suspending VM ${VmName} was initiated by User ${UserName} (Host: ${VdsName}).",
    ),
    "USER_SUSPEND_VM_OK": (503, "normal", "VM ${VmName} on Host ${VdsName} is suspended."),
    "USER_FAILED_SHUTDOWN_VM": (
        74,
        "error",
        "Failed to initiate shutdown on VM ${VmName} (Host: ${VdsName}, User: ${UserName}).",
    ),
    "VM_POWER_DOWN_FAILED": (147, "warning", "Shutdown of VM ${VmName} failed."),
    "VM_STATUS_RESTORED": (163, "normal", "VM ${VmName} status was restored to ${VmStatus}."),
    "VM_DOWN_ERROR": (119, "error", "VM ${VmName} is down with error. ${ExitMessage}."),
    "VM_SET_TO_UNKNOWN_STATUS": (142, "warning", "VM ${VmName} was set to the Unknown status."),
    "USER_INITIATED_RUN_VM": (150, "normal", "Starting VM ${VmName} was initiated by ${UserName}."),
    "USER_INITIATED_RUN_VM_FAILED": (151, "warning", "Failed to run VM ${VmName} on Host ${VdsName}."),
    "USER_STARTED_VM": (153, "normal", "VM ${VmName} was started by ${UserName} (Host: ${VdsName})."),
    "USER_REBOOT_VM": (157, "normal", "User ${UserName} initiated reboot of VM ${VmName}."),
    "VM_SET_TICKET": (164, "normal", "User ${UserName} initiated console session for VM ${VmName}"),
    "SYSTEM_UPDATE_VM": (253, "normal", "VM ${VmName} configuration was updated by system."),
    # --- NICs and disks
    "NETWORK_REMOVE_VM_INTERFACE": (
        930,
        "normal",
        "Interface ${InterfaceName} (${InterfaceType}) was removed from VM ${VmName}. (User: ${UserName})",
    ),
    "NETWORK_ADD_VM_INTERFACE": (
        932,
        "normal",
        "Interface ${InterfaceName} (${InterfaceType}) was added to VM ${VmName}. (User: ${UserName})",
    ),
    "NETWORK_UPDATE_VM_INTERFACE": (
        934,
        "normal",
        "Interface ${InterfaceName} (${InterfaceType}) was updated for VM ${VmName}. ${LinkState} (User: ${UserName})",
    ),
    "USER_ADD_DISK_TO_VM": (
        78,
        "normal",
        "Add-Disk operation of ${DiskAlias} was initiated on VM ${VmName} by ${UserName}.",
    ),
    "USER_ADD_DISK_TO_VM_FINISHED_SUCCESS": (
        97,
        "normal",
        "The disk ${DiskAlias} was successfully added to VM ${VmName}.",
    ),
    "USER_FINISHED_REMOVE_DISK_NO_DOMAIN": (
        2012,
        "normal",
        "Disk ${DiskAlias} was successfully removed (User ${UserName}).",
    ),
    "USER_ATTACH_DISK_TO_VM": (
        2016,
        "normal",
        "Disk ${DiskAlias} was successfully attached to VM ${VmName} by ${UserName}.",
    ),
    "USER_DETACH_DISK_FROM_VM": (
        2018,
        "normal",
        "Disk ${DiskAlias} was successfully detached from VM ${VmName} by ${UserName}.",
    ),
    "USER_ADD_DISK_FINISHED_SUCCESS": (2021, "normal", "The disk '${DiskAlias}' was successfully added."),
    # --- image transfers
    "TRANSFER_IMAGE_INITIATED": (
        1031,
        "normal",
        "Image ${TransferType} with disk ${DiskAlias} was initiated by ${UserName}.",
    ),
    "TRANSFER_IMAGE_SUCCEEDED": (1032, "normal", "Image ${TransferType} with disk ${DiskAlias} succeeded."),
    "TRANSFER_IMAGE_CANCELLED": (1033, "normal", "Image ${TransferType} with disk ${DiskAlias} was cancelled."),
    "TRANSFER_IMAGE_FAILED": (1034, "error", "Image ${TransferType} with disk ${DiskAlias} failed."),
    "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_TICKET_RENEW_FAILURE": (
        1064,
        "error",
        "Transfer was stopped by system. Reason: failure in transfer image ticket renewal.",
    ),
    "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_MISSING_TICKET": (
        1065,
        "error",
        "Transfer was stopped by system. Reason: missing transfer image ticket.",
    ),
    "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_MISSING_HOST": (
        1067,
        "error",
        "Transfer was stopped by system. Reason: Could not find a suitable host for image data transfer.",
    ),
    "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_FAILED_TO_CREATE_TICKET": (
        1068,
        "error",
        "Transfer was stopped by system. Reason: failed to create a signed image ticket.",
    ),
    "TRANSFER_IMAGE_STOPPED_BY_SYSTEM_FAILED_TO_ADD_TICKET_TO_DAEMON": (
        1069,
        "error",
        "Transfer was stopped by system. Reason: failed to add image ticket to ovirt-imageio-daemon.",
    ),
    "UPLOAD_IMAGE_PAUSED_BY_SYSTEM_TIMEOUT": (
        1071,
        "error",
        "Upload was paused by system. Reason: timeout due to transfer inactivity.",
    ),
    "DOWNLOAD_IMAGE_CANCELED_TIMEOUT": (
        1072,
        "error",
        "Download was canceled by system. Reason: timeout due to transfer inactivity.",
    ),
    "TRANSFER_IMAGE_PAUSED_BY_USER": (1073, "normal", "Image transfer was paused by user (${UserName})."),
    "TRANSFER_IMAGE_RESUMED_BY_USER": (1074, "normal", "Image transfer was resumed by user (${UserName})."),
    "TRANSFER_IMAGE_CANCELED_ON_TIMEOUT": (
        1076,
        "error",
        "The transfer was canceled by the system according to the timeout policy. Reason: client inactivity timeout.",
    ),
    "TRANSFER_IMAGE_PAUSED_ON_TIMEOUT": (
        1077,
        "warning",
        "The transfer was paused by the system according to the timeout policy. Reason: client inactivity timeout.",
    ),
    # --- tags
    "USER_UPDATE_TAG": (430, "normal", "Tag ${TagName} configuration was updated by ${UserName}."),
    "USER_ADD_TAG": (432, "normal", "New Tag ${TagName} was created by ${UserName}."),
    "USER_REMOVE_TAG": (434, "normal", "Tag ${TagName} was removed by ${UserName}."),
    "USER_ATTACH_TAG_TO_VM": (440, "normal", "Tag ${TagName} was attached to VM(s) ${VmsNames} by ${UserName}."),
    "USER_ATTACH_TAG_TO_VDS": (442, "normal", "Tag ${TagName} was attached to Host(s) ${VdsNames} by ${UserName}."),
    "USER_DETACH_VDS_FROM_TAG": (
        444,
        "normal",
        "Tag ${TagName} was detached from Host(s) ${VdsNames} by ${UserName}.",
    ),
    "USER_DETACH_VM_FROM_TAG": (446, "normal", "Tag ${TagName} was detached from VM(s) ${VmsNames} by ${UserName}."),
    "USER_ATTACH_TAG_TO_VM_EXISTS": (454, "warning", "Tag ${TagName} already attached to VM(s) ${VmsNamesExists}."),
    "USER_ATTACH_TAG_TO_VDS_EXISTS": (455, "warning", "Tag ${TagName} already attached to Host(s) ${VdsNamesExists}."),
    # --- the rest of the house
    "USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS": (
        51,
        "normal",
        "Creation of Template ${VmTemplateName} from VM ${VmName} has been completed.",
    ),
    "USER_REMOVE_VM_TEMPLATE_FINISHED": (251, "normal", "Removal of Template ${VmTemplateName} has been completed."),
    "USER_ADD_CLUSTER": (809, "normal", "Cluster ${ClusterName} was added by ${UserName}"),
    "USER_UPDATE_CLUSTER": (811, "normal", "Host cluster ${ClusterName} was updated by ${UserName}"),
    "USER_REMOVE_CLUSTER": (813, "normal", "Host cluster ${ClusterName} was removed by ${UserName}"),
    "NETWORK_ADD_NETWORK": (942, "normal", "Network ${NetworkName} was added to Data Center: ${StoragePoolName}"),
    "NETWORK_REMOVE_NETWORK": (
        944,
        "normal",
        "Network ${NetworkName} was removed from Data Center: ${StoragePoolName}",
    ),
    "NETWORK_ATTACH_NETWORK_TO_CLUSTER": (
        946,
        "normal",
        "Network ${NetworkName} attached to Cluster ${ClusterName}",
    ),
    "ADD_VNIC_PROFILE": (
        1122,
        "normal",
        "VM network interface profile ${VnicProfileName} was added to network ${NetworkName} in Data Center: "
        "${DataCenterName}. (User: ${UserName})",
    ),
    "REMOVE_VNIC_PROFILE": (
        1126,
        "normal",
        "VM network interface profile ${VnicProfileName} was removed from network ${NetworkName} in Data Center: "
        "${DataCenterName}. (User: ${UserName})",
    ),
    "USER_ADD_PERMISSION": (
        850,
        "normal",
        "User/Group ${SubjectName}, Namespace ${Namespace}, Authorization provider: ${Authz} was granted permission "
        "for Role ${RoleName} on ${VdcObjectType} ${VdcObjectName}, by ${UserName}.",
    ),
}

# Where another version says it otherwise: (name, version) -> text.
OTHER_EVENTS: dict[tuple[str, str], str] = {
    ("USER_VDC_LOGIN", "4.1"): "User ${UserName} logged in.",
    ("USER_VDC_LOGOUT", "4.1"): "User ${UserName} logged out.",
    ("USER_FAILED_RUN_VM", "4.1"): "Failed to run VM ${VmName} (User: ${UserName}).",
    ("USER_REMOVE_VM_FINISHED", "4.1"): "VM ${VmName} was successfully removed.",
    ("USER_VDS_MAINTENANCE_MIGRATION_FAILED", "4.1"): (
        "Host ${VdsName} cannot change into maintenance mode - not all Vms have been migrated successfully. Consider "
        "manual intervention: stopping/migrating Vms: ${failedVms} (User: ${UserName})."
    ),
    ("USER_REBOOT_VM", "4.5"): "VM ${VmName} is rebooting. Rebooted by: ${UserName}",
    ("NETWORK_ADD_NETWORK", "4.5"): "Finished adding Network ${NetworkName} to Data Center: ${StoragePoolName}",
    ("NETWORK_REMOVE_NETWORK", "4.5"): ("Finished Network ${NetworkName} removal from Data Center: ${StoragePoolName}"),
}

# job.* of ExecutionMessages.properties, and step.* for the three steps of a plain command.
JOBS = {
    "AddVmFromScratch": "Creating VM ${VM} in Cluster ${Cluster}",
    "AddVm": "Creating VM ${VM} in Cluster ${Cluster}",
    "RemoveVm": "Removing VM ${VM} from system",
    "UpdateVm": "Editing VM ${VM} properties",
    "RunVm": "Launching VM ${VM}",
    "RunVmOnce": "Launching VM ${VM} in run-once mode",
    "StopVm": "Stopping VM ${VM}",
    "ShutdownVm": "Shutting down VM ${VM}",
    "RebootVm": "Rebooting VM ${VM}",
    "HibernateVm": "Performing Hibernate action on VM ${VM}",
    "AddVmInterface": "Adding Network Interface ${InterfaceName} to VM ${VM}",
    "AddDisk": "Adding Disk",
    "MaintenanceNumberOfVdss": "Moving Host(s) ${VDS} to Maintenance",
    "ActivateVds": "Invoking Activate Host ${VDS}",
}
STEPS = {"validating": "Validating", "executing": "Executing", "finalizing": "Finalizing"}

# ${ExitMessage}: vdsm's words for an exit reason (lib/vdsm/virt/vmexitreason.py, vdsm 4.19).
EXIT_REASONS = {
    6: "Admin shut down from the engine",
    7: "User shut down from within the guest",
}


BY_CODE = {code: name for name, (code, _, _) in EVENTS.items()}


def event(name: str, version: str = "4.3", **values: object) -> tuple[int, str, str]:
    """(code, severity, text) of one event; what is not given is left out, as OptionalReason and DueToError."""
    code, severity, text = EVENTS[name]
    text = OTHER_EVENTS.get((name, version), text)
    return code, severity, fill(text, {"OptionalReason": "", "DueToError": "", "LinkState": "", **values})


def job(name: str, **values: object) -> str:
    """What a job says it does."""
    return fill(JOBS[name], values)
