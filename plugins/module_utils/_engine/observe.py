# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Look at the Engine: as few list requests as possible, turned into the plain data of ``_vm.site``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .._vm.runtimes.choice import host_tags, is_elsewhere, template_for
from .._vm.site import RUNNING, STARTING, Fleet, Site
from .._vm.spec import ContainerVm
from .engine import Call, Engine
from .faults import EngineError
from .lists import UnreadVm, list_vms
from .queries import (
    NAMES_IN_A_SEARCH,
    by_tag,
    clusters_list,
    hosts_list,
    listed,
    networks_list,
    profiles_by_network,
    profiles_list,
    quoted,
    search_names,
    templates_list,
    version_of,
)
from .read import UNREADABLE, VmReader, is_link, read_cluster, read_host, read_template, record_of

#: Audit log codes of a VM that was made, at once or with the copies of its template's disks to come (USER_ADD_VM,
#: USER_ADD_VM_STARTED, AddVmCommand.getAuditLogTypeValue, Engine 4.1 to 4.5).
MADE = (34, 37)


def observe(engine: Engine, specs: list[ContainerVm], fleet: str | None = None) -> Site:
    """See all that planning ``specs`` depends on, and with ``fleet`` (the name of one) which VMs are its own.

    Six list requests at most: VMs, clusters with their networks, hosts, vNIC profiles, for a list the Engine's version,
    for a fleet its members. Engine 4.1 needs one more for each cluster in use and for each VM whose NICs matter.
    What only a refusal needs is asked for when there will be one.

    Raises :class:`EngineError` when the Engine does not answer one of them.
    """
    site = Site()
    networks_matter = any(spec.networks and spec.state != "absent" for spec in specs)
    # Addresses are told of one VM; of many, the Engine would look up each guest's report.
    one = len(specs) == 1 and fleet is None
    calls: dict[str, Call] = {"vms": _vms(specs, addresses=one), "clusters": clusters_list(networks_matter)}
    if fleet:
        calls["members"] = _tagged_vms(Fleet.tag_of(fleet))
    if fleet or len(specs) > 1:
        calls["version"] = version_of
    stay = any(spec.state != "absent" for spec in specs)
    if stay:
        calls.update(_hosts(specs))
        if networks_matter:
            calls["profiles"] = profiles_list
    seen = listed(engine, calls)
    site.version = seen.get("version")
    found = _relevant(seen, specs, site)
    if stay:
        _complete_nics(engine, specs, found, site)
        _see_networks(engine, site, specs, seen, found)
    site.clusters = {cluster.name: read_cluster(cluster) for cluster in seen["clusters"]}
    if stay:
        _see_hosts(engine, site, seen, found, everywhere=_guests_start(specs, site, found))
        _see_templates(engine, site, specs, {vm.name for vm in found})
    reader = VmReader(site)
    site.vms = reader.readable(found, site.unread)
    if stay:
        _use_next_run(engine, site, reader)
        _learn_for_refusals(engine, specs, site)
    if fleet:
        site.fleet = _fleet(engine, fleet, {vm.id for vm in seen["members"]}, specs, site)
    return site


def _vms(specs: list[ContainerVm], addresses: bool) -> Call:
    follow = "nics,reported_devices" if addresses else "nics"
    search = search_names([spec.name for spec in specs])
    return lambda system: list_vms(system, {"follow": follow, **search}) if specs else []


def _tagged_vms(tag: str) -> Call:
    return lambda system: list_vms(system, {"search": by_tag(tag)})


def _relevant(seen: dict[str, Any], specs: list[ContainerVm], site: Site) -> list[Any]:
    """The VMs that are asked for and those of the fleet, each once. A search for many names has listed all VMs."""
    names = {spec.name for spec in specs}
    found = {vm.id: vm for vm in seen.get("members", ())}
    found.update({vm.id: vm for vm in seen["vms"] if vm.name in names or vm.id in found})
    site.unread = {vm.name: vm.why for vm in found.values() if isinstance(vm, UnreadVm)}
    return [vm for vm in found.values() if not isinstance(vm, UnreadVm)]


def _complete_nics(engine: Engine, specs: list[ContainerVm], vms: list[Any], site: Site) -> None:
    """Engine 4.1 knows no `follow` and answers with links: then each VM's NICs are a request of their own.

    In a long list they are asked for only where they matter, and stay unknown elsewhere.
    """
    hidden = [vm for vm in vms if is_link(vm.nics)]
    if len(hidden) > 1 and (len(hidden) < len(vms) or _follows(engine, site)):
        for vm in hidden:
            vm.nics = []
        return
    wanted = {spec.name: spec for spec in specs if spec.state != "absent"}
    few = len(specs) <= NAMES_IN_A_SEARCH
    missing = {vm.id: vm for vm in hidden if vm.name in wanted and (few or _nics_matter(wanted[vm.name], vm))}
    for vm_id, nics in (listed(engine, {vm_id: _nics_of(vm_id) for vm_id in missing}) if missing else {}).items():
        missing[vm_id].nics = list(nics)


def _follows(engine: Engine, site: Site) -> bool:
    """Whether the Engine knows `follow`. A VM without a NIC looks the same either way: the link stays in the answer."""
    if site.version is None:
        site.version = listed(engine, {"version": version_of})["version"]
    return site.version >= (4, 2)


def _nics_matter(spec: ContainerVm, vm: Any) -> bool:
    """Whether planning depends on the NICs: because they are asked for, or because the VM may be started with them."""
    status = vm.status.value if vm.status else ""
    runs_on = spec.state in ("present", "running") and status in RUNNING | STARTING
    return spec.networks is not None or not runs_on


def _nics_of(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).nics_service().list()


def _see_networks(engine: Engine, site: Site, specs: list[ContainerVm], seen: dict[str, Any], found: list[Any]) -> None:
    """Learn the vNIC profiles of the clusters whose networks matter."""
    wanted = {spec.name: spec for spec in specs if spec.networks}
    by_name = {cluster.name: cluster.id for cluster in seen["clusters"]}
    used = {vm.cluster.id for vm in found if vm.name in wanted or vm.nics}
    used |= {by_name[spec.cluster] for spec in wanted.values() if spec.cluster in by_name}
    if not used:
        return
    followed = {cluster.id: cluster.networks for cluster in seen["clusters"] if not is_link(cluster.networks)}
    more: dict[str, Call] = {cluster: networks_list(cluster) for cluster in used if not followed.get(cluster)}
    if "profiles" not in seen:
        more["profiles"] = profiles_list
    asked = listed(engine, more) if more else {}
    profiles = seen["profiles"] if "profiles" in seen else asked.pop("profiles")
    networks = {**followed, **asked}
    site.profiles, site.networks = profiles_by_network(profiles, networks)


def _hosts(specs: list[ContainerVm]) -> dict[str, Call]:
    """Hosts that are named, and the tagged ones where none are: REST does not say which can run containers."""
    named = sorted({host for spec in specs for host in spec.hosts or ()})
    searches = {"hosts": " or ".join(f"name={quoted(host)}" for host in named)}
    if any(spec.hosts is None for spec in specs):
        searches.update({f"tagged {tag}": by_tag(tag) for tag in host_tags()})
    return {key: hosts_list(search) for key, search in searches.items() if search}


def _guests_start(specs: list[ContainerVm], site: Site, found: list[Any]) -> bool:
    """Whether a guest may be started: the Engine puts it on any host of its cluster."""
    there = {vm.name: vm for vm in found}
    for spec in specs:
        cluster = site.clusters.get(spec.cluster or "")
        new = spec.name not in there and cluster is not None and template_for(spec, cluster.level)
        if spec.state in ("running", "restarted") and (new or (spec.name in there and record_of(there[spec.name]))):
            return True
    return False


def _see_hosts(engine: Engine, site: Site, seen: dict[str, Any], found: list[Any], everywhere: bool) -> None:
    """Learn the hosts, and those that found VMs run on or are pinned to, where the search did not name them.

    ``everywhere`` asks for all.
    """
    site.hosts = {host.name: read_host(host) for host in seen.get("hosts", ())}
    tagged = [host for tag in host_tags() for host in seen.get(f"tagged {tag}", ())]
    site.hosts.update({host.name: read_host(host, proven=True) for host in tagged})
    used = {host.id for vm in found for host in (vm.placement_policy and vm.placement_policy.hosts) or []}
    used |= {vm.host.id for vm in found if vm.host}
    if everywhere or used - {host.id for host in site.hosts.values()}:
        for host in listed(engine, {"hosts": hosts_list()})["hosts"]:
            site.hosts.setdefault(host.name, read_host(host))


def _see_templates(engine: Engine, site: Site, specs: list[ContainerVm], there: set[str]) -> None:
    """Learn the templates that new VMs are to be made of."""
    for spec in specs:
        cluster = site.clusters.get(spec.cluster or "")
        new = spec.state != "absent" and spec.name not in there and cluster is not None
        if new and cluster and template_for(spec, cluster.level):
            found = listed(engine, {"templates": templates_list})["templates"]
            site.templates = [read_template(template) for template in found]
            return


def _use_next_run(engine: Engine, site: Site, reader: VmReader) -> None:
    """Compare with what the next start will use: a change of a running VM that was already sent is not sent again."""
    pending = {vm.id: _next_run(vm.id) for vm in site.vms if vm.next_run}
    if not pending:
        return
    fresh = engine.each(pending)
    # Nonsense about one VM is about this VM alone; any other trouble is the Engine's, and may pass.
    troubled = [ident for ident, answer in fresh.items() if isinstance(answer, EngineError) and not answer.nonsense]
    fresh.update(listed(engine, {ident: pending[ident] for ident in troubled}) if troubled else {})
    vms = []
    for vm in site.vms:
        answer = fresh.get(vm.id)
        if isinstance(answer, EngineError):
            site.unread[vm.name] = str(answer)
            continue
        try:
            vms.append(reader.next_run(vm, answer) if answer else vm)
        except UNREADABLE as error:
            site.unread[vm.name] = str(error)
    site.vms = vms


def _next_run(vm_id: str) -> Call:
    return lambda system: system.vms_service().vm_service(vm_id).get(next_run=True)


def _fleet(engine: Engine, name: str, members: set[str], specs: list[ContainerVm], site: Site) -> Fleet:
    """A fleet's own VMs: those with its tag, and those that it made in a run that ended before it could tag them."""
    names = {spec.name for spec in specs}
    untagged = {vm.name: vm.id for vm in site.vms if vm.runtime and vm.name in names and vm.id not in members}
    made: Iterable[Any] = ()
    if untagged:
        # The search language has no brackets, and "and" binds closer than "or", as in SQL (SyntaxChecker.java).
        search = " or ".join(f"type={code} and correlation_id={Fleet.trace_of(name)}*" for code in MADE)
        made = listed(engine, {"made": lambda system: system.events_service().list(search=search)})["made"]
    # The search knows no case, and a fleet's name may be the beginning of another's.
    trace = re.compile(f"{re.escape(Fleet.trace_of(name))}[0-9a-f]+")
    ids = {event.vm.id for event in made if event.vm and trace.fullmatch(event.correlation_id or "")}
    return Fleet(name, frozenset(members), frozenset(ids & set(untagged.values())))


def _learn_for_refusals(engine: Engine, specs: list[ContainerVm], site: Site) -> None:
    """Read what only errors need: all hosts, names of container VMs, the Engine's version."""
    staying = [spec for spec in specs if spec.state != "absent"]
    there = {vm.name: vm.config["cluster"] for vm in site.vms}
    calls: dict[str, Call] = {}
    if any(host not in site.hosts for spec in staying for host in spec.hosts or ()):
        calls["hosts"] = hosts_list()
    if any(spec.name not in there and not (spec.image and spec.cluster) for spec in staying):
        calls["vms"] = lambda system: list_vms(system, {})
    clusters = [(spec, site.clusters.get(spec.cluster or there.get(spec.name, ""))) for spec in staying]
    if site.version is None and any(cluster and is_elsewhere(spec, cluster.level) for spec, cluster in clusters):
        calls["version"] = version_of
    if not calls:
        return
    seen = listed(engine, calls)
    site.version = seen.get("version", site.version)
    for host in seen.get("hosts", ()):
        site.hosts.setdefault(host.name, read_host(host))
    reader = VmReader(site)
    readable = [vm for vm in seen.get("vms", ()) if not isinstance(vm, UnreadVm)]
    site.names = tuple(vm.name for vm in reader.readable(readable, {}) if vm.runtime)
