# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dict with which Engine 4.1 creates a VM on a host (VmInfoBuilderImpl, VmInfoBuildUtils and VdsProperties of
ovirt-engine 4.1.9). From cluster level 4.2 on an Engine sends a domain XML instead; the lab has no
such hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import notes
from ..vm import properties

if TYPE_CHECKING:
    from ..core import Engine

_MAX_SLOTS = 16  # MaxMemorySlots


def build(engine: Engine, vm: Any) -> dict[str, Any]:
    """The parameter vmParams of VM.create. Values that the Engine sends as text are text."""
    memory, maximum = vm.memory >> 20, vm.memory_policy.max >> 20
    topology = vm.cpu.topology if vm.cpu is not None else None
    cores, threads = (topology.cores or 1, topology.threads or 1) if topology is not None else (1, 1)
    cpus = cores * threads * ((topology.sockets or 1) if topology is not None else 1)
    info: dict[str, Any] = {
        "vmId": vm.id,
        "vmName": vm.name,
        "memSize": memory,
        "maxMemSlots": _MAX_SLOTS,
        "memGuaranteedSize": (vm.memory_policy.guaranteed or vm.memory) >> 20,
        "smp": str(cpus),
        "smpCoresPerSocket": str(cores),
        "smpThreadsPerCore": str(threads),
        "maxVCpus": str(16 * cpus),
        "smartcardEnable": "false",
        "kvmEnable": "true",
        "acpiEnable": "true",
        "bootMenuEnable": "false",
        "vmType": "kvm",
        "nice": "0",
        "transparentHugePages": "true",
        "displayNetwork": "ovirtmgmt",
        "custom": properties.as_dict(vm.custom_properties),
    }
    if maximum != memory:  # "because QEMU fails if memory and maxMemory are the same"
        info["maxMemSize"] = maximum
    if vm.cpu_shares:
        info["cpuShares"] = str(vm.cpu_shares)
    for key, value in _direct_boot(vm).items():
        info[key] = value
    info["devices"] = _devices(engine, vm)
    return info


def _direct_boot(vm: Any) -> dict[str, str]:
    os = vm.os
    found = {"kernel": os.kernel, "initrd": os.initrd, "kernelArgs": os.cmdline} if os is not None else {}
    return {key: value for key, value in found.items() if value}


def _devices(engine: Engine, vm: Any) -> list[dict[str, Any]]:
    devices = [] if notes.of_vm(engine.store, vm).get("no_cdrom") else [_cdrom(vm)]
    attachments = engine.store.list(f"vms/{vm.id}/diskattachments")
    devices += [_disk(engine, attachment) for attachment in attachments if attachment.active is not False]
    nics = engine.store.list(f"vms/{vm.id}/nics")
    devices += [_nic(engine, nic) for nic in nics if nic.plugged is not False]
    _boot_order(vm, devices)
    return devices


def _cdrom(vm: Any) -> dict[str, Any]:
    return {
        "type": "disk",
        "device": "cdrom",
        "deviceId": vm.id,
        "iface": "ide",
        "index": "2",
        "path": "",
        "readonly": "true",
        "shared": "false",
        "specParams": {"path": ""},
    }


def _disk(engine: Engine, attachment: Any) -> dict[str, Any]:
    disk = engine.store.get("disks", attachment.id)
    domains = disk.storage_domains if disk is not None else None
    interface = attachment.interface.value if attachment.interface is not None else "virtio"
    return {
        "type": "disk",
        "device": "disk",
        "deviceId": attachment.id,
        "iface": "scsi" if interface == "virtio_scsi" else interface,
        "imageID": attachment.id,
        "domainID": domains[0].id if domains else "",
        "format": "cow",
        "readonly": "false",
    }


def _nic(engine: Engine, nic: Any) -> dict[str, Any]:
    """A NIC without a profile goes to network "", and its link is up all the same."""
    profile = engine.store.follow(nic.vnic_profile)
    passes = profile is not None and profile.pass_through is not None and profile.pass_through.mode.value == "enabled"
    network = engine.store.follow(profile.network).name if profile is not None else ""
    struct: dict[str, Any] = {
        "type": "interface",
        "device": "hostdev" if passes else "bridge",
        "deviceId": nic.id,
        "macAddr": nic.mac.address if nic.mac is not None else "",
        "specParams": {},
    }
    if passes:
        return {**struct, "hostdev": ""}
    model = nic.interface.value if nic.interface is not None else "virtio"
    linked = "false" if nic.linked is False else "true"
    return {**struct, "network": network, "linkActive": linked, "nicModel": "pv" if model == "virtio" else model}


def _boot_order(vm: Any, devices: list[dict[str, Any]]) -> None:
    """Numbers in the order in which the VM tries to boot (VmDeviceCommonUtils.updateVmDevicesBootOrder)."""
    boot = vm.os.boot if vm.os is not None else None
    number = 0
    for wanted in (device.value for device in (boot.devices or [])) if boot is not None else ():
        for device in devices:
            kind = "network" if device["type"] == "interface" else device["device"].replace("disk", "hd")
            if kind == wanted and "bootOrder" not in device:
                number += 1
                device["bootOrder"] = str(number)
