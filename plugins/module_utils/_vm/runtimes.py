# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Ways to run a container as a VM: what each can honour, and which VM a wish becomes.

Every function is pure. A *configuration* is a plain dict with the keys of :data:`CONFIG_KEYS`; the same form is read
from the Engine, so that planning is a comparison of two dicts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .spec import MIB, ContainerVm, SpecError

#: What a configuration consists of, in the order a diff shows it.
CONFIG_KEYS = (
    "cluster",
    "description",
    "properties",
    "networks",
    "hosts",
    "affinity",
    "memory",
    "memory_guaranteed",
    "memory_max",
    "cpu_shares",
    "high_availability",
    "boot_devices",
)

DEFAULT_MEMORY = 512 * MIB
#: What a new VM has where a wish is silent, besides what :func:`desired` works out.
NEW_VM: dict[str, Any] = {"description": "", "networks": (), "cpu_shares": 0}
# Vdsm writes maxMemory into the domain only when Engine sends it, and Engine sends it only when it differs from memory
# (VmInfoBuilderImpl.buildVmProperties, Engine 4.1); Vdsm 4.19 then asks for its presence and never uses the value.
HEADROOM = 1024 * MIB
# [hd, network] is the one order that Engine starts with neither disk nor NIC (RunVmValidator, Engine 4.1 and 4.5).
BOOT_DEVICES = ("hd", "network")
VDSM_CLUSTER_LEVEL = (4, 1)
VDSM_VERSION = (4, 19)
#: Engines from here on know no cluster of level 4.1 and no Vdsm before 4.20 (0000_config.sql, Engine 4.4).
FIRST_WITHOUT_VDSM = (4, 4)
#: Names that people know from elsewhere, and what became of them here.
_NO_RUNTIME = {
    "rkt": "rkt was abandoned in 2020, and Vdsm 4.19 never ran it. Take vdsm, which runs docker on the host",
    "runc": "docker and podman call runc themselves; it cannot pull an image. Take vdsm, which runs docker on the host",
    "docker": "docker is what runtime vdsm runs images with. Take vdsm",
    "podman": "Vdsm 4.19 knows docker only; podman belongs into a guest. Take vdsm, or leave runtime out",
    "systemd-nspawn": "Vdsm never had it, and it runs no OCI images by itself. Take vdsm, or leave runtime out",
    "libvirt-lxc": "libvirt's LXC driver is gone from the systems of oVirt hosts. Take vdsm, or leave runtime out",
}


def no_runtime(name: Any) -> str | None:
    """Why ``name``, which no runtime has, cannot be taken, for a sentence; None where there is nothing to say."""
    reason = _NO_RUNTIME.get(str(name).lower())
    return f"runtime {name} is not there: {reason}" if reason else None


@dataclass(frozen=True)
class Runtime:
    """A way to run containers, and the fields of the schema that it honours besides those that all do."""

    name: str
    available: bool
    fields: frozenset[str]


_EVERYWHERE = frozenset({"name", "state", "cluster", "description", "image", "runtime", "networks", "memory"})
_VIRTUAL_MACHINE = frozenset(field.name for field in fields(ContainerVm))

RUNTIMES = {
    # Vdsm 4.19 runs `docker run --name --net IMAGE` and nothing more (virt/containers/docker.py), and reports every
    # end of a container as a clean shutdown, so that high availability would never fire.
    "vdsm": Runtime("vdsm", True, _EVERYWHERE | {"hosts", "cpu_shares"}),
    "guest": Runtime("guest", False, _VIRTUAL_MACHINE),
    "microvm": Runtime("microvm", False, _VIRTUAL_MACHINE),
}


def check(wish: ContainerVm) -> None:
    """Refuse, before any request, what no runtime could honour whatever the cluster. Raises :class:`SpecError`."""
    if wish.state == "absent":
        return
    if wish.runtime != "auto" and not RUNTIMES[wish.runtime].available:
        raise SpecError(_not_there_yet(wish, f"runtime {wish.runtime} was asked for"))
    named = [RUNTIMES[wish.runtime]] if wish.runtime != "auto" else [r for r in RUNTIMES.values() if r.available]
    refusals = [_not_honoured(wish, runtime) for runtime in named]
    if all(refusals):
        raise SpecError(str(refusals[0]))


def choose(
    wish: ContainerVm, level: tuple[int, int], present: str | None, engine: tuple[int, ...] | None = None
) -> Runtime:
    """The runtime for ``wish`` in a cluster of compatibility ``level``.

    ``present`` is the runtime of the VM that is there, if one is: it is never switched. ``engine`` is the Engine's
    version, which a refusal for the level speaks of. Raises :class:`SpecError` when the runtime cannot be had or cannot
    honour a field of the wish.
    """
    fitting = "vdsm" if level <= VDSM_CLUSTER_LEVEL else "guest"
    name = (present or fitting) if wish.runtime == "auto" else wish.runtime
    if present and name != present:
        raise SpecError(
            f"{wish.name}: runtime {name} is asked for, but the VM is there with runtime {present}, and a VM never "
            f"changes its runtime. Leave runtime out, or remove the VM first (state: absent)"
        )
    if name == "vdsm" and level > VDSM_CLUSTER_LEVEL:
        raise SpecError(
            f"{wish.name}: runtime vdsm needs a cluster of compatibility level 4.1 or lower, {dotted(level)} was "
            f"found: from 4.2 on Engine and Vdsm start such a VM as an ordinary one, without its container. "
            f"{_elsewhere(engine)}"
        )
    if not RUNTIMES[name].available:
        because = f"a cluster of compatibility level {dotted(level)} needs runtime {name}"
        raise SpecError(_not_there_yet(wish, because, engine))
    refusal = _not_honoured(wish, RUNTIMES[name])
    if refusal:
        raise SpecError(refusal)
    return RUNTIMES[name]


def _not_there_yet(wish: ContainerVm, because: str, engine: tuple[int, ...] | None = None) -> str:
    return f"{wish.name}: {because}, which this release does not have yet. {_elsewhere(engine)}"


def _elsewhere(engine: tuple[int, ...] | None) -> str:
    """What to do where runtime vdsm cannot run: another cluster, as far as this Engine can have one."""
    if engine and engine >= FIRST_WITHOUT_VDSM:
        return (
            f"This is Engine {dotted(engine[:3])}, whose clusters cannot have the Vdsm 4.19 hosts that runtime vdsm "
            "needs; an Engine of 4.1 to 4.3 can"
        )
    return "Use a cluster of level 4.1 or lower with Vdsm 4.19 hosts and runtime vdsm, which Engine 4.1 to 4.3 can have"


def _not_honoured(wish: ContainerVm, runtime: Runtime) -> str | None:
    """Why this runtime cannot fulfil the wish, naming each field and who can; None if it can."""
    refused = []
    for field in fields(wish):
        # An empty value asks for nothing, so every runtime can honour it.
        if field.name not in runtime.fields and getattr(wish, field.name):
            able = [other.name for other in RUNTIMES.values() if field.name in other.fields]
            refused.append(f"{field.name} ({' and '.join(able)} can)")
    if not refused:
        return None
    return (
        f"{wish.name}: runtime {runtime.name} cannot honour {', '.join(refused)}. Leave it out, or use a runtime that "
        "can; guest and microvm are not there yet"
    )


def dotted(version: tuple[int, ...]) -> str:
    """A version or level in the usual form."""
    return ".".join(map(str, version))


def runtime_of(properties: dict[str, str]) -> str | None:
    """The runtime of a VM with these custom properties, or None when it is no container VM.

    Vdsm 4.19 goes by the presence of the key ``containerType`` alone (virt/utils.py, is_kvm), so this does too: it
    finds the VMs made by hand as well.
    """
    return "vdsm" if "containerType" in properties else None


def desired(wish: ContainerVm, current: dict[str, Any] | None, proven_hosts: tuple[str, ...]) -> dict[str, Any]:
    """The configuration that ``wish`` asks for with runtime vdsm, holding only the keys it has an opinion on.

    ``current`` is the configuration found (None: no such VM). Hidden conditions of Vdsm are always part of the result,
    so that a VM made by hand is put right as well.
    """
    there = current or {}
    memory = wish.memory or there.get("memory") or DEFAULT_MEMORY
    config: dict[str, Any] = {
        "properties": _properties(wish, there.get("properties", {})),
        "memory": memory,
        # What is guaranteed is what the scheduler reserves. More than the memory is refused by Engine, and Blank
        # guarantees 1 GiB unless told otherwise.
        "memory_guaranteed": memory if wish.memory or not current else min(current["memory_guaranteed"], memory),
        "memory_max": there["memory_max"] if there.get("memory_max", 0) > memory else memory + HEADROOM,
        "boot_devices": BOOT_DEVICES,
        "affinity": "pinned",
        # The end of a container looks like a clean shutdown, so it would never act; and Engine refuses it together
        # with a pinning to one host (VmManagementCommandBase.validatePinningAndMigration, Engine 4.1).
        "high_availability": False,
        "hosts": tuple(sorted(wish.hosts or there.get("hosts") or proven_hosts)),
    }
    if current is None:
        config.update(NEW_VM)
    for key in ("cluster", "description", "networks", "cpu_shares"):
        if getattr(wish, key) is not None:
            config[key] = getattr(wish, key)
    return config


def _properties(wish: ContainerVm, found: dict[str, str]) -> dict[str, str]:
    """Foreign properties stay: Engine replaces the whole set on every update."""
    # Vdsm runs docker whatever the value says, `none` included; `docker` is the one value that says what happens.
    merged = {**found, "containerType": "docker"}
    if wish.image is not None:
        merged["containerImage"] = wish.image
    return merged
