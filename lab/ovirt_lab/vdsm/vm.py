# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VM in vdsmd, container or not: its start, its status, its end (vdsm/virt/vm.py@v4.19.20)."""

from __future__ import annotations

import copy
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from . import domxml, powerdown, reasons
from .errors import DestroyedOnStartup, LibvirtError, NoDomain, NoSuchVM, VMDestroyFailed
from .reasons import Status
from .recovery import RecoveryFile

if TYPE_CHECKING:
    from .manager import Manager

_log = logging.getLogger("virt.vm")
GUEST_WAIT = 60  # seconds without a guest agent until a VM is called Up
ERROR, NORMAL = 1, 0


class Vm:
    """A VM from the create call until the Engine has taken note of its end."""

    def __init__(self, manager: Manager, params: dict[str, Any], recovering: bool = False) -> None:
        self.conf: dict[str, Any] = {"pid": "0", "clientIp": ""}
        self.conf.update(params)
        self.conf.setdefault("smp", "1")
        self.id: str = self.conf["vmId"]
        self.recovering = recovering
        self.clock = manager.host.clock
        self._manager = manager
        self._file = RecoveryFile(manager.host.site, self.id)
        # Such a VM waits for a migration that never begins (_run, vm.py).
        self._awaits_migration = "migrationDest" in self.conf
        self._status = Status.MIGRATION_DESTINATION if self._awaits_migration else Status.WAIT_FOR_LAUNCH
        self._guest_event, self._guest_event_time = Status.POWERING_UP, 0.0
        self.start_time = self.clock.now() - float(self.conf.pop("elapsedTimeOffset", 0))
        self.is_container = manager.takes_for_container(self.conf)
        self.connection = manager.containers if self.is_container else manager.libvirt
        self.connection.require()
        self.conf.setdefault("vmName", f"n{self.id}")
        self.domain: Any = None
        self._destroy_requested, self.powered_down = threading.Event(), threading.Event()
        self._release_lock, self._conf_lock = threading.RLock(), threading.RLock()
        self._released = False
        self.shutdown_reason: int | None = None
        self.creation = threading.Thread(target=self._start, name=f"vm/{self.id[:8]}", daemon=True)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.conf["vmName"])

    # --- start

    def run(self) -> dict[str, Any]:
        """Begin to start the VM; its status has the result."""
        self._save()
        self.creation.start()
        return self.full_status()

    def _start(self) -> None:
        try:
            self._create()
            if self._destroy_requested.is_set():
                self.domain.destroy()
                raise DestroyedOnStartup
            self._guest_event_time = self.start_time
            self.conf["pid"] = self.domain.pid
            self.last_status = Status.UP
            self.recovering = False
            self._save()
        except NoDomain:
            conf = self.conf  # it may have been down before vdsmd was restarted
            reason = conf.get("exitReason", reasons.LIBVIRT_DOMAIN_MISSING)
            self.set_down(conf.get("exitCode", ERROR), reason, conf.get("exitMessage", ""))
            self.recovering = False
        except DestroyedOnStartup:
            self.set_down(NORMAL, reasons.DESTROYED_ON_STARTUP)
        except Exception as error:
            if self.recovering:
                _log.info("vmId=%s: skipping errors on recovery: %s", self.id, error)
                return
            _log.error("vmId=%s: the vm start process failed: %s", self.id, error)
            self.set_down(ERROR, reasons.GENERIC_ERROR, str(error))

    def _create(self) -> None:
        if self.recovering:
            self.domain = self.connection.lookup(self.id)
            if self.domain is None:
                raise NoDomain
            return
        if self._awaits_migration:
            self._destroy_requested.wait()
            raise DestroyedOnStartup
        self.domain = self.connection.create(domxml.build(self.conf))

    # --- status

    @property
    def last_status(self) -> str:
        """The status without the events of the guest."""
        return self._status

    @last_status.setter
    def last_status(self, value: str) -> None:
        if self._status not in (Status.DOWN, value):  # Down is final
            self._status = value
            self._save()

    def set_down(self, code: int, reason: int, message: str = "") -> None:
        """Set the VM to Down. The reason of the first call stays."""
        message = message or reasons.TEXTS.get(reason, "VM terminated")
        with self._conf_lock:
            if self._status != Status.DOWN:
                self.conf.update(exitCode=code, exitMessage=message, exitReason=reason)
                self.last_status = Status.DOWN
                _log.info("vmId=%s: Changed state to Down: %s (code=%i)", self.id, message, reason)

    def status(self) -> str:
        """The status for the Engine. Without a guest agent a VM powers up for a minute, reboots for a minute and powers
        down for five; otherwise it is Up (_getVmStatus)."""
        if self._status != Status.UP:
            return self._status
        since = self.clock.now() - self._guest_event_time
        if self._guest_event == Status.POWERING_DOWN:
            return Status.POWERING_DOWN if since < 5 * GUEST_WAIT else Status.UP
        return self._guest_event if since < GUEST_WAIT else Status.UP

    def short_status(self) -> dict[str, Any]:
        """As in a list of VMs."""
        return {"vmId": self.id, "status": self._status, "statusTime": _status_time()}

    def full_status(self) -> dict[str, Any]:
        """With everything that the Engine has sent."""
        with self._conf_lock:
            shown = {key: value for key, value in self.conf.items() if not key.startswith("_")}
        shown.update(status=self._status, statusTime=_status_time(), guestDiskMapping={})
        return copy.deepcopy(shown)

    def stats(self) -> dict[str, Any]:
        """VM.getStats. A container has no figures, no addresses and no applications."""
        stats: dict[str, Any] = {"statusTime": _status_time(), "vmId": self.id}
        if self._status == Status.DOWN:
            stats["status"] = Status.DOWN
            stats.update((key, self.conf[key]) for key in ("exitCode", "exitMessage", "exitReason"))
            return stats
        stats.update(
            status=self.status(),
            vmName=self.name,
            pid=self.conf["pid"],
            vmType=self.conf.get("vmType", "kvm"),
            kvmEnable=self.conf.get("kvmEnable", "true"),
            acpiEnable=self.conf.get("acpiEnable", "true"),
            elapsedTime=str(int(self.clock.now() - self.start_time)),
            monitorResponse="0",
            timeOffset=self.conf.get("timeOffset", "0"),
            clientIp=self.conf.get("clientIp", ""),
            displayInfo=[],
            hash="0",
            username="Unknown",
            session="Unknown",
            memUsage="0",
            cpuUser="0.00",
            cpuSys="0.00",
            guestCPUCount=-1,
            appsList=[],
            guestIPs="",
            guestFQDN="",
        )
        return stats

    def _save(self) -> None:
        elapsed = self.full_status()
        elapsed["startTime"] = self.start_time
        self._file.save(elapsed)

    # --- the end

    def stopped(self) -> None:
        """The VM has ended, according to libvirt or the watchdog. The reason is the shutdown that was asked for, else
        one from within the guest; the exit code is not read."""
        self.domain = None
        self._destroy_requested.set()
        self.release()
        self.set_down(NORMAL, reasons.USER_SHUTDOWN if self.shutdown_reason is None else self.shutdown_reason)
        self.powered_down.set()

    def destroy(self) -> None:
        """Power off. After an error the VM is "Powering down" until the watchdog finds that it has ended."""
        self.shutdown_reason = reasons.ADMIN_SHUTDOWN
        self._destroy_requested.set()
        self.release()

    def release(self) -> None:
        """Destroy the domain, once."""
        with self._release_lock:
            if self._released:
                return
            self.last_status = Status.POWERING_DOWN
            if self.domain is not None:
                try:
                    self.domain.destroy()
                except LibvirtError as error:
                    raise VMDestroyFailed from error
            self._released = True

    def forget(self) -> None:
        """Remove the recovery file: the Engine knows that the VM has ended."""
        self._file.clear()

    def shutdown(self, delay: int, reboot: bool, timeout: int, force: bool) -> str:
        """Ask the guest to shut down or to reboot (powerdown.py)."""
        if self._status == Status.DOWN:
            raise NoSuchVM
        self._guest_event_time = self.clock.now()
        self._guest_event = Status.REBOOT_IN_PROGRESS if reboot else Status.POWERING_DOWN
        powerdown.start(self, reboot, timeout, force)
        return "Machine rebooting" if reboot else "Machine shutting down"

    def press_power(self) -> None:
        """Press the power button; it raises for a container."""
        self.shutdown_reason = reasons.ADMIN_SHUTDOWN
        if self.domain is not None:
            self.domain.shutdown()

    def force_down(self) -> None:
        """The last step of a forced shutdown, which fails: Vdsm calls doDestroy() without the number of attempts,
        needed since 4.19 (VmShutdown.forceCallback, lib/vdsm/virt/vmpowerdown.py)."""
        raise TypeError("doDestroy() takes exactly 2 arguments (1 given)")

    def press_reset(self) -> None:
        """Ask the guest to reboot."""
        if self.domain is not None:
            self.domain.reboot()
            self.powered_down.set()

    def reset(self) -> None:
        """Reset the VM."""
        if self.domain is not None:
            self.domain.reset()


def _status_time() -> str:
    return str(int(time.monotonic() * 1000))
