# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""From a wish and what was seen at the site to a plan. Pure: no Engine, no clock, no module.

The plan decides ``changed``, is what diff and check mode show, and is what ``_fleet`` carries out; nobody else decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ._runtimes import VDSM_VERSION, choose, desired
from ._site import HOST_TAG, UNSEEN, Cluster, Nic, Site, Vm, listing, shown
from ._spec import ContainerVm, SpecError


@dataclass(frozen=True)
class Plan:
    """What will be done to one VM, as plain data.

    ``actions`` is a subset, in this order, of: stop, create, update, networks, start, remove. ``config`` is the
    configuration to have, of which create writes all and update the keys in ``written``. ``networks`` lists NIC
    changes as (operation, NIC id or name, network/profile to have).
    """

    name: str
    vm: Vm | None = None
    cluster_id: str = ""
    runtime: str | None = None
    actions: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    networks: tuple[tuple[str, str, str], ...] = ()
    next_run: bool = False
    restart_needed: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.actions)


def plan(wish: ContainerVm, site: Site) -> Plan:
    """Decide what makes the site agree with ``wish``. Raises :class:`SpecError` when that cannot or may not be done."""
    vm = site.vm_for(wish)
    if vm and vm.runtime is None:
        raise SpecError(
            f"{wish.name}: a VM of this name is there and is no container VM (it has no custom property "
            "containerType), so it is not touched. Choose another name"
        )
    if wish.state == "absent":
        return _removal(wish, vm)
    cluster = _cluster(wish, vm, site)
    runtime = choose(wish, cluster.level, vm.runtime if vm else None)
    if not vm and not wish.image:
        raise SpecError(f"{wish.name}: there is no such container VM, and to create it an image is needed. Give image")
    config = desired(wish, vm.config if vm else None, site.proven_hosts(cluster))
    config["cluster"] = cluster.name
    _check_hosts(wish.name, config["hosts"], cluster, site)
    _check_networks(wish, vm, cluster, site)
    return _change(wish, vm, cluster, runtime.name, config)


def _removal(wish: ContainerVm, vm: Vm | None) -> Plan:
    if vm is None:
        return Plan(name=wish.name)
    actions = ("remove",) if vm.down else ("stop", "remove")
    # Hosts and networks are not looked up for a VM that goes.
    gone = {key: value for key, value in shown(vm.config).items() if key not in ("hosts", "networks")}
    return Plan(
        name=wish.name, vm=vm, runtime=vm.runtime, actions=actions, before={"running": not vm.down, **gone}, after={}
    )


def _cluster(wish: ContainerVm, vm: Vm | None, site: Site) -> Cluster:
    name = wish.cluster or (vm.config["cluster"] if vm else None)
    if name is None:
        raise SpecError(
            f"{wish.name}: there is no such container VM, and to create it a cluster is needed. Give cluster"
        )
    if name not in site.clusters:
        raise SpecError(
            f"{wish.name}: cluster {name!r} is not there. Engine has: {listing(site.clusters)}. Name one of them"
        )
    if vm and name != vm.config["cluster"]:
        raise SpecError(
            f"{wish.name}: it is in cluster {vm.config['cluster']!r}, {name!r} is asked for, and a container VM is "
            "pinned to hosts of its cluster. Remove it first (state: absent), or leave cluster out"
        )
    return site.clusters[name]


def _check_hosts(name: str, hosts: tuple[str, ...], cluster: Cluster, site: Site) -> None:
    """Engine cannot tell which hosts run containers (it ignores the capability), so the pinning must be right."""
    if not hosts:
        raise SpecError(
            f"{name}: no hosts are named, and no host of cluster {cluster.name!r} carries the tag {HOST_TAG!r}. Give "
            f"hosts, or tag the hosts that have docker and vdsm-containers"
        )
    for host in hosts:
        found = site.hosts.get(host)
        if found is None or found.cluster != cluster.id:
            there = "is in another cluster" if found else "is not there"
            raise SpecError(
                f"{name}: host {host!r} {there}; hosts of cluster {cluster.name!r} are needed. Correct hosts"
            )
        if found.vdsm != VDSM_VERSION:
            raise SpecError(
                f"{name}: host {host!r} has Vdsm {'.'.join(map(str, found.vdsm))}; containers need Vdsm 4.19, later "
                "ones start an ordinary VM instead. Correct hosts"
            )


def _check_networks(wish: ContainerVm, vm: Vm | None, cluster: Cluster, site: Site) -> None:
    for network in wish.networks or ():
        if (cluster.id, network) not in site.profiles:
            raise SpecError(
                f"{wish.name}: vNIC profile {network!r} is not there for cluster {cluster.name!r}. It has: "
                f"{listing(site.networks_of(cluster))}. Name one of them"
            )
    if wish.networks is None and wish.state != "stopped" and vm:
        for nic in vm.nics:
            # Vdsm plugs such a NIC into ;vdsmdummy;, takes that for docker's network name, and docker fails.
            if nic.usable and not nic.network:
                raise SpecError(
                    f"{wish.name}: its {nic.name} has no vNIC profile, and a container cannot start so. Give networks "
                    "(an empty list removes the NIC)"
                )


def _change(wish: ContainerVm, vm: Vm | None, cluster: Cluster, runtime: str, config: dict[str, Any]) -> Plan:
    up = bool(vm and not vm.down)
    if vm and vm.status in UNSEEN and wish.state in ("running", "restarted"):
        raise SpecError(
            f"{wish.name}: its state is {vm.status}, because Engine does not reach host {vm.host}, so nobody knows "
            "whether its container runs. Bring the host back, or confirm in Engine that it was rebooted"
        )
    stop = up and wish.state in ("stopped", "restarted")
    differing = {key for key, value in config.items() if not vm or vm.config.get(key) != value}
    networks = () if wish.networks is None else _nic_changes(vm.nics if vm else (), wish.networks)
    stays_up = up and not stop
    if vm and networks and stays_up:
        raise SpecError(
            f"{wish.name}: its networks differ from the wish ({listing(vm.config['networks'])} found, "
            f"{listing(wish.networks or ())} wanted), and those of a running container cannot be changed. Stop it "
            "first, or use state: restarted"
        )
    # Engine forgets what waits for the next run at every further update of a running VM, 4.1 even when told next_run
    # (UpdateVmCommand.java), so all of it is written again.
    waiting = bool(vm and stays_up and vm.next_run)
    update = bool(vm and differing - {"networks"})
    start = not stays_up and wish.state in ("running", "restarted")
    done = {"stop": stop, "create": not vm, "update": update, "networks": bool(networks), "start": start}
    after = {**(vm.config if vm else {}), **config}
    return Plan(
        name=wish.name,
        vm=vm,
        cluster_id=cluster.id,
        runtime=runtime,
        actions=tuple(action for action, needed in done.items() if needed),
        config=after,
        written=frozenset(after if waiting else differing),
        networks=networks,
        next_run=stays_up and update and (waiting or differing != {"description"}),
        restart_needed=stays_up and (waiting or bool(differing - {"description"})),
        before={"running": up, **shown(vm.config)} if vm else {},
        after={"running": start or stays_up, **shown(after)},
    )


def _nic_changes(nics: tuple[Nic, ...], wanted: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """NIC by NIC, in the order of their names: change what differs, remove what is too many, add what is missing."""
    changes = []
    for nic, network in zip(nics, wanted, strict=False):
        if nic.network != network or not nic.usable:
            changes.append(("update", nic.id, network))
    changes += [("remove", nic.id, "") for nic in nics[len(wanted) :]]
    taken = {nic.name for nic in nics}
    free = (name for name in map("nic{}".format, range(1, 1000)) if name not in taken)
    changes += [("add", next(free), network) for network in wanted[len(nics) :]]
    return tuple(changes)
