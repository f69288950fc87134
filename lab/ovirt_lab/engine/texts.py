# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every refusal the simulated Engine speaks, in the Engine's own words.

The messages are facts of the interface. Sources, read at tags ovirt-engine-4.1.9 and 4.3.10 and branch 4.5.3.7:

* the words: ``AppErrors.properties`` (modules/dal; from 4.3 on frontend/webadmin/modules/frontend);
* the error type behind a name, hence the HTTP status: ``EngineMessage.java`` and ``ErrorMessageHelper.java``;
* ``Entity not found`` and ``Incomplete parameters``: restapi ``BaseBackendResource.java``, ``Messages.properties``
  and ``CompletenessAssertor.java``.

Events have a module of their own, ``event_texts.py``, and so have refusals that pass: ``passing_texts.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from . import passing_texts

Fault = tuple[int, str, str]  # (HTTP status, <reason>, <detail>)

OPERATION_FAILED = "Operation Failed"
INTERNAL_ERROR = "Internal Engine Error"  # ENGINE of VdsmErrors.properties: an exception in a command

# ${action}: VAR__ACTION__* of AppErrors.properties, keyed by what the REST API calls it.
ACTIONS = {
    "add": "add",
    "update": "edit",
    "remove": "remove",
    "start": "run",
    "run": "run",
    "stop": "stop",
    "shutdown": "shutdown",
    "reboot": "reboot",
    "reset": "reset",
    "suspend": "hibernate",
    "migrate": "migrate",
    "activate": "activate",
    "deactivate": "maintenance",
    "attach": "attach",
    "detach": "detach",
    "extend": "extend",
    "move": "move",
    "export": "export",
    "plug": "hot plug",
    "transfer": "transfer",
}

# ${type}: VAR__TYPE__* of AppErrors.properties.
TYPES = {
    "vm": "VM",
    "host": "Host",
    "cluster": "Cluster",
    "data_center": "Data Center",
    "network": "Network",
    "vnic_profile": "VM network interface profile",
    "nic": "Interface",
    "disk": "Virtual Disk",
    "template": "Template",
    "storage_domain": "Storage",
    "snapshot": "Snapshot",
    "permission": "Permission",
    "affinity_group": "Affinity Group",
    "label": "Label",
    "cpu_profile": "CPU Profile",
    "disk_profile": "Disk Profile",
    "cluster_policy": "Scheduling Policy",
    "quota": "Quota",
}

# ${vmStatus}: VAR__VM_STATUS__* of AppErrors.properties, keyed by the REST status.
VM_STATUS = {
    "down": "Down",
    "image_locked": "Image Locked",
    "migrating": "Migrating",
    "not_responding": "Not Responding",
    "paused": "Paused",
    "powering_down": "Powering Down",
    "powering_up": "Powering Up",
    "reboot_in_progress": "Reboot in Progress",
    "restoring_state": "Restoring State",
    "saving_state": "Saving State",
    "suspended": "Suspended",
    "unassigned": "Unassigned",
    "unknown": "Unknown",
    "up": "Up",
    "wait_for_launch": "Wait for Launch",
}

_A = "Cannot ${action} ${type}."
_CUSTOM = "Cannot ${action} ${type} if some of the specified custom properties"

# NAME of EngineMessage.java -> (message, HTTP status). 409 = CONFLICT; 400 = BAD_PARAMETERS, CONSTRAINT_VIOLATION,
# NOT_SUPPORTED and INCOMPATIBLE_VERSION.
REFUSALS: dict[str, tuple[str, int]] = {
    # --- names
    "ACTION_TYPE_FAILED_NAME_ALREADY_USED": (
        f"{_A} The ${{type}} name is already in use, please choose a unique name and try again.",
        409,
    ),
    "ACTION_TYPE_FAILED_NAME_LENGTH_IS_TOO_LONG": (f"{_A} The given name is too long.", 400),
    "ACTION_TYPE_FAILED_NAME_MAY_NOT_BE_EMPTY": ("Can not ${action} ${type}. The given name is empty.", 400),
    "ACTION_TYPE_FAILED_NAME_MAY_NOT_CONTAIN_SPECIAL_CHARS": (
        "Can not ${action} ${type}. The given name contains special characters. Only lower-case and upper-case "
        "letters, numbers, '_', '-', '.' are allowed.",
        400,
    ),
    "ACTION_TYPE_FAILED_DESCRIPTION_MAY_NOT_CONTAIN_SPECIAL_CHARS": (
        f"{_A} The given description contains special characters.\nOnly alpha-numeric and some special characters "
        "that conform to the standard ASCII character set are allowed.",
        400,
    ),
    "ACTION_TYPE_FAILED_ATTRIBUTE_PATH": ("Attribute: ${path}", 400),
    # --- a VM and its status
    "ACTION_TYPE_FAILED_VM_NOT_FOUND": (f"{_A} VM is not found.", 400),
    "ACTION_TYPE_FAILED_VM_IS_RUNNING": (f"{_A} VM is running.", 409),
    "ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING": (f"{_A} VM is not running.", 409),
    "ACTION_TYPE_FAILED_VM_IS_NOT_UP": (f"{_A} VM is not up.", 409),
    "ACTION_TYPE_FAILED_VM_IS_NOT_DOWN": (f"{_A} At least one of the VMs is not down.", 409),
    "ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL": (
        "Cannot ${action} ${type} because the VM is in ${vmStatus} status.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING": (
        f"{_A} VM is in saving/restoring state.\n-Please try again when the VM is either up or down.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_IS_LOCKED": (
        "Cannot ${action} ${type}: VM is locked. Please try again in a few minutes.",
        409,
    ),
    "ACTION_TYPE_FAILED_OBJECT_LOCKED": (
        f"{_A} Related operation is currently in progress. Please try again later.",
        409,
    ),
    "VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN": (
        "Cannot remove VM that its state is not down.\n-Please stop the VM first.",
        409,
    ),
    "ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED": (
        f"{_A} Delete protection is enabled. In order to delete, disable Delete protection first.",
        409,
    ),
    "VM_CANNOT_UPDATE_ILLEGAL_FIELD": (
        "There was an attempt to change VM values while the VM is not down. Please shut down the VM in order to "
        "modify these properties.",
        400,
    ),
    "VM_CANNOT_UPDATE_CLUSTER": (
        "Updating VM's Cluster cannot be performed through update VM action, please use Change VM Cluster action "
        "instead.",
        400,
    ),
    "VM_CANNOT_RUN_STATELESS_HA": (f"{_A} Highly Available Virtual servers can not be run as stateless.", 409),
    "VMPAYLOAD_CDROM_OR_CLOUD_INIT_MAXIMUM_DEVICES": (
        "CD-ROM Payload or Cloud-init is being used while there are too many devices using the IDE or the sPAPR VSCSI "
        "bus.",
        409,
    ),
    "VALIDATION_CLOUD_INIT_START_ON_BOOT_INVALID": (
        f"{_A} Start On Boot selection in cloud-init configuration is invalid. Only 'true' is supported.",
        400,
    ),
    "VALIDATION_CLOUD_INIT_IPV6_AUTOCONF_UNSUPPORTED": (
        f"{_A} Option 'autoconf' in cloud-init configuration is not supported.",
        400,
    ),
    "VALIDATION_CLOUD_INIT_STATIC_IPV4_ADDRESS_MISSING": (
        f"{_A} Static IPv4 address is missing in cloud-init configuration.",
        400,
    ),
    "VALIDATION_CLOUD_INIT_STATIC_IPV6_ADDRESS_MISSING": (
        f"{_A} Static IPv6 address is missing in cloud-init configuration.",
        400,
    ),
    "VM_CANNOT_SUSPEND_STATELESS_VM": ("Cannot suspend VM, VM is stateless.", 409),
    # refused only with exactly one host in the pinning list (VmManagementCommandBase.java@4.1.9)
    "ACTION_TYPE_FAILED_VM_CANNOT_BE_HIGHLY_AVAILABLE_AND_PINNED_TO_HOST": (
        f"{_A} A highly available VM cannot be pinned to a specific Host",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST": (f"{_A} VM is pinned to Host.", 409),
    "ACTION_TYPE_FAILED_DEDICATED_VDS_DOES_NOT_EXIST": (
        f"{_A} VM is pinned to a specific host. The required host doesn't exist.",
        409,
    ),
    "ACTION_TYPE_FAILED_DEDICATED_VDS_NOT_IN_SAME_CLUSTER": (
        f"{_A} VM is pinned to a specific host. The host's cluster must be the same as the selected VM cluster.",
        400,
    ),
    "ACTION_TYPE_FAILED_TEMPLATE_ID_CANT_BE_CHANGED": (
        f"{_A} The Template can be changed for pool VMs only.",
        400,
    ),
    "ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE": (
        f"{_A} The VM Network Interface is plugged to a running VM.",
        409,
    ),
    "NETWORK_CANNOT_ADD_INTERFACE_WHEN_VM_STATUS_NOT_UP_DOWN_LOCKED": (
        "Cannot ${action} a Network Interface when VM is not Down, Up or Image-Locked.",
        409,
    ),
    "ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST": (f"{_A} VM's Snapshot does not exist.", 400),
    # --- custom properties (VmPropertiesUtils; the keys are joined by commas)
    "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS": (
        f"{_CUSTOM} are not configured by the system. The keys are: ${{MissingKeys}}",
        400,
    ),
    "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES": (
        f"{_CUSTOM} have illegal values. The keys are: ${{WrongValueKeys}}",
        400,
    ),
    "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS": (
        f"{_CUSTOM} appear more than once. The keys are: ${{DuplicateKeys}}",
        400,
    ),
    "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_SYNTAX": (
        "Cannot ${action} ${type} if custom properties are in invalid format. Please check the input.",
        400,
    ),
    # --- memory and CPU
    "ACTION_TYPE_FAILED_MIN_MEMORY_CANNOT_EXCEED_MEMORY_SIZE": (
        f"{_A} Physical Memory Guaranteed cannot exceed Memory Size.",
        400,
    ),
    "ACTION_TYPE_FAILED_MIN_MEMORY_CANNOT_BE_NEGATIVE": (  # from 4.2 on
        f"{_A} Physical Memory Guaranteed cannot be negative (${{minMemoryMb}}MB).",
        400,
    ),
    "ACTION_TYPE_FAILED_MAX_MEMORY_CANNOT_BE_SMALLER_THAN_MEMORY_SIZE": (
        f"{_A} Memory size (${{memory}}MB) cannot exceed maximum memory size (${{maxMemory}}MB).",
        409,
    ),
    "ACTION_TYPE_FAILED_MAX_MEMORY_CANNOT_EXCEED_PLATFORM_LIMIT": (
        f"{_A} Maximum memory (${{maxMemory}}MB) cannot exceed platform limit (${{platformLimit}}MB).",
        400,
    ),
    "ACTION_TYPE_FAILED_MEMORY_EXCEEDS_SUPPORTED_LIMIT": (
        f"{_A} Memory size exceeds supported limit for given cluster version.",
        400,
    ),
    "QOS_CPU_SHARES_OUT_OF_RANGE": (
        "Cannot set the cpu shares to the requested value. It has to be between 0 and 262144.",
        400,
    ),
    # --- running a VM (RunVmValidator.java)
    "VM_CANNOT_RUN_FROM_DISK_WITHOUT_DISK": (
        f"{_A[:-1]} without at least one bootable disk.\nAlternatives:\n- Create a disk for this VM, and rerun the VM."
        "\n- Change the boot sequence using the Edit VM command (Boot Option Sub-Tab).\n- Use the 'Run Once' command "
        "to select a different boot option and rerun the VM.",
        409,
    ),
    "VM_CANNOT_RUN_FROM_DISK_WITHOUT_PLUGGED_DISK": (
        f"{_A[:-1]} without at least one active disk.\nPlease activate a disk and rerun the VM.",
        409,
    ),
    "VM_CANNOT_RUN_FROM_NETWORK_WITHOUT_NETWORK": (
        "VM is configured to be 'Network bootable', but no Network Interface is configured.\nAlternatives:\n- Select "
        "a different boot device (using the 'Run Once' command or 'Edit VM' command on Boot Option Sub-Tab).\n- "
        "Configure Network Interface and rerun the VM.",
        409,
    ),
    "VM_CANNOT_RUN_FROM_CD_WITHOUT_ACTIVE_STORAGE_DOMAIN_ISO": (
        f"{_A[:-1]} with attached CD without an active ISO domain.\nAlternatives:\n- Attach an ISO Domain (to enable "
        "CD operations).\n- Change the boot sequence, using the Edit VM command (Boot Sub-Tab).\n- Select a different "
        "boot device (using the 'Run Once' command).",
        409,
    ),
    "ACTION_TYPE_FAILED_DISKS_LOCKED": (
        "Cannot ${action} ${type}: The following disks are locked: ${diskAliases}. Please try again in a few minutes.",
        409,
    ),
    "ACTION_TYPE_FAILED_NETWORK_NOT_IN_CLUSTER": (
        "Failed ${action} ${type}. The following networks (${networks}) are not defined in the cluster.",
        409,
    ),
    "ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL": (
        f"{_A} Operation can be performed only when Host status is ${{hostStatus}}.",
        409,
    ),
    "SCHEDULING_ALL_HOSTS_FILTERED_OUT": (
        f"{_A} There is no host that satisfies current scheduling constraints. See below for details:",
        409,
    ),
    "SCHEDULING_NO_HOSTS": (
        "There are no hosts to use. Check that the cluster contains at least one host in Up state.",
        409,
    ),
    "ACTION_TYPE_FAILED_VDS_VM_CLUSTER": (f"{_A} There are no available running Hosts in the Host Cluster.", 409),
    # --- hosts (MaintenanceNumberOfVdssCommand, HostValidator, RemoveVdsCommand)
    "VDS_DOES_NOT_EXIST": (f"{_A} Host does not exist.", 400),
    "VDS_INVALID_SERVER_ID": (f"{_A} Invalid Host Id.", 400),
    "ACTION_TYPE_FAILED_HOST_NOT_EXIST": ("The selected Host does not exist.", 400),
    "VDS_ALREADY_UP": (f"{_A} Host in Up status.", 409),
    "VDS_NON_RESPONSIVE": (f"{_A} Host is in non responsive state.", 409),
    "VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE": (
        "Cannot switch Host to Maintenance mode. Host is already in Maintenance mode.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL": (
        "Cannot switch Host to Maintenance mode, Host is not operational.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_RESPONDING_WITH_VMS": (
        "Cannot switch Host to Maintenance mode.\nHost still has running VMs on it and is in Non Responsive state.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_SPM_CONTENDING": (
        "Cannot switch Host to Maintenance mode. Host is contending for Storage Pool Manager,\nwait for operation to "
        "complete and retry.",
        409,
    ),
    "VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM": (
        "Cannot switch the following Hosts to Maintenance mode: ${HostsList}.\nOne or more running VMs are indicated "
        "as non-migratable. The non-migratable VMs are: ${VmsList}.",
        409,
    ),
    "CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS": (
        "The following Hosts have running VMs and cannot be switched to maintenance mode: ${HostsList}.\nPlease "
        "ensure that the following Clusters have at least one Host in UP state: ${ClustersList}.",
        409,
    ),
    "VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL": (
        f"{_A} Host is operational. Please switch Host to Maintenance mode first.",
        409,
    ),
    "VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM": (f"{_A} One or more VMs are still running on this Host.", 409),
    "ACTION_TYPE_FAILED_DETECTED_PINNED_VMS": (
        f"{_A} The following VMs are set to run specifically only on this Host: ${{VmNames}}.\nIn order to ${{action}} "
        "${type}, you need to remove the association between the VMs and the Host (Using Edit VM properties).",
        409,
    ),
    "ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST": (f"{_A} Host with the same address already exists.", 409),
    "VALIDATION_VDS_NAME_INVALID": ('Host name must be formed of alphanumeric characters, numbers or "-_."', 400),
    "VALIDATION_VDS_HOSTNAME_HOSTNAME_OR_IP": ("Host address must be a FQDN or a valid IP address", 400),
    "VDS_CANNOT_INSTALL_EMPTY_PASSWORD": ("Cannot install Host with empty password.", 400),
    "VDS_STATUS_NOT_VALID_FOR_UPDATE": (
        f"{_A} Host parameters cannot be modified while Host is operational.\nPlease switch Host to Maintenance mode "
        "first.",
        409,
    ),
    # --- clusters, data centers
    "ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY": (f"{_A} The relevant Cluster doesn't exist.", 400),
    "ACTION_TYPE_FAILED_CLUSTER_IS_NOT_VALID": (f"{_A} Cluster ID is not valid.", 400),
    "VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED": (f"{_A} Cluster contains one or more Hosts", 409),
    "VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED": (f"{_A} One or more VMs are still assigned to the Cluster", 409),
    "VDS_CANNOT_REMOVE_DEFAULT_CLUSTER": ("Cannot remove default Host Cluster.", 409),
    "VALIDATION_CLUSTER_NAME_INVALID": ("Cluster names may only contain letters, numbers, '-', or '_'.", 400),
    "VALIDATION_DATA_CENTER_NAME_INVALID": ("Data Center name may only contain letters, numbers, '-', or '_'.", 400),
    "ACTION_TYPE_FAILED_GIVEN_VERSION_NOT_SUPPORTED": (
        f"{_A} Selected Compatibility Version is not supported.",
        400,
    ),
    "ERROR_CANNOT_REMOVE_ACTIVE_STORAGE_POOL": ("Cannot remove an active Data Center.", 409),
    "ERROR_CANNOT_REMOVE_POOL_WITH_ACTIVE_DOMAINS": (
        "Cannot remove Data Center which contains Storage Domains that are not in Maintenance status.\n-Please "
        "deactivate all domains and wait for tasks to finish before removing the Data Center.",
        409,
    ),
    "ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST": ("Data Center doesn't exist.", 400),
    # --- CPU and disk profiles (CpuProfileValidator, DiskProfileValidator)
    "ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND": (f"{_A} CPU profile with id ${{cpuProfileId}} doesn't exist.", 400),
    "ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER": (f"{_A} CPU Profile doesn't match provided Cluster.", 400),
    "ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER": (f"{_A} Cannot remove last CPU profile in Cluster.", 400),
    "ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND": (f"{_A} Disk Profile wasn't found.", 400),
    "ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN": (
        f"{_A} Cannot remove last Disk profile in Storage Domain.",
        400,
    ),
    "ACTION_TYPE_FAILED_PROFILE_IN_USE": (
        f"{_A} Several ${{entities}} (${{ENTITIES_USING_PROFILE_COUNTER}}) are using this Profile:\n"
        "${ENTITIES_USING_PROFILE}\n - Please remove it from all ${entities} that are using it and try again.",
        400,
    ),
    # --- networks, vNIC profiles, NICs
    "NETWORK_NOT_EXISTS": ("The specified Logical Network doesn't exist.", 400),
    "NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER": (
        "The specified Logical Network doesn't exist in the current Cluster.",
        409,
    ),
    "NETWORK_HAVING_ID_NOT_EXISTS": (
        "Logical Network (id '${NETWORK_HAVING_ID_NOT_EXISTS_ENTITY}') doesn't exist.",
        400,
    ),
    "ACTION_TYPE_FAILED_NETWORK_NAME_IN_USE": (
        f"{_A} The name of the logical network '${{NetworkName}}' is already used by an existing logical network in "
        "the same data-center.\n-Please choose a different name.",
        409,
    ),
    "NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK": (
        "The Management Network ('${NetworkName}') is mandatory and cannot be removed.",
        400,
    ),
    "ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE": (
        f"{_A} This logical network is used by ${{entities}}: ${{ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE_ENTITY}}\n - "
        "Please remove it from this ${entities} and try again.",
        409,
    ),
    "ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE": (
        f"{_A} The VM network interface profile's name is already used by an existing profile for the same network."
        "\n-Please choose a different name.",
        409,
    ),
    "ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK": (
        f"{_A} VM network interface profile's network cannot be changed.",
        400,
    ),
    "ACTION_TYPE_FAILED_VNIC_PROFILE_NOT_EXISTS": (
        f"{_A} The specified VM network interface profile doesn't exist.",
        400,
    ),
    "NETWORK_INTERFACE_NAME_ALREADY_IN_USE": ("Network interface name is already in use", 409),
    "NETWORK_MAC_ADDRESS_IN_USE": (
        "MAC Address ${MacAddress} is already in use by VM or snapshot: ${VmName}.",
        409,
    ),
    "ACTION_TYPE_FAILED_NETWORK_INTERFACE_MAC_INVALID": (
        f"{_A} The Network Interface ${{IfaceName}} has an invalid MAC address ${{MacAddress}}. MAC address must be in "
        'format "HH:HH:HH:HH:HH:HH" where H is a hexadecimal character (either a digit or A-F, case is insignificant).',
        400,
    ),
    "VM_INTERFACE_NOT_EXIST": (f"{_A} The VM Network Interface does not exist.", 400),
    # --- templates
    "ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST": (f"{_A} The relevant Template doesn't exist.", 400),
    "ACTION_TYPE_FAILED_TEMPLATE_IS_DISABLED": (
        f"{_A} The Template is disabled, please try to enable the template first and try again.",
        409,
    ),
    "VMT_CANNOT_REMOVE_BLANK_TEMPLATE": (f"{_A} Removing Blank Template is not allowed.", 409),
    "VMT_CANNOT_UPDATE_VERSION_NAME": (
        "Cannot update the name of Sub-Templates, Only the Version name can be updated.",
        400,
    ),
    "ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH": (
        f"{_A} The target Data Center does not contain the ${{type}}.",
        409,
    ),
    "ACTION_TYPE_FAILED_EXCEEDED_MAX_IDE_SLOTS": (f"{_A} Maximum IDE devices exceeded.", 409),
    "VMT_CANNOT_REMOVE_BASE_WITH_VERSIONS": (
        "Cannot delete Base Template that has Template Versions, please first remove all Template Versions for this "
        "Template: ${versionsList}.",
        409,
    ),
    "BLANK_TEMPLATE_CANT_HAVE_SUBTEMPLATES": ("Blank template can't have sub-templates.", 400),
    "ACTION_TYPE_FAILED_TEMPLATE_VERSION_CANNOT_BE_BASE_TEMPLATE": (
        f"{_A} Only the first template version can be selected as the base template.",
        400,
    ),
    "ACTION_TYPE_FAILED_CANT_DELETE_TEMPLATE_DISK_WITHOUT_SPECIFYING_DOMAIN": (
        f"{_A} A storage domain must be specified when deleting one of a template's disk's copies.",
        400,
    ),
    "VM_TEMPLATE_CANNOT_SEAL_WINDOWS": (f"{_A} Sealing of Windows systems is currently not supported.", 400),
    "VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM": (
        "Cannot delete Template. Template is being used by the following VMs: ${vmsList}.",
        409,
    ),
    "VMT_CANNOT_CREATE_TEMPLATE_FROM_DOWN_VM": (
        f"{_A} VM is locked or still running, try again once VM is in the Down state.",
        409,
    ),
    # --- tags (TagsCommandBase.java, AddTagCommand.java)
    "TAGS_SPECIFY_TAG_IS_IN_USE": ("The specified Tag name already exists.", 409),
    "TAGS_CANNOT_REMOVE_TAG_NOT_EXIST": ("Cannot remove tag. Tag does not exist.", 400),
    "TAGS_CANNOT_EDIT_READONLY_TAG": ("Cannot edit readonly tag", 409),
    "TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF": (
        "Operation canceled, recursive Tag hierarchy cannot be defined.",
        409,
    ),
    "VALIDATION_TAGS_INVALID_TAG_NAME": (
        "Invalid tag name. Only letters, numbers, '-', and '_' are valid characters.",
        400,
    ),
    # --- disks and storage domains
    "ACTION_TYPE_FAILED_DISK_NOT_EXIST": (f"{_A} The specified disk does not exist.", 400),
    "ACTION_TYPE_FAILED_DISK_NOT_ATTACHED_TO_VM": (
        f"{_A} The disk ${{DiskName}} is not attached to the VM ${{VmName}}.",
        400,
    ),
    "ACTION_TYPE_FAILED_DISK_BOOT_IN_USE": (
        f"{_A} Disk ${{DiskName}} in VM ${{VmName}} is already marked as boot.",
        409,
    ),
    "ACTION_TYPE_FAILED_DISK_IS_LOCKED": ("Cannot ${action} ${type}: Disk is locked. Please try again later.", 409),
    "ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED": (
        f"{_A} The disk is not shareable and is already attached to a VM.",
        409,
    ),
    "ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST": (f"{_A} Storage Domain doesn't exist.", 400),
    "ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_SPECIFIED": (f"{_A} Storage Domain hasn't been specified.", 400),
    # --- image transfers
    "ACTION_TYPE_FAILED_NO_VDS_IN_POOL": (f"{_A} There is no active Host in the Data Center.", 409),
    "CAN_DO_ACTION_GENERAL_FAILURE": ("General command validation failure.", 500),
    "ACTION_TYPE_FAILED_DISK_ATTACHED_TO_VMS": (f"{_A} The disk ${{DiskName}} is attached to VMs: ${{VmList}}", 409),
    "ACTION_TYPE_FAILED_DISK_PLUGGED_TO_NON_DOWN_VMS": (
        f"{_A} The disk ${{DiskName}} is plugged to non-Down VMs: ${{VmList}}",
        409,
    ),
    "ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER": (
        "Cannot resume image transfer as it's not in a paused state.",
        409,
    ),
    "ACTION_TYPE_FAILED_CANNOT_PAUSE_IMAGE_DOWNLOAD": (
        "Cannot pause image download as it's handled by the client. Note that it can be canceled if you wish to stop "
        "it.",
        400,
    ),
    # --- who may
    "USER_NOT_AUTHORIZED_TO_PERFORM_ACTION": ("User is not authorized to perform this action.", 403),
    # --- what passes by itself, and what only sounds like it
    **passing_texts.PASSING,
    **passing_texts.STAYING,
}

# What older Engines say otherwise: (name, version) -> message.
OLD_TEXTS: dict[tuple[str, str], str] = {
    ("CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS", "4.1"): (
        "The following Hosts have running VMs and cannot be switched to maintenance mode: ${HostsList}.Please ensure "
        "that the following Clusters have at least one Host in UP state: ${ClustersList}."
    ),
    ("VDS_NON_RESPONSIVE", "4.1"): f"{_A} Host is non responsive.",
    ("ACTION_TYPE_FAILED_HOST_NOT_EXIST", "4.1"): "The provided Host does not exist.",
    ("NETWORK_INTERFACE_NAME_ALREADY_IN_USE", "4.1"): "Network interface is already in use.",
    ("NETWORK_MAC_ADDRESS_IN_USE", "4.1"): "MAC Address ${MacAddress} is already in use.",
    ("VALIDATION_TAGS_INVALID_TAG_NAME", "4.1"): (
        "Invalid tag name. Only alphanumeric chars, '-' and '_' characters are valid"
    ),
    ("ERROR_CANNOT_REMOVE_POOL_WITH_ACTIVE_DOMAINS", "4.1"): (
        "Cannot remove Data Center which contains active/locked Storage Domains.\n-Please deactivate all domains and "
        "wait for tasks to finish before removing the Data Center."
    ),
    ("VALIDATION_CLUSTER_NAME_INVALID", "4.1"): (
        'Cluster name must be formed of alphanumeric characters, numbers or "-_"'
    ),
    ("VALIDATION_DATA_CENTER_NAME_INVALID", "4.1"): (
        'Data Center name must be formed of alphanumeric characters, numbers or "-_"'
    ),
    **passing_texts.OLD_TEXTS,
}
# ErrorMessageHelper.getErrorStatus(List) knows FORBIDDEN from 4.3 on; before, everything unlisted is 400.
OLD_STATUS: dict[tuple[str, str], int] = {("USER_NOT_AUTHORIZED_TO_PERFORM_ACTION", "4.1"): 400}

# A start that is to be initialized in two ways, before 4.4 and since (Messages.properties of the REST API).
MIXED_INITIALIZATION = (
    "Cannot use sysprep and cloud_init tags simultaneously when running VM.",
    "Cannot use multiple initialization tags simultaneously when running VM.",
)

# Why the scheduler dropped a host: VAR__DETAIL__* (filter -> words). Filters of a 4.1 to 4.5 default policy.
FILTER_DETAILS = {
    "Memory": "its available memory is too low (${availableMem} MB) to run the VM",
    "Network": "network(s) ${networkNames} are missing",
    "PinToHost": "the host is not present in the pinning list.",  # without a detail before 4.2
}

TEXTS = {name: text for name, (text, _) in REFUSALS.items()}
STATUS = {name: status for name, (_, status) in REFUSALS.items()}

_SLOT = re.compile(r"\$\{(\w+)}")


def message(name: str, action: str = "", type: str = "vm", version: str = "4.3", **values: object) -> str:
    """The words of one refusal, its ${...} filled in; NAME with or without ``ACTION_TYPE_FAILED_``."""
    name = name if name in REFUSALS else f"ACTION_TYPE_FAILED_{name}"
    text = OLD_TEXTS.get((name, version), REFUSALS[name][0])
    return fill(text, {"action": ACTIONS.get(action, action), "type": TYPES.get(type.lower(), type), **values})


def refusal(name: str, action: str = "", type: str = "vm", version: str = "4.3", **values: object) -> Fault:
    """(status, reason, detail) of one refusal of a command: the detail is a printed Java list, hence the brackets."""
    full = name if name in REFUSALS else f"ACTION_TYPE_FAILED_{name}"
    status = OLD_STATUS.get((full, version), REFUSALS[full][1])
    return status, OPERATION_FAILED, bracketed([message(full, action, type, version, **values)])


def known(name: str, version: str) -> bool:
    """Whether an Engine of this version has a refusal of this name (with or without ``ACTION_TYPE_FAILED_``)."""
    full = name if name in REFUSALS else f"ACTION_TYPE_FAILED_{name}"
    return full in REFUSALS and version in passing_texts.ONLY.get(full, (version,))


def size(least: int, most: int) -> str:
    """What Bean Validation says of @Size; it has no AppErrors name, and is shown as it is."""
    return f"size must be between {least} and {most}"


def invalid_inputs(found: Iterable[tuple[str, str]], action: str, type: str = "vm", version: str = "4.3") -> Fault:
    """What annotations of the parameters refuse: (path, AppErrors name or words), ... (ValidationUtils.validateInputs).

    Each is followed by its attribute; all show the first path, for ErrorTranslatorImpl keeps a variable's first value.
    """
    lines: list[str] = []
    shown = ""
    for path, name in found:
        shown = shown or path
        known = name in REFUSALS or f"ACTION_TYPE_FAILED_{name}" in REFUSALS
        lines.append(message(name, action, type, version) if known else name)
        lines.append(message("ATTRIBUTE_PATH", path=shown))
    return 400, OPERATION_FAILED, bracketed(lines)


def bracketed(messages: Iterable[str]) -> str:
    """Several messages as the Engine shows them: a printed Java list."""
    return f"[{', '.join(messages)}]"


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace ${name}; what is not given stays as it is, as in the Engine."""
    return _SLOT.sub(lambda slot: str(values.get(slot[1], slot[0])), text)


def vm_status_illegal(status: str, action: str = "start", version: str = "4.3") -> Fault:
    """A start (or other action) that the VM's status forbids; ``status`` is the REST word, as ``up``."""
    words = VM_STATUS.get(status, status)
    return refusal("ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL", action, "vm", version, vmStatus=words)


def no_host_fits(
    reasons: Iterable[tuple[str, str, str]] = (), action: str = "start", type: str = "vm", version: str = "4.3"
) -> Fault:
    """The scheduler found no host. Each reason is (host name, filter name, detail or ""); none = no host is up."""
    lines = [message("SCHEDULING_ALL_HOSTS_FILTERED_OUT", action, type, version)]
    for host, filter_name, detail in reasons:
        because = f" because {detail}" if detail else ""
        lines.append(f"The host {host} did not satisfy internal filter {filter_name}{because}.")
    if len(lines) == 1:
        lines.append(message("SCHEDULING_NO_HOSTS", action, type, version))
    return 409, OPERATION_FAILED, bracketed(lines)


def entity_not_found(identifier: str) -> Fault:
    """Something *named in a request body* that is not there: a fault, unlike the empty 404 of a missing URL.

    Known identifiers: ``Cluster: name=X``, ``GetClusterById``, ``GetVmTemplate`` (BackendVmsResource.java).
    """
    return 404, OPERATION_FAILED, f"Entity not found: {identifier}"


def incomplete(kind: str, fields: Iterable[str], operation: str) -> Fault:
    """A required element is missing: ``incomplete("Vm", ["name"], "add")`` (CompletenessAssertor.java).

    The Engine names fields as its own classes do: ``data_center.name|id`` is ``dataCenter.name|id``.
    """
    named = (re.sub(r"_([a-z])", lambda part: part[1].upper(), field) for field in fields)
    return 400, "Incomplete parameters", f"{kind} [{', '.join(named)}] required for {operation}"


def invalid_value(value: str, enum: str) -> Fault:
    """A word that is not a member of an enumeration (INVALID_ENUM_* of Messages.properties)."""
    return 400, "Invalid value", f"{value} is not a member of {enum}"


def immutable(field: str) -> Fault:
    """An attempt to set what only the Engine sets (MutabilityAssertor.java)."""
    return 409, "Broken immutability constraint", f"Attempt to set immutable field: {field}"
