# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Look at the Engine: as few list requests as possible, turned into the plain data of ``_site``."""

from __future__ import annotations

import re
from typing import Any

from ._engine import Call, Engine
from ._faults import EngineError
from ._site import HOST_TAG, Cluster, Host, Nic, Site, Vm
from ._spec import ContainerVm

#: More names than this make the search longer than servers accept; then all VMs are listed, still in one request.
NAMES_IN_A_SEARCH = 40


def observe(engine: Engine, wishes: list[ContainerVm]) -> Site:
    """See all that planning ``wishes`` depends on.

    Five list requests, the networks being listed once per cluster in use; Engine 4.1 needs one more per VM found.

    Raises :class:`EngineError` when the Engine does not answer one of them.
    """
    if all(wish.state == "absent" for wish in wishes):
        seen = listed(engine, {"vms": _vms(wishes), "clusters": _clusters})
        return _site(seen, {})
    calls = {"vms": _vms(wishes), "clusters": _clusters, **_hosts(wishes)}
    if any(wish.networks for wish in wishes):
        calls["profiles"] = _profiles
    seen = listed(engine, calls)
    _complete_nics(engine, seen["vms"])
    used = _clusters_with_networks(wishes, seen)
    networks: dict[str, Any] = {}
    if used:
        more: dict[str, Call] = {cluster: _networks(cluster) for cluster in used}
        if "profiles" not in seen:
            more["profiles"] = _profiles
        networks = listed(engine, more)
        seen.setdefault("profiles", networks.pop("profiles", None))
    site = _site(seen, networks)
    _add_missing_hosts(engine, site, seen["vms"])
    _use_next_run(engine, site)
    return site


def listed(engine: Engine, calls: dict[str, Call]) -> dict[str, Any]:
    """Run list requests together; the first that failed is raised, since half a picture is none."""
    results = engine.each(calls)
    for result in results.values():
        if isinstance(result, EngineError):
            if result.code == 404:
                # A list is there whatever is in it, so it is the address that is wrong.
                raise EngineError(f"{engine.url} is no Engine's API; auth.url must end in /ovirt-engine/api", 404)
            raise result
    return results


def quoted(value: str) -> str:
    """A value for the Engine's search language, which has no escape for a quote."""
    return '"' + value.replace('"', "") + '"'


def search_names(names: list[str]) -> dict[str, str]:
    """The query for these VMs. The answer may hold others: wildcards and case make the search inexact."""
    if len(names) > NAMES_IN_A_SEARCH:
        return {}
    return {"search": " or ".join(f"name={quoted(name)}" for name in names)}


def _vms(wishes: list[ContainerVm]) -> Call:
    names = [wish.name for wish in wishes]
    return lambda system: system.vms_service().list(follow="nics", **search_names(names))


def _complete_nics(engine: Engine, vms: Any) -> None:
    """Engine 4.1 knows no `follow` and answers with links: then each VM's NICs are a request of their own."""
    missing = {vm.id: vm for vm in vms if _is_link(vm.nics)}
    for vm_id, nics in (listed(engine, {vm_id: _nics_of(vm_id) for vm_id in missing}) if missing else {}).items():
        missing[vm_id].nics = list(nics)


def _is_link(nics: Any) -> bool:
    return getattr(nics, "href", None) is not None and not len(nics)


def _nics_of(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).nics_service().list()


def _clusters(system: Any) -> Any:
    return system.clusters_service().list()


def _profiles(system: Any) -> Any:
    return system.vnic_profiles_service().list()


def _networks(cluster: str) -> Call:
    return lambda system: system.clusters_service().cluster_service(cluster).networks_service().list()


def _hosts(wishes: list[ContainerVm]) -> dict[str, Call]:
    """Hosts that are named, and the tagged ones where none are: REST cannot tell which can run containers."""
    named = sorted({host for wish in wishes for host in wish.hosts or ()})
    searches = {"hosts": " or ".join(f"name={quoted(host)}" for host in named)}
    if any(wish.hosts is None for wish in wishes):
        searches["tagged"] = f"tag={quoted(HOST_TAG)}"
    return {key: _hosts_by(search) for key, search in searches.items() if search}


def _hosts_by(search: str | None = None) -> Call:
    return lambda system: system.hosts_service().list(search=search)


def _clusters_with_networks(wishes: list[ContainerVm], seen: dict[str, Any]) -> set[str]:
    """Ids of the clusters whose networks matter: those of VMs with NICs, and of wishes that name networks."""
    wanted = {wish.name: wish for wish in wishes if wish.networks}
    by_name = {cluster.name: cluster.id for cluster in seen["clusters"]}
    used = {vm.cluster.id for vm in seen["vms"] if vm.name in wanted or vm.nics}
    used |= {by_name[wish.cluster] for wish in wanted.values() if wish.cluster in by_name}
    return used


def _site(seen: dict[str, Any], networks: dict[str, Any]) -> Site:
    site = Site()
    for cluster in seen["clusters"]:
        level = (cluster.version.major, cluster.version.minor)
        data_center = cluster.data_center.id if cluster.data_center else ""
        site.clusters[cluster.name] = Cluster(cluster.id, cluster.name, level, data_center)
    site.profiles = _profiles_by_network(seen.get("profiles") or [], networks)
    for host in seen.get("hosts", ()):
        site.hosts[host.name] = _host(host)
    for host in seen.get("tagged", ()):
        site.hosts[host.name] = _host(host, proven=True)
    site.vms = [read_vm(vm, site) for vm in seen["vms"]]
    return site


def _profiles_by_network(profiles: Any, networks: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (cluster, f"{network.name}/{profile.name}"): profile.id
        for cluster, members in networks.items()
        for network in members
        for profile in profiles
        if profile.network and profile.network.id == network.id
    }


def _host(host: Any, proven: bool = False) -> Host:
    vdsm = (host.version.major or 0, host.version.minor or 0) if host.version else (0, 0)
    return Host(host.id, host.name, host.cluster.id, vdsm, proven)


def _add_missing_hosts(engine: Engine, site: Site, vms: Any) -> None:
    """Learn the hosts that found VMs run on or are pinned to, where the search for hosts did not name them."""
    known = {host.id for host in site.hosts.values()}
    used = {host.id for vm in vms for host in (vm.placement_policy and vm.placement_policy.hosts) or []}
    used |= {vm.host.id for vm in vms if vm.host}
    if used - known:
        for host in engine.call(_hosts_by()):
            site.hosts.setdefault(host.name, _host(host))
        site.vms = [read_vm(vm, site) for vm in vms]


def _use_next_run(engine: Engine, site: Site) -> None:
    """Compare with what the next start will use: a change of a running VM that was already sent is not sent again."""
    pending = {vm.id: _next_run(vm.id) for vm in site.vms if vm.next_run}
    fresh = listed(engine, pending) if pending else {}
    site.vms = [read_vm(fresh[vm.id], site, running=vm) if vm.id in fresh else vm for vm in site.vms]


def _next_run(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).get(next_run=True)


def read_vm(vm: Any, site: Site, running: Vm | None = None) -> Vm:
    """The SDK's VM as plain data. ``running`` is the same VM as it runs, when ``vm`` is its next-run configuration."""
    if running:
        config = {**_config(vm, site), "networks": running.config["networks"]}
        return Vm(running.id, running.name, running.status, config, running.host, running.nics, next_run=True)
    nics = _nics(vm, site)
    networks = None if _is_link(vm.nics) else tuple(nic.network for nic in nics)
    config = {**_config(vm, site), "networks": networks}
    hosts = {host.id: host.name for host in site.hosts.values()}
    host = hosts.get(vm.host.id, vm.host.id) if vm.host else None
    status = vm.status.value if vm.status else "unknown"
    return Vm(
        vm.id, vm.name, status, config, host, nics, bool(vm.next_run_configuration_exists), bool(vm.delete_protected)
    )


def _nics(vm: Any, site: Site) -> tuple[Nic, ...]:
    names = {profile: network for (_cluster, network), profile in site.profiles.items()}
    nics = []
    for nic in vm.nics or []:
        profile = nic.vnic_profile.id if nic.vnic_profile else ""
        usable = nic.plugged is not False and nic.linked is not False
        nics.append(Nic(nic.id, nic.name, names.get(profile, profile), usable))
    return tuple(sorted(nics, key=_by_number))


def _by_number(nic: Nic) -> list[tuple[int, str]]:
    """nic2 comes before nic10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", nic.name)]


def _config(vm: Any, site: Site) -> dict[str, Any]:
    clusters = {cluster.id: cluster.name for cluster in site.clusters.values()}
    hosts = {host.id: host.name for host in site.hosts.values()}
    policy = vm.placement_policy
    memory = vm.memory_policy
    boot = vm.os.boot.devices if vm.os and vm.os.boot else None
    return {
        "cluster": clusters.get(vm.cluster.id, vm.cluster.id),
        "description": vm.description or "",
        "properties": {item.name: item.value or "" for item in vm.custom_properties or []},
        "hosts": tuple(sorted(hosts.get(host.id, host.id) for host in (policy and policy.hosts) or [])),
        "affinity": policy.affinity.value if policy and policy.affinity else "migratable",
        "memory": vm.memory,
        "memory_guaranteed": (memory and memory.guaranteed) or 0,
        "memory_max": (memory and memory.max) or 0,
        "cpu_shares": vm.cpu_shares or 0,
        "high_availability": bool(vm.high_availability and vm.high_availability.enabled),
        "boot_devices": tuple(device.value for device in boot or ()),
    }


def find(engine: Engine, search: str) -> list[Vm]:
    """Every container VM that a search finds; always five list requests, so Engine 4.1 leaves the networks unknown."""
    seen = listed(
        engine,
        {
            "vms": lambda system: system.vms_service().list(follow="nics", search=search),
            "clusters": _clusters,
            "hosts": _hosts_by(),
            "profiles": _profiles,
            "networks": lambda system: system.networks_service().list(),
        },
    )
    # Networks of the whole site under no cluster in particular: here they only name what a NIC already has.
    site = _site(seen, {"": seen["networks"]})
    return [vm for vm in site.vms if vm.runtime]
