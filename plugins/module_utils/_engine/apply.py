# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Write what a plan says: one request per object, nothing decided here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from .._vm.plan import NicChange, Plan
from .._vm.site import RUNNING, STARTING, Site
from .read import whole

try:
    import ovirtsdk4
    from ovirtsdk4 import types
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    types = None


#: One request of a plan: gets the SDK's system service and the VM's id (None before it is created), returns the id.
Write = Callable[[Any, "str | None"], "str | None"]


def writes(made: Plan, site: Site) -> list[tuple[str, Write]]:
    """The requests that make a VM what its plan says, each with the action it is part of, in their order."""
    steps: list[tuple[str, Write]] = []
    if "create" in made.actions:
        steps.append(("create", lambda system, _vm_id: _create(system, made, site)))
    if "tag" in made.actions and site.fleet:
        tag = site.fleet.tag_of(site.fleet.name)
        steps.append(("tag", lambda system, vm_id: _tag(_service(system, vm_id), vm_id, tag)))
    if "update" in made.actions:
        steps.append(("update", lambda system, vm_id: _update(_service(system, vm_id), made, site)))
    for change in made.networks:
        steps.append(("networks", _nic(change, site.profiles.get((made.cluster_id, change.network), ""))))
    if "start" in made.actions:
        steps.append(("start", lambda system, vm_id: _start(_service(system, vm_id), vm_id)))
    if "remove" in made.actions:
        steps.append(("remove", lambda system, vm_id: _remove(_service(system, vm_id))))
    return steps


def stop(system: Any, vm_id: str) -> None:
    """Power the VM off. A container would ignore a shutdown: Vdsm 4.19 has neither agent nor ACPI to pass it on."""
    _service(system, vm_id).stop()


def _service(system: Any, vm_id: str | None) -> Any:
    return system.vms_service().vm_service(vm_id)


def _create(system: Any, made: Plan, site: Site) -> str:
    """The template Blank has no disk to copy, so the VM is there, and down, when the answer comes."""
    vm = _vm(made.config, frozenset(made.config), site)
    vm.name = made.name
    vm.cluster = types.Cluster(id=made.cluster_id)
    vm.template = types.Template(name="Blank")
    vm.type = types.VmType.SERVER
    return str(whole([system.vms_service().add(vm)], "id")[0].id)


def _tag(service: Any, vm_id: str | None, tag: str) -> str | None:
    """Engine does not mind a tag that is there already."""
    service.tags_service().add(types.Tag(name=tag))
    return vm_id


def _update(service: Any, made: Plan, site: Site) -> str:
    # next_run keeps Engine from hotplugging memory into a container, which fails.
    query = {"next_run": True} if made.next_run else {}
    return str(whole([service.update(_vm(made.config, made.written, site), **query)], "id")[0].id)


def _nic(change: NicChange, profile: str) -> Write:
    def write(system: Any, vm_id: str | None) -> str | None:
        nics = _service(system, vm_id).nics_service()
        if change.operation == "remove":
            nics.nic_service(change.nic).remove()
        elif change.operation == "add":
            nics.add(types.Nic(name=change.nic, vnic_profile=types.VnicProfile(id=profile)))
        else:
            wanted = types.Nic(vnic_profile=types.VnicProfile(id=profile), plugged=True, linked=True)
            nics.nic_service(change.nic).update(wanted)
        return vm_id

    return write


def _start(service: Any, vm_id: str | None) -> str | None:
    try:
        service.start()
    except ovirtsdk4.Error as error:
        # An answer that got lost makes libcurl ask again, and the second time the VM is starting already.
        status = service.get().status if error.code == 409 else None
        if status is None or status.value not in STARTING | RUNNING:
            raise
    return vm_id


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


def _vm(config: dict[str, Any], keys: frozenset[str], site: Site) -> Any:
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
    if "boot_devices" in keys:
        devices = [types.BootDevice(name) for name in config["boot_devices"]]
        vm.os = types.OperatingSystem(boot=types.Boot(devices=devices))
    if "hosts" in keys:
        hosts = [types.Host(id=site.hosts[name].id) for name in config["hosts"]]
        vm.high_availability = types.HighAvailability(enabled=config["high_availability"])
        vm.placement_policy = types.VmPlacementPolicy(affinity=types.VmAffinity(config["affinity"]), hosts=hosts)
    return vm
