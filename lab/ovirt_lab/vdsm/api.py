# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vdsm's API: names and parameters as lib/vdsm/api/vdsm-api.yml has them, answers as vdsm/API.py makes them (all at
v4.19.20).

Every function answers with a dict that has `status`; JSON-RPC gives away one key of it (RESULT), XML-RPC all of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from . import caps, nics
from .errors import DONE, MethodNotImplemented, NoSuchVM
from .manager import Manager

Answer = dict[str, Any]

# Which key of an answer JSON-RPC gives away (command_info of lib/vdsm/rpc/Bridge.py); none: true.
RESULT = {
    "Host.getCapabilities": "info",
    "Host.getHardwareInfo": "info",
    "Host.getStats": "info",
    "Host.getVMList": "vmList",
    "Host.getVMFullList": "vmList",
    "Host.getAllVmStats": "statsList",
    "Host.getAllTasksStatuses": "allTasksStatus",
    "Host.getConnectedStoragePools": "poollist",
    "StoragePool.getSpmStatus": "spm_st",
    "VM.create": "vmList",
    "VM.getInfo": "vmList",
    "VM.getStats": "statsList",
}


class Api:
    """The calls."""

    def __init__(self, manager: Manager) -> None:
        self.manager = manager
        self.methods: dict[str, Callable[..., Answer]] = {
            "Host.ping": self.ping,
            "Host.getCapabilities": self.capabilities,
            "Host.getHardwareInfo": self.hardware,
            "Host.getStats": self.host_stats,
            "Host.getVMList": self.vm_list,
            "Host.getVMFullList": self.vm_full_list,
            "Host.getAllVmStats": self.all_vm_stats,
            "Host.getAllTasksStatuses": self.tasks,
            "Host.getConnectedStoragePools": self.pools,
            "StoragePool.getSpmStatus": self.spm_status,
            "VM.create": self.create,
            "VM.destroy": self.destroy,
            "VM.shutdown": self.shutdown,
            "VM.reset": self.reset,
            "VM.getInfo": self.vm_info,
            "VM.getStats": self.vm_stats,
        }

    def arguments(self, method: str) -> list[str]:
        """Names of a method's parameters."""
        return list(inspect.signature(self.methods[method]).parameters)

    # --- the host

    def ping(self) -> Answer:
        """Answer, to show that vdsmd runs."""
        return _done()

    def capabilities(self) -> Answer:
        """The capabilities of the host."""
        return _done(info=caps.capabilities(self.manager))

    def hardware(self) -> Answer:
        """The hardware of the host."""
        return _done(info=caps.hardware())

    def host_stats(self) -> Answer:
        """The statistics of the host."""
        return _done(info=caps.stats(self.manager))

    def vm_list(self, vmList: list[str] | None = None, onlyUUID: bool = True) -> Answer:  # noqa: N803
        """Ids of its VMs, or a little more."""
        found = [vm.short_status() for vm in self._chosen(vmList)]
        return _done(vmList=[vm["vmId"] for vm in found] if onlyUUID else found)

    def vm_full_list(self, vmList: list[str] | None = None) -> Answer:  # noqa: N803
        """All that the Engine has sent of its VMs."""
        return _done(vmList=[vm.full_status() for vm in self._chosen(vmList)])

    def all_vm_stats(self) -> Answer:
        """Status and statistics of all VMs."""
        return _done(statsList=[vm.stats() for vm in self._chosen(None)])

    def _chosen(self, wanted: list[str] | None) -> list[Any]:
        return [vm for vm in list(self.manager.vms.values()) if not wanted or vm.id in wanted]

    # --- storage: the questions before a restart

    def tasks(self) -> Answer:
        """The storage tasks it is busy with."""
        return _done(allTasksStatus=self.manager.host.settings.tasks)

    def pools(self) -> Answer:
        """The storage pool it is connected to."""
        pool = self.manager.host.settings.storage_pool
        return _done(poollist=[pool] if pool else [])

    def spm_status(self, storagepoolID: str) -> Answer:  # noqa: N803
        """Whether the host is the storage pool manager."""
        spm = self.manager.host.settings.spm and storagepoolID == self.manager.host.settings.storage_pool
        return _done(spm_st={"spmId": 1 if spm else -1, "spmStatus": "SPM" if spm else "Free", "spmLver": -1})

    # --- VMs

    def create(self, vmID: str, vmParams: dict[str, Any]) -> Answer:  # noqa: N803
        """Start a VM."""
        return _done(vmList=self.manager.create(vmID, vmParams))

    def destroy(self, vmID: str, gracefulAttempts: int = 1) -> Answer:  # noqa: N803
        """Power a VM off."""
        self.manager.destroy(vmID)
        return _done("Machine destroyed")

    def shutdown(
        self,
        vmID: str,  # noqa: N803
        delay: Any = None,
        message: Any = None,
        reboot: bool = False,
        timeout: Any = None,
        force: bool = False,
    ) -> Answer:
        """Shut a VM down."""
        config = self.manager.host.config
        delay = int(delay or config.get("vars", "user_shutdown_timeout"))
        timeout = int(timeout or config.get("vars", "sys_shutdown_timeout"))
        return _done(self.manager.vm(vmID).shutdown(delay, reboot, timeout, force))

    def reset(self, vmID: str) -> Answer:  # noqa: N803
        """Not implemented in Vdsm: 44. Only the forced reboot of a VM without ACPI resets a domain."""
        raise MethodNotImplemented

    def vm_info(self, vmID: str) -> Answer:  # noqa: N803
        """All that the Engine has sent of a VM."""
        found = self._chosen([vmID])
        if not found:
            raise NoSuchVM
        return _done(vmList=found[0].full_status())

    def vm_stats(self, vmID: str) -> Answer:  # noqa: N803
        """Status and statistics of a VM."""
        return _done(statsList=[self.manager.vm(vmID).stats()])


def _done(message: str = "", **values: Any) -> Answer:
    return {"status": {"code": DONE["code"], "message": message or DONE["message"]}, **values}


def interface_of(server_address: str) -> str:
    """lastClientIface: the interface of the client's connection."""
    return nics.with_address(server_address)
