# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a host with Vdsm 4.19 runs a VM with the property `containerType`: as a container, with all the traps.

Nothing is run; this module only predicts the result. Sources: vdsm v4.19.20 lib/vdsm/virt/containers/*, virt/utils.py,
virt/vm.py; the conditions come from the way they read the domain XML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import notes
from ..vm import properties

if TYPE_CHECKING:
    from ..core import Engine

DUMMY_BRIDGE = ";vdsmdummy;"  # where an interface without a profile goes (ipwrapper.py)
DEFAULT_NETWORK = "bridge"  # [containers] network_name


def runs_as_container(engine: Engine, vm: Any, host: Any) -> bool:
    """The key decides, not its value (`is_kvm`), and only on Vdsm 4.19: 4.20.1 asks the wrong dict and starts an
    ordinary VM, later ones have no such code. From level 4.2 on the Engine sends the domain XML itself."""
    if "containerType" not in properties.as_dict(vm.custom_properties):
        return False
    vdsm = str(notes.of_host(engine.store, host).get("vdsm", ""))
    return (vdsm.startswith("4.19.") or vdsm == "4.20.0") and level_of(engine, vm) <= (4, 1)


def level_of(engine: Engine, vm: Any) -> tuple[int, int]:
    """The VM's effective compatibility level."""
    own = vm.custom_compatibility_version
    version = own if own is not None else engine.store.follow(vm.cluster).version
    return version.major, version.minor


def refused(engine: Engine, vm: Any, host: Any) -> str | None:
    """The exit message of a container that the host cannot start; None if it starts."""
    if not notes.of_host(engine.store, host).get("containers", False):
        return "Container runtime not available"  # NotAvailable, reported as an unexpected error
    values = properties.as_dict(vm.custom_properties)
    if vm.memory_policy.max == vm.memory:
        # the Engine sends maxMemSize only when it differs (VmInfoBuilderImpl), and the XML reader wants ./maxMemory
        return "memory"
    if notes.of_vm(engine.store, vm).get("no_cdrom"):
        return "image path not found"
    if not values.get("containerType") or not values.get("containerImage"):
        return "missing container type"
    if "volumeMap" in values and not _volumes(values["volumeMap"]):
        return "need more than 1 value to unpack"  # Python 2.7's ValueError of parse_drive_mapping
    return None


def _volumes(text: str) -> bool:
    """`label:drive,label:drive`; a part without a colon is an error (vmxml.py parse_drive_mapping)."""
    return all(":" in part for part in text.split(","))


def lifetime(engine: Engine, vm: Any, host: Any) -> float | None:
    """Seconds until the watchdog sees that a started container is dead; None if it goes on running.

    Vdsm reports the VM as up when systemd-run has returned. The watchdog notices later that docker failed.
    """
    watchdog = engine.world.delays["watchdog"]
    image = properties.as_dict(vm.custom_properties).get("containerImage", "")
    if network(engine, vm) not in notes.of_host(engine.store, host).get("docker_networks", [DEFAULT_NETWORK]):
        return watchdog
    if engine.world.image_is("missing", image):
        return watchdog
    if engine.world.image_is("exits", image):
        return 2 * watchdog
    return None


def network(engine: Engine, vm: Any) -> str:
    """The docker network: the bridge of the first interface that is plugged and linked, else the configured one."""
    for nic in engine.store.list(f"vms/{vm.id}/nics"):
        if nic.plugged is False or nic.linked is False:
            continue
        profile = engine.store.follow(nic.vnic_profile)
        if profile is None:
            return DUMMY_BRIDGE
        if profile.pass_through is not None and profile.pass_through.mode.value == "enabled":
            continue  # a hostdev, no bridge
        return engine.store.follow(profile.network).name
    return DEFAULT_NETWORK
