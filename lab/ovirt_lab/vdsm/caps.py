# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's answers about itself: Host.getCapabilities, getStats and getHardwareInfo (lib/vdsm/host/caps.py and api.py
at v4.19.20). Keys whose values this host cannot have are left out or plainly empty."""

from __future__ import annotations

import os
import time
from typing import Any

from . import nics
from .manager import Manager
from .reasons import Status

_UUID = "/etc/vdsm/vdsm.id"


def _meminfo() -> dict[str, int]:
    """kB by name."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def _cpu(key: str) -> str:
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def capabilities(manager: Manager) -> dict[str, Any]:
    """Host.getCapabilities. OSError if vdsm-containers is installed without docker, since Vdsm does not catch it."""
    host, cpus = manager.host, os.cpu_count() or 1
    config, (kernel, _, kernel_release) = host.config, os.uname().release.partition("-")
    reserved = config.getint("vars", "host_mem_reserve") + config.getint("vars", "extra_mem_reserve")
    caps: dict[str, Any] = {
        "kvmEnabled": str(os.path.exists("/dev/kvm")).lower(),
        "cpuCores": str(cpus),
        "cpuThreads": str(cpus),
        "cpuSockets": "1",
        "onlineCpus": ",".join(str(number) for number in range(cpus)),
        "cpuSpeed": _cpu("cpu MHz"),
        "cpuModel": _cpu("model name"),
        "cpuFlags": ",".join([*_cpu("flags").split(), "model_SandyBridge", "model_Nehalem", "model_Conroe"]),
        "version_name": "Snow Man",
        "software_version": host.version.version,
        "software_revision": host.version.release,
        "supportedENGINEs": host.version.cluster_levels,
        "clusterLevels": host.version.cluster_levels,
        **nics.report(),
        "hooks": {},
        "operatingSystem": {"name": "RHEL", "version": "7", "release": "3.1611.el7.centos"},
        "uuid": _host_uuid(manager),
        "packages2": {
            "kernel": {"version": kernel, "release": kernel_release},
            "vdsm": {"version": host.version.version, "release": host.version.release},
        },
        "kernelArgs": "",
        "nestedVirtualization": False,
        "emulatedMachines": ["pc-i440fx-rhel7.3.0", "pc"],
        "ISCSIInitiatorName": "",
        "HBAInventory": {"iSCSI": [], "FC": []},
        "vmTypes": ["kvm"],
        "memSize": str(_meminfo()["MemTotal"] // 1024),
        "reservedMem": str(reserved),
        "guestOverhead": config.get("vars", "guest_ram_overhead"),
        "rngSources": ["random"],
        "selinux": {"mode": "1"},
        "kdumpStatus": 0,
        "liveMerge": "true",
        "additionalFeatures": [],
    }
    if host.version.has_capability:
        caps["containers"] = manager.containers.is_supported()
    caps["hostedEngineDeployed"] = False
    caps["netConfigDirty"] = "False"
    return caps


def _host_uuid(manager: Manager) -> str:
    path = manager.host.site.path(_UUID)
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def stats(manager: Manager) -> dict[str, Any]:
    """Host.getStats. vmCount and vmActive count all VMs, containers too."""
    memory, vms = _meminfo(), list(manager.vms.values())
    load = os.getloadavg()[0]
    return {
        "memAvailable": memory.get("MemAvailable", memory["MemFree"]) // 1024,
        "memCommitted": sum(int(vm.conf["memSize"]) for vm in vms if vm.last_status == Status.UP),
        "memFree": memory["MemFree"] // 1024,
        "memUsed": str(100 - 100 * memory["MemFree"] // memory["MemTotal"]),
        "swapTotal": memory["SwapTotal"] // 1024,
        "swapFree": memory["SwapFree"] // 1024,
        "cpuLoad": f"{load:.2f}",
        "vmCount": len(vms),
        "vmActive": sum(vm.last_status == Status.UP for vm in vms),
        "vmMigrating": 0,
        "incomingVmMigrations": 0,
        "outgoingVmMigrations": 0,
        "storageDomains": {},
        "dateTime": time.strftime("%Y-%m-%dT%H:%M:%S GMT", time.gmtime()),
        "momStatus": "active",
        "netConfigDirty": "False",
        "haStats": {"configured": False},
    }


def hardware() -> dict[str, Any]:
    """Host.getHardwareInfo."""
    return {"systemManufacturer": "oVirt lab", "systemProductName": "test host", "systemFamily": "", "systemUUID": ""}
