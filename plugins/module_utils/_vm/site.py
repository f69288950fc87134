# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What was seen at a site, as plain data: clusters, hosts, VMs and their configurations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from .configuration import RETURNED, shown
from .errors import SpecError
from .guest.record import Record
from .runtimes.choice import addresses_of, image_of, runtime_of
from .spec import ContainerVm
from .text import listing, natural

# Engine's words for the state of a VM, as far as it matters what they mean for a container.
#: `docker run` was started; Vdsm shows powering_up for the first 60 s, also when the container has ended.
RUNNING = frozenset({"powering_up", "up"})
#: It has been started, and has not run long enough to count as running.
STARTING = frozenset({"wait_for_launch", "powering_up"})
#: It is off, or about to be off by itself.
OFF = frozenset({"down", "unassigned", "image_locked", "powering_down"})
#: A transition is under way. Its end is awaited before anything is planned.
PASSING = frozenset({"powering_down", "saving_state", "restoring_state", "image_locked", "reboot_in_progress"})
#: A container cannot be in them (Vdsm 4.19 has no such operation), so something is wrong, but a restart mends it.
HALTED = frozenset({"paused", "suspended"})
#: Engine has lost sight of the VM's host, so nobody knows whether the container runs.
UNSEEN = frozenset({"unknown", "not_responding"})
#: A fleet's tag is this and the fleet's name.
FLEET_TAG = "container-fleet-"


@dataclass(frozen=True)
class Cluster:
    """A cluster as far as container VMs care."""

    id: str
    name: str
    level: tuple[int, int]
    data_center: str


@dataclass(frozen=True)
class Host:
    """A host: ``vdsm`` is its Vdsm's (major, minor), ``proven`` says whether it has the tag of a container host."""

    id: str
    name: str
    cluster: str
    vdsm: tuple[int, int]
    proven: bool


@dataclass(frozen=True)
class Template:
    """A template: ``os`` is the Engine's word for its operating system, ``data_center`` empty where any can have it."""

    id: str
    name: str
    os: str
    data_center: str

    @property
    def cloud_init(self) -> bool:
        """Whether Engine gives cloud-init to its VMs: not to a Windows (vmInitType, osinfo-defaults.properties)."""
        return not self.os.startswith("windows")


@dataclass(frozen=True)
class Nic:
    """A virtual NIC: ``network`` is ``network/profile``, empty when it has no vNIC profile."""

    id: str
    name: str
    network: str
    usable: bool = True
    mac: str = ""


@dataclass(frozen=True)
class Vm:
    """A VM found in the Engine.

    ``config`` is the configuration that its next start uses. Where that differs from the running one, ``next_run`` is
    true and ``runs_with`` is the running one. ``record`` is what its stored custom script says, for a runtime that
    keeps one; ``run_once`` says that it was started with something of its own. ``addresses`` are those that its guest
    reported last.
    """

    id: str
    name: str
    status: str
    config: dict[str, Any]
    host: str | None = None
    nics: tuple[Nic, ...] = ()
    next_run: bool = False
    protected: bool = False
    runs_with: dict[str, Any] | None = None
    record: Record | None = None
    run_once: bool = False
    addresses: tuple[str, ...] = ()

    @property
    def runtime(self) -> str | None:
        """Its container runtime, or None for an ordinary VM."""
        return runtime_of(self.config)

    @property
    def runs(self) -> dict[str, Any]:
        """The configuration that it runs with, or would if it ran."""
        runs = self.runs_with or self.config
        return {**runs, "wish": self.record.runs} if self.record and self.record.is_late and not self.down else runs

    @property
    def waits(self) -> bool:
        """Whether it runs with something else than its stored data say.

        A run that was given something of its own (run-once) is one of this collection, and was given the record, unless
        that was written later.
        """
        unlike = self.record is not None and not self.record.is_applied and (self.record.is_late or not self.run_once)
        return not self.down and (self.next_run or unlike)

    @property
    def down(self) -> bool:
        """Whether it is, or is about to be, off."""
        return self.status in OFF


@dataclass(frozen=True)
class Fleet:
    """A fleet by its name: the ids of the VMs that carry its tag, and of those that it made and could not tag yet."""

    name: str
    members: frozenset[str] = frozenset()
    untagged: frozenset[str] = frozenset()

    @staticmethod
    def tag_of(name: str) -> str:
        """The tag on a fleet's VMs; its beginning keeps it apart from tags that people give."""
        return f"{FLEET_TAG}{name}"

    @staticmethod
    def trace_of(name: str) -> str:
        """What comes before the random end of the correlation ids of a fleet. Engine logs them with what it makes."""
        return f"fleet-{name}-"


@dataclass
class Site:
    """What was observed: all that a plan may depend on.

    ``profiles`` maps (cluster id, network/profile) to the id of a vNIC profile, ``networks`` such an id to
    network/profile. ``version`` is the Engine's, (major, minor, build, revision), where a plan may depend on it.
    ``names`` are those of all container VMs; they are read only when a VM that is asked for does not exist.
    ``unread`` maps the name of a VM whose data cannot be read to the reason.
    """

    clusters: dict[str, Cluster] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    profiles: dict[tuple[str, str], str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    templates: list[Template] = field(default_factory=list)
    vms: list[Vm] = field(default_factory=list)
    fleet: Fleet | None = None
    version: tuple[int, ...] | None = None
    names: tuple[str, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[str, list[Vm]]:
        by_name: dict[str, list[Vm]] = defaultdict(list)
        for vm in self.vms:
            by_name[vm.name].append(vm)
        return by_name

    def vm_for(self, spec: ContainerVm) -> Vm | None:
        """The VM that ``spec`` is about. Names are unique in a data center only (AddVmCommand, Engine 4.1)."""
        found = self._by_name.get(spec.name, [])
        if spec.cluster is not None:
            wanted = self.cluster_named(spec.cluster, spec.name).data_center
            found = [vm for vm in found if self.cluster_named(vm.config["cluster"], vm.name).data_center == wanted]
        if len(found) > 1:
            clusters = listing(sorted(vm.config["cluster"] for vm in found))
            raise SpecError(f"{spec.name}: VMs of this name are in the clusters {clusters}. Give cluster")
        return found[0] if found else None

    def cluster_named(self, name: str, asker: str) -> Cluster:
        """The cluster of this name. Raises :class:`SpecError` on behalf of ``asker`` when there is none."""
        if name not in self.clusters:
            raise SpecError(
                f"{asker}: cluster {name!r} does not exist. Engine has: {listing(self.clusters)}. Name one of them"
            )
        return self.clusters[name]

    def names_near(self, name: str) -> list[str]:
        """Names of container VMs that may have been meant by ``name``, the most similar first."""
        return get_close_matches(name, self.names, n=3, cutoff=0.7)

    def hosts_of(self, cluster: Cluster) -> list[str]:
        """Names of the hosts of ``cluster`` that are known."""
        return sorted((host.name for host in self.hosts.values() if host.cluster == cluster.id), key=natural)

    def networks_of(self, cluster: Cluster) -> list[str]:
        """``network/profile`` of every profile usable in ``cluster``."""
        return sorted(network for owner, network in self.profiles if owner == cluster.id)

    def proven_hosts(self, cluster: Cluster) -> tuple[str, ...]:
        """Names of the cluster's hosts that are tagged as able to run containers."""
        return tuple(sorted(h.name for h in self.hosts.values() if h.proven and h.cluster == cluster.id))


def facts(config: dict[str, Any]) -> dict[str, Any]:
    """The part of a configuration that modules return."""
    words = shown(config)
    return {"image": image_of(config), **{key: words[key] for key in RETURNED}}


def returned(vm: Vm) -> dict[str, Any]:
    """A container VM as container_vm_info returns it."""
    return {
        "name": vm.name,
        "id": vm.id,
        "status": vm.status,
        "runtime": vm.runtime,
        "host": vm.host,
        "addresses": addresses_of(vm.runtime, vm.status, vm.addresses),
        "restart_needed": vm.waits,
        **facts(vm.runs),
    }
