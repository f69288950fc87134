# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Runtime ``vdsm``: Vdsm 4.19 runs ``docker run --name --net IMAGE`` on the host, and nothing more. Pure.

That is Vdsm's code of virt/containers/docker.py. It reports every end of a container as a clean shutdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..configuration import DEFAULT_MEMORY
from ..errors import SpecError
from ..spec import ContainerVm
from ..text import dotted
from ..values import MIB
from .interface import EVERYWHERE, Runtime, host_named

if TYPE_CHECKING:
    from ..site import Cluster, Site, Vm

#: What a new VM has where a spec is silent, besides what :meth:`Vdsm.desired` works out.
NEW_VM: dict[str, Any] = {"description": "", "networks": (), "cpu_shares": 0}
# Vdsm writes maxMemory into the domain only when Engine sends it, and Engine sends it only when it differs from memory
# (VmInfoBuilderImpl.buildVmProperties, Engine 4.1); Vdsm 4.19 then asks for its presence and never uses the value.
HEADROOM = 1024 * MIB
# [hd, network] is the one order that Engine starts with neither disk nor NIC (RunVmValidator, Engine 4.1 and 4.5).
BOOT_DEVICES = ("hd", "network")
HIGHEST_LEVEL = (4, 1)
VDSM_VERSION = (4, 19)
#: Engines from here on know no cluster of level 4.1 and no Vdsm before 4.20 (0000_config.sql, Engine 4.4).
FIRST_ENGINE_WITHOUT = (4, 4)


class Vdsm(Runtime):
    """Containers on oVirt 4.1 hosts with docker and the package vdsm-containers."""

    name = "vdsm"
    available = True
    # Without high availability: every end of a container looks like a clean shutdown, so it would never act.
    fields = EVERYWHERE | {"hosts", "cpu_shares"}
    #: Tags of ours have no "_" in their names: Engine 4.1.2.0 to 4.1.3.0 finds nothing by such a tag (regression
    #: 2328ebb6f1b of ovirt-engine).
    host_tag = "container-host"
    image_property = "containerImage"
    #: Exit messages of virt/vm.py and virt/containers, Vdsm 4.19.
    hints: ClassVar = {
        "memory": "its maximum memory equals its memory",
        "image path not found": "its CD-ROM device was removed; recreate the VM",
        "missing container type": "containerType or containerImage is empty",
    }
    ended = (
        " Its container was started and ended at once: the image cannot be pulled, its docker network is missing "
        "on the host, or its process ended. 'docker ps -a' and 'journalctl -u vdsm-*' on the host show which."
    )

    def fits(self, level: tuple[int, int]) -> bool:
        """Later Engines and Vdsms start the VM as an ordinary one."""
        return level <= HIGHEST_LEVEL

    def why_unfit(self, level: tuple[int, int], engine: tuple[int, ...] | None) -> str:
        """The levels, and what happens at a later one."""
        return (
            f"runtime vdsm needs a cluster of compatibility level 4.1 or lower, {dotted(level)} was found: from 4.2 on "
            f"Engine and Vdsm start such a VM as an ordinary one, without its container. {elsewhere(engine)}"
        )

    def owns(self, config: dict[str, Any]) -> bool:
        """Vdsm 4.19 goes by the presence of the key ``containerType`` alone (virt/utils.py, is_kvm), so this does too.

        It finds the VMs made by hand as well.
        """
        return "containerType" in (config.get("properties") or {})

    def desired(self, spec: ContainerVm, current: dict[str, Any] | None, hosts: tuple[str, ...]) -> dict[str, Any]:
        """Hidden conditions of Vdsm are always part of the result, so that a VM made by hand is put right as well."""
        there = current or {}
        memory = spec.memory or there.get("memory") or DEFAULT_MEMORY
        config: dict[str, Any] = {
            "properties": _properties(spec, there.get("properties", {})),
            "memory": memory,
            # What is guaranteed is what the scheduler reserves. More than the memory is refused by Engine, and Blank
            # guarantees 1 GiB unless a request says otherwise.
            "memory_guaranteed": memory if spec.memory or not current else min(current["memory_guaranteed"], memory),
            "memory_max": there["memory_max"] if there.get("memory_max", 0) > memory else memory + HEADROOM,
            "boot_devices": BOOT_DEVICES,
            "affinity": "pinned",
            # Engine refuses it together with a pinning to one host
            # (VmManagementCommandBase.validatePinningAndMigration, Engine 4.1).
            "high_availability": False,
            "hosts": tuple(sorted(spec.hosts or there.get("hosts") or hosts)),
        }
        if current is None:
            config.update(NEW_VM)
        for key in ("cluster", "description", "networks", "cpu_shares"):
            if getattr(spec, key) is not None:
                config[key] = getattr(spec, key)
        return config

    def check_site(
        self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None, cluster: Cluster, site: Site
    ) -> None:
        """Hosts that run containers, and NICs that Vdsm can give to one."""
        _check_hosts(spec.name, config["hosts"], cluster, site)
        _check_nics(spec, vm)


def elsewhere(engine: tuple[int, ...] | None) -> str:
    """Where runtime vdsm can run instead: another cluster, as far as an Engine of this version can have one."""
    if engine and engine >= FIRST_ENGINE_WITHOUT:
        return (
            f"This is Engine {dotted(engine[:3])}, whose clusters cannot have the Vdsm 4.19 hosts that runtime vdsm "
            "needs; an Engine of 4.1 to 4.3 can"
        )
    return "Use a cluster of level 4.1 or lower with Vdsm 4.19 hosts and runtime vdsm, which Engine 4.1 to 4.3 can have"


def _properties(spec: ContainerVm, found: dict[str, str]) -> dict[str, str]:
    """Foreign properties stay: Engine replaces the whole set on every update."""
    # Vdsm runs docker whatever the value says, `none` included; `docker` is the one value that says what happens.
    merged = {**found, "containerType": "docker"}
    if spec.image is not None:
        merged[Vdsm.image_property] = spec.image
    return merged


def _check_hosts(name: str, hosts: tuple[str, ...], cluster: Cluster, site: Site) -> None:
    """Engine does not know which hosts run containers (it ignores the capability), so the pinning must be right."""
    if not hosts:
        raise SpecError(
            f"{name}: no hosts are named, and no host of cluster {cluster.name!r} carries the tag {Vdsm.host_tag!r}. "
            "Give hosts, or tag the hosts that have docker and vdsm-containers"
        )
    for host in hosts:
        found = host_named(name, host, cluster, site)
        if found.vdsm != VDSM_VERSION:
            raise SpecError(
                f"{name}: host {host!r} has Vdsm {dotted(found.vdsm)}; containers need Vdsm 4.19, later "
                "ones start an ordinary VM instead. Correct hosts"
            )


def _check_nics(spec: ContainerVm, vm: Vm | None) -> None:
    if vm is None or spec.networks is not None or spec.state == "stopped":
        return
    for nic in vm.nics:
        # Vdsm plugs such a NIC into ;vdsmdummy;, takes that for docker's network name, and docker fails.
        if nic.usable and not nic.network:
            raise SpecError(
                f"{spec.name}: its {nic.name} has no vNIC profile, and a container cannot start so. Give networks "
                "(an empty list removes the NIC)"
            )
