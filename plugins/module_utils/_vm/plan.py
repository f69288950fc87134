# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""From a spec and what was seen at the site to a plan. Pure: no Engine, no clock, no module.

The plan decides ``changed``, is what diff and check mode show, and is what ``_fleet`` carries out; nobody else decides.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from .conditions import check_creation, check_identity, check_networks, check_status, networks_of_running
from .configuration import shown
from .errors import SpecError
from .guest.files import Secrets
from .guest.record import Record
from .runtimes.choice import RUNTIMES, choose
from .site import STARTING, Cluster, Nic, Site, Vm
from .spec import ContainerVm


@dataclass(frozen=True)
class NicChange:
    """What is done to a NIC: ``operation`` is add, update or remove; ``nic`` its id, or the name of a new one."""

    operation: str
    nic: str
    network: str = ""


@dataclass(frozen=True)
class Plan:
    """What will be done to one VM, as plain data.

    ``actions`` is a subset, in this order, of: stop, create, tag, update, networks, start, remove. ``config`` is the
    configuration to have, of which create writes all and update the keys in ``written``. ``proof_needed`` says that the
    container must be seen to stay up before the spec is fulfilled. ``replaces`` says that a running container makes
    way for one of another configuration. ``record`` is what the VM's stored custom script is to say, for a runtime that
    keeps one; it is noted as applied when the container has proven itself. ``hidden`` are secrets for the next start.
    """

    name: str
    vm: Vm | None = None
    cluster_id: str = ""
    runtime: str | None = None
    actions: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    networks: tuple[NicChange, ...] = ()
    next_run: bool = False
    proof_needed: bool = False
    restart_needed: bool = False
    replaces: bool = False
    record: Record | None = None
    template: str = ""
    hidden: Secrets | None = field(default=None, repr=False)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.actions)

    @property
    def other_secrets(self) -> bool:
        """Whether the secrets of a VM that is there are to be others."""
        return _others(self.vm, self.record)


def plan(spec: ContainerVm, site: Site, now: bool = False) -> Plan:
    """Decide what makes the site agree with ``spec``; with ``now`` a running container that differs is replaced.

    Raises :class:`SpecError` when that cannot or may not be done, :class:`VmStateError` when its VM's state is why.
    """
    vm = site.vm_for(spec)
    check_identity(spec, vm)
    if spec.state == "absent":
        return _removal(spec, vm)
    if vm and spec.state == "stopped" and spec.asks_for_power_only:
        # A VM that could not run here any more can still be stopped. Its configuration stays as it is.
        return _change(spec, vm, site, site.cluster_named(vm.config["cluster"], vm.name), str(vm.runtime), {}, now)
    if vm is None:
        check_creation(spec, site)
    cluster = site.cluster_named(spec.cluster or (vm.config["cluster"] if vm else ""), spec.name)
    runtime = choose(spec, cluster.level, vm.runtime if vm else None, site.version)
    config = runtime.desired(spec, vm.config if vm else None, site.proven_hosts(cluster))
    config["cluster"] = cluster.name
    runtime.check_site(spec, config, vm, cluster, site)
    check_networks(spec, cluster, site)
    made = _change(spec, vm, site, cluster, runtime.name, config, now, runtime.record(spec, config, vm))
    if "start" in made.actions:
        runtime.check_start(spec, made.record)
    return replace(made, template=spec.template or runtime.template, hidden=runtime.hidden(spec, made.record))


def _removal(spec: ContainerVm, vm: Vm | None) -> Plan:
    if vm is None:
        return Plan(name=spec.name)
    if vm.protected:
        raise SpecError(
            f"{spec.name}: it is protected against deletion in Engine, so it is neither stopped nor removed. Take the "
            "protection off first"
        )
    actions = ("remove",) if vm.down else ("stop", "remove")
    # Hosts and networks are not looked up for a VM that goes.
    gone = {key: value for key, value in shown(vm.config).items() if key not in ("hosts", "networks")}
    return Plan(
        name=spec.name, vm=vm, runtime=vm.runtime, actions=actions, before={"running": not vm.down, **gone}, after={}
    )


@dataclass(frozen=True)
class _Power:
    """What happens to the running container: ``up`` is how it was found, the others what the plan does."""

    up: bool
    stop: bool
    start: bool
    replaces: bool

    @property
    def stays_up(self) -> bool:
        return self.up and not self.stop


def _change(
    spec: ContainerVm,
    vm: Vm | None,
    site: Site,
    cluster: Cluster,
    runtime: str,
    config: dict[str, Any],
    now: bool,
    record: Record | None = None,
) -> Plan:
    """The plan to give a VM this configuration, and the state that is asked for."""
    differing = frozenset(key for key, value in config.items() if not vm or vm.config.get(key) != value)
    if _others(vm, record):
        differing |= {"wish"}
    networks = () if spec.networks is None else _nic_changes(vm.nics if vm else (), spec.networks)
    outdated = bool(vm and not vm.down and (vm.waits or networks or differing - {"description"}))
    power = _power(spec, vm, replaces=now and outdated)
    if vm and vm.record and record:
        record = _timed(record, vm.record, vm, power.stays_up)
        # What a start brings is in the guest from then on, also when its container fails, so nothing older counts.
        stale = power.start and not record.is_applied and (vm.record.is_late or vm.record.applied is not None)
        differing |= {"wish"} if stale else frozenset()
    if vm and networks and power.stays_up:
        raise networks_of_running(spec, vm)
    # Engine forgets what waits for the next run at every further update of a running VM, 4.1 even with next_run in the
    # request (UpdateVmCommand.java), so all of it is written again.
    waiting = bool(vm and power.stays_up and vm.next_run)
    update = bool(vm and differing - {"networks"})
    tag = bool(site.fleet and (not vm or vm.id in site.fleet.untagged))
    after = {**(vm.config if vm else {}), **config}
    before_words, after_words = _diff(vm, site, power, after, tag)
    if _others(vm, record):
        before_words["secrets"], after_words["secrets"] = "(not shown)", "(not shown, others)"
    due = {
        "stop": power.stop,
        "create": not vm,
        "tag": tag,
        "update": update,
        "networks": networks,
        "start": power.start,
    }
    return Plan(
        name=spec.name,
        vm=vm,
        cluster_id=cluster.id,
        runtime=runtime,
        actions=tuple(action for action, needed in due.items() if needed),
        config=after,
        written=frozenset(after) if waiting else differing,
        networks=networks,
        next_run=power.stays_up and update and (waiting or bool(differing - {"description", "wish"})),
        # A container that an earlier run started without waiting must still prove that it stays up.
        proof_needed=power.start or bool(_runs(spec) and vm and (vm.status in STARTING or _unproven(vm, outdated))),
        restart_needed=outdated and power.stays_up,
        replaces=power.replaces,
        record=record,
        before=before_words,
        after=after_words,
    )


def _others(vm: Vm | None, record: Record | None) -> bool:
    """Whether the secrets of a VM are to be others."""
    return bool(vm and vm.record and record and record.secrets != vm.record.secrets)


def _timed(record: Record, found: Record, vm: Vm, stays_up: bool) -> Record:
    """The record with what the VM runs with, where that goes on although the record is another one; else without what
    was applied before."""
    if not stays_up:
        return record if record.is_applied else replace(record, applied=None)
    return replace(record, runs=found.runs if record.digest == found.digest else vm.runs.get("wish"))


def _unproven(vm: Vm, outdated: bool) -> bool:
    """Whether nobody has noted yet that a running VM has what its record says."""
    return bool(vm.record and not vm.down and not vm.record.is_applied and not outdated)


def _runs(spec: ContainerVm) -> bool:
    return spec.state in ("running", "restarted")


def _power(spec: ContainerVm, vm: Vm | None, replaces: bool) -> _Power:
    """Whether the container is stopped, started, or both; ``replaces`` if it has to make way for another one."""
    if vm and _runs(spec):
        check_status(spec, vm)
    up = bool(vm and not vm.down)
    replaces = replaces and spec.state in ("present", "running")
    stop = replaces or (up and spec.state in ("stopped", "restarted"))
    start = replaces or (_runs(spec) and not (up and not stop))
    return _Power(up, stop, start, replaces)


def _diff(
    vm: Vm | None, site: Site, power: _Power, after: dict[str, Any], tag: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after in the words of a person; nothing before for a new VM."""
    words = {"running": power.start or power.stays_up, **_fleet_of(vm, site, tag), **shown(after)}
    if vm is None:
        return {}, words
    found = vm.runs if power.replaces else vm.config
    return {"running": power.up, **_fleet_of(vm, site), **shown(found)}, words


def _fleet_of(vm: Vm | None, site: Site, tag: bool = False) -> dict[str, Any]:
    """The fleet of a VM for a diff; empty in a run without a fleet."""
    if site.fleet is None:
        return {}
    return {"fleet": site.fleet.name if tag or (vm and vm.id in site.fleet.members) else None}


def untouched(vm: Vm) -> Plan:
    """The plan to leave a VM as it is."""
    found = {"running": not vm.down, **shown(vm.config)}
    return Plan(vm.name, vm, runtime=vm.runtime, config=vm.config, restart_needed=vm.waits, before=found, after=found)


def way_back(made: Plan, spec: ContainerVm) -> ContainerVm:
    """The spec for what ran before a plan that replaces it, with the secrets of ``spec``: older ones are nowhere."""
    if made.vm is None:
        raise ValueError(f"{made.name}: nothing ran before")
    ran = made.vm.runs
    return ContainerVm(
        made.name,
        state="restarted",
        cluster=ran["cluster"],
        description=ran["description"],
        hosts=ran["hosts"] or None,
        networks=ran["networks"] if made.networks else None,
        memory=ran["memory"],
        cpu_shares=ran["cpu_shares"],
        secrets=spec.secrets,
        registry_logins=spec.registry_logins,
        **RUNTIMES[str(made.runtime)].wished(ran),
    )


def _nic_changes(nics: tuple[Nic, ...], wanted: tuple[str, ...]) -> tuple[NicChange, ...]:
    """NIC by NIC, in the order of their names: change what differs, remove what is too many, add what is missing."""
    changes = [
        NicChange("update", nic.id, network)
        for nic, network in zip(nics, wanted, strict=False)
        if nic.network != network or not nic.usable
    ]
    changes += [NicChange("remove", nic.id) for nic in nics[len(wanted) :]]
    taken = {nic.name for nic in nics}
    free = (name for name in map("nic{}".format, itertools.count(1)) if name not in taken)
    changes += [NicChange("add", next(free), network) for network in wanted[len(nics) :]]
    return tuple(changes)
