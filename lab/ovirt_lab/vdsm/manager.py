# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All VMs of a vdsmd (vdsm/clientIF.py and vdsm/virt/recovery.py@v4.19.20)."""

from __future__ import annotations

import logging
import re
import threading
from typing import Any

from . import recovery
from .containers.connection import Connection
from .errors import CannotCreateVM, MissingParameter, NoSuchVM, UnexpectedError, VdsmError, VMExists
from .host import Host
from .qemu import Libvirt
from .reasons import Status
from .recovery import RecoveryFile
from .site import RUN_DIR
from .vm import Vm

_log = logging.getLogger("vds")
_UUID = re.compile(r"^[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}$")


class Manager:
    """Creates, finds and destroys the VMs of this host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.containers = Connection(host)
        self.libvirt = Libvirt(host)
        self.vms: dict[str, Vm] = {}
        self.ready = False
        self._lock = threading.Lock()  # one create or destroy at a time: a stop of 90 s keeps the others waiting
        host.site.path(RUN_DIR).mkdir(parents=True, exist_ok=True)
        self.containers.prepare()

    def takes_for_container(self, conf: dict[str, Any]) -> bool:
        """The key decides, not its value (is_kvm, lib/vdsm/virt/utils.py)."""
        return self.host.version.starts_containers and "containerType" in (conf.get("custom") or {})

    def vm(self, vm_id: str) -> Vm:
        """The VM with this id."""
        found = self.vms.get(vm_id)
        if found is None:
            raise NoSuchVM
        return found

    def create(self, vm_id: str, params: dict[str, Any]) -> dict[str, Any]:
        """VM.create. Every error has code 9 or 16, also a missing docker or vdsm-containers (vdsm/API.py)."""
        try:
            params = {**params, "vmId": vm_id}
            _validate(params, vm_id in self.vms)
            with self._lock:
                vm = Vm(self, params)
                status = vm.run()
                self.vms[vm_id] = vm
            return status
        except OSError as error:
            _log.error("vmId=%s: OS Error creating VM: %s", vm_id, error)
            raise CannotCreateVM from error
        except VdsmError:
            raise
        except Exception as error:
            _log.error("vmId=%s: Error creating VM: %r", vm_id, error)
            raise UnexpectedError from error

    def destroy(self, vm_id: str) -> None:
        """VM.destroy: power the VM off if it runs, and forget it."""
        with self._lock:
            vm = self.vm(vm_id)
            vm.destroy()
            self.vms.pop(vm_id, None)
            vm.forget()

    def stopped(self, vm_id: str) -> None:
        """The container or process of a VM has ended."""
        vm = self.vms.get(vm_id)
        if vm is not None:
            vm.stopped()

    def watch_containers(self) -> None:
        """Run the watchdog of containers."""
        if self.ready:
            self.containers.watch(self.stopped)

    def watch_libvirt(self) -> None:
        """Notice ordinary VMs that have ended."""
        if not self.ready:
            return
        ours = [vm.id for vm in list(self.vms.values()) if not vm.is_container and vm.last_status == Status.UP]
        self.libvirt.watch(ours, self.stopped)

    # --- after a restart

    def recover(self) -> None:
        """Recover the VMs that run since before this vdsmd; then answer calls."""
        domains: list[Any] = [*self.libvirt.recover(), *self.containers.recover()]
        for domain in domains:
            if self._load(RecoveryFile(self.host.site, domain.vm_id)):
                continue
            _log.info("recovery: loose domain %s found, killing it.", domain.vm_id)
            try:
                domain.destroy()
            except Exception as error:
                _log.error("recovery: failed to kill loose domain %s: %s", domain.vm_id, error)
        for file in recovery.found(self.host.site):  # VMs that ended while vdsmd was down
            if file.vm_id not in self.vms and not self._load(file):
                _log.warning("recovery: VM %s failed to recover from data file, reported as Down", file.vm_id)
        for vm in self.vms.values():
            vm.creation.join()
        for file in recovery.found(self.host.site):
            if file.vm_id not in self.vms:
                file.clear()
        self.ready = True

    def _load(self, file: RecoveryFile) -> bool:
        try:
            vm = Vm(self, file.load(self.host.clock.now()), recovering=True)
            vm.run()
        except Exception as error:
            _log.error("Error recovering VM %s: %s", file.vm_id, error)
            return False
        self.vms[vm.id] = vm
        return True


def _validate(params: dict[str, Any], exists: bool) -> None:
    """_validate_vm_params of vdsm/API.py. What exactly is missing goes to the log only: VdsmException.__str__ gives the
    text of its class."""
    if exists:
        raise VMExists
    if "vmId" not in params or params.get("memSize", 0) == 0 or not _is_uuid(params["vmId"]):
        raise MissingParameter
    if params.get("boot") == "c" and "hda" not in params and not params.get("drives"):
        raise MissingParameter


def _is_uuid(text: str) -> bool:
    """No capitals (validateUUID, lib/vdsm/storage/misc.py)."""
    return bool(_UUID.match(text))
