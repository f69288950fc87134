# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Look at the Engine: as few list requests as possible, turned into the plain data of ``_site``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ._engine import Call, Engine
from ._faults import EngineError
from ._lists import list_vms
from ._read import VmReader, is_link, read_cluster, read_host
from ._site import HOST_TAG, RUNNING, STARTING, Fleet, Site, Vm
from ._spec import ContainerVm

#: More names than this make the search longer than servers accept; then all VMs are listed, still in one request.
NAMES_IN_A_SEARCH = 40
#: Audit log code of a VM that was made (USER_ADD_VM, AuditLogType.java, Engine 4.1).
MADE = 34


def observe(engine: Engine, wishes: list[ContainerVm], fleet: str | None = None) -> Site:
    """See all that planning ``wishes`` depends on, and with ``fleet`` (the name of one) which VMs are its own.

    Five list requests and one for a fleet, the networks being listed once per cluster in use; Engine 4.1 needs one more
    for each VM whose NICs matter.

    Raises :class:`EngineError` when the Engine does not answer one of them.
    """
    site = Site()
    calls: dict[str, Call] = {"vms": _vms(wishes), "clusters": _clusters}
    if fleet:
        calls["members"] = _tagged_vms(Fleet.tag_of(fleet))
    stay = any(wish.state != "absent" for wish in wishes)
    if stay:
        calls.update(_hosts(wishes))
        if any(wish.networks for wish in wishes):
            calls["profiles"] = _profiles
    seen = listed(engine, calls)
    found = _relevant(seen, wishes)
    if stay:
        _complete_nics(engine, wishes, found)
        _see_networks(engine, site, wishes, seen, found)
        _see_hosts(engine, site, seen, found)
    site.clusters = {cluster.name: read_cluster(cluster) for cluster in seen["clusters"]}
    reader = VmReader(site)
    site.vms = [reader.read(vm) for vm in found]
    if stay:
        _use_next_run(engine, site, reader)
    if fleet:
        site.fleet = _fleet(engine, fleet, {vm.id for vm in seen["members"]}, wishes, site)
    return site


def listed(engine: Engine, calls: dict[str, Call]) -> dict[str, Any]:
    """Run list requests together; the first that failed is raised, since half a picture is none."""
    try:
        return engine.read(calls)
    except EngineError as error:
        if error.code == 404:
            # A list is there whatever is in it, so it is the address that is wrong.
            raise EngineError(
                f"{engine.url} is no Engine's API; auth.url must end in /ovirt-engine/api", 404
            ) from error
        raise


def quoted(value: str) -> str:
    """A value for the Engine's search language, which has no escape for a quote."""
    return '"' + value.replace('"', "") + '"'


def search_names(names: list[str]) -> dict[str, str]:
    """The query for these VMs. The answer may hold others: wildcards and case make the search inexact."""
    if len(names) > NAMES_IN_A_SEARCH:
        return {}
    return {"search": " or ".join(f"name={quoted(name)}" for name in names)}


def _vms(wishes: list[ContainerVm]) -> Call:
    search = search_names([wish.name for wish in wishes])
    return lambda system: list_vms(system, {"follow": "nics", **search}) if wishes else []


def _tagged_vms(tag: str) -> Call:
    return lambda system: list_vms(system, {"search": f"tag={quoted(tag)}"})


def _relevant(seen: dict[str, Any], wishes: list[ContainerVm]) -> list[Any]:
    """The VMs that are asked for and those of the fleet, each once; a list of many names is a list of all VMs."""
    names = {wish.name for wish in wishes}
    found = {vm.id: vm for vm in seen.get("members", ())}
    found.update({vm.id: vm for vm in seen["vms"] if vm.name in names or vm.id in found})
    return list(found.values())


def _complete_nics(engine: Engine, wishes: list[ContainerVm], vms: list[Any]) -> None:
    """Engine 4.1 knows no `follow` and answers with links: then each VM's NICs are a request of their own.

    In a long list they are asked for only where they matter, and stay unknown elsewhere.
    """
    hidden = [vm for vm in vms if is_link(vm.nics)]
    if len(hidden) > 1 and (len(hidden) < len(vms) or _follows(engine)):
        for vm in hidden:
            vm.nics = []
        return
    wanted = {wish.name: wish for wish in wishes if wish.state != "absent"}
    few = len(wishes) <= NAMES_IN_A_SEARCH
    missing = {vm.id: vm for vm in hidden if vm.name in wanted and (few or _nics_matter(wanted[vm.name], vm))}
    for vm_id, nics in (listed(engine, {vm_id: _nics_of(vm_id) for vm_id in missing}) if missing else {}).items():
        missing[vm_id].nics = list(nics)


def _follows(engine: Engine) -> bool:
    """Whether the Engine knows `follow`. A VM without a NIC looks the same either way: the link stays in the answer."""
    version = listed(engine, {"api": lambda system: system.get()})["api"].product_info.version
    return (version.major, version.minor) >= (4, 2)


def _nics_matter(wish: ContainerVm, vm: Any) -> bool:
    """Whether planning depends on the NICs: because they are asked for, or because the VM may be started with them."""
    runs_on = wish.state in ("present", "running") and vm.status.value in RUNNING | STARTING
    return wish.networks is not None or not runs_on


def _nics_of(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).nics_service().list()


def _clusters(system: Any) -> Any:
    return system.clusters_service().list()


def _profiles(system: Any) -> Any:
    return system.vnic_profiles_service().list()


def _networks(cluster: str) -> Call:
    return lambda system: system.clusters_service().cluster_service(cluster).networks_service().list()


def _see_networks(
    engine: Engine, site: Site, wishes: list[ContainerVm], seen: dict[str, Any], found: list[Any]
) -> None:
    """Learn the vNIC profiles of the clusters whose networks matter."""
    wanted = {wish.name: wish for wish in wishes if wish.networks}
    by_name = {cluster.name: cluster.id for cluster in seen["clusters"]}
    used = {vm.cluster.id for vm in found if vm.name in wanted or vm.nics}
    used |= {by_name[wish.cluster] for wish in wanted.values() if wish.cluster in by_name}
    if used:
        more: dict[str, Call] = {cluster: _networks(cluster) for cluster in used}
        if "profiles" not in seen:
            more["profiles"] = _profiles
        networks = listed(engine, more)
        profiles = seen["profiles"] if "profiles" in seen else networks.pop("profiles")
        site.profiles = _profiles_by_network(profiles, networks)


def _profiles_by_network(profiles: Any, networks: dict[str, Any]) -> dict[tuple[str, str], str]:
    of_network = defaultdict(list)
    for profile in profiles:
        if profile.network:
            of_network[profile.network.id].append(profile)
    return {
        (cluster, f"{network.name}/{profile.name}"): profile.id
        for cluster, members in networks.items()
        for network in members
        for profile in of_network[network.id]
    }


def _hosts(wishes: list[ContainerVm]) -> dict[str, Call]:
    """Hosts that are named, and the tagged ones where none are: REST cannot tell which can run containers."""
    named = sorted({host for wish in wishes for host in wish.hosts or ()})
    searches = {"hosts": " or ".join(f"name={quoted(host)}" for host in named)}
    if any(wish.hosts is None for wish in wishes):
        searches["tagged"] = f"tag={quoted(HOST_TAG)}"
    return {key: _hosts_by(search) for key, search in searches.items() if search}


def _hosts_by(search: str | None = None) -> Call:
    return lambda system: system.hosts_service().list(search=search)


def _see_hosts(engine: Engine, site: Site, seen: dict[str, Any], found: list[Any]) -> None:
    """Learn the hosts, and those that found VMs run on or are pinned to, where the search did not name them."""
    site.hosts = {host.name: read_host(host) for host in seen.get("hosts", ())}
    site.hosts.update({host.name: read_host(host, proven=True) for host in seen.get("tagged", ())})
    used = {host.id for vm in found for host in (vm.placement_policy and vm.placement_policy.hosts) or []}
    used |= {vm.host.id for vm in found if vm.host}
    if used - {host.id for host in site.hosts.values()}:
        for host in listed(engine, {"hosts": _hosts_by()})["hosts"]:
            site.hosts.setdefault(host.name, read_host(host))


def _use_next_run(engine: Engine, site: Site, reader: VmReader) -> None:
    """Compare with what the next start will use: a change of a running VM that was already sent is not sent again."""
    pending = {vm.id: _next_run(vm.id) for vm in site.vms if vm.next_run}
    fresh = listed(engine, pending) if pending else {}
    site.vms = [reader.next_run(vm, fresh[vm.id]) if vm.id in fresh else vm for vm in site.vms]


def _next_run(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).get(next_run=True)


def _fleet(engine: Engine, name: str, members: set[str], wishes: list[ContainerVm], site: Site) -> Fleet:
    """A fleet's own VMs: those with its tag, and those that it made in a run that ended before it could tag them."""
    names = {wish.name for wish in wishes}
    untagged = {vm.name: vm.id for vm in site.vms if vm.runtime and vm.name in names and vm.id not in members}
    made: Iterable[Any] = ()
    if untagged:
        search = f"type={MADE} and correlation_id={Fleet.trace_of(name)}*"
        made = listed(engine, {"made": lambda system: system.events_service().list(search=search)})["made"]
    # The search knows no case, and a fleet's name may be the beginning of another's.
    trace = re.compile(f"{re.escape(Fleet.trace_of(name))}[0-9a-f]+")
    ids = {event.vm.id for event in made if event.vm and trace.fullmatch(event.correlation_id or "")}
    return Fleet(name, frozenset(members), frozenset(ids & set(untagged.values())))


def find(engine: Engine, search: str) -> list[Vm]:
    """Every container VM that a search finds; always five list requests, so Engine 4.1 leaves the networks unknown."""
    seen = listed(
        engine,
        {
            "vms": lambda system: list_vms(system, {"follow": "nics", "search": search}),
            "clusters": _clusters,
            "hosts": _hosts_by(),
            "profiles": _profiles,
            "networks": lambda system: system.networks_service().list(),
        },
    )
    site = Site(clusters={cluster.name: read_cluster(cluster) for cluster in seen["clusters"]})
    site.hosts = {host.name: read_host(host) for host in seen["hosts"]}
    # Networks of the whole site under no cluster in particular: here they only name what a NIC already has.
    site.profiles = _profiles_by_network(seen["profiles"], {"": seen["networks"]})
    reader = VmReader(site)
    return [vm for vm in map(reader.read, seen["vms"]) if vm.runtime]
