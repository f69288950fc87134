# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Write what a plan says: one request per object, nothing decided here."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any

from .._vm.guest.files import user_data
from .._vm.guest.record import Record
from .._vm.plan import NicChange, Plan
from .._vm.site import RUNNING, STARTING, Site
from .._vm.text import natural
from .read import whole

try:
    import ovirtsdk4
    from ovirtsdk4 import types
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    types = None


#: Names of VMs that a system can have as its host name too.
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
#: One request of a plan: gets the SDK's system service and the VM's id (None before it is created), returns the id.
Write = Callable[[Any, "str | None"], "str | None"]


def writes(made: Plan, site: Site) -> list[tuple[str, Write]]:
    """The requests that make a VM what its plan says, each with the action it is part of, in their order."""
    steps: list[tuple[str, Write]] = []
    gone = {change.nic for change in made.networks if change.operation == "remove"}
    macs = {nic.name: nic.mac for nic in made.vm.nics if nic.id not in gone} if made.vm else {}
    if "create" in made.actions:
        steps.append(("create", lambda system, _vm_id: _create(system, made, site)))
    if "tag" in made.actions and site.fleet:
        tag = site.fleet.tag_of(site.fleet.name)
        steps.append(("tag", lambda system, vm_id: _tag(_service(system, vm_id), vm_id, tag)))
    if "update" in made.actions:
        steps.append(("update", lambda system, vm_id: _update(_service(system, vm_id), made, site)))
    for change in made.networks:
        steps.append(("networks", _nic(change, site.profiles.get((made.cluster_id, change.network), ""), macs)))
    if "start" in made.actions:
        steps.append(("start", lambda system, vm_id: _start(_service(system, vm_id), vm_id, made, macs)))
    if "remove" in made.actions:
        remove = _remove_with_disk if made.vm and made.vm.record else _remove
        steps.append(("remove", lambda system, vm_id: remove(_service(system, vm_id))))
    return steps


def stop(system: Any, vm_id: str, shut_down: bool = False) -> None:
    """Power the VM off, or have its system shut down. A container on a host would ignore that: Vdsm 4.19 has neither
    agent nor ACPI to pass it on."""
    service = _service(system, vm_id)
    if shut_down:
        service.shutdown()
    else:
        service.stop()


def note_applied(system: Any, vm_id: str, record: Record) -> None:
    """Note in the VM that its guest was set up as its record says."""
    script = record.as_applied().script()
    _service(system, vm_id).update(types.Vm(initialization=types.Initialization(custom_script=script)))


def _service(system: Any, vm_id: str | None) -> Any:
    return system.vms_service().vm_service(vm_id)


def _create(system: Any, made: Plan, site: Site) -> str:
    """The template Blank has no disk to copy, so the VM is there, and down, when the answer comes. Others have."""
    vm = _vm(made.config, frozenset(made.config), site, made.record)
    vm.name = made.name
    vm.cluster = types.Cluster(id=made.cluster_id)
    vm.template = types.Template(name=made.template or "Blank")
    vm.type = types.VmType.SERVER
    if vm.initialization and _HOST_NAME.fullmatch(made.name):
        vm.initialization.host_name = made.name
    # A VM of a sealed template would be sealed itself, by a job on a host (AddVmCommand.shouldSealVm, Engine 4.5).
    query = {"seal": "false"} if made.template else {}
    return str(whole([system.vms_service().add(vm, query=query)], "id")[0].id)


def _tag(service: Any, vm_id: str | None, tag: str) -> str | None:
    """Engine does not mind a tag that is there already."""
    service.tags_service().add(types.Tag(name=tag))
    return vm_id


def _update(service: Any, made: Plan, site: Site) -> str:
    # next_run keeps Engine from hotplugging memory into a container, which fails.
    query = {"next_run": True} if made.next_run else {}
    return str(whole([service.update(_vm(made.config, made.written, site, made.record), **query)], "id")[0].id)


def _nic(change: NicChange, profile: str, macs: dict[str, str]) -> Write:
    """``macs`` are MAC addresses by the name of the NIC, of which the Engine gives one to each new NIC."""

    def write(system: Any, vm_id: str | None) -> str | None:
        nics = _service(system, vm_id).nics_service()
        if change.operation == "remove":
            nics.nic_service(change.nic).remove()
        elif change.operation == "add":
            added = nics.add(types.Nic(name=change.nic, vnic_profile=types.VnicProfile(id=profile)))
            macs[change.nic] = added.mac.address if added.mac else ""
        else:
            wanted = types.Nic(vnic_profile=types.VnicProfile(id=profile), plugged=True, linked=True)
            nics.nic_service(change.nic).update(wanted)
        return vm_id

    return write


def _start(service: Any, vm_id: str | None, made: Plan, macs: dict[str, str]) -> str | None:
    """Start the VM; a guest that was not set up as its record says gets what sets it up."""
    about = _setting_up(made, macs) if made.record and not made.record.is_applied else {}
    try:
        service.start(**about)
    except ovirtsdk4.Error as error:
        # An answer that got lost makes libcurl ask again, and the second time the VM is starting already.
        status = service.get().status if error.code == 409 else None
        if status is None or status.value not in STARTING | RUNNING:
            raise
    return vm_id


def _setting_up(made: Plan, macs: dict[str, str]) -> dict[str, Any]:
    """The options of a start that carries user-data, as run-once: the Engine keeps nothing of it.

    Of the stored initialization only the custom script is replaced (RunVmOnceCommand merges field by field).
    """
    networks = made.config.get("networks") or ()
    order = [macs[name] for name in sorted(macs, key=natural)]
    sign = made.record.token if made.record else ""
    wish = {**made.config["wish"], "networks": networks}
    script = user_data(wish, made.hidden, macs=order, sign=sign).text()
    return {"use_cloud_init": True, "vm": types.Vm(initialization=types.Initialization(custom_script=script))}


def _remove_with_disk(service: Any) -> None:
    """Remove the VM and the disk that it boots from; all others are detached and kept."""
    with contextlib.suppress(ovirtsdk4.NotFoundError):
        attachments = service.disk_attachments_service()
        for attachment in attachments.list():
            if not attachment.bootable:
                attachments.attachment_service(attachment.id).remove(detach_only=True)
        service.remove()


def _remove(service: Any) -> None:
    # If somebody else has removed it already, the goal is reached. Disks that somebody attached are not part of a
    # container, so they are detached and kept.
    with contextlib.suppress(ovirtsdk4.NotFoundError):
        service.remove(detach_only=True)


#: Parts of a configuration that Engine checks against each other, so that they are written together.
TOGETHER = (
    frozenset({"memory", "memory_guaranteed", "memory_max"}),
    frozenset({"affinity", "hosts", "high_availability"}),
)


def _vm(config: dict[str, Any], keys: frozenset[str], site: Site, record: Record | None = None) -> Any:
    """These keys of a configuration as the SDK's VM; what is not set, Engine leaves alone."""
    keys = keys.union(*(group for group in TOGETHER if group & keys))
    vm = types.Vm()
    if "description" in keys:
        vm.description = config["description"]
    if "cpu_shares" in keys:
        vm.cpu_shares = config["cpu_shares"]
    if "properties" in keys:
        vm.custom_properties = [types.CustomProperty(name=k, value=text) for k, text in config["properties"].items()]
    if "memory" in keys:
        vm.memory = config["memory"]
        vm.memory_policy = types.MemoryPolicy(guaranteed=config["memory_guaranteed"], max=config["memory_max"])
    if "wish" in keys and record is not None:
        vm.initialization = types.Initialization(custom_script=record.script())
    if "boot_devices" in keys:
        devices = [types.BootDevice(name) for name in config["boot_devices"]]
        vm.os = types.OperatingSystem(boot=types.Boot(devices=devices))
    if "hosts" in keys:
        hosts = [types.Host(id=site.hosts[name].id) for name in config["hosts"]]
        vm.high_availability = types.HighAvailability(enabled=config["high_availability"])
        vm.placement_policy = types.VmPlacementPolicy(affinity=types.VmAffinity(config["affinity"]), hosts=hosts)
    return vm
